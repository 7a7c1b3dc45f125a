import { alertText } from '../../domain/alerts/format.ts';
import type { World } from '../../domain/processes/system-state.ts';
import { coverageOf, type SourceStatus } from '../../domain/source/event-source.ts';
import type { ReplayStatus } from '../../domain/source/replay-control.ts';
import type { Snapshot } from '../../store/store.ts';
import { views } from '../../store/views/views.ts';
import { grouped, shortDuration, shortRate } from '../../util/format.ts';
import { printable } from '../../util/text.ts';
import { rfc3339 } from '../../util/time.ts';
import { cut, inCells, justify, sparkline, visibleWidth, widthOf } from '../text/cells.ts';
import { useLook } from '../theme/context.ts';
import type { Theme } from '../theme/theme.ts';
import { Rows } from './row.tsx';
import { TimelineBar } from './scrub-bar.tsx';
/** Host, state of the view, rates with their last minute, what is wrong if anything is, and what the sampler can and cannot see. */
export const Header = ({ snapshot }: { snapshot: Snapshot }) => {
  const { theme } = useLook();
  const { columns } = snapshot.view.size;
  const { replay, ended } = snapshot;
  const lines = [identityLine(snapshot, theme), ratesLine(snapshot.world, columns, theme)];
  const alert = alertLine(snapshot, theme);
  if (alert !== undefined) lines.push(alert);
  // A replay has no sampler: the last line is its timeline.
  if (!replay || ended) lines.push(thirdLine(snapshot, theme));
  return (
    <>
      <Rows lines={lines} rows={lines.length} />
      {replay && !ended ? <TimelineBar replay={replay} columns={columns} /> : null}
    </>
  );
};

/** With the recording where there is room for both. */
const liveBadges = (snapshot: Snapshot, theme: Theme): string[] => {
  const badge = liveBadge(snapshot, theme);
  const { recording } = snapshot;
  if (recording === undefined) return [badge];
  return [
    `${theme.paint('exit', `● ${printable(recording)}`)}  ${badge}`,
    `${theme.paint('exit', '● REC')}  ${badge}`,
    badge,
  ];
};

const liveBadge = ({ view, world, missed }: Snapshot, { paint }: Theme): string => {
  if (view.paused) return paint('paused', ` PAUSED${missed > 0 ? ` +${grouped(missed)}` : ''} `);
  return world.nowNs === 0n ? paint('dim', '○ starting') : paint('live', '● LIVE');
};

/** `REPLAY ▶ 4x 12:03:04.120`, in the time of the trace; where that is too wide, its shorter forms. */
const replayBadges = (replay: ReplayStatus, { info, world }: Snapshot, { paint }: Theme): string[] => {
  const { playing, speed, skipIdle, busy, atEnd } = replay;
  const state = atEnd ? '■ end' : `${playing ? '▶' : '‖'} ${speed}`;
  // The very first frame has no world yet.
  const wallNs = world.nowNs === 0n ? replay.nowNs : world.nowNs + info.wallOffsetNs;
  const time = rfc3339(wallNs).slice(11, 23);
  const role = playing ? 'live' : 'paused';
  const working = busy ? `${paint('dim', `${busy}…`)} ` : '';
  const whole = `${paint(role, ` REPLAY ${state}${skipIdle && !atEnd ? ' skips idle' : ''} `)} ${time}`;
  return [working + whole, whole, `${paint(role, state)} ${time.slice(0, 8)}`];
};

const identityLine = (snapshot: Snapshot, theme: Theme): string => {
  const { info, view, world, replay } = snapshot;
  const { paint } = theme;
  const { columns } = view.size;
  const uptime = world.nowNs === 0n ? '' : `up ${shortDuration(world.nowNs + info.bootOffsetNs)}`;
  const left = `${paint('title', 'churntop')}  ${inCells(info.host, Math.min(24, info.host.length))}  ${paint('dim', uptime)}`;
  const tabs = tabsFor(snapshot, theme);
  const badges = replay ? replayBadges(replay, snapshot, theme) : liveBadges(snapshot, theme);
  const room = columns - visibleWidth(left) - 1;
  const badge = badges.find((each) => visibleWidth(each) <= room) ?? '';
  const spare = room - visibleWidth(badge) - 3;
  const tab = tabs.find((each) => visibleWidth(each) <= spare);
  return justify(tab === undefined ? left : `${left}   ${tab}`, badge, columns);
};

/** All views with their keys; where that is too wide, the one on screen. */
const tabsFor = ({ view }: Snapshot, { paint }: Theme): string[] => {
  const tabs = views.map(({ id, title }, index) =>
    id === view.shown
      ? paint('focused', `${index + 1} ${title}`)
      : `${paint('key', String(index + 1))} ${paint('dim', title)}`,
  );
  return [tabs.join('  '), tabs[views.findIndex(({ id }) => id === view.shown)] as string];
};

