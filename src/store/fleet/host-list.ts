import type { CompiledFilter } from '../../domain/filter/filter.ts';
import { emptySubject, type FilterSubject } from '../../domain/filter/subject.ts';
import type { GuestSummary } from '../../domain/fleet/guest-summary.ts';
import type { Order } from '../actions/view-id.ts';
import { hostSortValues } from '../views/host-columns.ts';
import type { RowList } from '../views/row-list.ts';
import type { FleetData } from './fleet-model.ts';

/** The parts of the view state that determine the rows of a list of guests or comms. */
export type FleetListOptions = { filter: CompiledFilter; order: Order };

/** The rows as last computed, because sorting 10,000 guests takes most of a frame. */
const rowsOfData = new WeakMap<FleetData, FleetListOptions & { rows: readonly GuestSummary[] }>();

/** Returns the guests that match the filter, sorted. Guests of equal value are in the order of their names. */
export const hostRows = (fleet: FleetData, { filter, order }: FleetListOptions): readonly GuestSummary[] => {
  const before = rowsOfData.get(fleet);
  if (before && before.filter === filter && before.order === order) return before.rows;
  const rows = sortHosts(fleet, matchingHosts(fleet, filter), order);
  rowsOfData.set(fleet, { filter, order, rows });
  return rows;
};

/** Returns the indexes of the guests that match. */
const matchingHosts = ({ guests, detailsOf }: FleetData, filter: CompiledFilter): number[] => {
  const indexes: number[] = [];
  for (const [index, { id }] of guests.entries())
    if (filter.fieldNames.length === 0 || filter.matches(new HostSubject(id, detailsOf))) indexes.push(index);
  return indexes;
};

/** Number of ranks in a sort key. */
const maxRanks = 2 ** 20;

/**
 * Sorts by value in descending order, then by name. Value and rank make one number, because sorting numbers without a
 * comparison function takes a tenth of the time.
 */
const sortHosts = (
  { guests, ranks }: FleetData,
  indexes: readonly number[],
  { by, reversed }: Order,
): readonly GuestSummary[] => {
  const sortValue = hostSortValues[by];
  const values = new Float32Array(indexes.length);
  const bits = new Uint32Array(values.buffer);
  const keys = new Float64Array(indexes.length);
  const byRank = new Int32Array(guests.length);
  for (const [at, index] of indexes.entries()) {
    const rank = ranks[index] as number;
    byRank[rank] = index;
    if (sortValue) values[at] = sortValue(guests[index] as GuestSummary) ?? Number.NEGATIVE_INFINITY;
    const bitsOfValue = bits[at] as number;
    // The bits of positive floats ascend with their values, those of negative ones descend.
    const descending = bitsOfValue >>> 31 ? bitsOfValue : 0x7fffffff - bitsOfValue;
    keys[at] = descending * maxRanks + rank;
  }
  keys.sort();
  if (reversed) keys.reverse();
  return Array.from(keys, (key) => guests[byRank[key % maxRanks] as number] as GuestSummary);
};

/** The fields of a guest. A word, and `comm`, match its name and the comms that are counted for it. */
class HostSubject implements FilterSubject {
  readonly pid = emptySubject.pid;
  readonly ppid = undefined;
  readonly uid = undefined;
  readonly user = undefined;
  readonly cgroup = undefined;
  readonly ageNs = undefined;
  readonly lifetimeNs = undefined;
  readonly exitStatus = undefined;
  readonly event = undefined;
  readonly isDescendantOf = emptySubject.isDescendantOf;
  readonly host: string;
  readonly #detailsOf: FleetData['detailsOf'];

  constructor(host: string, detailsOf: FleetData['detailsOf']) {
    this.host = host;
    this.#detailsOf = detailsOf;
  }

  get comm() {
    return this.host;
  }
  get names() {
    return this.#detailsOf(this.host)?.comms.map(({ comm }) => comm);
  }
}

/** Returns guests as a row list. */
export const hostList = (rows: readonly GuestSummary[]): RowList => ({
  length: rows.length,
  indexOfKey: (key) => rows.findIndex(({ id }) => id === key),
  indexOfComm: () => -1,
  targetAt: (index) => {
    const { id } = rows[index] as GuestSummary;
    return { key: id, comm: undefined, pid: undefined, guest: id };
  },
  textAt: (index) => (rows[index] as GuestSummary).id,
});
