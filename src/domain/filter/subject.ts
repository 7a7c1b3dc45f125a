/**
 * What a filter judges: a living process, or a record of something that happened to one. A fact that is not known is
 * undefined, and every comparison with it is false (so that its `!` is true).
 */
export type Subject = {
  readonly pid: number;
  readonly comm: string;
  /** The spawner. */
  readonly ppid: number | undefined;
  readonly uid: number | undefined;
  /** The name by which this guest knows the user; the number, where it knows none. */
  readonly user: string | undefined;
  readonly cgroup: string | undefined;
  /** How long it has run, now or when it happened, ns. */
  readonly ageNs: bigint | undefined;
  /** From spawn to exit, ns; not known of a living process. */
  readonly lifetimeNs: bigint | undefined;
  readonly event: EventName | undefined;
  /** Whether it is the process of this PID or descends from it. */
  isUnder(pid: number): boolean;
};

export const eventNames = ['spawned', 'exec', 'zombie', 'exited'] as const;
export type EventName = (typeof eventNames)[number];

/** What records do not say of the guest they come from. */
export type Guest = {
  /** What the boot clock is ahead of the monotonic one, ns. */
  bootOffsetNs: bigint;
  userName: (uid: number) => string;
};

/** A guest of which nothing is known. */
export const unknownGuest: Guest = { bootOffsetNs: 0n, userName: String };
