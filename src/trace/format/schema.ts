import type { TraceRecord } from '../../domain/events/record.ts';

/** How a key's value is checked on reading and written: `ns` are BigInt in memory and bare digits on the line. */
export type Kind = 'text' | 'texts' | 'count' | 'integer' | 'ns' | 'true' | 'clock' | 'reason' | 'mode';
export type Field = {
  kind: Kind;
  optional?: true;
  /** A value this version does not know is as good as none: a newer recorder may have more of them. */
  open?: true;
};

/** Of a text, or of all of a list. Names and notes are far shorter; thousands of records are held at a time. */
export const textLimit = 4096;

const text = { kind: 'text' } as const;
const count = { kind: 'count' } as const;
const ns = { kind: 'ns' } as const;
const maybe = <F extends Field>(field: F) => ({ ...field, optional: true }) as const;

const probe = { guest_pid: count, guest_comm: text, guest_monotonic_ns: ns } as const;
const observed = { window_ns: maybe(ns), start_ticks: maybe(count), comm_hex: maybe(text) } as const;
const asked = {
  args: { kind: 'texts', optional: true },
  args_cut: { kind: 'true', optional: true },
  cgroup: maybe(text),
} as const;
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
    ...asked,
  },
  'process.exec': { ...probe, previous_comm: text, guest_uid: maybe(count), ...observed, ...asked },
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
    capture_mode: { kind: 'mode', optional: true, open: true },
    pid_max: maybe(count),
    clock: { kind: 'clock' },
    boot_offset_ns: maybe(ns),
    filter: { kind: 'text', optional: true, open: true },
    hidden: maybe(count),
    cgroups: yes,
  },
  'trace.clock': { clock: { kind: 'clock' } },
  'trace.gap': {
    reason: { kind: 'reason' },
    tasks: maybe(count),
    events: maybe(count),
    from_monotonic_ns: ns,
    to_monotonic_ns: ns,
  },
  'trace.note': { text, monotonic_ns: ns },
  'trace.alert': {
    rule: text,
    key: maybe(text),
    value: text,
    ended: yes,
    since_monotonic_ns: ns,
    monotonic_ns: ns,
  },
  'trace.end': { monotonic_ns: ns },
} as const satisfies Record<TraceRecord['probe_source'], Record<string, Field>>;

export type RecordSource = keyof typeof recordFields;

/** The fields of a record by its `probe_source`, in order. */
export const fieldsOf: ReadonlyMap<string, readonly (readonly [key: string, field: Field])[]> = new Map(
  Object.entries(recordFields).map(([source, fields]) => [source, Object.entries<Field>(fields)] as const),
);

/** The position of `seq`: right behind the four keys of the probe event, first in all other records. */
export const seqAfter = 'guest_monotonic_ns';

/** The same of a record this version may not know: one from a newer recorder still bears its number. */
export type DecodedLine = { record: TraceRecord | undefined; seq: number | undefined };
