import { containerKeyOf, unitKeyOf } from '../../domain/cgroups/place-text.ts';
import { commandPattern } from '../../domain/commands/command-pattern.ts';
import { isProbeEvent } from '../../domain/events/event.ts';
import type { CompiledFilter } from '../../domain/filter/filter.ts';
import { matchesRecord } from '../../domain/filter/stream-filter.ts';
import {
  type NameHistory,
  type ProcessOrigin,
  startedBefore,
} from '../../domain/processes/process-origin.ts';
import type { LogEntry, SystemState } from '../../domain/processes/system-state.ts';
import { type Grouping, unknownKey } from '../../domain/stats/groups.ts';
import type { GroupId } from '../views/row-list.ts';

/** A retained event of a process of a group, and the latest known origin of that process. */
export type GroupEntry = { entry: LogEntry; origin: ProcessOrigin };

type MemberTest = (origin: ProcessOrigin) => boolean;

/** Returns a test of whether a process belongs to the group with this key. */
const memberTests: Readonly<Record<Grouping, (key: string) => MemberTest>> = {
  comm:
    (key) =>
    ({ nameHistory }) =>
      nameHistory.names.includes(key),
  command:
    (key) =>
    ({ nameHistory }) =>
      patternOf(nameHistory) === key,
  parent: (key) => {
    const [pid, ticks] = key.split('@').map(Number);
    const startTicks = Number.isInteger(ticks) ? ticks : undefined;
    return (origin) => origin.ppid === pid && startedBefore({ startTicks }, origin);
  },
  user:
    (key) =>
    ({ uid }) =>
      (uid === undefined ? unknownKey : String(uid)) === key,
  cgroup: (key) => placeTest(key, (cgroup) => cgroup),
  container: (key) => placeTest(key, containerKeyOf),
  unit: (key) => placeTest(key, unitKeyOf),
};

/** Returns a test of the cgroup that computes each key once. */
const placeTest = (key: string, keyOf: (cgroup: string) => string): MemberTest => {
  const known = new Map<string | undefined, boolean>([[undefined, key === unknownKey]]);
  return ({ cgroup }) => {
    const isMember = known.get(cgroup) ?? (cgroup !== undefined && keyOf(cgroup) === key);
    known.set(cgroup, isMember);
    return isMember;
  };
};

/** The latest pattern of each argument list, because a frame needs those of all retained events. */
const patterns = new WeakMap<readonly string[], { comm: string; pattern: string }>();

const patternOf = ({ names, args }: NameHistory): string => {
  const comm = names.at(-1) ?? '';
  if (!args) return commandPattern({ comm });
  const known = patterns.get(args);
  if (known?.comm === comm) return known.pattern;
  const pattern = commandPattern({ comm, args });
  patterns.set(args, { comm, pattern });
  return pattern;
};

/** Yields the retained events of the processes of a group that match the filter, oldest first. */
export const entriesOfGroup = function* (
  { log, ancestry, guest }: SystemState,
  { grouping, key }: GroupId,
  filter: CompiledFilter,
): Generator<GroupEntry> {
  const isMember = memberTests[grouping](key);
  for (const entry of log) {
    if (!isProbeEvent(entry.record) || !entry.origin) continue;
    // User and cgroup can have changed since.
    const origin = ancestry.find(entry.origin) ?? entry.origin;
    if (isMember(origin) && matchesRecord(entry, filter, guest)) yield { entry, origin };
  }
};

/** Returns the latest `limit` processes of some entries whose spawn was seen, in the order of their first entries. */
export const spawnedOf = (entries: readonly GroupEntry[], limit: number): ProcessOrigin[] => {
  // All origins of a process share its name history.
  const found = new Map<NameHistory, ProcessOrigin>();
  for (let index = entries.length - 1; index >= 0 && found.size < limit; index--) {
    const { origin } = entries[index] as GroupEntry;
    if (origin.spawnedNs !== undefined && !found.has(origin.nameHistory))
      found.set(origin.nameHistory, origin);
  }
  return [...found.values()].reverse();
};
