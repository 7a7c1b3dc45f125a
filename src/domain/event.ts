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

export type SpawnedEvent = Probe<'process.spawned'> &
  Observation & {
    /** The spawner: the first parent seen. */
    guest_ppid?: number;
    guest_uid?: number;
    /** Found alive by the first look, not seen to be born. */
    initial?: true;
    kthread?: true;
  };

/** A forked process took its own program, or changed its name later (from outside the two look the same). */
export type ExecEvent = Probe<'process.exec'> & Observation & { previous_comm: string; guest_uid?: number };

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

/** What a source emits: things seen, and gaps in the seeing. */
export type ChurnRecord = ProbeEvent | GapRecord;

export const isProbeEvent = (record: { probe_source: string }): record is ProbeEvent =>
  record.probe_source.startsWith('process.');
