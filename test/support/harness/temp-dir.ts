import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A fresh folder that goes with the test. */
export const createTempDir = (): { path: string; remove: () => void } => {
  const path = mkdtempSync(join(tmpdir(), 'churntop-test-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
};

let children = 0;

/** A real child of a name that nobody else bears (comm holds 15 bytes), sleeping until it is ended. */
export const spawnNamed = async (
  folder: string,
  prefix = 'ct',
): Promise<{ name: string; pid: number; end: () => Promise<void> }> => {
  const name = `${prefix}-${process.pid.toString(36)}${children++}`;
  if (Buffer.byteLength(name) > 15) throw new Error(`longer than a comm: ${name}`);
  symlinkSync('/bin/sleep', join(folder, name));
  const child: ChildProcess = spawn(join(folder, name), ['600'], { stdio: 'ignore' });
  const gone = new Promise<void>((done) => child.once('exit', () => done()));
  await new Promise((done, fail) => child.once('spawn', done as () => void).once('error', fail));
  return {
    name,
    pid: child.pid as number,
    end: () => {
      child.kill('SIGKILL');
      return gone;
    },
  };
};
