import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach } from 'vitest';
import { createFakeProc } from '../fakes/fake-proc.ts';
import { type RunningChurntop, startChurntop, waitForText } from './recording.ts';
import { createTempDir, memoryDir } from './temp-dir.ts';

/** Files and processes of a test of `churntop record`. */
export type RecordTest = {
  /** A directory of the test. */
  directory: string;
  /** The trace that is recorded by default. */
  file: string;
  proc: ReturnType<typeof createFakeProc>;
};

/** Sets up a directory and a fake proc root for each test, and kills the recorders at the end. */
export const setUpRecordTests = () => {
  const tempDir = createTempDir();
  const procDir = createTempDir(memoryDir);
  const running: RunningChurntop[] = [];
  const current = {} as RecordTest;

  beforeEach(() => {
    const directory = mkdtempSync(join(tempDir.path, 't-'));
    Object.assign(current, {
      directory,
      file: join(directory, 'trace.ndjson'),
      proc: createFakeProc(mkdtempSync(join(procDir.path, 'p-'))),
    });
  });
  afterAll(() => {
    for (const { process } of running) process.kill('SIGKILL');
    tempDir.remove();
    procDir.remove();
  });

  return {
    current,
    /** Starts `churntop record`. `wrapper` is a command that starts it. */
    record: (
      args: readonly string[] = [],
      { wrapper = [], path = current.file }: { wrapper?: readonly string[]; path?: string } = {},
    ): RunningChurntop => {
      const { root } = current.proc;
      const recorder = startChurntop(['record', path, '--proc', root, '--interval', '2ms', ...args], wrapper);
      running.push(recorder);
      return recorder;
    },
    /** Waits until a recorder has written the header and the initial process. */
    waitForStart: (path = current.file) => waitForText(path, /trace\.header[\s\S]*"init".*\n/),
  };
};

/** Stops a recorder and returns its exit code. */
export const stopRecorder = async (
  { process, exit }: RunningChurntop,
  signal: NodeJS.Signals = 'SIGINT',
): Promise<number | null> => {
  process.kill(signal);
  return (await exit).code;
};

/** Returns why file systems cannot be mounted here; undefined if they can. */
export const mountError = (): string | undefined => {
  const tempDir = createTempDir();
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'none', tempDir.path], { stdio: 'pipe' });
    execFileSync('umount', [tempDir.path]);
    return undefined;
  } catch (error) {
    return String((error as { stderr?: Buffer }).stderr ?? error).trim();
  } finally {
    tempDir.remove();
  }
};

/** Mounts a small tmpfs in a directory. */
export const mountTmpfs = (directory: string, size: string): { mountPoint: string; unmount: () => void } => {
  const mountPoint = join(directory, 'small');
  mkdirSync(mountPoint);
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'none', mountPoint]);
  return { mountPoint, unmount: () => void execFileSync('umount', ['-l', mountPoint]) };
};
