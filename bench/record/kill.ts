import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { decode } from '../../src/trace/format/codec.ts';
import { createFakeProc } from '../../test/support/fakes/fake-proc.ts';

export type KillFigures = {
  kills: number;
  bytes: number;
  torn: number;
  lost: number;
  bad: number;
  holes: number;
};

const sizeOf = (path: string) => (existsSync(path) ? statSync(path).size : 0);

/** Numbers of a trace's lines from `from` on, and how many lines are none. */
const check = (text: string): { bad: number; holes: number } => {
  let bad = 0;
  let holes = 0;
  text
    .split('\n')
    .slice(0, -1)
    .forEach((line, index) => {
      try {
        if (decode(line)?.seq !== index) holes++;
      } catch {
        bad++;
      }
    });
  return { bad, holes };
};

/** Churn without an end, until the recorder is killed. */
const stirUntil = async (proc: ReturnType<typeof createFakeProc>, ended: () => boolean): Promise<void> => {
  while (!ended()) {
    proc.spawn(100);
    await sleep(1);
    proc.clear();
  }
};

/** kill -9 while it writes, then go on appending to the same file; nothing whole may ever be lost. */
export const killAtRandom = async (kills: number, folder: string): Promise<KillFigures> => {
  const proc = createFakeProc(folder);
  const file = join(folder, 'trace.ndjson');
  const figures = { kills, bytes: 0, torn: 0, lost: 0, bad: 0, holes: 0 };
  let whole = Buffer.alloc(0);
  for (let round = 0; round < kills; round++) {
    const args = ['record', file, '--append', '--proc', proc.root, '--interval', '1ms', '--fsync', 'off'];
    const child: ChildProcess = spawn(process.execPath, [resolve('bin/churntop.js'), ...args], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const exit = once(child, 'exit');
    let ended = false;
    const stirred = stirUntil(proc, () => ended);
    while (sizeOf(file) <= whole.length && child.exitCode === null) await sleep(1);
    await sleep(Math.random() * 200);
    child.kill('SIGKILL');
    await exit;
    ended = true;
    await stirred;

    const bytes = readFileSync(file);
    if (!bytes.subarray(0, whole.length).equals(whole)) figures.lost++;
    const end = bytes.lastIndexOf(10) + 1;
    if (end < bytes.length) figures.torn++;
    const { bad, holes } = check(bytes.subarray(whole.length).toString());
    figures.bad += bad;
    figures.holes += holes;
    whole = bytes.subarray(0, end);
  }
  figures.bytes = whole.length;
  return figures;
};
