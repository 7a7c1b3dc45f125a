import { containerKeyOf, unitKeyOf } from '../../domain/cgroups/place-text.ts';
import { commandPattern } from '../../domain/commands/command-pattern.ts';
import { isProbeEvent } from '../../domain/events/event.ts';
import type { CompiledFilter } from '../../domain/filter/filter.ts';
import { matchesRecord } from '../../domain/filter/stream-filter.ts';
import type { NameHistory, ProcessOrigin } from '../../domain/processes/process-origin.ts';
import type { LogEntry, SystemState } from '../../domain/processes/system-state.ts';
import { type Grouping, unknownKey } from '../../domain/stats/groups.ts';
import type { GroupTarget } from '../views/row-list.ts';

/** Patterns of command lines, because they are needed for all retained events in each frame. */
const patterns = new WeakMap<readonly string[], string>();

/** Returns the pattern of a command; the comm if its arguments are not known. */
export const patternOf = (comm: string, args: readonly string[] | undefined): string => {
  if (args === undefined) return commandPattern({ comm });
  const known = patterns.get(args) ?? commandPattern({ comm, args });
  patterns.set(args, known);
  return known;
};

/** Returns whether a process ever had a command with this pattern. */
const hadCommand = ({ names, program, programArgs, args }: NameHistory, pattern: string): boolean =>
  patternOf(names.at(-1) ?? '', args) === pattern ||
  (program !== undefined && patternOf(program, programArgs) === pattern);

/** Returns whether a process belongs to a group, also under an earlier name. `pid` is that of a parent group. */
const belongsTo: Readonly<Record<Grouping, (origin: ProcessOrigin, group: GroupTarget) => boolean>> = {
  comm: ({ nameHistory }, { key }) => nameHistory.names.includes(key),
  command: ({ nameHistory }, { key }) => hadCommand(nameHistory, key),
  parent: ({ ppid }, { parentPid }) => ppid !== undefined && ppid === parentPid,
  user: ({ uid }, { key }) => (uid === undefined ? unknownKey : String(uid)) === key,
  cgroup: ({ cgroup }, { key }) => (cgroup ?? unknownKey) === key,
  container: ({ cgroup }, { key }) => (cgroup === undefined ? unknownKey : containerKeyOf(cgroup)) === key,
  unit: ({ cgroup }, { key }) => (cgroup === undefined ? unknownKey : unitKeyOf(cgroup)) === key,
};

/**
 * Returns the retained log entries of the processes of a group, oldest first. With a filter, of those processes with an
 * event that matches: `exit!=0` matches no spawn, but the spawn has the command and the parent.
 */
export const entriesOfGroup = (
  { log, guest }: SystemState,
  group: GroupTarget,
  filter: CompiledFilter,
): LogEntry[] => {
  const belongs = belongsTo[group.groupBy];
  const entries: LogEntry[] = [];
  // The history is shared by all entries of a process.
  const matching = new Set<NameHistory>();
  for (const entry of log) {
    if (!isProbeEvent(entry.record) || !entry.origin || !belongs(entry.origin, group)) continue;
    entries.push(entry);
    const { nameHistory } = entry.origin;
    if (!matching.has(nameHistory) && matchesRecord(entry, filter, guest)) matching.add(nameHistory);
  }
  return entries.filter(({ origin }) => origin && matching.has(origin.nameHistory));
};
