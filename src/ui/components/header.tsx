import { currentAlertText } from '../../domain/alerts/current-alert.ts';
import { isLastingZombie } from '../../domain/processes/process-table.ts';
import type { SystemState } from '../../domain/processes/system-state.ts';
import { coverageOf, type SourceStatus } from '../../domain/source/event-source.ts';
import type { ReplayStatus } from '../../domain/source/replay-control.ts';
import type { Snapshot } from '../../store/snapshot.ts';
import { views } from '../../store/views/views.ts';
import { formatCount, formatDuration, formatRate, groupDigits } from '../../util/format.ts';
import { printable } from '../../util/printable.ts';
import { formatTimeOfDay } from '../../util/time.ts';
import { modeText } from '../text/capture-mode.ts';
import { fit, joinEnds, sparkline, truncate, visibleWidth, widthOf } from '../text/cells.ts';
import { useTheme } from '../theme/context.ts';
import type { Theme } from '../theme/theme.ts';
import { Rows } from './row.tsx';
import { ScrubBar } from './scrub-bar.tsx';

/** The header: host, views and state; rates of the last minute; the newest alert; the sampler or the scrub bar. */
export const Header = ({ snapshot }: { snapshot: Snapshot }) => {
  const theme = useTheme();
  const { columns } = snapshot.view.size;
  const { replay, ended } = snapshot;
  const lines = [identityLine(snapshot, theme), ratesLine(snapshot, theme)];
  const alert = alertLine(snapshot, theme);
  if (alert !== undefined) lines.push(alert);
  if (!replay || ended) lines.push(statusLine(snapshot, theme));
  return (
    <>
      <Rows lines={lines} rows={lines.length} />
      {replay && !ended ? <ScrubBar replay={replay} columns={columns} /> : null}
    </>
  );
};

/** Returns the badges of live capture with the recording, widest first. */
const liveBadges = (snapshot: Snapshot, theme: Theme): string[] => {
  const badge = liveBadge(snapshot, theme);
  const { recordingStatus } = snapshot;
  if (recordingStatus === undefined) return [badge];
  return [
    `${theme.paint('failure', `● ${printable(recordingStatus)}`)}  ${badge}`,
    `${theme.paint('failure', '● REC')}  ${badge}`,
    badge,
  ];
};

const liveBadge = ({ view, system, recordsWhilePaused }: Snapshot, { paint }: Theme): string => {
  if (view.paused)
    return paint('paused', ` PAUSED${recordsWhilePaused > 0 ? ` +${groupDigits(recordsWhilePaused)}` : ''} `);
  return system.nowNs === 0n ? paint('dim', '○ starting') : paint('live', '● LIVE');
};

/** Returns the badges of a replay, with the wall clock time of the trace, widest first: `REPLAY ▶ 4x 12:03:04.120`. */
const replayBadges = (replay: ReplayStatus, { info, system }: Snapshot, { paint }: Theme): string[] => {
  const { playing, speed, skipIdle, busy, atEnd } = replay;
  const state = atEnd ? '■ end' : `${playing ? '▶' : '‖'} ${speed}`;
  // The first frame is drawn before the first system state arrives.
  const wallNs = system.nowNs === 0n ? replay.positionNs : system.nowNs + info.wallOffsetNs;
  const time = formatTimeOfDay(wallNs);
  const role = playing ? 'live' : 'paused';
  const busyText = busy ? `${paint('dim', `${busy}…`)} ` : '';
  const full = `${paint(role, ` REPLAY ${state}${skipIdle && !atEnd ? ' skips idle' : ''} `)} ${time}`;
  return [busyText + full, full, `${paint(role, state)} ${time.slice(0, 8)}`];
};

