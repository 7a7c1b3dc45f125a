import { currentText } from '../../domain/alerts/format.ts';
import type { GuestSummary, LinkState } from '../../domain/fleet/guest-summary.ts';
import type { ViewId } from '../../store/actions/view-id.ts';
import type { FleetTotals, GuestAlert } from '../../store/fleet/fleet-model.ts';
import type { Snapshot } from '../../store/snapshot.ts';
import { focusedGuestOf } from '../../store/status-row.ts';
import { formatCount, formatDuration, formatRate, groupDigits } from '../../util/format.ts';
import { printable } from '../../util/printable.ts';
import { fit, visibleWidth } from '../text/cells.ts';
import type { Role, Theme } from '../theme/theme.ts';

/** The mark and the style of each state of a connection. The mark alone identifies it, because color may be off. */
export const stateMarks: Readonly<Record<LinkState, { mark: string; role: Role }>> = {
  connecting: { mark: '○', role: 'dim' },
  live: { mark: '●', role: 'live' },
  silent: { mark: '…', role: 'gap' },
  reconnecting: { mark: '↻', role: 'gap' },
  failed: { mark: '×', role: 'failure' },
  ended: { mark: '■', role: 'dim' },
};

/** Width that a host name in the first line can always have, in cells. */
const shortHostColumns = 11;
const maxHostColumns = 24;

/** Returns the name of the guest on screen and its position, `web1 (3 of 50)`, or the number of guests, widest first. */
export const fleetNames = (snapshot: Snapshot): string[] => {
  const { view, fleet } = snapshot;
  const guests = fleet?.guests ?? [];
  const { focusedGuest } = view;
  if (focusedGuest === undefined) {
    const count = formatCount(guests.length, 'guest');
    return [count, count, count];
  }
  const position = guests.findIndex(({ id }) => id === focusedGuest) + 1;
  const name = fit(focusedGuest, maxHostColumns).trimEnd();
  const short = fit(focusedGuest, shortHostColumns).trimEnd();
  return [`${name} (${groupDigits(position)} of ${groupDigits(guests.length)})`, name, short];
};

/** Returns the states of the guests in words, and as marks for narrow screens. */
const stateForms = ({ states, guests }: FleetTotals, { paint }: Theme): string[] => {
  const live = `${groupDigits(states.live)}/${groupDigits(guests)}`;
  const others = troubleStates.filter((state) => states[state] > 0);
  const words = others.map((state) =>
    paint(stateMarks[state].role, `${groupDigits(states[state])} ${state}`),
  );
  const marks = others.map((state) =>
    paint(stateMarks[state].role, `${stateMarks[state].mark}${groupDigits(states[state])}`),
  );
  return [
    [`${live} ${paint('label', 'live')}`, ...words].join(', '),
    [`${paint('live', stateMarks.live.mark)}${live}`, ...marks].join(' '),
  ];
};

/** The states other than live, the worst first. */
const troubleStates = [
  'failed',
  'reconnecting',
  'silent',
  'connecting',
  'ended',
] as const satisfies readonly LinkState[];

/** Returns the sums over all guests: `47/50 live, 1 failed  alive 5,150 …`. What does not fit is left out at the end. */
export const fleetRatesLine = ({ fleet, view }: Snapshot, theme: Theme): string => {
  if (!fleet) return '';
  const { paint } = theme;
  const { totals } = fleet;
  const value = (label: string, text: string) => `${paint('label', label)} ${text}`;
  const figures = [
    value('alive', groupDigits(totals.alive)),
    `${paint('spawn', '+')}${formatRate(totals.spawnRate)}/s ${paint('exit', '-')}${formatRate(totals.exitRate)}/s`,
    ...(totals.worstLagNs === undefined ? [] : [value('lag', formatDuration(totals.worstLagNs))]),
    value(
      'failed',
      paint(totals.failureRate > 0 ? 'failure' : 'value', `${formatRate(totals.failureRate)}/s`),
    ),
    value('zombies', groupDigits(totals.zombies)),
    value('missed', totals.missed === undefined ? '?' : groupDigits(totals.missed)),
    ...(totals.lost > 0 ? [value('lost', paint('gap', groupDigits(totals.lost)))] : []),
  ];
  const [words = '', marks = ''] = stateForms(totals, theme);
  const { columns } = view.size;
  const whole = [words, ...figures].join('  ');
  if (visibleWidth(whole) <= columns) return whole;
  let line = marks;
  for (const figure of figures) {
    const next = `${line}  ${figure}`;
    if (visibleWidth(next) > columns) break;
    line = next;
  }
  return line;
};

/** Returns the badge of the guest on screen, or that of all guests: the best state that one of them has. */
export const fleetBadge = (snapshot: Snapshot, { paint }: Theme): string => {
  const { states } = snapshot.fleet?.totals ?? { states: undefined };
  const best = badgeStates.find((state) => (states?.[state] ?? 0) > 0) ?? 'connecting';
  const state = focusedGuestOf(snapshot)?.state ?? best;
  const { mark, role } = stateMarks[state];
  return paint(role, `${mark} ${state === 'live' ? 'LIVE' : state}`);
};

const badgeStates = [
  'live',
  'silent',
  'reconnecting',
  'connecting',
  'ended',
  'failed',
] as const satisfies readonly LinkState[];

/** Returns the text of an alert, or of a number of alerts that are not known in detail. */
export const guestAlertText = ({ alert, count }: Pick<GuestAlert, 'alert' | 'count'>): string =>
  alert ? currentText(alert) : `${formatCount(count, 'alert')}, known by number only`;

/** Returns the newest alert of all guests, with its host, and the number of others. */
export const fleetAlertLine = ({ fleet, view }: Snapshot, { paint }: Theme): string | undefined => {
  const [newest] = fleet?.alerts ?? [];
  if (!fleet || !newest) return undefined;
  const others = fleet.totals.alerts - newest.count;
  const more = others > 0 ? ` ${groupDigits(others)} more: press !` : '';
  const text = printable(`! ${newest.host}: ${guestAlertText(newest)}`);
  return paint('error', fit(text, view.size.columns - visibleWidth(more)) + more);
};

const stateTexts: Readonly<Record<Exclude<GuestSummary['state'], 'live'>, string>> = {
  connecting: 'connecting',
  silent: 'has sent nothing for a while',
  reconnecting: 'reconnecting',
  failed: 'no connection',
  ended: 'its trace has ended',
};

/** Returns why the guest on screen is not live or has no processes. Empty if it is live. */
export const guestStatusText = (snapshot: Snapshot): string => {
  const guest = focusedGuestOf(snapshot);
  if (!guest) return '';
  const { id, state, reason, pulsesOnly } = guest;
  if (state === 'live') return pulsesOnly ? `${id} ${pulsesOnlyText}` : '';
  return `${id}: ${stateTexts[state]}${reason === undefined ? '' : `: ${reason}`}`;
};

/** Returns what a view of one guest shows while all guests are on screen. */
export const noGuestText = (view: ViewId): string =>
  `  ${view} shows one guest: Enter goes to hosts (0), Enter there selects one`;

const pulsesOnlyText = 'sends counters only, so that there is no process to show';
