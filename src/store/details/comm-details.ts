import { commandPattern } from '../../domain/commands/command-pattern.ts';
import { isProbeEvent } from '../../domain/events/event.ts';
import { exitLogText, formatExitStatus } from '../../domain/events/exit-status.ts';
import type { LogEntry, SystemState } from '../../domain/processes/system-state.ts';
import type { GroupSummary } from '../../domain/stats/group-summary.ts';
import type { RestartLoopSummary } from '../../domain/stats/loops/loop-summary.ts';
import { loopPeriodText, loopStatusText } from '../../domain/stats/loops/loop-text.ts';
import { TopNames } from '../../domain/stats/top-names.ts';
import { formatCount, formatDuration, formatRate, groupDigits } from '../../util/format.ts';
import type { ChurnTableRow } from '../views/churn-columns.ts';
import type { DetailField } from './process-details.ts';

/** Yields the retained log entries of processes that ever had this comm, oldest first. */
export const entriesOfComm = function* ({ log }: SystemState, comm: string): Generator<LogEntry> {
  for (const entry of log) {
    if (isProbeEvent(entry.record) && entry.origin?.nameHistory.names.includes(comm)) yield entry;
  }
};

/** Maximum number of commands in the details. */
const maxCommands = 3;
/** Number of log entries that they are counted from, because that is done for each frame. */
const maxCounted = 500;

/** Returns the most frequent commands of the spawns among log entries. Empty if no arguments are known. */
export const commandFields = (entries: readonly LogEntry[]): DetailField[] => {
  const commands = new TopNames();
  let known = false;
  for (const { record, origin } of entries.slice(-maxCounted)) {
    if (record.probe_source !== 'process.spawned') continue;
    const { names, program, programArgs, args } = origin?.nameHistory ?? { names: [record.guest_comm] };
    const shown = programArgs ?? args;
    if (shown !== undefined) known = true;
    commands.add(commandPattern({ comm: program ?? names.at(-1) ?? '', args: shown }), 1);
  }
  if (!known) return [];
  const texts = commands.ranked(maxCommands).map(({ name, count }) => `${name} (${groupDigits(count)})`);
  return [{ label: 'commands', text: texts.join(', ') }];
};

/** Returns the detail fields of all processes with one comm. */
export const commDetailFields = (
  { summary, loop }: ChurnTableRow,
  { retainedOnly, nowNs }: { retainedOnly: boolean; nowNs: bigint },
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
    ...zombieFields(summary),
    ...exitStatusFields(summary),
    ...lastFailureFields(summary, nowNs),
  ];
  if (topName) fields.push({ label: 'top parent', text: `${topName.name} (${groupDigits(topName.count)})` });
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
