import { nameText } from '../../domain/commands/command-text.ts';
import { exitLogText, formatExitStatus } from '../../domain/events/exit-status.ts';
import type { ProcessOrigin } from '../../domain/processes/process-origin.ts';
import type { LogEntry, SystemState } from '../../domain/processes/system-state.ts';
import type { GroupSummary } from '../../domain/stats/group-summary.ts';
import type { RestartLoopSummary } from '../../domain/stats/loops/loop-summary.ts';
import { loopPeriodText, loopStatusText } from '../../domain/stats/loops/loop-text.ts';
import { formatCount, formatDuration, formatRate, groupDigits } from '../../util/format.ts';
import { roundNs } from '../../util/time.ts';
import type { ChurnTableRow } from '../views/churn-columns.ts';
import type { GroupId } from '../views/row-list.ts';
import { spawnedOf } from './group-entries.ts';
import type { DetailField } from './process-details.ts';
import { commandFields, originFields, periodFields } from './spawn-fields.ts';

/** Number of processes that names and periods are taken from, because that is done for each frame. */
const maxCounted = 500;

/** A group, and what is known of it. */
export type GroupDetails = {
  group: GroupId;
  row: ChurnTableRow;
  /** The retained events of its processes, oldest first. */
  entries: readonly LogEntry[];
  system: SystemState;
  userName: (uid: number) => string;
  /** Whether `row` counts retained events only. */
  retainedOnly: boolean;
};

/** Returns the detail fields of a group, in order of importance, because a small screen cuts the last ones. */
export const groupDetailFields = (details: GroupDetails): DetailField[] => {
  const { row, entries, system } = details;
  const { summary, loop } = row;
  const spawns = spawnedOf(entries, { system, limit: maxCounted });
  return [
    ...commandFields(spawns, details.group),
    ...countFields(details),
    ...periodFields(spawns),
    ...lifetimeFields(summary),
    ...usageFields(spawns, details),
    ...zombieFields(summary),
    ...exitStatusFields(summary),
    ...lastFailureFields(summary, system.nowNs),
    ...originFields(spawns, details),
    ...(loop ? [{ label: 'restarts', text: restartText(loop) }] : []),
  ];
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

/**
 * Returns how long the processes ran in sum, and their CPU time as last seen, which is a lower bound. What the reaped children
 * of a parent used is exact, however short-lived they were.
 */
const usageFields = (
  spawns: readonly ProcessOrigin[],
  { group, row, system }: GroupDetails,
): DetailField[] => {
  const { cpu, runNs, lineage } = row.summary;
  const parent = group.grouping === 'parent' ? lineage?.[0] : onlyParent(spawns, system);
  const childrenNs = parent && system.childrenCpu.seenNs(parent.pid);
  const parts = [
    ...(cpu.seenNs > 0n && childrenNs === undefined
      ? [`at least ${formatDuration(cpu.seenNs)} CPU time`]
      : []),
    ...(childrenNs === undefined
      ? []
      : [
          `${formatDuration(childrenNs)} CPU time by all children of ${nameText(parent?.comm)} ${parent?.pid}`,
        ]),
    ...(runNs > 0n ? [`ran ${formatDuration(runNs)} in sum`] : []),
  ];
  return parts.length === 0 ? [] : [{ label: 'used', text: parts.join(', ') }];
};

/** Returns the parent of all of some processes, if it is alive. */
const onlyParent = ([first, ...others]: readonly ProcessOrigin[], { table }: SystemState) => {
  const parent = first?.ppid === undefined ? undefined : table.get(first.ppid);
  return others.every(({ ppid }) => ppid === first?.ppid) ? parent : undefined;
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
    ...(parent ? [`under ${nameText(parent.comm)} ${parent.pid}`] : []),
    `${groupDigits(failuresPerMinute)} in the last minute`,
    ...(firstFailureNs === undefined ? [] : [`first ${formatDuration(nowNs - firstFailureNs)} ago`]),
  ];
  return [{ label: 'last failed', text: parts.join(', ') }];
};

const restartText = (loop: RestartLoopSummary): string => {
  const parents = loop.lineage.map(({ comm, pid }) => `${nameText(comm)} ${pid}`).join(' ← ') || '?';
  const parts = [
    `${groupDigits(loop.count)} in ${formatDuration(roundNs(loop.durationNs))}`,
    loopPeriodText(loop),
    loopStatusText(loop),
    `under ${parents}`,
  ];
  return parts.filter((part) => part !== undefined).join(', ');
};
