import type { TraceRecord } from '../../domain/events/record.ts';

/** How a key's value is checked on reading and written: `ns` are BigInt in memory and bare digits on the line. */
export type FieldKind = 'text' | 'texts' | 'count' | 'integer' | 'ns' | 'true' | 'clock' | 'reason' | 'mode';
export type FieldSpec = {
  kind: FieldKind;
  optional?: true;
  /** A value this version does not know is as good as none: a newer recorder may have more of them. */
  ignoreUnknown?: true;
};

/** Of a text, or of all of a list. Names and notes are far shorter; thousands of records are held at a time. */
export const maxTextLength = 4096;

const text = { kind: 'text' } as const;
const count = { kind: 'count' } as const;
const ns = { kind: 'ns' } as const;
const optional = <F extends FieldSpec>(field: F) => ({ ...field, optional: true }) as const;

const probeFields = { guest_pid: count, guest_comm: text, guest_monotonic_ns: ns } as const;
const observedFields = {
  window_ns: optional(ns),
  start_ticks: optional(count),
  comm_hex: optional(text),
} as const;
const enrichedFields = {
  args: { kind: 'texts', optional: true },
  args_cut: { kind: 'true', optional: true },
  cgroup: optional(text),
} as const;
const exitFields = { exit_code: optional(count), exit_signal: optional(count) } as const;
const optionalTrue = { kind: 'true', optional: true } as const;

/** Every record there is and its keys, in the order in which they are written (after `probe_source`). */
export const recordFields = {
  'process.spawned': {
    ...probeFields,
    guest_ppid: optional(count),
    guest_uid: optional(count),
    ...observedFields,
    initial: optionalTrue,
    kthread: optionalTrue,
    ...enrichedFields,
  },
  'process.exec': {
    ...probeFields,
    previous_comm: text,
    guest_uid: optional(count),
    ...observedFields,
    ...enrichedFields,
  },
  'process.zombie': { ...probeFields, guest_ppid: optional(count), ...observedFields, ...exitFields },
  'process.exited': { ...probeFields, lifetime_ns: optional(ns), ...observedFields, ...exitFields },
  'trace.header': {
    format: count,
    tool: text,
    host: text,
    boot_id: text,
    pid_ns: text,
    epistemic_status: text,
    recorder: optional(text),
    capture_mode: { kind: 'mode', optional: true, ignoreUnknown: true },
    pid_max: optional(count),
    clock: { kind: 'clock' },
    boot_offset_ns: optional(ns),
    filter: { kind: 'text', optional: true, ignoreUnknown: true },
    hidden: optional(count),
    cgroups: optionalTrue,
  },
  'trace.clock': { clock: { kind: 'clock' } },
  'trace.gap': {
    reason: { kind: 'reason' },
    tasks: optional(count),
    events: optional(count),
    from_monotonic_ns: ns,
    to_monotonic_ns: ns,
  },
  'trace.note': { text, monotonic_ns: ns },
  'trace.alert': {
    rule: text,
    key: optional(text),
    value: text,
    ended: optionalTrue,
    since_monotonic_ns: ns,
    monotonic_ns: ns,
  },
  'trace.end': { monotonic_ns: ns },
} as const satisfies Record<TraceRecord['probe_source'], Record<string, FieldSpec>>;

export type RecordSource = keyof typeof recordFields;

/** The fields of a record by its `probe_source`, in order. */
export const fieldsBySource: ReadonlyMap<string, readonly (readonly [key: string, field: FieldSpec])[]> =
  new Map(
    Object.entries(recordFields).map(
      ([source, fields]) => [source, Object.entries<FieldSpec>(fields)] as const,
    ),
  );

/** The position of `seq`: right behind the four keys of the probe event, first in all other records. */
export const seqFollowsKey = 'guest_monotonic_ns';

/** The same of a record this version may not know: one from a newer recorder still bears its number. */
export type DecodedLine = { record: TraceRecord | undefined; seq: number | undefined };
