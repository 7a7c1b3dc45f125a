import type { ExecEvent, ProbeEvent, SpawnedEvent } from '../events/event.ts';

/** The names of one process. Shared by all its origins, so that a later name applies to earlier records too. */
export type NameHistory = {
  /** Oldest first; beyond `maxNames`, the first and the newest. */
  names: readonly string[];
  /** The program that the process executed right after its fork. */
  program: string | undefined;
  /** The arguments of that program; undefined if they are not known. */
  programArgs?: readonly string[] | undefined;
  /** Time of the latest exec, CLOCK_MONOTONIC ns. Arguments that are read later are those of its program. */
  latestExecNs?: bigint;
  /** The latest arguments; undefined if they are not known. */
  args?: readonly string[] | undefined;
  /** Whether it runs the program of its parent. It may have set a title of its own, which no event shows. */
  isFork?: boolean;
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

/**
 * Returns whether a process still runs the program of its parent. A record of kernel events, which has no window, is always
 * that of a fork. Otherwise the name shows whether the process has executed a program.
 */
export const isForkOf = (
  { guest_comm, window_ns, initial }: SpawnedEvent,
  parent: ProcessOrigin | undefined,
): boolean => !initial && (window_ns === undefined || parent?.nameHistory.names.at(-1) === guest_comm);

/** Returns whether no event shows the arguments: those of a fork can change without one, and others were not read in time. */
export const isReadLater = ({ isFork, args }: NameHistory): boolean => isFork === true || args === undefined;

/** Sets the arguments of a fork, or unknown ones, to those that were read later. Returns whether they differ. */
export const setLateArgs = (origin: ProcessOrigin, args: readonly string[]): boolean => {
  const { nameHistory } = origin;
  if (!isReadLater(nameHistory) || nameHistory.args?.join('\0') === args.join('\0')) return false;
  nameHistory.args = args;
  const { latestExecNs } = nameHistory;
  if (latestExecNs !== undefined && isPurposeOfFork(origin, latestExecNs)) nameHistory.programArgs ??= args;
  return true;
};

const isPurposeOfFork = ({ spawnedNs }: ProcessOrigin, execNs: bigint): boolean =>
  spawnedNs !== undefined && execNs - spawnedNs <= forkExecWindowNs;

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

/** Adds the name and the arguments of an exec event to the history. */
export const addName = (
  origin: ProcessOrigin,
  { guest_comm, guest_monotonic_ns, args, renamed }: ExecEvent,
): void => {
  const { nameHistory } = origin;
  const { names } = nameHistory;
  if (!renamed) {
    nameHistory.isFork = false;
    nameHistory.latestExecNs = guest_monotonic_ns;
  }
  if (!renamed || args !== undefined) nameHistory.args = args;
  if (names.length === 1 && isPurposeOfFork(origin, guest_monotonic_ns)) {
    nameHistory.program = guest_comm;
    nameHistory.programArgs = nameHistory.args;
  }
  if (names.includes(guest_comm)) return;
  // Replaces the list, because copies of the history share it.
  nameHistory.names = [...(names.length < maxNames ? names : names.toSpliced(1, 1)), guest_comm];
};
