import { formatPlace } from '../../domain/cgroups/place-text.ts';
import { type Command, commandText } from '../../domain/commands/command-text.ts';
import type { ProcessOrigin } from '../../domain/processes/process-origin.ts';
import type { SystemState } from '../../domain/processes/system-state.ts';
import { cgroupGroupings } from '../../domain/stats/groups.ts';
import { TopNames } from '../../domain/stats/top-names.ts';
import { compareValues } from '../../util/compare.ts';
import { formatDuration, groupDigits } from '../../util/format.ts';
import type { GroupId } from '../views/row-list.ts';
import { ancestorText, parentText } from './ancestor-text.ts';
import { patternOf } from './group-entries.ts';
import type { DetailField } from './process-details.ts';

/** Maximum number of commands, parents, users or units in the details. */
const maxNames = 3;

type Context = { group: GroupId; system: SystemState; userName: (uid: number) => string };

/** Returns the most frequent texts with their counts; no field if there is none. */
const topField = (label: string, texts: Iterable<string | undefined>): DetailField[] => {
  const names = new TopNames();
  for (const text of texts) if (text !== undefined) names.add(text, 1);
  const top = names.ranked(maxNames).map(({ name, count }) => `${name} (${groupDigits(count)})`);
  return top.length === 0 ? [] : [{ label, text: top.join(', ') }];
};

/**
 * Returns the most frequent commands. Of a comm, those of the program with that name, and only if arguments are known. Numbers
 * and IDs are folded if they vary, except in the details of a command, which lists its variants.
 */
export const commandFields = (
  spawns: readonly ProcessOrigin[],
  { grouping, key }: GroupId,
): DetailField[] => {
  const commands = spawns.map(({ nameHistory }): Command => {
    const { names, program, programArgs, args } = nameHistory;
    const comm = names.at(-1) ?? '';
    return grouping === 'comm' && program === key && comm !== key
      ? { comm: key, args: programArgs }
      : { comm, args };
  });
  if (grouping === 'comm' && commands.every(({ args }) => args === undefined)) return [];
  if (grouping === 'command')
    return topField(
      'commands',
      commands.map((command) => commandText(command)),
    );
  return topField('commands', foldVarying(commands));
};

/** Returns the text of each command, or its pattern if another command has the same one. */
const foldVarying = (commands: readonly Command[]): string[] => {
  const commandOfPattern = new Map<string, Command | undefined>();
  const patterns = commands.map((command) => {
    const pattern = patternOf(command);
    const known = commandOfPattern.get(pattern);
    if (known ? !isSame(known, command) : !commandOfPattern.has(pattern))
      commandOfPattern.set(pattern, known ? undefined : command);
    return pattern;
  });
  const texts = new Map(
    [...commandOfPattern].map(([pattern, command]) => [pattern, command && commandText(command)]),
  );
  return patterns.map((pattern) => texts.get(pattern) ?? pattern);
};

const isSame = (a: Command, b: Command): boolean =>
  a.comm === b.comm && (a.args === b.args || a.args?.join('\0') === b.args?.join('\0'));

/** Returns the time from spawn to spawn of processes in the order of their spawns, which the rate does not show if it is long. */
export const periodFields = (spawns: readonly ProcessOrigin[]): DetailField[] => {
  const times = spawns.map(({ spawnedNs = 0n }) => spawnedNs);
  if (times.length < 2) return [];
  const periods = times
    .slice(1)
    .map((time, index) => time - (times[index] as bigint))
    .toSorted(compareValues);
  const [min, p50, max] = [0, periods.length >> 1, periods.length - 1].map((index) =>
    formatDuration(periods[index]),
  );
  const text = periods.length === 1 ? min : `p50 ${p50}, min ${min}, max ${max}`;
  return [{ label: 'period', text: text ?? '' }];
};

/** Returns parents, users and units of the processes, except what the group has in common, and the last process. */
export const originFields = (
  spawns: readonly ProcessOrigin[],
  { group: { grouping }, system, userName }: Context,
): DetailField[] => {
  const parents = topField(
    'spawned by',
    spawns.map((origin) => parentText(origin, system)),
  );
  const users = topField(
    'user',
    spawns.map(({ uid }) => (uid === undefined ? undefined : userName(uid))),
  );
  const units = topField(
    'unit',
    spawns.map(({ cgroup }) => (cgroup === undefined ? undefined : formatPlace(cgroup))),
  );
  return [
    ...(grouping === 'parent' ? [] : parents),
    ...lastSpawnFields(spawns.at(-1), { system, userName }),
    ...(grouping === 'user' ? [] : users),
    ...(cgroupGroupings.includes(grouping) ? [] : units),
  ];
};

const lastSpawnFields = (
  last: ProcessOrigin | undefined,
  { system, userName }: Omit<Context, 'group'>,
): DetailField[] => {
  if (last?.spawnedNs === undefined) return [];
  const ancestors = ancestorText({ origin: last, system, userName });
  const by = ancestors === undefined ? '' : `, by ${ancestors}`;
  return [
    {
      label: 'last spawn',
      text: `${formatDuration(system.nowNs - last.spawnedNs)} ago, PID ${last.pid}${by}`,
    },
  ];
};
