import type { ExitStatus } from '../../domain/events/exit-status.ts';
import type { GuestComm, GuestDetails } from '../../domain/fleet/guest-details.ts';
import type { GuestSummary } from '../../domain/fleet/guest-summary.ts';

/** A row of churn or failures over all guests: a comm, a guest, or a comm of one guest. */
export type FleetComm = {
  /** Unique within the table. */
  key: string;
  /** Undefined for a guest. */
  comm: string | undefined;
  /** The guest; undefined if the comm is on several. */
  host: string | undefined;
  /** Number of guests with the comm. */
  hosts: number;
  spawned: number;
  exited: number;
  failed: number;
  /** Exits with a known status; undefined if a guest does not count them. */
  known: number | undefined;
  /** Spawns per second; undefined if it is not known yet. */
  rate: number | undefined;
  /** The newest failure, and how long before the newest record of its guest it was, ns. */
  lastFailure: { status: ExitStatus; agoNs: bigint } | undefined;
};

/** The counts of all guests. */
export type CommTables = {
  byComm: readonly FleetComm[];
  byHost: readonly FleetComm[];
  /** Comms with failures, a row for each guest. */
  failures: readonly FleetComm[];
  /** Number of comms with failures beyond `maxFailures`. */
  omittedFailures: number;
};

export const noComms: CommTables = { byComm: [], byHost: [], failures: [], omittedFailures: 0 };

/** Rates are computed over at least this time. */
const rateMs = 5_000;
const refreshMs = 1_000;
/** Guests that are counted in each second between two counts. It bounds the share of a core that counting takes. */
const guestsPerRefresh = 2_000;
/** Guests that are counted at once, so that no frame takes long. */
const guestsPerFrame = 1_000;
const maxFailures = 10_000;

/** Spawns by comm at one time. */
type Totals = { atMs: number; spawned: ReadonlyMap<string, number> };

/** A count that is under way: the number of guests that are counted, and what they add up to. */
type Count = {
  guests: number;
  comms: Map<string, FleetComm>;
  byHost: FleetComm[];
  failures: FleetComm[];
  omittedFailures: number;
};

/** Counts the comms of all guests: once a second or, with many guests, less often and in parts. */
export class CommCounter {
  #tables: CommTables = noComms;
  #startedMs = Number.NEGATIVE_INFINITY;
  #count: Count | undefined;
  /** Earlier totals, oldest first, from one that is at least `rateMs` old. */
  #earlier: Totals[] = [];

  /** Returns the counts. They are as old as the time between two counts. */
  tablesAt(
    nowMs: number,
    guests: readonly GuestSummary[],
    detailsOf: (id: string) => GuestDetails | undefined,
  ): CommTables {
    const intervalMs = refreshMs * Math.max(1, guests.length / guestsPerRefresh);
    if (!this.#count && nowMs - this.#startedMs < intervalMs) return this.#tables;
    if (!this.#count) this.#startedMs = nowMs;
    this.#count ??= { guests: 0, comms: new Map(), byHost: [], failures: [], omittedFailures: 0 };
    const count = this.#count;
    const part = guests.slice(count.guests, count.guests + guestsPerFrame);
    for (const guest of part) addGuest(count, guest, detailsOf(guest.id));
    count.guests += part.length;
    if (count.guests < guests.length) return this.#tables;
    const { comms, byHost, failures, omittedFailures } = count;
    const byComm = [...comms.values()];
    this.#addRates(byComm, nowMs);
    this.#count = undefined;
    this.#tables = { byComm, byHost, failures, omittedFailures };
    return this.#tables;
  }

  /** Sets the rates from the difference to earlier totals. */
  #addRates(rows: FleetComm[], nowMs: number): void {
    while ((this.#earlier[1]?.atMs ?? Number.POSITIVE_INFINITY) <= nowMs - rateMs) this.#earlier.shift();
    const [before] = this.#earlier;
    // Counts that continue after the view was closed for long would give the mean of that time.
    if (before && nowMs - before.atMs > 10 * rateMs) this.#earlier = [];
    else if (before) {
      for (const row of rows) {
        const spawned = row.spawned - (before.spawned.get(row.comm as string) ?? row.spawned);
        row.rate = (Math.max(0, spawned) * 1000) / (nowMs - before.atMs);
      }
    }
    this.#earlier.push({
      atMs: nowMs,
      spawned: new Map(rows.map(({ comm, spawned }) => [comm as string, spawned])),
    });
  }
}

const addGuest = (count: Count, { id, spawnRate }: GuestSummary, details: GuestDetails | undefined): void => {
  const { comms, failures } = count;
  const host = emptyRow({ key: `host:${id}`, comm: undefined, host: id });
  const nowWallNs = details ? details.nowNs + details.wallOffsetNs : 0n;
  for (const counts of details?.comms ?? []) {
    const { comm, spawned, exited } = counts;
    // Its only process has executed another program since.
    if (spawned === 0 && exited === 0) continue;
    const row = comms.get(comm) ?? emptyRow({ key: `comm:${comm}`, comm, host: id });
    if (row.hosts === 0) comms.set(comm, row);
    add(row, counts, nowWallNs);
    if (row.host !== id) row.host = undefined;
    add(host, counts, nowWallNs);
    if (counts.failed === 0) continue;
    if (failures.length < maxFailures) failures.push(failureRow(id, counts, nowWallNs));
    else count.omittedFailures++;
  }
  count.byHost.push({ ...host, hosts: 1, rate: spawnRate });
};

const emptyRow = (identity: Pick<FleetComm, 'key' | 'comm' | 'host'>): FleetComm => ({
  ...identity,
  hosts: 0,
  spawned: 0,
  exited: 0,
  failed: 0,
  known: 0,
  rate: undefined,
  lastFailure: undefined,
});

const add = (row: FleetComm, counts: GuestComm, nowWallNs: bigint): void => {
  const { spawned, exited, failed, known, lastFailure } = counts;
  row.hosts++;
  row.spawned += spawned;
  row.exited += exited;
  row.failed += failed;
  row.known = known === undefined || row.known === undefined ? undefined : row.known + known;
  if (!lastFailure) return;
  const agoNs = nowWallNs > lastFailure.wallNs ? nowWallNs - lastFailure.wallNs : 0n;
  if (!row.lastFailure || agoNs < row.lastFailure.agoNs)
    row.lastFailure = { status: lastFailure.status, agoNs };
};

const failureRow = (host: string, counts: GuestComm, nowWallNs: bigint): FleetComm => {
  const row = emptyRow({ key: `${host}\0${counts.comm}`, comm: counts.comm, host });
  add(row, counts, nowWallNs);
  return row;
};
