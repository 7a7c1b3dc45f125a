import { gapReasons, isProbeEvent, type ProbeEvent } from '../domain/event.ts';
import type { TraceRecord } from '../domain/record.ts';
import { TraceError } from './errors.ts';

/** How a key's value is checked on reading and written: `ns` are BigInt in memory and bare digits on the line. */
type Kind = 'text' | 'count' | 'integer' | 'ns' | 'true' | 'clock' | 'reason';
type Field = { kind: Kind; optional?: true };

const text = { kind: 'text' } as const;
const count = { kind: 'count' } as const;
const ns = { kind: 'ns' } as const;
const maybe = <F extends Field>(field: F) => ({ ...field, optional: true }) as const;

const probe = { guest_pid: count, guest_comm: text, guest_monotonic_ns: ns } as const;
const observed = { window_ns: maybe(ns), start_ticks: maybe(count), comm_hex: maybe(text) } as const;
const ended = { exit_code: maybe(count), exit_signal: maybe(count) } as const;
const yes = { kind: 'true', optional: true } as const;

/** Every record there is and its keys, in the order in which they are written (after `probe_source`). */
export const recordFields = {
  'process.spawned': {
    ...probe,
    guest_ppid: maybe(count),
    guest_uid: maybe(count),
    ...observed,
    initial: yes,
    kthread: yes,
  },
  'process.exec': { ...probe, previous_comm: text, guest_uid: maybe(count), ...observed },
  'process.zombie': { ...probe, guest_ppid: maybe(count), ...observed, ...ended },
  'process.exited': { ...probe, lifetime_ns: maybe(ns), ...observed, ...ended },
  'trace.header': {
    format: count,
    tool: text,
    host: text,
    boot_id: text,
    pid_ns: text,
    epistemic_status: text,
    recorder: maybe(text),
    capture_mode: maybe(text),
    pid_max: maybe(count),
    clock: { kind: 'clock' },
    boot_offset_ns: maybe(ns),
    filter: maybe(text),
    hidden: maybe(count),
  },
  'trace.clock': { clock: { kind: 'clock' } },
  'trace.gap': {
    reason: { kind: 'reason' },
    tasks: maybe(count),
    events: maybe(count),
    from_monotonic_ns: ns,
    to_monotonic_ns: ns,
  },
  'trace.end': { monotonic_ns: ns },
} as const satisfies Record<TraceRecord['probe_source'], Record<string, Field>>;

type Source = keyof typeof recordFields;
const fieldsOf = new Map(
  Object.entries(recordFields).map(([source, fields]) => [source, Object.entries<Field>(fields)] as const),
);

const literal = (value: unknown): string => {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value !== 'object' || value === null) return String(value);
  return `{${Object.entries(value)
    .map(([key, inner]) => `"${key}":${literal(inner)}`)
    .join(',')}}`;
};

/** The position of `seq`: right behind the four keys of the probe event, first in all other records. */
const seqAfter = 'guest_monotonic_ns';

/** One record as one line, without its newline. `seq` counts the records of one recorder from 0. */
export const encode = (record: TraceRecord, seq?: number): string => {
  const values = record as Record<string, unknown>;
  const number = seq === undefined ? '' : `,"seq":${seq}`;
  let line = `{"probe_source":"${record.probe_source}"`;
  if (!isProbeEvent(record)) line += number;
  for (const [key] of fieldsOf.get(record.probe_source) as (readonly [string, Field])[]) {
    const value = values[key];
    if (value === undefined) continue;
    line += `,"${key}":${literal(value)}`;
    if (key === seqAfter) line += number;
  }
  return `${line}}`;
};

/** The guest agent's own form: spawns and exits only, four keys. Undefined for everything else. */
export const encodeStrict = (record: TraceRecord): string | undefined => {
  if (record.probe_source !== 'process.spawned' && record.probe_source !== 'process.exited') return undefined;
  const { probe_source, guest_pid, guest_comm, guest_monotonic_ns } = record as ProbeEvent;
  return `{"probe_source":"${probe_source}","guest_pid":${guest_pid},"guest_comm":${JSON.stringify(guest_comm)},"guest_monotonic_ns":${guest_monotonic_ns}}`;
};

/** A record read from a line, with its `seq` if it bore one. */
export type Decoded = { record: TraceRecord; seq: number | undefined };

// JSON.parse would round what is beyond 2^53. A key with its quotes, colon and digits cannot stand inside a JSON
// string, where the closing quote of the key would be escaped; so quoting the digits first is exact.
const bareNs = /"(\w*_ns)"\s*:\s*(-?\d+)(?=\s*[,}])/g;

/**
 * Read one line. Unknown `probe_source` values give undefined and unknown keys are left out: neither is an error.
 * @throws TraceError saying what is wrong with the line
 */
export const decode = (line: string): Decoded | undefined => {
  let parsed: unknown;
  try {
    parsed = JSON.parse(line.replace(bareNs, '"$1":"$2"'));
  } catch {
    throw new TraceError('not JSON');
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
    throw new TraceError('not an object');
  const values = parsed as Record<string, unknown>;
  const source = values.probe_source;
  if (typeof source !== 'string') throw new TraceError('no probe_source');
  const fields = fieldsOf.get(source as Source);
  if (!fields) return undefined;

  const record: Record<string, unknown> = { probe_source: source };
  for (const [key, field] of fields) {
    const value = values[key];
    if (value === undefined || value === null) {
      if (!field.optional) throw new TraceError(`${source} without ${key}`);
      continue;
    }
    const read = readers[field.kind](value);
    if (read === undefined) throw new TraceError(`${key} is not ${kindNames[field.kind]}`);
    record[key] = read;
  }
  const seq = values.seq === undefined ? undefined : readers.count(values.seq);
  return { record: record as unknown as TraceRecord, seq: seq as number | undefined };
};

const digits = /^-?\d{1,40}$/;

const toInteger = (value: unknown): number | undefined => {
  const number = typeof value === 'string' && digits.test(value) ? Number(value) : value;
  return Number.isSafeInteger(number) ? (number as number) : undefined;
};

const readers: Record<Kind, (value: unknown) => unknown> = {
  text: (value) => (typeof value === 'string' ? value : undefined),
  integer: toInteger,
  count: (value) => {
    const number = toInteger(value);
    return number !== undefined && number >= 0 ? Math.abs(number) : undefined;
  },
  ns: (value) => {
    const ns = typeof value === 'string' && digits.test(value) ? BigInt(value) : undefined;
    // The kernel's clocks count signed 64 bits; a time beyond them is none, and no calendar could show it.
    return ns === undefined || BigInt.asIntN(64, ns) === ns ? ns : undefined;
  },
  true: (value) => (value === true ? true : undefined),
  reason: (value) => gapReasons.find((reason) => reason === value),
  clock: (value) => {
    const { monotonic_ns, realtime } = value as Record<string, unknown>;
    const at = readers.ns(monotonic_ns);
    return at !== undefined && typeof realtime === 'string' ? { monotonic_ns: at, realtime } : undefined;
  },
};

const kindNames: Record<Kind, string> = {
  text: 'a text',
  integer: 'an integer',
  count: 'a whole number',
  ns: 'a whole number of nanoseconds',
  true: 'true',
  reason: 'a known gap reason',
  clock: 'a clock pair',
};
