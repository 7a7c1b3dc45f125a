import type { SystemState } from '../../domain/processes/system-state.ts';
import { coverageOf, type SourceStatus } from '../../domain/source/event-source.ts';
import { isCapturePoor } from '../../store/status-row.ts';
import { formatCount, formatDuration, groupDigits } from '../../util/format.ts';
import { modeText } from '../text/capture-mode.ts';
import { truncate, widthOf } from '../text/cells.ts';
import type { Theme } from '../theme/theme.ts';

const percent = (share: number): string => `${(share * 100).toFixed(1)}%`;

/** Formats a coverage. It is rounded down, so that 100% means all. */
const coverageText = (coverage: number): string => percent(Math.floor(coverage * 1000) / 1000);

/** Returns the share of new processes that were recorded: `seen 99.5%`. */
export const seenText = (status: SourceStatus): string => {
  const coverage = coverageOf(status);
  if (coverage === undefined) return status.missedTasks === undefined ? '?' : '100%';
  return coverage === 1 ? '100%' : coverageText(coverage);
};

/** Formats the state of the sampler and the missed tasks. A narrow screen shows only the missed tasks. */
export const samplerLine = (
  { status, system }: { status: SourceStatus; system: SystemState },
  columns: number,
  { paint }: Theme,
): string => {
  const missed = missedParts(status, system.lostByReason.get('dropped') ?? 0).join(separator);
  const sampler = samplerParts(status).find(
    (parts) => widthOf([...parts, missed].join(separator)) <= columns,
  );
  const prefix = sampler && sampler.length > 0 ? paint('dim', sampler.join(separator) + separator) : '';
  return prefix + paint(isCapturePoor({ status, system }) ? 'gap' : 'dim', truncate(missed, columns));
};

/** Returns mode, interval and CPU usage of the sampler: the longest form first. */
const samplerParts = (status: SourceStatus): string[][] => {
  const { mode, meanIntervalNs, cpuUsage, meanCpuUsage, cpuLimit, throttled, stalls } = status;
  if (mode === 'kernel') return [[modeText(mode), `cpu ${percent(cpuUsage)}`], [modeText(mode)], []];
  const interval = `sampling every ${formatDuration(meanIntervalNs)}`;
  const suffix = throttled ? ' (throttled)' : '';
  const cpu = `cpu ${percent(meanCpuUsage)}`;
  const limit = percent(cpuLimit);
  const isAbove = meanCpuUsage > cpuLimit && percent(meanCpuUsage) !== limit;
  const cpuOfLimit = `${cpu}${isAbove ? `, above the limit of ${limit}` : ` of ${limit}`}${suffix}`;
  const pauses = stalls > 0 ? [formatCount(stalls, 'pause')] : [];
  return [
    [modeText(mode), interval, cpuOfLimit, ...pauses],
    [modeText(mode), interval, `${cpu}${suffix}`, ...pauses],
    [modeText(mode), interval, cpuOfLimit],
    [modeText(mode), interval, `${cpu}${suffix}`],
    [modeText(mode), interval],
    [modeText(mode)],
    [],
  ];
};

const missedParts = (status: SourceStatus, droppedRecords: number): string[] => {
  const { mode, missedTasks, hiddenProcesses, ownProcessesOnly, lostEvents = 0, eventDelayNs } = status;
  // If at most none was missed, none was.
  const isExact = missedTasks === 0;
  const coverage = coverageOf(status);
  const parts = [
    ...(eventDelayNs === undefined
      ? []
      : [`events ${formatDuration(eventDelayNs)} late: the machine is busy`]),
    missedTasks === undefined ? 'missed unknown' : `missed ${isExact ? '' : '≤ '}${groupDigits(missedTasks)}`,
  ];
  if (coverage !== undefined) parts.push(`coverage ${isExact ? '' : '≥ '}${coverageText(coverage)}`);
  if (lostEvents > 0) parts.push(`${groupDigits(lostEvents)} kernel events lost`);
  // Kernel events are of all processes, but the names of other users' programs cannot be read.
  if (ownProcessesOnly) parts.push(`${mode === 'kernel' ? 'own names' : 'own processes'} only (hidepid)`);
  else if (hiddenProcesses > 0) parts.push(`${groupDigits(hiddenProcesses)} hidden`);
  if (droppedRecords > 0) parts.push(`${groupDigits(droppedRecords)} dropped`);
  return parts;
};

const separator = ' · ';
