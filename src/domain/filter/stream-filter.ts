import { type ChurnRecord, isProbeEvent, type ProbeEvent, type SpawnedEvent } from '../events/event.ts';
import { Ancestry } from '../processes/ancestry.ts';
import { type Guest, unknownGuest } from '../processes/guest.ts';
import type { ProcessOrigin } from '../processes/process-origin.ts';
import type { CompiledFilter } from './filter.ts';
import { RecordSubject } from './subject.ts';

/**
 * Returns whether a record matches a filter. Gaps, notes and alerts match every filter. A record matches by any name
 * that its process has had: `nginx` also selects the spawn under the name `sh`, and the exit.
 */
export const matchesRecord = (
  { record, origin }: { record: ChurnRecord; origin: ProcessOrigin | undefined },
  filter: CompiledFilter,
  guest: Guest,
): boolean =>
  !isProbeEvent(record) ||
  origin === undefined ||
  filter.matches(new RecordSubject(record, { origin, guest })) ||
  origin.nameHistory.names.some(
    (comm) =>
      comm !== record.guest_comm && filter.matches(new RecordSubject(record, { origin, guest, comm })),
  );

/** Maximum number of withheld spawns. The oldest are discarded. */
const maxWithheldSpawns = 65_536;

/**
 * Filters a stream of records. It must receive all records in order, because it takes the parent, user and ancestors of
 * a record from earlier ones.
 */
export class StreamFilter {
  readonly ancestry = new Ancestry();
  readonly #filter: CompiledFilter;
  readonly #guest: Guest;
  /** Spawns that did not match, by PID. A later exec can give the process a name that matches. */
  readonly #withheldSpawns = new Map<number, SpawnedEvent>();

  constructor(filter: CompiledFilter, guest: Guest = unknownGuest) {
    this.#filter = filter;
    this.#guest = guest;
  }

  /** Returns the records that match. A discovery must be passed as a whole: it may list a child before its parent. */
  filter<R extends ChurnRecord>(records: readonly R[]): R[] {
    const origins = records.map((record) => (isProbeEvent(record) ? this.ancestry.apply(record) : undefined));
    this.ancestry.resolveAncestors();
    const completed = this.ancestry.takeCompleted();
    const filtered = records.flatMap((record, index) => {
      const origin = this.#resolveOrigin(record, completed, origins[index]);
      const matches = matchesRecord({ record, origin }, this.#filter, this.#guest);
      if (!isProbeEvent(record) || origin === undefined) return matches ? [record] : [];
      const spawn = this.#releaseSpawn(record, origin, matches) as R | undefined;
      return [...(spawn ? [spawn] : []), ...(matches ? [record] : [])];
    });
    return completed.size === 0 ? filtered : filtered.concat(this.#releaseCompleted(completed) as R[]);
  }

  /** Returns the withheld spawns that match now, because the spawn of an ancestor was reported. */
  #releaseCompleted(completed: ReadonlyMap<ProcessOrigin, ProcessOrigin>): SpawnedEvent[] {
    return [...completed.keys()].flatMap((origin) => {
      const spawn = this.#withheldSpawns.get(origin.pid);
      const latest = this.ancestry.find(origin);
      if (!spawn || !latest || latest.startTicks !== spawn.start_ticks) return [];
      if (!matchesRecord({ record: spawn, origin: latest }, this.#filter, this.#guest)) return [];
      this.#withheldSpawns.delete(origin.pid);
      return [spawn];
    });
  }

  /** Withholds a spawn that does not match. Returns it before the exec that makes it match. */
  #releaseSpawn(event: ProbeEvent, origin: ProcessOrigin, matches: boolean): SpawnedEvent | undefined {
    const { guest_pid: pid } = event;
    if (event.probe_source === 'process.spawned') {
      this.#withheldSpawns.delete(pid);
      if (!matches) this.#withholdSpawn(event);
      return undefined;
    }
    const spawn = this.#withheldSpawns.get(pid);
    if (spawn === undefined) return undefined;
    const released =
      event.probe_source === 'process.exec' &&
      matchesRecord({ record: spawn, origin }, this.#filter, this.#guest);
    if (released || event.probe_source === 'process.exited') this.#withheldSpawns.delete(pid);
    return released ? spawn : undefined;
  }

  #withholdSpawn(event: SpawnedEvent): void {
    this.#withheldSpawns.set(event.guest_pid, event);
    if (this.#withheldSpawns.size <= maxWithheldSpawns) return;
    const [oldest] = this.#withheldSpawns.keys();
    this.#withheldSpawns.delete(oldest as number);
  }

  /**
   * Returns the resolved origin. The ancestors of an initial process are known after the whole discovery only, and those of
   * others when the spawns of all ancestors are.
   */
  #resolveOrigin(
    record: ChurnRecord,
    completed: ReadonlyMap<ProcessOrigin, ProcessOrigin>,
    origin: ProcessOrigin | undefined,
  ): ProcessOrigin | undefined {
    if (!origin) return undefined;
    if ('initial' in record) return this.ancestry.find(origin) ?? origin;
    let latest = origin;
    for (let next = completed.get(latest); next; next = completed.get(latest)) latest = next;
    return latest;
  }
}
