import { formatAlert } from '../../domain/alerts/format.ts';
import type { SystemState } from '../../domain/processes/system-state.ts';
import { coverageOf, type SourceStatus } from '../../domain/source/event-source.ts';
import type { ReplayStatus } from '../../domain/source/replay-control.ts';
import type { Snapshot } from '../../store/store.ts';
import { views } from '../../store/views/views.ts';
import { formatDuration, formatRate, groupDigits } from '../../util/format.ts';
import { printable } from '../../util/text.ts';
import { formatRfc3339 } from '../../util/time.ts';
import { fit, joinEnds, sparkline, truncate, visibleWidth, widthOf } from '../text/cells.ts';
import { useTheme } from '../theme/context.ts';
import type { Theme } from '../theme/theme.ts';
import { Rows } from './row.tsx';
import { ScrubBar } from './scrub-bar.tsx';
/** Host, state of the view, rates with their last minute, what is wrong if anything is, and what the sampler can and cannot see. */
export const Header = ({ snapshot }: { snapshot: Snapshot }) => {
  const { theme } = useTheme();
  const { columns } = snapshot.view.size;
  const { replay, ended } = snapshot;
  const lines = [identityLine(snapshot, theme), ratesLine(snapshot.system, columns, theme)];
  const alert = alertLine(snapshot, theme);
  if (alert !== undefined) lines.push(alert);
  // A replay has no sampler: the last line is its timeline.
  if (!replay || ended) lines.push(statusLine(snapshot, theme));
  return (
    <>
      <Rows lines={lines} rows={lines.length} />
      {replay && !ended ? <ScrubBar replay={replay} columns={columns} /> : null}
    </>
  );
};

/** With the recording where there is room for both. */
const liveBadges = (snapshot: Snapshot, theme: Theme): string[] => {
  const badge = liveBadge(snapshot, theme);
  const { recordingStatus } = snapshot;
  if (recordingStatus === undefined) return [badge];
  return [
    `${theme.paint('exit', `● ${printable(recordingStatus)}`)}  ${badge}`,
    `${theme.paint('exit', '● REC')}  ${badge}`,
    badge,
  ];
};

const liveBadge = ({ view, system, recordsWhilePaused }: Snapshot, { paint }: Theme): string => {
  if (view.paused)
    return paint('paused', ` PAUSED${recordsWhilePaused > 0 ? ` +${groupDigits(recordsWhilePaused)}` : ''} `);
  return system.nowNs === 0n ? paint('dim', '○ starting') : paint('live', '● LIVE');
};

/** `REPLAY ▶ 4x 12:03:04.120`, in the time of the trace; where that is too wide, its shorter forms. */
const replayBadges = (replay: ReplayStatus, { info, system }: Snapshot, { paint }: Theme): string[] => {
  const { playing, speed, skipIdle, busy, atEnd } = replay;
  const state = atEnd ? '■ end' : `${playing ? '▶' : '‖'} ${speed}`;
  // The very first frame has no world yet.
  const wallNs = system.nowNs === 0n ? replay.positionNs : system.nowNs + info.wallOffsetNs;
  const time = formatRfc3339(wallNs).slice(11, 23);
  const role = playing ? 'live' : 'paused';
  const working = busy ? `${paint('dim', `${busy}…`)} ` : '';
  const whole = `${paint(role, ` REPLAY ${state}${skipIdle && !atEnd ? ' skips idle' : ''} `)} ${time}`;
  return [working + whole, whole, `${paint(role, state)} ${time.slice(0, 8)}`];
};

const identityLine = (snapshot: Snapshot, theme: Theme): string => {
  const { info, view, system, replay } = snapshot;
  const { paint } = theme;
  const { columns } = view.size;
  const uptime = system.nowNs === 0n ? '' : `up ${formatDuration(system.nowNs + info.bootOffsetNs)}`;
  const left = `${paint('title', 'churntop')}  ${fit(info.host, Math.min(24, info.host.length))}  ${paint('dim', uptime)}`;
  const tabs = tabsFor(snapshot, theme);
  const badges = replay ? replayBadges(replay, snapshot, theme) : liveBadges(snapshot, theme);
  const room = columns - visibleWidth(left) - 1;
  const badge = badges.find((each) => visibleWidth(each) <= room) ?? '';
  const spare = room - visibleWidth(badge) - 3;
  const tab = tabs.find((each) => visibleWidth(each) <= spare);
  return joinEnds(tab === undefined ? left : `${left}   ${tab}`, badge, columns);
};

/** All views with their keys; where that is too wide, the one on screen. */
const tabsFor = ({ view }: Snapshot, { paint }: Theme): string[] => {
  const tabs = views.map(({ id, title }, index) =>
    id === view.activeView
      ? paint('focused', `${index + 1} ${title}`)
      : `${paint('key', String(index + 1))} ${paint('dim', title)}`,
  );
  return [tabs.join('  '), tabs[views.findIndex(({ id }) => id === view.activeView)] as string];
};

