import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  mountError,
  mountTmpfs,
  setUpRecordTests,
  stopRecorder,
} from '../../support/harness/record-command.ts';
import { readIfExists, waitForText } from '../../support/harness/recording.ts';

const { current, record, waitForStart } = setUpRecordTests();
const noMount = mountError();

describe('record rejects', () => {
  /** Returns the exit code and the message. */
  const rejection = async (args: readonly string[] = [], options?: Parameters<typeof record>[1]) => {
    const { exit, stderr } = record(args, options);
    const { code } = await exit;
    return `${code} ${stderr().trim()}`;
  };

  test('a file that exists, and does not change it [fault:trace-exists]', async () => {
    const { file } = current;
    writeFileSync(file, 'precious');
    expect(await rejection()).toBe(`1 churntop: ${file}: already exists (--append appends to a trace)`);
    expect(readIfExists(file)).toBe('precious');
  });

  test('a file that is not a trace with --append', async () => {
    const { file } = current;
    writeFileSync(file, 'precious');
    expect(await rejection(['--append'])).toMatch(/^1 .*is not a trace; nothing was appended$/);
    expect(readIfExists(file)).toBe('precious');
  });

  test.each([[[]], [['--append']]])(
    'a symbolic link, a FIFO, a directory and a socket with flags %j [fault:not-a-file]',
    async (args) => {
      const { directory, file } = current;
      const target = join(directory, 'target');
      writeFileSync(target, '');
      symlinkSync(target, file);
      expect(await rejection(args)).toMatch(/^1 .*is a symbolic link \(expected a file\)$/);
      expect(readIfExists(target)).toBe('');
      unlinkSync(file);
      execFileSync('mkfifo', [file]);
      expect(await rejection(args)).toMatch(/^1 .*is a FIFO \(expected a file; --ndjson writes to a pipe\)/);
      unlinkSync(file);
      mkdirSync(file);
      expect(await rejection(args)).toMatch(/^1 .*is a directory \(expected a file\)$/);
      rmSync(file, { recursive: true });
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(file, resolve));
      expect(await rejection(args)).toMatch(/^1 .*is a socket/);
      await new Promise((resolve) => server.close(resolve));
    },
  );

  test('a device, and a directory that does not exist', async () => {
    expect(await rejection(['--append'], { path: '/dev/full' })).toMatch(/^1 .*\/dev\/full: is a device/);
    const path = join(current.directory, 'nowhere', 'trace.ndjson');
    expect(await rejection([], { path })).toMatch(/^1 .*no such file or directory \(ENOENT\)$/);
  });

  test.skipIf(noMount)(`a read-only file system${noMount ? ` (skipped: ${noMount})` : ''}`, async () => {
    const { mountPoint, unmount } = mountTmpfs(current.directory, '64k');
    try {
      execFileSync('mount', ['-o', 'remount,ro', mountPoint]);
      const path = join(mountPoint, 'trace.ndjson');
      expect(await rejection([], { path })).toMatch(/^1 .*read-only file system \(EROFS\)$/);
    } finally {
      unmount();
    }
  });

  test('a directory without write permission [fault:no-write-permission]', async () => {
    const readOnly = join(current.directory, 'read-only');
    mkdirSync(readOnly, { mode: 0o555 });
    // Root may write anywhere unless it drops these capabilities.
    const isRoot = process.getuid?.() === 0;
    const wrapper = isRoot ? ['setpriv', '--bounding-set=-dac_override,-dac_read_search'] : [];
    const path = join(readOnly, 'trace.ndjson');
    expect(await rejection([], { path, wrapper })).toMatch(/^1 .*permission denied \(EACCES\)$/);
  });

  test('a file that is being recorded, by any path, until the recorder is killed [fault:second-recorder]', async () => {
    const { directory } = current;
    const first = record();
    await waitForStart();
    const link = join(directory, 'link');
    symlinkSync(directory, link);
    const path = join(link, 'trace.ndjson');
    expect(await rejection(['--append'], { path })).toBe(
      `1 churntop: ${path}: is already being recorded by process ${first.process.pid}`,
    );
    expect(await stopRecorder(first, 'SIGKILL')).toBeNull();
    const second = record(['--append']);
    await waitForText(current.file, /trace\.header[\s\S]*trace\.header/);
    expect(await stopRecorder(second)).toBe(0);
  });
});
