import { alertKeyOf } from '../../domain/alerts/alert-list.ts';
import type { AlertRecord } from '../../domain/events/event.ts';
import type { FleetControl } from '../../domain/fleet/fleet-control.ts';
import type { GuestDetails } from '../../domain/fleet/guest-details.ts';
import { type GuestSummary, type LinkState, linkStates } from '../../domain/fleet/guest-summary.ts';
import { compareValues } from '../../util/compare.ts';
import type { ViewId } from '../actions/view-id.ts';
import { CommCounter, type CommTables, noComms } from './comm-counter.ts';

/** Sums over all guests. */
export type FleetTotals = {
  guests: number;
  /** Number of guests in each state. */
  states: Readonly<Record<LinkState, number>>;
  alive: number;
  zombies: number;
  spawnRate: number;
  exitRate: number;
  failureRate: number;
  /** Tasks missed on the guests that count them; undefined if none does. */
  missed: number | undefined;
  lost: number;
  /** The longest lag of a guest that is live, ns. */
  worstLagNs: bigint | undefined;
  alerts: number;
};

/** An alert of one guest. */
export type GuestAlert = {
  key: string;
  host: string;
  /** Undefined for a guest that sends only the number of its alerts. */
  alert: AlertRecord | undefined;
  /** Number of alerts that the row is for. */
  count: number;
  /** How long it has been raised, and since when by the guest's wall clock, ns. Undefined: unknown. */
  heldNs: bigint | undefined;
  sinceWallNs: bigint | undefined;
};

/** The guests of a source as they are on screen. It is a new object after every change. */
export type FleetData = {
  guests: readonly GuestSummary[];
  /** Position of each guest in the order of names, by index in `guests`. */
  ranks: ArrayLike<number>;
  totals: FleetTotals;
  /** The alerts that are raised, newest first. At most `maxAlerts`. */
  alerts: readonly GuestAlert[];
  /** Number of alerts that were raised since the start. */
  raisedTotal: number;
  /** Empty while no view shows them. */
  comms: CommTables;
  detailsOf: (id: string) => GuestDetails | undefined;
};

/** The parts of the view state that determine what is read. */
type FleetView = { paused: boolean; activeView: ViewId; focusedGuest: string | undefined };

const viewKey = ({ paused, activeView, focusedGuest }: FleetView): string =>
  [paused, activeView, focusedGuest].join();

/** The views that show comms while all guests are on screen. */
const commViews: readonly ViewId[] = ['churn', 'failures'];

/** Maximum number of alerts in the alert list. Guests beyond them are not read. */
const maxAlerts = 1_000;

/** Reads the guests of a source for the screen, when they have changed. */
export class FleetModel {
  readonly #control: FleetControl;
  readonly #nowMs: () => number;
  readonly #counter = new CommCounter();
  #ranks: ArrayLike<number> = [];
  #isChanged = true;
  #raisedTotal = 0;
  #shownAs = '';
  #data: FleetData | undefined;

  constructor(control: FleetControl, nowMs: () => number = () => performance.now()) {
    this.#control = control;
    this.#nowMs = nowMs;
  }

  /** Remembers that guests have changed. They are read for the next frame. */
  markChanged(): void {
    this.#isChanged = true;
  }

  focus(id: string | undefined): void {
    this.#control.focus(id);
  }

