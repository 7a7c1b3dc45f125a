// Events have the shape of their trace line (docs/reference/trace-format.md), so that sampler, screen and file share one type.
// All of them are DECLARED: observed by an unprivileged reader of /proc, not attested by the kernel.

import { truncateText } from '../../util/graphemes.ts';
import type { ExitStatus } from './exit-status.ts';

/** The four keys of the guest agent's probe event, in wire order. */
type Probe<Source extends string> = {
  probe_source: Source;
  guest_pid: number;
  /** At most 16 bytes of UTF-8; invalid bytes are replaced by U+FFFD. */
  guest_comm: string;
  /** CLOCK_MONOTONIC, whole nanoseconds. */
  guest_monotonic_ns: bigint;
};

/** The keys that churntop adds to every probe event. */
type Observation = {
  /** Start time in clock ticks (1/100 s) since boot; absent if it could not be read. */
  start_ticks?: number;
  /** Raw bytes of a comm that is not valid UTF-8 or ends in a newline, as hex. */
  comm_hex?: string;
  /** Uncertainty in ns: time from the previous sample to `guest_monotonic_ns`, in which the event happened. */
  window_ns?: bigint;
};

/** The keys read only on request, because arguments can hold secrets and each key costs a read. */
export type EnrichedFields = {
  /** Absent if they could not be read or there are none (kernel threads, zombies). */
  args?: readonly string[];
  /** Present if `args` is truncated. */
  args_cut?: true;
  /** NUL bytes after the arguments: empty arguments, or the rest of arguments that were overwritten. */
  args_nuls?: number;
  /** Path of the control group. */
  cgroup?: string;
  /** The keys among these that could not be read although the process exists; `comm` if its name could not be read. */
  unread?: readonly string[];
};

export type SpawnedEvent = Probe<'process.spawned'> &
  Observation &
  EnrichedFields & {
    /** The parent at the first sample: the spawner. */
    guest_ppid?: number;
    guest_uid?: number;
    /** Present if the process was already alive at the first sample. */
    initial?: true;
    kthread?: true;
  };

/** The records that can have additional fields. */
export type EnrichableEvent = SpawnedEvent | ExecEvent;

/** A process that executed a program or changed its name. /proc does not distinguish the two. */
export type ExecEvent = Probe<'process.exec'> &
  Observation &
  EnrichedFields & {
    previous_comm: string;
    /** Present if it is known that only the name changed. */
    renamed?: true;
    guest_uid?: number;
  };

/** A process whose effective user changed without an exec. */
export type UserEvent = Probe<'process.user'> &
  Observation & {
    guest_uid: number;
    /** Absent if it was not known. */
    previous_uid?: number;
  };

/**
 * A process that has exited and is not reaped. It is still in /proc, so `process.exited` follows later. Another record
 * follows if it gets another parent.
 */
export type ZombieEvent = Probe<'process.zombie'> &
  Observation &
  ExitStatus & {
    /** The current parent, which has not reaped it yet. */
    guest_ppid?: number;
    /** How long it has been a zombie; absent for a new zombie. */
    zombie_ns?: bigint;
  };

export type ExitedEvent = Probe<'process.exited'> &
  Observation &
  ExitStatus & {
    /** How long it ran, from its spawn until it was a zombie or gone. */
    lifetime_ns?: bigint;
    /** How long it was a zombie, from the first sample that saw it as one until it was reaped. */
    zombie_ns?: bigint;
  };

export type ProbeEvent = SpawnedEvent | ExecEvent | UserEvent | ZombieEvent | ExitedEvent;

/**
 * How spawns are detected: by events of the kernel, by the PID counter, or by comparing whole listings of /proc.
 */
export const captureModes = ['kernel', 'cursor', 'walk'] as const;
export type CaptureMode = (typeof captureModes)[number];

export const gapReasons = ['unseen', 'dropped', 'stalled', 'disk', 'queue', 'source'] as const;
export type GapReason = (typeof gapReasons)[number];

