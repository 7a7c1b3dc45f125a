/** The exited children of one parent that have the same name. */
export type ExitGroup = {
  readonly comm: string;
  count: number;
  /** When the latest of them exited, CLOCK_MONOTONIC ns. */
  lastExitNs: bigint;
  shortestNs: bigint | undefined;
  longestNs: bigint | undefined;
  /** The arguments that all known ones begin with; undefined while none is known. */
  args: readonly string[] | undefined;
  /** Whether some of them have other arguments after these, or arguments that are not known. */
  argsVary: boolean;
  /** Their own exited children. */
  readonly exitGroups: ExitGroups;
};

/** The exited children of one parent, by name. */
export type ExitGroups = {
  /** In order of appearance. */
  readonly byComm: Map<string, ExitGroup>;
  /** Exits at this level or below that are not counted by name. */
  others: number;
};

export const emptyGroups = (): ExitGroups => ({ byComm: new Map(), others: 0 });

/** Adds an empty group and returns it. */
export const addNewGroup = (groups: ExitGroups, comm: string, atNs: bigint): ExitGroup => {
  const group = {
    comm,
    count: 0,
    lastExitNs: atNs,
    shortestNs: undefined,
    longestNs: undefined,
    args: undefined,
    argsVary: false,
    exitGroups: emptyGroups(),
  };
  groups.byComm.set(comm, group);
  return group;
};

/** What a group adds up of its exits. */
type ExitTotals = Omit<ExitGroup, 'comm' | 'exitGroups'>;

/** Adds the exits of `more` to a group: their count, lifetimes and arguments. */
export const addExits = (group: ExitGroup, more: ExitTotals): void => {
  addArgs(group, more);
  group.count += more.count;
  if (more.lastExitNs > group.lastExitNs) group.lastExitNs = more.lastExitNs;
  if (more.shortestNs !== undefined && (group.shortestNs === undefined || more.shortestNs < group.shortestNs))
    group.shortestNs = more.shortestNs;
  if (more.longestNs !== undefined && (group.longestNs === undefined || more.longestNs > group.longestNs))
    group.longestNs = more.longestNs;
};

/** Keeps the arguments that the exits of a group and `more` have in common. */
const addArgs = (group: ExitGroup, { args, argsVary, count }: ExitTotals): void => {
  if (count === 0) return;
  if (group.count === 0) {
    group.args = args;
    group.argsVary = argsVary;
    return;
  }
  const known = group.args ?? args;
  const common = commonArgs(known, args ?? known);
  group.argsVary ||= argsVary || common !== group.args || common?.length !== args?.length;
  group.args = common;
};

/** Returns the arguments that both lists begin with: the first list itself if it is all of them. */
const commonArgs = (a: ExitGroup['args'], b: ExitGroup['args']): ExitGroup['args'] => {
  if (!a || !b) return a;
  const end = a.findIndex((arg, index) => arg !== b[index]);
  return end < 0 ? a : a.slice(0, end);
};

/** Returns the number of exited children, `others` included. */
export const countExits = (groups: ExitGroups | undefined): number => {
  if (!groups) return 0;
  let sum = groups.others;
  for (const { count } of groups.byComm.values()) sum += count;
  return sum;
};

/** Returns the number of exited descendants. */
export const countAllExits = (groups: ExitGroups): number => {
  let sum = countExits(groups);
  for (const group of groups.byComm.values()) sum += countAllExits(group.exitGroups);
  return sum;
};

/** Returns the time of the latest exit, CLOCK_MONOTONIC ns; undefined if there is none. */
export const latestExitNs = (groups: ExitGroups | undefined): bigint | undefined => {
  let latest: bigint | undefined;
  if (groups)
    for (const { lastExitNs } of groups.byComm.values())
      if (latest === undefined || lastExitNs > latest) latest = lastExitNs;
  return latest;
};

/** Returns the number of groups at all levels. */
export const countGroups = ({ byComm }: ExitGroups): number => {
  let size = byComm.size;
  for (const { exitGroups } of byComm.values()) size += countGroups(exitGroups);
  return size;
};

/** Returns a deep copy. */
export const copyGroups = ({ byComm, others }: ExitGroups): ExitGroups => ({
  byComm: new Map(
    [...byComm].map(([comm, group]) => [comm, { ...group, exitGroups: copyGroups(group.exitGroups) }]),
  ),
  others,
});