  /**
   * Returns the guests: those that were on screen while the view is paused or, until it changes, if the frame has no new
   * data (`hasNewData`). Scrolling is cheap then. A frame for the log alone, of which there are ten a second, has the same
   * guests, too.
   */
  dataFor(view: FleetView, hasNewData = true): FleetData {
    const { paused, activeView, focusedGuest } = view;
    const before = this.#data;
    const isSameView = this.#shownAs === viewKey(view);
    this.#shownAs = viewKey(view);
    const needsComms = focusedGuest === undefined && commViews.includes(activeView);
    const isCurrent = before && (paused || !this.#isChanged || (isSameView && !hasNewData));
    if (isCurrent && (!needsComms || before.comms !== noComms)) return before;
    if (!isCurrent) this.#isChanged = false;
    const detailsOf = (id: string) => this.#control.details(id);
    const guests = isCurrent ? before.guests : this.#control.guests();
    if (before && guests === before.guests && isSameView && !needsComms) return before;
    if (guests.length !== this.#ranks.length) this.#ranks = ranksOf(guests);
    for (const [index, { alerts = 0 }] of guests.entries())
      this.#raisedTotal += Math.max(0, alerts - (before?.guests[index]?.alerts ?? 0));
    this.#data = {
      guests,
      ranks: this.#ranks,
      totals: totalsOf(guests),
      alerts: alertsOf(guests, detailsOf),
      raisedTotal: this.#raisedTotal,
      comms: needsComms ? this.#counter.tablesAt(this.#nowMs(), guests, detailsOf) : noComms,
      detailsOf,
    };
    return this.#data;
  }
}

/** Returns the position of each guest in the order of names, in which `web2` is before `web10`. */
const ranksOf = (guests: readonly GuestSummary[]): Int32Array => {
  const { compare } = new Intl.Collator('en', { numeric: true });
  const ranks = new Int32Array(guests.length);
  const order = guests.map(({ id }, index) => ({ id, index })).sort((a, b) => compare(a.id, b.id));
  for (const [rank, { index }] of order.entries()) ranks[index] = rank;
  return ranks;
};

const totalsOf = (guests: readonly GuestSummary[]): FleetTotals => {
  const states = Object.fromEntries(linkStates.map((state) => [state, 0])) as Record<LinkState, number>;
  const totals = {
    alive: 0,
    zombies: 0,
    spawnRate: 0,
    exitRate: 0,
    failureRate: 0,
    lost: 0,
    alerts: 0,
  };
  let worstLagNs: bigint | undefined;
  let missed: number | undefined;
  for (const guest of guests) {
    states[guest.state]++;
    totals.alive += guest.alive ?? 0;
    totals.zombies += guest.zombies ?? 0;
    totals.spawnRate += guest.spawnRate ?? 0;
    totals.exitRate += guest.exitRate ?? 0;
    totals.failureRate += guest.failureRate ?? 0;
    if (guest.missed !== undefined) missed = (missed ?? 0) + guest.missed;
    totals.lost += guest.lost;
    totals.alerts += guest.alerts ?? 0;
    const { lagNs } = guest;
    if (guest.state === 'live' && lagNs !== undefined && (worstLagNs === undefined || lagNs > worstLagNs))
      worstLagNs = lagNs;
  }
  return { guests: guests.length, states, ...totals, missed, worstLagNs };
};

const alertsOf = (
  guests: readonly GuestSummary[],
  detailsOf: FleetData['detailsOf'],
): readonly GuestAlert[] => {
  const found: GuestAlert[] = [];
  for (const { id, alerts: count = 0 } of guests) {
    if (count === 0) continue;
    if (found.length >= maxAlerts) break;
    const details = detailsOf(id);
    for (const alert of details?.alerts.slice(0, maxAlerts - found.length) ?? []) {
      const sinceNs = alert.since_monotonic_ns;
      found.push({
        key: `${id}\0${alertKeyOf(alert)}`,
        host: id,
        alert,
        count: 1,
        heldNs: (details?.nowNs ?? sinceNs) - sinceNs,
        sinceWallNs: sinceNs + (details?.wallOffsetNs ?? 0n),
      });
    }
    if (!details?.alerts.length)
      found.push({ key: id, host: id, alert: undefined, count, heldNs: undefined, sinceWallNs: undefined });
  }
  return found.sort((a, b) => compareValues(b.sinceWallNs ?? 0n, a.sinceWallNs ?? 0n));
};
