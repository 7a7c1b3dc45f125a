import { formatPlace } from '../../domain/cgroups/place-text.ts';
import { commandPattern } from '../../domain/commands/command-pattern.ts';
import { type Command, commandText } from '../../domain/commands/command-text.ts';
import { exitLogText, formatExitStatus } from '../../domain/events/exit-status.ts';
import { recordTimeNs } from '../../domain/events/record.ts';
import type { ProcessOrigin } from '../../domain/processes/process-origin.ts';
import type { SystemState } from '../../domain/processes/system-state.ts';
import type { GroupSummary } from '../../domain/stats/group-summary.ts';
import { cgroupGroupings } from '../../domain/stats/groups.ts';
import type { RestartLoopSummary } from '../../domain/stats/loops/loop-summary.ts';
import { loopPeriodText, loopStatusText } from '../../domain/stats/loops/loop-text.ts';
import { TopNames } from '../../domain/stats/top-names.ts';
import { formatCount, formatDuration, formatRate, groupDigits } from '../../util/format.ts';
import { ancestorText, parentText } from '../views/ancestor-text.ts';
import type { ChurnTableRow } from '../views/churn-columns.ts';
import type { DetailField } from '../views/process-details.ts';
import type { GroupId } from '../views/row-list.ts';
import type { GroupEntry } from './group-entries.ts';

/** Maximum number of commands, parents, users or units in the details. */
const maxNames = 3;
/** Number of spawns that they are counted from, because that is done for each frame. */
const maxCounted = 500;

/** A group, and what is known of it. */
export type GroupDetails = {
  group: GroupId;
  row: ChurnTableRow;
  /** The retained events of its processes, oldest first. */
  entries: readonly GroupEntry[];
  system: SystemState;
  userName: (uid: number) => string;
  /** Whether `row` counts retained events only. */
  retainedOnly: boolean;
  /** Of a parent: the CPU time of all children that it reaped, ns. */
  childrenCpuNs: bigint | undefined;
};

/** Returns the detail fields of a group, in order of importance, because a small screen cuts the last ones. */
export const groupDetailFields = (details: GroupDetails): DetailField[] => {
  const { row, entries, system } = details;
  const { summary, loop } = row;
  const spawns = entries.filter(({ entry }) => isSpawn(entry)).slice(-maxCounted);
  return [
    ...commandFields(spawns, details),
    ...countFields(details),
    ...periodFields(spawns),
    ...lifetimeFields(summary),
    ...usageFields(details),
    ...zombieFields(summary),
    ...exitStatusFields(summary),
    ...lastFailureFields(summary, system.nowNs),
    ...originFields(spawns, details),
    ...(loop ? [{ label: 'restarts', text: restartText(loop) }] : []),
  ];
};