const ratesLine = ({ spawns, exits, table }: World, columns: number, { paint }: Theme): string => {
  const alive = `${paint('label', 'alive')} ${grouped(table.size)}  ${paint('label', 'zombies')} ${
    table.zombies > 0 ? paint('zombie', grouped(table.zombies)) : '0'
  }`;
  const rate = (role: 'spawn' | 'exit', mark: string, name: string, perSecond: number) =>
    `${paint(role, mark)} ${paint('label', name)} ${shortRate(perSecond).padStart(5)}/s`;
  const spawn = rate('spawn', '+', 'spawn', spawns.perSecond());
  const exit = rate('exit', '-', 'exit', exits.perSecond());
  const fixed = visibleWidth(spawn) + visibleWidth(exit) + visibleWidth(alive) + 6;
  const cells = Math.max(0, Math.min(60, Math.floor((columns - fixed) / 2)));
  const line = (values: number[]) => (cells < 6 ? '' : ` ${sparkline(values.slice(0, -1), cells)}`);
  return justify(
    `${spawn}${paint('spawn', line(spawns.history()))}  ${exit}${paint('exit', line(exits.history()))}`,
    alive,
    columns,
  );
};

/** What needs saying most: an error, a message, else how the sampler is doing. */
const thirdLine = ({ view, info, status, ended, world }: Snapshot, { paint }: Theme): string => {
  const { columns } = view.size;
  if (ended instanceof Error)
    return paint(
      'error',
      inCells(`${info.trace === undefined ? 'capture' : 'reading'} ended: ${ended.message}`, columns),
    );
  if (ended === 'end') return paint('dim', inCells('end of trace', columns));
  if (status?.trouble) return paint('error', inCells(`nothing seen for now: ${status.trouble}`, columns));
  if (info.trace !== undefined)
    return paint('dim', inCells(`following ${info.trace === '-' ? 'standard input' : info.trace}`, columns));
  if (!status || world.nowNs === 0n) return paint('dim', inCells('looking…', columns));
  return samplerLine(status, world, columns, paint);
};

const percent = (share: number): string => `${(share * 100).toFixed(1)}%`;

/** Less than this seen is worth a look. */
const leastCoverage = 0.9;

/** How the looking goes, and what it could not see. Where that is too wide, its own affairs give way: what was missed stays. */
const samplerLine = (status: SourceStatus, world: World, columns: number, paint: Theme['paint']): string => {
  const { mode, periodNs, cpu, budget, throttled, unseen, hidden, othersInvisible } = status;
  const coverage = coverageOf(status);
  const lost = world.lost.get('dropped') ?? 0;
  const held = throttled ? ' (held back)' : '';
  const missed = [
    unseen === undefined ? 'unseen unknown' : `unseen ≤ ${grouped(unseen)}`,
    coverage === undefined ? '' : `coverage ≥ ${percent(coverage)}`,
    othersInvisible ? 'others are invisible (hidepid)' : hidden > 0 ? `${grouped(hidden)} hidden` : '',
    lost > 0 ? `${grouped(lost)} dropped` : '',
  ].filter((part) => part !== '');
  const how = `${mode} mode`;
  const every = `every ${shortDuration(periodNs)}`;
  const own = [
    [how, every, `cpu ${percent(cpu)} of ${percent(budget)}${held}`],
    [how, every, `cpu ${percent(cpu)}${held}`],
    [how, every],
    [how],
    [],
  ].find((parts) => widthOf([...parts, ...missed].join(between)) <= columns);
  const poor = lost > 0 || othersInvisible || (coverage !== undefined && coverage < leastCoverage);
  const said = cut(missed.join(between), columns);
  const aside = own && own.length > 0 ? paint('dim', own.join(between) + between) : '';
  return aside + paint(poor ? 'gap' : 'dim', said);
};

const between = ' · ';

/** `! spawn_rate(comm) cron 62.0/s > 50 · going on for 34s  +2 more`: of the alerts that hold the newest, and how many others do. */
export const alertLine = ({ world, status, view }: Snapshot, { paint }: Theme): string | undefined => {
  const [newest] = world.raised.list();
  if (!newest) return undefined;
  const others = world.raised.size - 1 + (status?.alertsHeldBack ?? 0);
  const more = others > 0 ? ` +${grouped(others)} more` : '';
  const room = view.size.columns - visibleWidth(more);
  const text = printable(`! ${alertText(newest)}`);
  // On a narrow screen what it is about matters more than since when.
  const dated = `${text} · going on for ${shortDuration(world.nowNs - newest.since_monotonic_ns)}`;
  return paint('error', inCells(visibleWidth(dated) <= room ? dated : text, room) + more);
};
