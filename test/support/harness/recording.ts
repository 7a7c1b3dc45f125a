import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { ProbeEvent } from '../../../src/domain/events/event.ts';
import type { HeaderRecord, TraceRecord } from '../../../src/domain/events/record.ts';
import { decode } from '../../../src/trace/format/decode.ts';
import { program } from './pty.ts';

const timeoutMs = 20_000;

/** Polls `test` every 5 ms until it returns a value. */
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

/** Waits until the file contains the text. */
export const waitForText = (path: string, what: string | RegExp): Promise<true> =>
  waitFor(`${what} in ${path}`, () => {
    const text = readIfExists(path);
    return (typeof what === 'string' ? text.includes(what) : what.test(text)) || undefined;
  });

export type DecodedRecord = { record: TraceRecord; seq: number };

/** Decodes all complete lines. Throws for an invalid one. */
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

/** Starts churntop as a child process, through the command `wrap` if given (`sh -c 'ulimit …; exec "$@"' sh`). */
export const startChurntop = (
  args: readonly string[],
  wrap: readonly string[] = [],
  cwd?: string,
  node = globalThis.process.execPath,
): RunningChurntop => {
  const [file, ...rest] = [...wrap, node, program, ...args];
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

/** The kinds of events, without the prefix. */
type Kind = 'spawned' | 'exec' | 'user' | 'zombie' | 'exited';

/** Starts a command that prints a trace, such as `churntop --ndjson`, and decodes its records. */
export const openRecordStream = (command: readonly string[]) => {
  const [file = '', ...args] = command;
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const exit = once(child, 'exit');
  const close = once(child, 'close');
  const records: TraceRecord[] = [];
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (line) => {
    const record = decode(line)?.record;
    if (record) records.push(record);
  });
  const find = (kind: Kind, wanted: Partial<Record<string, unknown>>): ProbeEvent | undefined =>
    records.find(
      (record): record is ProbeEvent =>
        record.probe_source === `process.${kind}` &&
        Object.entries(wanted).every(([key, value]) => (record as Record<string, unknown>)[key] === value),
    );
  return {
    records,
    header: () => waitFor('a header', () => records[0] as HeaderRecord | undefined),
    /** Waits for an event with these values. */
    until: (kind: Kind, wanted: Partial<Record<string, unknown>>) =>
      waitFor(`${kind} ${JSON.stringify(wanted)}`, () => find(kind, wanted)),
    /** Waits for the records of discovery. */
    ready: () => waitFor('discovery', () => records.length > 1),
    eventsOf: (pid: number) => records.filter((record) => 'guest_pid' in record && record.guest_pid === pid),
    kill: (signal: NodeJS.Signals) => child.kill(signal),
    /** Interrupts it. Returns its exit code once all records are read. */
    stop: async (): Promise<number | null> => {
      child.kill('SIGINT');
      await close;
      return child.exitCode;
    },
    end: async () => {
      // The last line may be torn.
      lines.close();
      child.kill('SIGKILL');
      await exit;
    },
  };
};