/** A period with missed tasks or lost records. */
export type GapRecord = {
  probe_source: 'trace.gap';
  reason: GapReason;
  /** Tasks (processes or threads) that spawned and exited between two samples. */
  tasks?: number;
  /** Records dropped, or kernel events lost, because a queue was full. */
  events?: number;
  /** The capture mode from here on, if it has changed. */
  capture_mode?: CaptureMode;
  from_monotonic_ns: bigint;
  to_monotonic_ns: bigint;
};

/** A note written by the operator. */
export type NoteRecord = { probe_source: 'trace.note'; text: string; monotonic_ns: bigint };

/** An alert that was raised or cleared. */
export type AlertRecord = {
  probe_source: 'trace.alert';
  /** The rule in canonical form: `spawn_rate(comm)>50`. */
  rule: string;
  /** The group that meets the condition, if the rule is evaluated per group. */
  key?: string;
  /** The measured value with its unit: `62.0/s`; for a cleared alert, the worst value. */
  value: string;
  /** Of a restart loop: its comm unless that is `key`, and its parent, as in `cron[412]`. */
  comm?: string;
  parent?: string;
  /** Of a restart loop: time from spawn to spawn, and the same at the start of the loop if it has changed since. */
  period_ns?: bigint;
  first_period_ns?: bigint;
  /** Of a restart loop: the last exit status other than 0. */
  exit_code?: number;
  exit_signal?: number;
  /** Present if the alert is cleared, absent if it is raised. */
  ended?: true;
  /** When the condition began to hold. Of a restart loop: when its first process was spawned. */
  since_monotonic_ns: bigint;
  monotonic_ns: bigint;
};

/** A record that is not about one process, so that it passes every filter. */
export type AnnotationRecord = GapRecord | NoteRecord | AlertRecord;

/** A record emitted by a source. */
export type ChurnRecord = ProbeEvent | AnnotationRecord;

export const isProbeEvent = (record: { probe_source: string }): record is ProbeEvent =>
  record.probe_source.startsWith('process.');

/** Maximum length of a note in UTF-16 units. */
export const maxNoteLength = 500;

/** Truncates a text to `maxNoteLength` without splitting a character. */
export const truncateNote = (text: string): string => truncateText(text, maxNoteLength);

/** Creates a note of one line; undefined if the text is blank. */
export const createNote = (text: string, monotonic_ns: bigint): NoteRecord | undefined => {
  const line = truncateNote(text.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim());
  return line === '' ? undefined : { probe_source: 'trace.note', text: line, monotonic_ns };
};

/** Returns the time since which a process has been a zombie, CLOCK_MONOTONIC ns. */
export const zombieSinceNs = ({ guest_monotonic_ns, zombie_ns }: ZombieEvent): bigint =>
  guest_monotonic_ns - (zombie_ns ?? 0n);

/** Returns a spawn event updated by a later exec of the same process. */
export const applyExec = (
  spawned: SpawnedEvent,
  { guest_comm, comm_hex, guest_uid, args, args_cut, args_nuls, cgroup, unread, renamed }: ExecEvent,
): SpawnedEvent => ({
  ...withoutProgram(spawned, renamed),
  guest_comm,
  ...(comm_hex !== undefined && { comm_hex }),
  ...(guest_uid !== undefined && { guest_uid }),
  ...(args !== undefined && { args }),
  ...(args_cut !== undefined && { args_cut }),
  ...(args_nuls !== undefined && { args_nuls }),
  ...(unread !== undefined && { unread }),
  ...(cgroup !== undefined && { cgroup }),
});

/** Removes the name of a spawn event, and its arguments, unless only the name has changed. */
const withoutProgram = (
  { comm_hex: _, args, args_cut, args_nuls, unread: __, ...spawn }: SpawnedEvent,
  renamed: true | undefined,
): SpawnedEvent =>
  renamed && args !== undefined
    ? { ...spawn, args, ...(args_cut && { args_cut }), ...(args_nuls !== undefined && { args_nuls }) }
    : spawn;

/** Returns a spawn event updated by a later change of the user. */
export const applyUser = (spawn: SpawnedEvent, { guest_uid }: UserEvent): SpawnedEvent => ({
  ...spawn,
  guest_uid,
});

/** The records up to `nowNs` (CLOCK_MONOTONIC ns), in order. */
export type Batch = { nowNs: bigint; records: readonly ChurnRecord[] };
