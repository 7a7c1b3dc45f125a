import type { CompiledFilter } from '../../domain/filter/filter.ts';
import { type FilterSubject, gapSubject } from '../../domain/filter/subject.ts';
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

const sortHosts = (
  { guests, ranks }: FleetData,
  indexes: number[],
  { by, reversed }: Order,
): readonly GuestSummary[] => {
  const sortValue = hostSortValues[by];
  const values = new Float64Array(guests.length);
  if (sortValue)
    for (const index of indexes)
      values[index] = sortValue(guests[index] as GuestSummary) ?? Number.NEGATIVE_INFINITY;
  indexes.sort((a, b) => {
    const [one, other] = [values[a] as number, values[b] as number];
    if (one !== other) return other > one ? 1 : -1;
    return (ranks[a] as number) - (ranks[b] as number);
  });
  if (reversed) indexes.reverse();
  return indexes.map((index) => guests[index] as GuestSummary);
};

/** The fields of a guest. A word, and `comm`, match its name and the comms that are counted for it. */
class HostSubject implements FilterSubject {
  readonly pid = gapSubject.pid;
  readonly ppid = undefined;
  readonly uid = undefined;
  readonly user = undefined;
  readonly cgroup = undefined;
  readonly ageNs = undefined;
  readonly lifetimeNs = undefined;
  readonly exitStatus = undefined;
  readonly event = undefined;
  readonly isDescendantOf = gapSubject.isDescendantOf;
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
