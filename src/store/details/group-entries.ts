import { containerKeyOf, unitKeyOf } from '../../domain/cgroups/place-text.ts';
import { commandPattern } from '../../domain/commands/command-pattern.ts';
import type { Command } from '../../domain/commands/command-text.ts';
import { isProbeEvent } from '../../domain/events/event.ts';
import type { CompiledFilter } from '../../domain/filter/filter.ts';
import { matchesRecord } from '../../domain/filter/stream-filter.ts';
import {
  type NameHistory,
  type ProcessOrigin,
  startedBefore,
} from '../../domain/processes/process-origin.ts';
import type { LogEntry, SystemState } from '../../domain/processes/system-state.ts';
import {
  cgroupGroupings,
  type Grouping,
  type ReportGrouping,
  unknownKey,
} from '../../domain/stats/groups.ts';
import { compareValues } from '../../util/compare.ts';
import type { GroupId } from '../views/row-list.ts';

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
      patternOf({ comm: nameHistory.names.at(-1) ?? '', args: nameHistory.args }) === key,
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

/** Returns the pattern of a command, computed once for each argument list. */
export const patternOf = ({ comm, args }: Command): string => {
  if (!args) return commandPattern({ comm });
  const known = patterns.get(args);
  if (known?.comm === comm) return known.pattern;
  const pattern = commandPattern({ comm, args });
  patterns.set(args, { comm, pattern });
  return pattern;
};

/** Returns what is known of a process now: its user and cgroup can have changed since the event. */
const latestOrigin = (origin: ProcessOrigin, { ancestry }: SystemState): ProcessOrigin =>
  ancestry.find(origin) ?? origin;

/** The groupings by facts that can change. All origins of a process share its names. */
const changingGroupings: readonly ReportGrouping[] = ['user', ...cgroupGroupings];

/** Yields the retained events of the processes of a group that match the filter, oldest first. */
export const entriesOfGroup = function* (
  system: SystemState,
  { grouping, key }: GroupId,
  filter: CompiledFilter,
): Generator<LogEntry> {
  const isMember = memberTests[grouping](key);
  const isChanging = changingGroupings.includes(grouping);
  for (const entry of system.log) {
    if (!isProbeEvent(entry.record) || !entry.origin) continue;
    const origin = isChanging ? latestOrigin(entry.origin, system) : entry.origin;
    if (isMember(origin) && matchesRecord(entry, filter, system.guest)) yield entry;
  }
};

/** Returns the latest `limit` processes of some entries whose spawn was seen, in the order of their spawns. */
export const spawnedOf = (
  entries: readonly LogEntry[],
  { system, limit }: { system: SystemState; limit: number },
): ProcessOrigin[] => {
  const found = new Map<NameHistory, ProcessOrigin>();
  for (let index = entries.length - 1; index >= 0 && found.size < limit; index--) {
    const { origin } = entries[index] as LogEntry;
    if (origin?.spawnedNs !== undefined && !found.has(origin.nameHistory))
      found.set(origin.nameHistory, latestOrigin(origin, system));
  }
  // Equal times keep the order of the events.
  return [...found.values()].reverse().sort((a, b) => compareValues(a.spawnedNs ?? 0n, b.spawnedNs ?? 0n));
};
