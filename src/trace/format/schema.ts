import type { TraceRecord } from '../../domain/events/record.ts';

/** The version of the trace format, `format` in the header. */
export const traceFormat = 1;

/** The type of a field's value. `ns` is a BigInt in memory and unquoted digits on the line. */
export type FieldKind =
  | 'text'
  | 'texts'
  | 'count'
  | 'integer'
  | 'ns'
  | 'true'
  | 'clock'
  | 'reason'
  | 'mode'
  | 'comms';
/** The definition of a field. */
export type FieldSpec = {
  kind: FieldKind;
  optional?: true;
  /** Whether an invalid value is ignored, because a newer recorder may write values that are unknown here. */
  ignoreUnknown?: true;
};

/** Maximum length of a text, or of all texts of a list, in UTF-16 units. It bounds the memory of a batch. */
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
  args_nuls: optional(count),
  cgroup: optional(text),
  unread: { kind: 'texts', optional: true },
} as const;
const optionalTrue = { kind: 'true', optional: true } as const;
const failureFields = { exit_code: optional(count), exit_signal: optional(count) } as const;
const exitFields = { ...failureFields, core_dumped: optionalTrue } as const;

/** The keys of each record after `probe_source`, in the order in which they are written. */
export const recordFields = {
  'process.spawned': {
    ...probeFields,
    guest_ppid: optional(count),
    guest_uid: optional(count),
    ...observedFields,
    initial: optionalTrue,
    kthread: optionalTrue,
    children_cpu_ns: optional(ns),
    ...enrichedFields,
  },
  'process.exec': {
    ...probeFields,
    previous_comm: text,
    renamed: optionalTrue,
    guest_uid: optional(count),
    ...observedFields,
    ...enrichedFields,
  },
  'process.user': { ...probeFields, guest_uid: count, previous_uid: optional(count), ...observedFields },
  'process.zombie': {
    ...probeFields,
    guest_ppid: optional(count),
    zombie_ns: optional(ns),
    ...observedFields,
    ...exitFields,
    cpu_ns: optional(ns),
  },
  'process.exited': {
    ...probeFields,
    lifetime_ns: optional(ns),
    zombie_ns: optional(ns),
    ...observedFields,
    ...exitFields,
    cpu_ns: optional(ns),
  },
  'process.children': { ...probeFields, children_cpu_ns: ns, ...observedFields },
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
  'trace.clock': { clock: { kind: 'clock' }, boot_offset_ns: optional(ns) },
  'trace.gap': {
    reason: { kind: 'reason' },
    tasks: optional(count),
    events: optional(count),
    capture_mode: { kind: 'mode', optional: true, ignoreUnknown: true },
    from_monotonic_ns: ns,
    to_monotonic_ns: ns,
  },
  'trace.note': { text, monotonic_ns: ns },
  'trace.alert': {
    rule: text,
    key: optional(text),
    value: text,
    comm: optional(text),
    parent: optional(text),
    period_ns: optional(ns),
    first_period_ns: optional(ns),
    ...failureFields,
    ended: optionalTrue,
    since_monotonic_ns: ns,
    monotonic_ns: ns,
  },
  'trace.end': { monotonic_ns: ns },
  'trace.alive': { as_of: count, records: count, monotonic_ns: ns },
  'trace.pulse': {
    clock: { kind: 'clock' },
    as_of: optional(count),
    alive: count,
    zombies: count,
    spawned: count,
    exited: count,
    failed: count,
    known: count,
    missed: optional(count),
    lost: count,
    loops: count,
    alerts: count,
    top: { kind: 'comms' },
  },
} as const satisfies Record<TraceRecord['probe_source'], Record<string, FieldSpec>>;

export type RecordSource = keyof typeof recordFields;

/** A field of a record. */
export type Field = { key: string; kind: FieldKind; optional: boolean; ignoreUnknown: boolean };

const toField = ([key, { kind, optional, ignoreUnknown }]: [string, FieldSpec]): Field => ({
  key,
  kind,
  optional: optional === true,
  ignoreUnknown: ignoreUnknown === true,
});

/** The fields of each record in written order, by `probe_source`. */
export const fieldsBySource: ReadonlyMap<string, readonly Field[]> = new Map(
  Object.entries(recordFields).map(([source, fields]) => [
    source,
    Object.entries<FieldSpec>(fields).map(toField),
  ]),
);

/** The key that `seq` follows in probe events. In other records `seq` follows `probe_source`. */
export const seqFollowsKey = 'guest_monotonic_ns';

/** A decoded line. `record` is undefined for an unknown `probe_source`, but its `seq` still counts. */
export type DecodedLine = { record: TraceRecord | undefined; seq: number | undefined };

export const isStringList = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((each) => typeof each === 'string');

/** Returns the length that `maxTextLength` bounds. Each item of a list counts 1 more, so that empty items count. */
export const textLengthOf = (value: unknown): number => {
  if (typeof value === 'string') return value.length;
  return isStringList(value) ? value.reduce((length, each) => length + each.length + 1, 0) : 0;
};
