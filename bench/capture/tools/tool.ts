import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { buildFolder } from '../build.ts';
import { parseForkstat } from './forkstat.ts';
import { openLines } from './line-file.ts';
import { parseReport, type ToolReport, toLine } from './observation.ts';
import { readUsage, type Usage } from './usage.ts';

export const toolNames = ['churntop', 'walk 100 ms', 'walk 1 s', 'forkstat'] as const;
export type ToolName = (typeof toolNames)[number];

/** A tool that runs and reports what it observes. */
export type Tool = {
  name: ToolName;
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
  churntop: unprivileged([node, join(buildFolder, 'tool-churntop.mjs')]),
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

/** Returns the tools that can run here, and why the others cannot. */
export const availableTools = (): { names: ToolName[]; absent: string[] } => {
  const installed = (process.env.PATH ?? '')
    .split(delimiter)
    .some((folder) => existsSync(join(folder, 'forkstat')));
  if (installed && process.getuid?.() === 0) return { names: [...toolNames], absent: [] };
  return {
    names: toolNames.filter((name) => name !== 'forkstat'),
    absent: [installed ? 'forkstat: needs root' : 'forkstat: not installed'],
  };
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