const identityLine = (snapshot: Snapshot, theme: Theme): string => {
  const { info, view, system, replay } = snapshot;
  const { paint } = theme;
  const { columns } = view.size;
  const uptime = system.nowNs === 0n ? '' : `up ${formatDuration(system.nowNs + info.bootOffsetNs)}`;
  const name = `${paint('title', 'churntop')}  ${fit(info.host, Math.min(24, info.host.length))}`;
  const tabs = tabsFor(snapshot, theme);
  const badges = replay ? replayBadges(replay, snapshot, theme) : liveBadges(snapshot, theme);
  const withUptime = `${name}  ${paint('dim', uptime)}`;
  const badge = badges.find((each) => visibleWidth(withUptime) + 1 + visibleWidth(each) <= columns) ?? '';
  // The uptime is left out if tabs fit without it only.
  const lefts = tabs.flatMap((tab) => [withUptime, name].map((left) => `${left}   ${tab}`));
  const left = lefts.find((each) => visibleWidth(each) + 1 + visibleWidth(badge) <= columns) ?? withUptime;
  return joinEnds(left, badge, columns);
};

/** Returns the tabs of all views and, for narrow screens, the tab of the active one. */
const tabsFor = ({ view }: Snapshot, { paint }: Theme): string[] => {
  const tabs = views.map(({ id, title }, index) =>
    id === view.activeView
      ? paint('focused', `${index + 1} ${title}`)
      : `${paint('key', String(index + 1))} ${paint('dim', title)}`,
  );
  return [tabs.join('  '), tabs[views.findIndex(({ id }) => id === view.activeView)] as string];
};

/** Smallest width of a chart in the header, in cells. */
const minChartColumns = 6;

/** Returns the spawns and exits per second, the failures of the last minute if there is space, and the live processes. */
const ratesLine = (snapshot: Snapshot, { paint }: Theme): string => {
  const { system, view } = snapshot;
  const { spawns, exits, table } = system;
  const { columns } = view.size;
  const zombieRole = hasLastingZombie(system) ? 'zombie' : 'value';
  const alive = `${paint('label', 'alive')} ${groupDigits(table.size)}  ${paint('label', 'zombies')} ${
    table.zombies > 0 ? paint(zombieRole, groupDigits(table.zombies)) : '0'
  }`;
  const rate = (role: 'spawn' | 'exit', mark: string, perSecond: number) =>
    `${paint(role, mark)} ${paint('label', role)} ${formatRate(perSecond).padStart(5)}/s`;
  const spawn = rate('spawn', '+', spawns.perSecond());
  const exit = rate('exit', '-', exits.perSecond());
  const withoutFailed = visibleWidth(spawn) + visibleWidth(exit) + visibleWidth(alive) + 6;
  const failedPart = failedText(snapshot, paint);
  const failed = withoutFailed + visibleWidth(failedPart) + 2 <= columns ? `  ${failedPart}` : '';
  const spare = Math.max(0, columns - withoutFailed - visibleWidth(failed));
  // If there is no space for two charts, there is one of the spawns.
  const chartCount = Math.floor(spare / 2) < minChartColumns ? 1 : 2;
  const cells = Math.min(60, Math.floor(spare / chartCount));
  const line = (values: number[], index: number) =>
    cells < minChartColumns || index >= chartCount ? '' : ` ${sparkline(values.slice(0, -1), cells)}`;
  return joinEnds(
    `${spawn}${paint('spawn', line(spawns.history(), 0))}  ${exit}${paint('exit', line(exits.history(), 1))}${failed}`,
    alive,
    columns,
  );
};

const hasLastingZombie = ({ table, nowNs }: SystemState): boolean => {
  if (table.zombies === 0) return false;
  for (const process of table.live()) if (isLastingZombie(process, nowNs)) return true;
  return false;
};

/** Returns the failures of the last minute; `?` if processes exited and no exit status is known. */
const failedText = ({ churn: { unfiltered } }: Snapshot, paint: Theme['paint']): string => {
  const { exits, exitCounts } = unfiltered.all;
  const count = exitCounts.failuresPerMinute(unfiltered.second);
  const text = exits > 0 && exitCounts.known === 0 ? '?' : `${groupDigits(count)}/min`;
  return `${paint('label', 'failed')} ${paint(count > 0 ? 'failure' : 'value', text)}`;
};

