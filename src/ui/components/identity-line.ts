import type { ReplayStatus } from '../../domain/source/replay-control.ts';
import { viewIds } from '../../store/actions/view-id.ts';
import type { Snapshot } from '../../store/snapshot.ts';
import { viewsOf } from '../../store/views/views.ts';
import { formatDuration, groupDigits } from '../../util/format.ts';
import { printable } from '../../util/printable.ts';
import { formatTimeOfDay } from '../../util/time.ts';
import { fit, joinEnds, widthOf } from '../text/cells.ts';
import type { Theme } from '../theme/theme.ts';
import { fleetBadge, fleetNames } from './fleet-header.ts';

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

const liveBadge = (snapshot: Snapshot, theme: Theme): string => {
  const { view, system, recordsWhilePaused } = snapshot;
  const { paint } = theme;
  if (view.paused)
    return paint('paused', ` PAUSED${recordsWhilePaused > 0 ? ` +${groupDigits(recordsWhilePaused)}` : ''} `);
  if (view.sourceKind === 'fleet') return fleetBadge(snapshot, theme);
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

/** Returns the first line: host, views and state. */
export const identityLine = (snapshot: Snapshot, theme: Theme): string => {
  const { view, replay } = snapshot;
  const { columns } = view.size;
  const badges = replay ? replayBadges(replay, snapshot, theme) : liveBadges(snapshot, theme);
  const fitParts = view.sourceKind === 'fleet' ? fitFleet : replay ? fitBadge : fitTabs;
  const parts = fitParts(
    { names: namesOf(snapshot, theme), tabs: tabsFor(snapshot, theme), badges },
    columns,
  );
  return joinEnds(parts.left, parts.badge, columns);
};

/** Returns program, host and uptime, and shorter forms for narrow screens. */
const namesOf = (snapshot: Snapshot, { paint }: Theme): string[] => {
  const { info, system, view } = snapshot;
  const program = paint('title', 'churntop');
  if (view.sourceKind === 'fleet') {
    const [widest = '', ...others] = fleetNames(snapshot);
    return [`${program}  ${widest}`, widest, ...others];
  }
  const host = fit(info.host, Math.min(24, info.host.length));
  const uptime =
    system.nowNs === 0n ? [] : [paint('dim', `up ${formatDuration(system.nowNs + info.bootOffsetNs)}`)];
  return [[program, host, ...uptime].join('  '), `${program}  ${host}`, host];
};

/** The forms of the parts of the first line, widest first. */
type IdentityParts = { names: readonly string[]; tabs: readonly string[]; badges: readonly string[] };
type Identity = { left: string; badge: string };

/** Returns the first of several forms that fits. */
const firstFitting = (forms: Iterable<Identity>, columns: number): Identity => {
  for (const form of forms) if (widthOf(form.left) + widthOf(form.badge) + badgeGap <= columns) return form;
  return { left: '', badge: '' };
};

/** During capture, tabs have priority over names, and names over a long badge. */
const fitTabs = ({ names, tabs, badges }: IdentityParts, columns: number): Identity =>
  firstFitting(
    [...tabs, ''].flatMap((tab) =>
      names.flatMap((name) => badges.map((badge) => ({ left: withTab(name, tab), badge }))),
    ),
    columns,
  );

/** In a replay, the badge has priority, because it has the time. The tabs of all views have priority over names. */
const fitBadge = ({ names, tabs, badges }: IdentityParts, columns: number): Identity =>
  firstFitting(
    badges.flatMap((badge) =>
      [...tabs, ''].flatMap((tab, index) =>
        [...names, ...(index === 0 ? [''] : [])].map((name) => ({ left: withTab(name, tab), badge })),
      ),
    ),
    columns,
  );

/** With several guests, the tabs come first, then a recording, then the name and the position of the guest. */
const fitFleet = ({ names, tabs, badges }: IdentityParts, columns: number): Identity => {
  const [wide = '', compact = '', active = ''] = tabs;
  const [, withPosition = '', name = '', short = ''] = names;
  const lefts = [
    ...names.slice(0, 2).map((each) => withTab(each, wide)),
    ...[withPosition, name, short, ''].map((each) => withTab(each, compact)),
    withTab(short, active),
  ];
  const recording = badges.slice(0, -1);
  return firstFitting(
    [...(recording.length > 0 ? [recording] : []), badges.slice(-1)].flatMap((some) =>
      lefts.flatMap((left) => some.map((badge) => ({ left, badge }))),
    ),
    columns,
  );
};

const withTab = (name: string, tab: string) => [name, tab].filter((text) => text !== '').join('   ');

/** Cells between the tabs and the badge. */
const badgeGap = 2;

/** Returns the tabs of all views and, for narrow screens, the tab of the active one. With several guests, a closer form is between. */
const tabsFor = ({ view }: Snapshot, { paint }: Theme): string[] => {
  const isFleet = view.sourceKind === 'fleet';
  const shown = viewsOf(isFleet);
  const tabs = shown.map(({ id, title }) => {
    const digit = viewIds.indexOf(id);
    return id === view.activeView
      ? paint('focused', `${digit} ${title}`)
      : `${paint('key', String(digit))} ${paint('dim', title)}`;
  });
  const active = tabs[shown.findIndex(({ id }) => id === view.activeView)] as string;
  return [tabs.join('  '), ...(isFleet ? [tabs.join(' ')] : []), active];
};
