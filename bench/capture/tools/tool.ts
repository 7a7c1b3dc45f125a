import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { buildFolder } from '../build.ts';
import { parseForkstat } from './forkstat.ts';
import { openLines } from './line-file.ts';
import { parseReport, type ToolReport, toLine } from './observation.ts';
import { readUsage, type Usage } from './usage.ts';

/** The sources of churntop. Each is a tool of its own. */
export const sources = ['kernel', 'proc'] as const;
export type Source = (typeof sources)[number];

export const ownName = (source: Source) => `churntop ${source}` as const;
export const otherNames = ['forkstat', 'walk 100 ms', 'walk 1 s'] as const;
export type OtherName = (typeof otherNames)[number];
export type ToolName = ReturnType<typeof ownName> | OtherName;

/** A tool that runs and reports what it observes. */
export type Tool = {
  name: ToolName;
  /** Whether the process has exited. */
  hasExited(): boolean;
  usage(): Usage;
  /** Returns what the tool has reported so far. */
  report(): ToolReport;
  /** Stops the process with SIGSTOP. */
  pause(): void;
  /** Continues the process with SIGCONT. */
  resume(): void;
  stop(): Promise<void>;
};

const node = process.execPath;

/** Drops root's user, groups and capabilities from a command, where the benchmark runs as root. */
export const unprivileged = (command: string[]): string[] =>
  process.getuid?.() === 0
    ? ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', ...command]
    : command;

export const toolCommands: Record<ToolName, string[]> = {
  'churntop kernel': unprivileged([node, join(buildFolder, 'tool-churntop.mjs'), 'kernel']),
  'churntop proc': unprivileged([node, join(buildFolder, 'tool-churntop.mjs'), 'proc']),
  'walk 100 ms': unprivileged([node, join(buildFolder, 'tool-walk.mjs'), '100']),
  'walk 1 s': unprivileged([node, join(buildFolder, 'tool-walk.mjs'), '1000']),
  forkstat: ['forkstat', '-l', '-c', '-e', 'fork,exec,comm,exit'],
};

/** Converts the output of forkstat, with the time of arrival. @returns a function that flushes the file */
const convertForkstat = (child: ChildProcess, fd: number): (() => void) => {
  const lines = openLines(fd);
  createInterface({ input: child.stdout! }).on('line', (text) => {
    const observation = parseForkstat(text, process.hrtime.bigint());
    if (observation) lines.write(toLine(observation));
  });
  return lines.flush;
};

/** Starts a tool that writes to its own file in the folder. Without a folder, its output is discarded. */
export const startTool = (name: ToolName, folder?: string): Tool => {
  const path = folder === undefined ? '/dev/null' : join(folder, `${name.replaceAll(' ', '-')}.ndjson`);
  const fd = openSync(path, 'w');
  const [program = '', ...args] = toolCommands[name];
  const isForkstat = name === 'forkstat';
  const child = spawn(program, args, { stdio: ['ignore', isForkstat ? 'pipe' : fd, 'inherit'] });
  const flush = isForkstat ? convertForkstat(child, fd) : undefined;
  // Wait for 'close', because 'exit' can come before the last lines.
  const closed = once(child, 'close');
  return {
    name,
    hasExited: () => child.exitCode !== null || child.signalCode !== null,
    usage: () => readUsage(child.pid!),
    report: () => parseReport(readFileSync(path, 'utf8')),
    pause: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
    async stop() {
      child.kill('SIGTERM');
      await closed;
      flush?.();
      closeSync(fd);
    },
  };
};
