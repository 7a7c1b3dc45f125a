import { evictInto, GroupStats, type ProcessName } from './group-stats.ts';

/** Key of the group that evicted groups are merged into. */
export const otherKey = '(other)';
/** Key, or part of a key, that is not known. */
export const unknownKey = '?';

/** The ways in which churn is grouped. */
export const groupings = ['comm', 'command', 'parent', 'user', 'cgroup', 'container', 'unit'] as const;
export type Grouping = (typeof groupings)[number];

/** The groupings of a report, which may be of several hosts. */
export const reportGroupings = [...groupings, 'host'] as const;
export type ReportGrouping = (typeof reportGroupings)[number];

/** Titles of the column with the groups, by grouping. */
export const groupTitles: Readonly<Record<ReportGrouping, string>> = {
  comm: 'COMM',
  command: 'COMMAND',
  parent: 'PARENT',
  user: 'USER',
  cgroup: 'CGROUP',
  container: 'CONTAINER',
  unit: 'UNIT',
  host: 'HOST',
};

/** Titles of the column with the most frequent name. */
export const topNameTitles: Readonly<Record<ReportGrouping, string>> = {
  comm: 'TOP PARENT',
  command: 'TOP PARENT',
  parent: 'TOP CHILD',
  user: 'TOP COMM',
  cgroup: 'TOP COMM',
  container: 'TOP COMM',
  unit: 'TOP COMM',
  host: 'TOP COMM',
};

/** The groupings whose keys follow from cgroups. Without cgroups, all processes have the key `?`. */
export const cgroupGroupings: readonly ReportGrouping[] = ['cgroup', 'container', 'unit'];

/** The groups of one grouping, by key. Beyond `limit` the least recently active ones are merged into `other`. */
export class BoundedGroups {
  readonly limit: number;
  readonly other = new GroupStats(otherKey);
  #byKey = new Map<string, GroupStats>();
  #evicted = 0;

  /** @throws RangeError if `limit` is not a positive integer */
  constructor(limit: number) {
    if (!Number.isInteger(limit) || limit < 1) throw new RangeError(`limit ${limit}`);
    this.limit = limit;
  }

  get size(): number {
    return this.#byKey.size;
  }

  /** Number of evictions. A key that returns and is evicted again counts again. */
  get evicted(): number {
    return this.#evicted;
  }

  find(key: string): GroupStats | undefined {
    return this.#byKey.get(key);
  }

  findOrCreate(key: string, lineage?: readonly ProcessName[], host?: string): GroupStats {
    const known = this.#byKey.get(key);
    if (known) return known;
    if (this.#byKey.size >= this.limit) this.#evictOldest();
    const group = new GroupStats(key, lineage, host);
    this.#byKey.set(key, group);
    return group;
  }

  /** Changes the key of a group. A group that already has the key is merged into it. */
  rename(group: GroupStats, key: string): void {
    if (key === group.key) return;
    const known = this.#byKey.get(key);
    this.#byKey.delete(group.key);
    group.key = key;
    this.#byKey.set(key, group);
    if (known) evictInto(known, group);
  }

  /** Iterates over all groups. `other` is last, and omitted while it is empty. */
  *[Symbol.iterator](): Generator<GroupStats> {
    yield* this.#byKey.values();
    if (this.#evicted > 0) yield this.other;
  }

  /** Evicts an eighth of the groups at once, because sorting for each new group would be expensive. */
  #evictOldest(): void {
    const oldest = [...this.#byKey.values()].toSorted((a, b) => a.lastActive - b.lastActive);
    for (const group of oldest.slice(0, Math.ceil(this.limit / 8))) {
      this.#byKey.delete(group.key);
      evictInto(group, this.other);
      this.#evicted++;
    }
  }
}
