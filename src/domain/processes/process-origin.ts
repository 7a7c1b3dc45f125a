import type { ExecEvent, ProbeEvent } from '../events/event.ts';

/** The names of one process. Shared by all its origins, so that a later name applies to earlier records too. */
export type NameHistory = {
  /** Oldest first; beyond `maxNames`, the first and the newest. */
  names: readonly string[];
  /** The program that the process executed right after its fork. */
  program: string | undefined;
};

/** The facts about a process that only its spawn event has: later events name neither parent nor user. */
export type ProcessOrigin = {
  readonly pid: number;
  readonly startTicks: number | undefined;
  readonly ppid: number | undefined;
  readonly uid: number | undefined;
  readonly initial: boolean;
  /** The latest cgroup, or that of its parent at the spawn; undefined if neither was read. */
  readonly cgroup?: string | undefined;
  /** When it spawned, CLOCK_MONOTONIC ns; undefined if the spawn was not observed. */
  readonly spawnedNs: bigint | undefined;
  /** PIDs of its parent, the parent's parent and so on, as of its spawn. They may have exited since. */
  readonly ancestors: readonly number[];
  readonly nameHistory: NameHistory;
};

const maxNames = 8;
/** An exec within this time after the fork, ns, counts as the purpose of the fork. */
export const forkExecWindowNs = 50_000_000n;

/** Returns whether a process started no later than `child`. One that started later has reused an ancestor's PID. */
export const startedBefore = (
  ancestor: Pick<ProcessOrigin, 'startTicks'>,
  child: Pick<ProcessOrigin, 'startTicks'>,
): boolean =>
  ancestor.startTicks === undefined ||
  child.startTicks === undefined ||
  ancestor.startTicks <= child.startTicks;

/** The cgroup of a service manager itself. Its children are placed in the cgroups of their units. */
const managerCgroup = /(?:^|\/)init\.scope$/;

/** Returns the cgroup of a process that was not read: that of its parent, unless the parent is a service manager. */
export const inheritedCgroup = (parent: Pick<ProcessOrigin, 'cgroup'> | undefined): string | undefined =>
  parent?.cgroup === undefined || managerCgroup.test(parent.cgroup) ? undefined : parent.cgroup;

/** Returns whether a process is `rootPid` or descends from it. */
export const isInSubtree = (
  { pid, ancestors }: Pick<ProcessOrigin, 'pid' | 'ancestors'>,
  rootPid: number,
): boolean => pid === rootPid || ancestors.includes(rootPid);

/** Returns a function that copies the origins for which `isMutable` holds. It copies each origin and history once. */
export const createOriginCopier = (
  isMutable: (origin: ProcessOrigin) => boolean,
): ((origin: ProcessOrigin) => ProcessOrigin) => {
  const histories = new Map<NameHistory, NameHistory>();
  const origins = new Map<ProcessOrigin, ProcessOrigin>();
  return (origin) => {
    const known = origins.get(origin);
    if (known || !isMutable(origin)) return known ?? origin;
    const nameHistory = histories.get(origin.nameHistory) ?? { ...origin.nameHistory };
    const copy = { ...origin, nameHistory };
    histories.set(origin.nameHistory, nameHistory);
    origins.set(origin, copy);
    return copy;
  };
};

/** Returns the origin of a process whose spawn was not reported. */
export const unknownOrigin = (event: ProbeEvent): ProcessOrigin => ({
  pid: event.guest_pid,
  startTicks: event.start_ticks,
  ppid: undefined,
  uid: undefined,
  initial: false,
  spawnedNs: undefined,
  ancestors: [],
  nameHistory: { names: [event.guest_comm], program: undefined },
});

/** Adds the name of an exec event to the history. */
export const addName = (
  { nameHistory, spawnedNs }: ProcessOrigin,
  { guest_comm, guest_monotonic_ns }: ExecEvent,
): void => {
  const { names } = nameHistory;
  if (names.length === 1 && spawnedNs !== undefined && guest_monotonic_ns - spawnedNs <= forkExecWindowNs)
    nameHistory.program = guest_comm;
  if (names.includes(guest_comm)) return;
  // Replaces the list, because copies of the history share it.
  nameHistory.names = [...(names.length < maxNames ? names : names.toSpliced(1, 1)), guest_comm];
};
