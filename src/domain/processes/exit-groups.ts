/** The exited children of one parent that have the same name. */
export type ExitGroup = {
  readonly comm: string;
  count: number;
  /** When the latest of them exited, CLOCK_MONOTONIC ns. */
  lastExitNs: bigint;
  shortestNs: bigint | undefined;
  longestNs: bigint | undefined;
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
    exitGroups: emptyGroups(),
  };
  groups.byComm.set(comm, group);
  return group;
};

/** Adds the count and lifetimes of `more` to a group. */
export const addCounts = (
  group: ExitGroup,
  more: Pick<ExitGroup, 'count' | 'lastExitNs' | 'shortestNs' | 'longestNs'>,
): void => {
  group.count += more.count;
  if (more.lastExitNs > group.lastExitNs) group.lastExitNs = more.lastExitNs;
  if (more.shortestNs !== undefined && (group.shortestNs === undefined || more.shortestNs < group.shortestNs))
    group.shortestNs = more.shortestNs;
  if (more.longestNs !== undefined && (group.longestNs === undefined || more.longestNs > group.longestNs))
    group.longestNs = more.longestNs;
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