/** Returns the third line: an error, the end of the trace, or else the state of the sampler. */
const statusLine = (snapshot: Snapshot, { paint }: Theme): string => {
  const { view, info, status, ended, system } = snapshot;
  const { columns } = view.size;
  if (ended instanceof Error) {
    const activity = info.trace === undefined ? 'capture' : 'reading';
    return paint('error', fit(`${activity} stopped: ${ended.message}`, columns));
  }
  if (ended === 'end') return paint('dim', fit('end of trace', columns));
  if (status?.lastError) return paint('error', fit(`no data at the moment: ${status.lastError}`, columns));
  if (info.trace !== undefined)
    return paint('dim', fit(`following ${info.trace === '-' ? 'standard input' : info.trace}`, columns));
  if (!status || system.nowNs === 0n) return paint('dim', fit('waiting for the first sample…', columns));
  const droppedRecords = system.lostByReason.get('dropped') ?? 0;
  return samplerLine(status, { droppedRecords, columns, paint });
};

const percent = (share: number): string => `${(share * 100).toFixed(1)}%`;

/** Coverage below this is highlighted. */
const minGoodCoverage = 0.9;

type SamplerLineOptions = { droppedRecords: number; columns: number; paint: Theme['paint'] };

/** Returns the state of the sampler and the missed tasks. A narrow screen shows only the missed tasks. */
const samplerLine = (
  status: SourceStatus,
  { droppedRecords, columns, paint }: SamplerLineOptions,
): string => {
  const { ownProcessesOnly, lostEvents = 0 } = status;
  const coverage = coverageOf(status);
  const missed = missedParts(status, droppedRecords).join(separator);
  const sampler = samplerParts(status).find(
    (parts) => widthOf([...parts, missed].join(separator)) <= columns,
  );
  const isPoor =
    droppedRecords + lostEvents > 0 ||
    ownProcessesOnly ||
    (coverage !== undefined && coverage < minGoodCoverage);
  const prefix = sampler && sampler.length > 0 ? paint('dim', sampler.join(separator) + separator) : '';
  return prefix + paint(isPoor ? 'gap' : 'dim', truncate(missed, columns));
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
  const { mode, missedTasks, hiddenProcesses, ownProcessesOnly, lostEvents = 0 } = status;
  // With kernel events, none missed is a fact and not a bound.
  const isExact = mode === 'kernel' && missedTasks === 0;
  const coverage = coverageOf(status);
  const parts = [
    missedTasks === undefined ? 'missed unknown' : `missed ${isExact ? '' : '≤ '}${groupDigits(missedTasks)}`,
  ];
  if (coverage !== undefined) parts.push(`coverage ${isExact ? '' : '≥ '}${percent(coverage)}`);
  if (lostEvents > 0) parts.push(`${groupDigits(lostEvents)} kernel events lost`);
  // Kernel events are of all processes, but the names of other users' programs cannot be read.
  if (ownProcessesOnly) parts.push(`${mode === 'kernel' ? 'own names' : 'own processes'} only (hidepid)`);
  else if (hiddenProcesses > 0) parts.push(`${groupDigits(hiddenProcesses)} hidden`);
  if (droppedRecords > 0) parts.push(`${groupDigits(droppedRecords)} dropped`);
  return parts;
};

const separator = ' · ';

/** Smallest width at which the header names the key of the alert list. */
const minPressKeyColumns = 60;

/** Returns the newest active alert and the number of others: `! zombies: 56 under app 412, for 34s   2 more: press !`. */
export const alertLine = (
  { system, status, view, churn }: Snapshot,
  { paint }: Theme,
): string | undefined => {
  const [newest] = system.activeAlerts.list();
  if (!newest) return undefined;
  const others = system.activeAlerts.size - 1 + (status?.suppressedAlerts ?? 0);
  const isNarrow = view.size.columns < minPressKeyColumns;
  const more = others > 0 ? ` ${groupDigits(others)} more${isNarrow ? '' : ': press !'}` : '';
  const columns = view.size.columns - visibleWidth(more);
  // The statistics of a filter or a replay do not have the whole loop.
  const stats = churn.retainedOnly ? undefined : churn.stats;
  const text = printable(`! ${currentAlertText(newest, { system, stats })}`);
  // On a narrow screen the duration is left out.
  const withDuration = `${text}, for ${formatDuration(system.nowNs - newest.since_monotonic_ns)}`;
  return paint('error', fit(visibleWidth(withDuration) <= columns ? withDuration : text, columns) + more);
};