const ratesLine = ({ spawns, exits, table }: SystemState, columns: number, { paint }: Theme): string => {
  const alive = `${paint('label', 'alive')} ${groupDigits(table.size)}  ${paint('label', 'zombies')} ${
    table.zombies > 0 ? paint('zombie', groupDigits(table.zombies)) : '0'
  }`;
  const rate = (role: 'spawn' | 'exit', mark: string, name: string, perSecond: number) =>
    `${paint(role, mark)} ${paint('label', name)} ${formatRate(perSecond).padStart(5)}/s`;
  const spawn = rate('spawn', '+', 'spawn', spawns.perSecond());
  const exit = rate('exit', '-', 'exit', exits.perSecond());
  const fixed = visibleWidth(spawn) + visibleWidth(exit) + visibleWidth(alive) + 6;
  const cells = Math.max(0, Math.min(60, Math.floor((columns - fixed) / 2)));
  const line = (values: number[]) => (cells < 6 ? '' : ` ${sparkline(values.slice(0, -1), cells)}`);
  return joinEnds(
    `${spawn}${paint('spawn', line(spawns.history()))}  ${exit}${paint('exit', line(exits.history()))}`,
    alive,
    columns,
  );
};

/** What needs saying most: an error, a message, else how the sampler is doing. */
const statusLine = ({ view, info, status, ended, system }: Snapshot, { paint }: Theme): string => {
  const { columns } = view.size;
  if (ended instanceof Error)
    return paint(
      'error',
      fit(`${info.trace === undefined ? 'capture' : 'reading'} ended: ${ended.message}`, columns),
    );
  if (ended === 'end') return paint('dim', fit('end of trace', columns));
  if (status?.lastError) return paint('error', fit(`nothing seen for now: ${status.lastError}`, columns));
  if (info.trace !== undefined)
    return paint('dim', fit(`following ${info.trace === '-' ? 'standard input' : info.trace}`, columns));
  if (!status || system.nowNs === 0n) return paint('dim', fit('looking…', columns));
  return samplerLine(status, system, columns, paint);
};

const percent = (share: number): string => `${(share * 100).toFixed(1)}%`;

/** Less than this seen is worth a look. */
const minGoodCoverage = 0.9;

/** How the looking goes, and what it could not see. Where that is too wide, its own affairs give way: what was missed stays. */
const samplerLine = (
  status: SourceStatus,
  world: SystemState,
  columns: number,
  paint: Theme['paint'],
): string => {
  const {
    mode,
    meanIntervalNs,
    cpuUsage,
    cpuLimit,
    throttled,
    missedTasks,
    hiddenProcesses,
    ownProcessesOnly,
  } = status;
  const coverage = coverageOf(status);
  const lost = world.lostByReason.get('dropped') ?? 0;
  const held = throttled ? ' (held back)' : '';
  const missed = [
    missedTasks === undefined ? 'unseen unknown' : `unseen ≤ ${groupDigits(missedTasks)}`,
    coverage === undefined ? '' : `coverage ≥ ${percent(coverage)}`,
    ownProcessesOnly
      ? 'others are invisible (hidepid)'
      : hiddenProcesses > 0
        ? `${groupDigits(hiddenProcesses)} hidden`
        : '',
    lost > 0 ? `${groupDigits(lost)} dropped` : '',
  ].filter((part) => part !== '');
  const how = `${mode} mode`;
  const every = `every ${formatDuration(meanIntervalNs)}`;
  const own = [
    [how, every, `cpu ${percent(cpuUsage)} of ${percent(cpuLimit)}${held}`],
    [how, every, `cpu ${percent(cpuUsage)}${held}`],
    [how, every],
    [how],
    [],
  ].find((parts) => widthOf([...parts, ...missed].join(separator)) <= columns);
  const poor = lost > 0 || ownProcessesOnly || (coverage !== undefined && coverage < minGoodCoverage);
  const said = truncate(missed.join(separator), columns);
  const aside = own && own.length > 0 ? paint('dim', own.join(separator) + separator) : '';
  return aside + paint(poor ? 'gap' : 'dim', said);
};

const separator = ' · ';

/** `! spawn_rate(comm) cron 62.0/s > 50 · going on for 34s  +2 more`: of the alerts that hold the newest, and how many others do. */
export const alertLine = ({ system, status, view }: Snapshot, { paint }: Theme): string | undefined => {
  const [newest] = system.activeAlerts.list();
  if (!newest) return undefined;
  const others = system.activeAlerts.size - 1 + (status?.suppressedAlerts ?? 0);
  const more = others > 0 ? ` +${groupDigits(others)} more` : '';
  const room = view.size.columns - visibleWidth(more);
  const text = printable(`! ${formatAlert(newest)}`);
  // On a narrow screen what it is about matters more than since when.
  const dated = `${text} · going on for ${formatDuration(system.nowNs - newest.since_monotonic_ns)}`;
  return paint('error', fit(visibleWidth(dated) <= room ? dated : text, room) + more);
};
