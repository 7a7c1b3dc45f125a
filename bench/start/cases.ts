import { spawn } from 'node:child_process';
import { mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { onTerminal } from '../ui/measure.ts';

type Case = {
  /** Until when it is timed. */
  name: string;
  /** At most so many times `node -e 0`. */
  wanted?: number;
  ms: () => Promise<number>;
};

const folder = mkdtempSync(join(tmpdir(), 'churntop-bench-'));
const empty = join(folder, 'empty.mjs');
writeFileSync(empty, '');
/** A process to be found, of a name that nothing else prints. */
const found = 'ct-bench';
symlinkSync('/bin/sleep', join(folder, found));

const program = 'bin/churntop.js';

/** Until its end. */
const ended = (...args: string[]) =>
  new Promise<number>((resolve) => {
    const started = performance.now();
    const child = spawn(process.execPath, args, { stdio: 'ignore' });
    child.on('exit', () => resolve(performance.now() - started));
  });

/** Until a line that holds it has come through a pipe, whole. */
const printed = (what: string, ...args: string[]) =>
  new Promise<number>((resolve) => {
    const started = performance.now();
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] });
    let text = '';
    let ms: number | undefined;
    child.stdout.on('data', (chunk) => {
      text += chunk;
      const at = text.indexOf(what);
      if (ms !== undefined || at < 0 || !text.includes('\n', at)) return;
      ms = performance.now() - started;
      child.kill('SIGKILL');
    });
    child.on('exit', () => resolve(ms ?? Number.NaN));
  });

/** Until a terminal of 80x24 is given it. */
const drawn = async (what: string): Promise<number> => {
  const session = onTerminal([process.execPath, program], { columns: 80, rows: 24 }, { LC_ALL: 'C.UTF-8' });
  const ms = (await session.see(what)) - session.started;
  await session.end();
  return ms;
};

/** With a process that began a moment before. */
const withOneFound = async (time: (what: string) => Promise<number>): Promise<number> => {
  const child = spawn(join(folder, found), ['60'], { stdio: 'ignore' });
  await new Promise((resolve) => child.once('spawn', resolve));
  const ms = await time(found);
  child.kill('SIGKILL');
  return ms;
};

/** The first is what the others are compared with. */
export const cases: readonly Case[] = [
  { name: '`node -e 0` ended', ms: () => ended('-e', '0') },
  { name: '`node empty.mjs` ended', ms: () => ended(empty) },
  { name: '`churntop --version` ended', wanted: 1.5, ms: () => ended(program, '--version') },
  { name: '`churntop --help` ended', ms: () => ended(program, '--help') },
  {
    name: '`churntop --ndjson`: first record, the header',
    wanted: 2,
    ms: () => printed('trace.header', program, '--ndjson'),
  },
  {
    name: '`churntop --ndjson`: first process found alive',
    ms: () => printed('process.spawned', program, '--ndjson'),
  },
  // The footer is the last that a frame writes.
  { name: 'screen: first whole frame', wanted: 4.5, ms: () => drawn('quit') },
  { name: 'screen: first frame with processes', ms: () => withOneFound(drawn) },
];
