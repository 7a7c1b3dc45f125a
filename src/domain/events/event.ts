/**
 * What churntop observes, in the very shape of a trace line (docs/trace-format.md): an event is its record, so
 * nothing is translated between the sampler, the screen and the file. All of it is DECLARED: seen by an
 * unprivileged reader of /proc, not attested by the kernel.
 */

/** The four keys of the guest agent's probe event, in wire order. */
type Probe<Source extends string> = {
  probe_source: Source;
  guest_pid: number;
  /** At most 16 bytes of UTF-8; bytes that are none read as U+FFFD. */
  guest_comm: string;
  /** CLOCK_MONOTONIC, whole nanoseconds. */
  guest_monotonic_ns: bigint;
};

/** What every churntop record adds to the probe event. */
type Observation = {
  /** Clock ticks (1/100 s) since boot at which the process started; absent when /proc did not tell. */
  start_ticks?: number;
  /** Raw bytes of a comm that is not valid UTF-8, as hex. */
  comm_hex?: string;
  /** How long before `guest_monotonic_ns` it may have happened: the time since the previous look. */
  window_ns?: bigint;
};

/** What is read of a process only where it is asked for: arguments can hold secrets, and each costs a read. */
export type EnrichedFields = {
  /** Absent where it could not be read, and where there is none (kernel threads, zombies). */
  args?: readonly string[];
  /** There was more of it. */
  args_cut?: true;
  /** The path of its control group. */
  cgroup?: string;
};

export type SpawnedEvent = Probe<'process.spawned'> &
  Observation &
  EnrichedFields & {
    /** The spawner: the first parent seen. */
    guest_ppid?: number;
    guest_uid?: number;
    /** Found alive by the first look, not seen to be born. */
    initial?: true;
    kthread?: true;
  };

/** A forked process took its own program, or changed its name later (from outside the two look the same). */
export type ExecEvent = Probe<'process.exec'> &
  Observation &
  EnrichedFields & { previous_comm: string; guest_uid?: number };

/** Ended but not reaped: still in /proc, so not yet exited in the reference walker's sense. */
export type ZombieEvent = Probe<'process.zombie'> &
  Observation & {
    /** The parent that has not reaped it, as of now. */
    guest_ppid?: number;
    exit_code?: number;
    exit_signal?: number;
  };

export type ExitedEvent = Probe<'process.exited'> &
  Observation & {
    lifetime_ns?: bigint;
    /** Only if really seen: readable for a zombie of the same user. */
    exit_code?: number;
    exit_signal?: number;
  };

export type ProbeEvent = SpawnedEvent | ExecEvent | ZombieEvent | ExitedEvent;

export const gapReasons = ['unseen', 'dropped', 'stalled', 'disk'] as const;
export type GapReason = (typeof gapReasons)[number];

/** Something was missed, and how much: a loss is never silent. */
export type GapRecord = {
  probe_source: 'trace.gap';
  reason: GapReason;
  /** Tasks (processes or threads) that were born and gone between two looks. */
  tasks?: number;
  /** Records that a bounded queue could not hold. */
  events?: number;
  from_monotonic_ns: bigint;
  to_monotonic_ns: bigint;
};

/** What an operator wrote down beside what was seen. */
export type NoteRecord = { probe_source: 'trace.note'; text: string; monotonic_ns: bigint };

/** A rule has come to hold, or no longer does. */
export type AlertRecord = {
  probe_source: 'trace.alert';
  /** As `printRule` writes it: `spawn_rate(comm)>50`. */
  rule: string;
  /** Of the keys that the rule asks for, the one for which it holds. */
  key?: string;
  /** What was found, with its unit: `62.0/s`; at the end the worst that it came to. */
  value: string;
  /** It no longer holds; absent where it has come to hold. */
  ended?: true;
  /** Since when the condition has held. */
  since_monotonic_ns: bigint;
  monotonic_ns: bigint;
};

/** What stands among the events and is none: it concerns everyone, so it passes every filter. */
export type AnnotationRecord = GapRecord | NoteRecord | AlertRecord;

/** What a source emits: things seen, and what is to be said beside them. */
export type ChurnRecord = ProbeEvent | AnnotationRecord;

export const isProbeEvent = (record: { probe_source: string }): record is ProbeEvent =>
  record.probe_source.startsWith('process.');

/** Characters (UTF-16 units) that a note holds; the rest is cut off. */
export const maxNoteLength = 500;

const trailingHighSurrogate = /[\ud800-\udbff]$/;

/** As much of a text as a note holds, no character split. */
export const truncateNote = (text: string): string =>
  text.length <= maxNoteLength ? text : text.slice(0, maxNoteLength).replace(trailingHighSurrogate, '');

/** One line of text for log and trace; undefined where nothing is said. */
export const createNote = (text: string, monotonic_ns: bigint): NoteRecord | undefined => {
  const line = truncateNote(text.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim());
  return line === '' ? undefined : { probe_source: 'trace.note', text: line, monotonic_ns };
};

/** A birth as it would be told now that its process bears another name. */
export const applyExec = (
  { comm_hex: _, args: __, args_cut: ___, ...birth }: SpawnedEvent,
  { guest_comm, comm_hex, guest_uid, args, args_cut, cgroup }: ExecEvent,
): SpawnedEvent => ({
  ...birth,
  guest_comm,
  ...(comm_hex !== undefined && { comm_hex }),
  ...(guest_uid !== undefined && { guest_uid }),
  ...(args !== undefined && { args }),
  ...(args_cut !== undefined && { args_cut }),
  ...(cgroup !== undefined && { cgroup }),
});

/** One delivery: what was seen up to `nowNs`, in order. */
export type Batch = { nowNs: bigint; records: readonly ChurnRecord[] };
