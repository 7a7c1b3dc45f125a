import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import type { TraceRecord } from '../../../src/domain/events/record.ts';
import { decode } from '../../../src/trace/format/decode.ts';
import { program } from './pty.ts';

const timeoutMs = 20_000;

/** Until it holds; looked at often, for files tell nobody that they grew. */
export const waitFor = async <T>(what: string, test: () => T | undefined | false): Promise<T> => {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const found = test();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > end) throw new Error(`not in time: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
};

export const readIfExists = (path: string): string => (existsSync(path) ? readFileSync(path, 'utf8') : '');

/** Until the file holds it. */
export const waitForText = (path: string, what: string | RegExp): Promise<true> =>
  waitFor(`${what} in ${path}`, () => {
    const text = readIfExists(path);
    return (typeof what === 'string' ? text.includes(what) : what.test(text)) || undefined;
  });

export type DecodedRecord = { record: TraceRecord; seq: number };

/** Every line but a torn last one; a bad one fails the test. */
export const decodeTrace = (text: string): DecodedRecord[] =>
  text
    .split('\n')
    .slice(0, -1)
    .map((line) => decode(line) as DecodedRecord);

export const sourcesOf = (text: string): string[] =>
  decodeTrace(text).map(({ record }) => record.probe_source);

export type RunningChurntop = {
  process: ChildProcess;
  stderr: () => string;
  exit: Promise<{ code: number | null; signal: string | null }>;
};

/** churntop as a process of its own; `wrap` is what starts it (`sh -c 'ulimit …; exec "$@"' sh`). */
export const startChurntop = (
  args: readonly string[],
  wrap: readonly string[] = [],
  cwd?: string,
): RunningChurntop => {
  const [file, ...rest] = [...wrap, globalThis.process.execPath, program, ...args];
  const child = spawn(file as string, rest, { stdio: ['ignore', 'ignore', 'pipe'], cwd });
  let stderr = '';
  child.stderr?.on('data', (data) => {
    stderr += data;
  });
  return {
    process: child,
    stderr: () => stderr,
    exit: new Promise((resolve) => child.once('close', (code, signal) => resolve({ code, signal }))),
  };
};
