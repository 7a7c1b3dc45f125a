import { type ChildProcess, spawn } from 'node:child_process';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';

const maxCommBytes = 15;
let spawned = 0;

/** Spawns a child process with a unique name. It sleeps until `end` kills it. */
export const spawnNamed = async (
  directory: string,
  prefix = 'ct',
): Promise<{ name: string; pid: number; end: () => Promise<void> }> => {
  const name = `${prefix}-${process.pid.toString(36)}${spawned++}`;
  if (Buffer.byteLength(name) > maxCommBytes) throw new Error(`name is too long for a comm: ${name}`);
  symlinkSync('/bin/sleep', join(directory, name));
  const child: ChildProcess = spawn(join(directory, name), ['600'], { stdio: 'ignore' });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  await new Promise((resolve, reject) => child.once('spawn', resolve as () => void).once('error', reject));
  return {
    name,
    pid: child.pid as number,
    end: () => {
      child.kill('SIGKILL');
      return exited;
    },
  };
};

/**
 * Matches the line of the log with the start of a named process. On a busy machine the exec can come more than 50 ms after the
 * fork: then it has a line of its own, and that of the fork still has the name of the test.
 */
export const startLine = (name: string, pid: number | string = '\\d+'): RegExp =>
  new RegExp(`[+>] +${pid} +${name}`);
