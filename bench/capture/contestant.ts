import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { built } from './build.ts';
import { parseForkstat } from './forkstat-text.ts';
import { openLines } from './line-file.ts';
import { parseReport, type Report, toLine } from './observation.ts';
import { type Usage, usageOf } from './usage.ts';

export const contestantNames = ['churntop', 'walk 100 ms', 'walk 1 s', 'forkstat'] as const;
export type ContestantName = (typeof contestantNames)[number];

export type Contestant = {
  name: ContestantName;
  usage(): Usage;
  /** What it has told so far. */
  report(): Report;
  /** Stand still (SIGSTOP), and go on. */
  pause(): void;
  resume(): void;
  stop(): Promise<void>;
};

const node = process.execPath;

/** An ordinary user's rights and no group's, where the bench itself runs as root. */
export const unprivileged = (command: string[]): string[] =>
  process.getuid?.() === 0
    ? ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', ...command]
    : command;

export const commands: Record<ContestantName, string[]> = {
  churntop: unprivileged([node, join(built, 'contestant-churntop.mjs')]),
  'walk 100 ms': unprivileged([node, join(built, 'contestant-walk.mjs'), '100']),
  'walk 1 s': unprivileged([node, join(built, 'contestant-walk.mjs'), '1000']),
  forkstat: ['forkstat', '-l', '-c', '-e', 'fork,exec,comm,exit'],
};

/** forkstat's lines are stamped here as they come in: it tells the time only to the second. */
const stamp = (child: ChildProcess, file: number): (() => void) => {
  const lines = openLines(file);
  createInterface({ input: child.stdout! }).on('line', (text) => {
    const observation = parseForkstat(text, process.hrtime.bigint());
    if (observation) lines.write(toLine(observation));
  });
  return lines.flush;
};

/** Everyone who can take part here, and why the others cannot. */
export const whoCanRun = (): { names: ContestantName[]; absent: string[] } => {
  const installed = (process.env.PATH ?? '')
    .split(delimiter)
    .some((folder) => existsSync(join(folder, 'forkstat')));
  if (installed && process.getuid?.() === 0) return { names: [...contestantNames], absent: [] };
  return {
    names: contestantNames.filter((name) => name !== 'forkstat'),
    absent: [installed ? 'forkstat: needs root' : 'forkstat: not installed'],
  };
};

/** Writes to a file of its own in the folder; without a folder what it tells is thrown away. */
export const startContestant = (name: ContestantName, folder?: string): Contestant => {
  const path = folder === undefined ? '/dev/null' : join(folder, `${name.replaceAll(' ', '-')}.ndjson`);
  const file = openSync(path, 'w');
  const [program = '', ...args] = commands[name];
  const stamped = name === 'forkstat';
  const child = spawn(program, args, { stdio: ['ignore', stamped ? 'pipe' : file, 'inherit'] });
  const flush = stamped ? stamp(child, file) : undefined;
  // Not until its output ended too: `exit` may come before the last lines.
  const closed = once(child, 'close');
  return {
    name,
    usage: () => usageOf(child.pid!),
    report: () => parseReport(readFileSync(path, 'utf8')),
    pause: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
    async stop() {
      child.kill('SIGTERM');
      await closed;
      flush?.();
      closeSync(file);
    },
  };
};
