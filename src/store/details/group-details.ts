import { formatPlace } from '../../domain/cgroups/place-text.ts';
import { commandText } from '../../domain/commands/command-text.ts';
import { exitLogText, formatExitStatus } from '../../domain/events/exit-status.ts';
import type { LogEntry, SystemState } from '../../domain/processes/system-state.ts';
import type { GroupSummary } from '../../domain/stats/group-summary.ts';
import { type Grouping, topNameTitles } from '../../domain/stats/groups.ts';
import type { RestartLoopSummary } from '../../domain/stats/loops/loop-summary.ts';
import { loopPeriodText, loopStatusText } from '../../domain/stats/loops/loop-text.ts';
import { TopNames } from '../../domain/stats/top-names.ts';
import { formatCount, formatDuration, formatRate, groupDigits } from '../../util/format.ts';
import type { ChurnTableRow } from '../views/churn-columns.ts';
import { ancestorText, type DetailField } from '../views/process-details.ts';
import { patternOf } from './group-entries.ts';

/** Maximum number of commands, or of units, in the details. */
const maxNames = 3;
/** Number of log entries that they are counted from, because that is done for each frame. */
const maxCounted = 500;

/**
 * Returns the most frequent commands of the spawns among log entries. `folded`: commands of the same pattern count as one.
 * Empty if no arguments are known.
 */
export const commandFields = (
  entries: readonly LogEntry[],
  { folded }: { folded: boolean },
): DetailField[] => {
  const commands = new TopNames();
  let known = false;
  for (const { record, origin } of entries.slice(-maxCounted)) {
    if (record.probe_source !== 'process.spawned') continue;
    const { names, program, programArgs, args } = origin?.nameHistory ?? { names: [record.guest_comm] };
    const shown = programArgs ?? args;
    if (shown !== undefined) known = true;
    const comm = program ?? names.at(-1) ?? '';
    commands.add(folded ? patternOf(comm, shown) : commandText({ comm, args: shown }), 1);
  }
  if (!known) return [];
  return [{ label: 'commands', text: rankedText(commands) }];
};

/** Returns the most frequent units of the spawns among log entries. Empty if no cgroup is known. */
export const unitFields = (entries: readonly LogEntry[]): DetailField[] => {
  const units = new TopNames();
  for (const { record, origin } of entries.slice(-maxCounted)) {
    if (record.probe_source !== 'process.spawned' || origin?.cgroup === undefined) continue;
    units.add(formatPlace(origin.cgroup), 1);
  }
  const text = rankedText(units);
  return text === '' ? [] : [{ label: 'unit', text }];
};

const rankedText = (names: TopNames): string =>
  names
    .ranked(maxNames)
    .map(({ name, count }) => `${name} (${groupDigits(count)})`)
    .join(', ');

/** Returns when the latest process spawned, and its ancestors. Empty if no spawn is retained. */
export const lastSpawnFields = (entries: readonly LogEntry[], system: SystemState): DetailField[] => {
  const last = entries.findLast(({ record }) => record.probe_source === 'process.spawned');
  if (!last?.origin?.spawnedNs) return [];
  const { origin } = last;
  const ancestors = ancestorText({ process: undefined, origin, system });
  const by = ancestors === undefined ? '' : `, by ${ancestors}`;
  const ago = formatDuration(system.nowNs - (origin.spawnedNs as bigint));
  return [{ label: 'last spawn', text: `${ago} ago, PID ${origin.pid}${by}` }];
};

/** Returns the detail fields of a group. */
export const groupDetailFields = (
  { summary, loop }: ChurnTableRow,
  { groupBy, retainedOnly, nowNs }: { groupBy: Grouping; retainedOnly: boolean; nowNs: bigint },
): DetailField[] => {
  const { spawns, rate, peakRate, alive, zombies, topName } = summary;
  const scope = retainedOnly ? ' in retained events' : '';
  const fields: DetailField[] = [
    {
      label: 'spawned',
      text: `${groupDigits(spawns)}${scope}, ${formatRate(rate)}/s now, peak ${groupDigits(peakRate)}/s`,
    },
    {
      label: 'alive',
      text: `${groupDigits(alive)}${zombies > 0 ? `, including ${formatCount(zombies, 'zombie')}` : ''}`,
    },
    ...lifetimeFields(summary),
    ...usageFields(summary),
    ...zombieFields(summary),
    ...exitStatusFields(summary),
    ...lastFailureFields(summary, nowNs),
  ];
  if (topName)
    fields.push({
      label: topNameTitles[groupBy].toLowerCase(),
      text: `${topName.name} (${groupDigits(topName.count)})`,
    });
  if (loop) fields.push({ label: 'restarts', text: restartText(loop) });
  return fields;
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

/** Returns how long the processes ran in sum, and their CPU time: exact for reaped children, otherwise a lower bound. */
const usageFields = ({ runNs, cpu: { seenNs, childrenNs } }: GroupSummary): DetailField[] => {
  const parts = [
    ...(childrenNs > 0n ? [`${formatDuration(childrenNs)} CPU time, with descendants`] : []),
    ...(childrenNs === 0n && seenNs > 0n ? [`at least ${formatDuration(seenNs)} CPU time`] : []),
    ...(runNs > 0n ? [`ran ${formatDuration(runNs)} in sum`] : []),
  ];
  return parts.length === 0 ? [] : [{ label: 'used', text: parts.join(', ') }];
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
