import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { ProbeEvent } from '../../../src/domain/events/event.ts';
import type { HeaderRecord, TraceRecord } from '../../../src/domain/events/record.ts';
import { decode } from '../../../src/trace/format/decode.ts';
import { waitFor } from './recording.ts';

/** The kinds of events, without the prefix. */
type Kind = 'spawned' | 'exec' | 'user' | 'zombie' | 'exited';

/** Starts a command that prints a trace, such as `churntop --ndjson`, and decodes its records. */
export const openRecordStream = (command: readonly string[]) => {
  const [file = '', ...args] = command;
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const exit = once(child, 'exit');
  const records: TraceRecord[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => {
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
    end: async () => {
      child.kill('SIGKILL');
      await exit;
    },
  };
};