const isSpawn = ({ record }: GroupEntry['entry']) =>
  record.probe_source === 'process.spawned' && !record.initial;

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
const commandFields = (
  spawns: readonly GroupEntry[],
  { group: { grouping, key } }: GroupDetails,
): DetailField[] => {
  const commands = spawns.map(({ origin: { nameHistory } }): Command => {
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
  const textOfPattern = new Map<string, string | undefined>();
  const patterns = commands.map((command) => {
    const [pattern, text] = [commandPattern(command), commandText(command)];
    const isOther = textOfPattern.has(pattern) && textOfPattern.get(pattern) !== text;
    textOfPattern.set(pattern, isOther ? undefined : text);
    return pattern;
  });
  return patterns.map((pattern) => textOfPattern.get(pattern) ?? pattern);
};

const countFields = ({ row: { summary }, retainedOnly }: GroupDetails): DetailField[] => {
  const { spawns, rate, peakRate, alive, zombies } = summary;
  const scope = retainedOnly ? ' in retained events' : '';
  return [
    {
      label: 'spawned',
      text: `${groupDigits(spawns)}${scope}, ${formatRate(rate)}/s now, peak ${groupDigits(peakRate)}/s`,
    },
    {
      label: 'alive',
      text: `${groupDigits(alive)}${zombies > 0 ? `, including ${formatCount(zombies, 'zombie')}` : ''}`,
    },
  ];
};

/** Returns the time from spawn to spawn, which the rate does not show if it is long. */
const periodFields = (spawns: readonly GroupEntry[]): DetailField[] => {
  const times = spawns.map(({ entry }) => recordTimeNs(entry.record)).toSorted((a, b) => (a < b ? -1 : 1));
  if (times.length < 2) return [];
  const periods = times
    .slice(1)
    .map((time, index) => time - (times[index] as bigint))
    .toSorted((a, b) => (a < b ? -1 : 1));
  const [min, p50, max] = [0, periods.length >> 1, periods.length - 1].map((index) =>
    formatDuration(periods[index]),
  );
  const text = periods.length === 1 ? min : `p50 ${p50}, min ${min}, max ${max}`;
  return [{ label: 'period', text: text ?? '' }];
};

/** Returns how long the processes ran in sum, and their CPU time: exact for reaped children, otherwise a lower bound. */
const usageFields = ({ row: { summary }, childrenCpuNs = 0n }: GroupDetails): DetailField[] => {
  const { cpu, runNs } = summary;
  const parts = [
    ...(childrenCpuNs > 0n ? [`${formatDuration(childrenCpuNs)} CPU time, with descendants`] : []),
    ...(childrenCpuNs === 0n && cpu.seenNs > 0n ? [`at least ${formatDuration(cpu.seenNs)} CPU time`] : []),
    ...(runNs > 0n ? [`ran ${formatDuration(runNs)} in sum`] : []),
  ];
  return parts.length === 0 ? [] : [{ label: 'used', text: parts.join(', ') }];
};

/** Returns parents, users and units of the processes, except what the group has in common, and the last process. */
const originFields = (
  spawns: readonly GroupEntry[],
  { group: { grouping }, system, userName }: GroupDetails,
): DetailField[] => {
  const origins = spawns.map(({ origin }) => origin);
  const parents = topField(
    'spawned by',
    origins.map((origin) => parentText(origin, system)),
  );
  const users = topField(
    'user',
    origins.map(({ uid }) => (uid === undefined ? undefined : userName(uid))),
  );
  const units = topField(
    'unit',
    origins.map(({ cgroup }) => (cgroup === undefined ? undefined : formatPlace(cgroup))),
  );
  return [
    ...(grouping === 'parent' ? [] : parents),
    ...lastSpawnFields(origins.at(-1), { system, userName }),
    ...(grouping === 'user' ? [] : users),
    ...(cgroupGroupings.includes(grouping) ? [] : units),
  ];
};

const lastSpawnFields = (
  last: ProcessOrigin | undefined,
  { system, userName }: Pick<GroupDetails, 'system' | 'userName'>,
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

const lifetimeFields = ({ lifetimes }: GroupSummary): DetailField[] => {
  const { count, min, p50, p95, max, histogram } = lifetimes;
  if (count === 0) return [];
  const range = `min ${formatDuration(min)}, max ${formatDuration(max)}`;
  const text =
    count === 1 ? formatDuration(min) : `p50 ${formatDuration(p50)}, p95 ${formatDuration(p95)}, ${range}`;
  return [
    { label: 'lifetime', text },
    { label: '', text: 'under 1ms ', bars: histogram, suffix: ' over 1m40s' },
  ];
};

const zombieFields = ({ zombieTimes: { count, p50, max } }: GroupSummary): DetailField[] =>
  count === 0
    ? []
    : [
        {
          label: 'reaped',
          text: `${groupDigits(count)} after ${formatDuration(p50)} as zombie (p50), at most ${formatDuration(max)}`,
        },
      ];

const exitStatusFields = ({ exitStatuses: { known, failed, failures } }: GroupSummary): DetailField[] => {
  if (known === 0) return [];
  const codes = failures.map(({ status, count }) => `, ${formatExitStatus(status)} ×${groupDigits(count)}`);
  const text = `failed ${groupDigits(failed)} of ${groupDigits(known)} known${codes.join('')}`;
  return [{ label: 'exit status', text }];
};

/** Returns which process failed last, how, under which parent, and since when processes fail. */
const lastFailureFields = ({ exitStatuses }: GroupSummary, nowNs: bigint): DetailField[] => {
  const { lastFailure, firstFailureNs, failuresPerMinute } = exitStatuses;
  if (!lastFailure) return [];
  const { atNs, process, status, parent } = lastFailure;
  const parts = [
    `${exitLogText(status)} ${formatDuration(nowNs - atNs)} ago, PID ${process.pid}`,
    ...(parent ? [`under ${parent.comm} ${parent.pid}`] : []),
    `${groupDigits(failuresPerMinute)} in the last minute`,
    ...(firstFailureNs === undefined ? [] : [`first ${formatDuration(nowNs - firstFailureNs)} ago`]),
  ];
  return [{ label: 'last failed', text: parts.join(', ') }];
};

const restartText = (loop: RestartLoopSummary): string => {
  const parents = loop.lineage.map(({ comm, pid }) => `${comm} ${pid}`).join(' ← ') || '?';
  const parts = [
    `${groupDigits(loop.count)} in ${formatDuration(BigInt(Math.round(loop.durationNs)))}`,
    loopPeriodText(loop),
    loopStatusText(loop),
    `under ${parents}`,
  ];
  return parts.filter((part) => part !== undefined).join(', ');
};
