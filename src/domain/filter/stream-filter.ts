import { type ChurnRecord, isProbeEvent, type ProbeEvent, type SpawnedEvent } from '../events/event.ts';
import { recordTimeNs } from '../events/record.ts';
import { Ancestry } from '../processes/ancestry.ts';
import { type Guest, unknownGuest } from '../processes/guest.ts';
import { forkExecWindowNs, type ProcessOrigin } from '../processes/process-origin.ts';
import { withAncestors } from '../processes/waiting-descendants.ts';
import type { CompiledFilter } from './filter.ts';
import { emptySubject, type MatchedNames, RecordSubject } from './subject.ts';

/** A record, the origin of its process, and the names to match. Default: the names and arguments until now. */
type FilteredRecord<R extends ChurnRecord = ChurnRecord> = {
  record: R;
  origin: ProcessOrigin | undefined;
  history?: MatchedNames | undefined;
  /** The guest of a record in the merged log of several guests. Default: the one guest. */
  from?: { host: string };
  /** The first 50 ms of the process, for its spawn and for its records in that time. */
  start?: ProcessStart | undefined;
  /** The processes older than 50 ms of which this record supplies a missing ancestor. */
  completed?: readonly CompletedOrigin[];
};

/** A process of which a record supplies a missing ancestor, and its names at that time. */
type CompletedOrigin = { origin: ProcessOrigin; history: MatchedNames };

/** The first 50 ms of a process, in which a forked process executes its program. */
type ProcessStart = {
  spawnNs: bigint;
  /** The names and arguments of the process within that time so far. */
  history: MatchedNames;
  /** Whether it gets no more names: it is a zombie, has exited, or its PID was reused. */
  ended: boolean;
};

/**
 * Returns whether a record matches a filter. Gaps, notes and alerts match every filter. A record matches by any name
 * that its process has had: `nginx` also selects the spawn under the name `sh`, and the exit. `!nginx` selects neither. Those of
 * several guests must match a filter by host.
 */
export const matchesRecord = (
  { record, origin, history, from }: FilteredRecord,
  filter: CompiledFilter,
  guest: Guest,
): boolean => {
  if (!isProbeEvent(record)) return from === undefined || matchesHost(from.host, filter);
  return (
    origin === undefined ||
    filter.matches(new RecordSubject(record, { origin, guest, history, host: from?.host }))
  );
};

/** Returns whether a guest matches a filter. If the filter has other fields, every guest does. */
const matchesHost = (host: string, filter: CompiledFilter): boolean =>
  filter.fieldNames.length === 0 ||
  !filter.fieldNames.every((name) => name === 'host') ||
  filter.matches({ ...emptySubject, host });

/** Maximum number of withheld spawns, and of undecided records. Beyond it, the oldest are discarded or decided. */
const maxWithheldSpawns = 65_536;

/**
 * Filters a stream of records. It must receive all records in order, because it takes the parent, user and ancestors of
 * a record from earlier ones. The result does not depend on how the records are batched.
 *
 * A filter such as `!comm=sleep` also excludes the spawn with the name of the shell, if the process executes sleep within
 * 50 ms. Such a spawn and all records after it are delayed by that time, or until the exit. A filter by ancestor (`under`)
 * delays the records of a process in the same way while an ancestor has not been reported. No other filter delays records.
 */
export class StreamFilter {
  readonly ancestry = new Ancestry();
  readonly #filter: CompiledFilter;
  readonly #guest: Guest;
  /** Spawns that did not match, by PID. A later exec can give the process a name that matches. */
  readonly #withheldSpawns = new Map<number, SpawnedEvent>();
  /** Records that are not decided yet, in order. */
  #queue: FilteredRecord[] = [];
  /** Processes that have just been spawned, by PID. */
  readonly #starts = new Map<number, ProcessStart>();
  #nowNs = 0n;
  #decided = 0;
  readonly #readsAncestors: boolean;

  constructor(filter: CompiledFilter, guest: Guest = unknownGuest) {
    this.#filter = filter;
    this.#guest = guest;
    this.#readsAncestors = filter.fieldNames.includes('under');
  }

  /** Number of records decided so far. */
  get decided(): number {
    return this.#decided;
  }

  /**
   * Returns the records that are decided and match. A discovery must be passed as a whole: it may list a child before its
   * parent. `nowNs` is the time up to which the records are complete.
   */
  filter<R extends ChurnRecord>(records: readonly R[], nowNs = 0n): R[] {
    const added: FilteredRecord[] = [];
    for (const record of records) {
      const entry = this.#apply(record);
      added.push(entry);
      this.#complete(entry, added);
    }
    this.ancestry.resolveAncestors();
    for (const entry of added) {
      const { record, origin } = entry;
      // The ancestors of an initial process are known only after the whole discovery.
      if (origin && 'initial' in record) entry.origin = this.ancestry.find(origin) ?? origin;
    }
    if (nowNs > this.#nowNs) this.#nowNs = nowNs;
    this.#queue = this.#queue.length === 0 ? added : this.#queue.concat(added);
    return this.#take((entry) => this.#isDecided(entry)) as R[];
  }

  /** Ends the stream. Decides the remaining records and returns those that match. */
  flush(): ChurnRecord[] {
    return this.#take(() => true);
  }

  #apply(record: ChurnRecord): FilteredRecord {
    const timeNs = recordTimeNs(record);
    if (timeNs > this.#nowNs) this.#nowNs = timeNs;
    if (!isProbeEvent(record)) return { record, origin: undefined };
    const origin = this.ancestry.apply(record);
    const history = historyNow(origin);
    const entry = { record, origin, history };
    if (!this.#filter.excludesNames) return entry;
    return { ...entry, start: this.#updateStart(record, history) };
  }

  /** Updates the start of a process. Returns it if the record is part of it. */
  #updateStart(event: ProbeEvent, history: MatchedNames): ProcessStart | undefined {
    const { guest_pid: pid, guest_monotonic_ns: atNs } = event;
    const known = this.#starts.get(pid);
    // The user may change between the fork and the exec.
    const continues = event.probe_source === 'process.exec' || event.probe_source === 'process.user';
    if (continues && known && isWithinStart(known, atNs)) {
      known.history = history;
      return known;
    }
    if (known) known.ended = true;
    this.#starts.delete(pid);
    if (event.probe_source !== 'process.spawned' || event.initial) return undefined;
    const start: ProcessStart = { spawnNs: atNs, history, ended: false };
    this.#starts.set(pid, start);
    return start;
  }

  #isDecided(entry: FilteredRecord): boolean {
    const { start, origin } = entry;
    if (this.#queue.length > maxWithheldSpawns) return true;
    const mayComplete = this.#readsAncestors && origin && isStarting(origin, this.#nowNs);
    if (mayComplete && this.ancestry.lacksAncestor(origin)) return false;
    if (!start || start.ended || !isWithinStart(start, this.#nowNs)) return true;
    return !matchesRecord(entry, this.#filter, this.#guest);
  }

  /** Takes records from the head of the queue while they are decided. Returns those that match. */
  #take(isDecided: (entry: FilteredRecord) => boolean): ChurnRecord[] {
    const matching: ChurnRecord[] = [];
    let taken = 0;
    for (const entry of this.#queue) {
      if (!isDecided(entry)) break;
      taken++;
      this.#decide(entry, matching);
    }
    this.#decided += taken;
    this.#queue = taken === this.#queue.length ? [] : this.#queue.slice(taken);
    return matching;
  }

  #decide(entry: FilteredRecord, matching: ChurnRecord[]): void {
    const { record, origin, start } = entry;
    const matches =
      matchesRecord(entry, this.#filter, this.#guest) &&
      (!start || matchesRecord({ ...entry, history: start.history }, this.#filter, this.#guest));
    if (isProbeEvent(record) && origin) {
      if (start && this.#starts.get(record.guest_pid) === start && !isWithinStart(start, this.#nowNs))
        this.#starts.delete(record.guest_pid);
      const spawn = this.#releaseSpawn(record, entry, matches);
      if (spawn) matching.push(spawn);
    }
    if (matches) matching.push(record);
    for (const completed of entry.completed ?? []) this.#releaseCompleted(completed, matching);
  }

  /** Withholds a spawn that does not match. At an exec that makes it match, returns it. */
  #releaseSpawn(
    event: ProbeEvent,
    { origin, history }: FilteredRecord,
    matches: boolean,
  ): SpawnedEvent | undefined {
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
      matchesRecord({ record: spawn, origin, history }, this.#filter, this.#guest);
    if (released || event.probe_source === 'process.exited') this.#withheldSpawns.delete(pid);
    return released ? spawn : undefined;
  }

  /**
   * Completes the undecided records of the processes of which a record supplies an ancestor. Processes older than 50 ms are
   * added to its entry instead, so that the result does not depend on how long other records delay theirs.
   */
  #complete(entry: FilteredRecord, added: readonly FilteredRecord[]): void {
    const completed = this.ancestry.takeCompleted();
    if (completed.size === 0 || !this.#readsAncestors) return;
    for (const undecided of this.#queue.concat(added)) {
      const { origin } = undecided;
      if (origin && isStarting(origin, this.#nowNs)) undecided.origin = withAncestors(origin, completed);
    }
    const older = [...completed.values()].filter((origin) => !isStarting(origin, this.#nowNs));
    entry.completed = older.map((origin) => ({ origin, history: historyNow(origin) }));
  }

  /** Releases the withheld spawn of a process that matches now that its ancestors are known. */
  #releaseCompleted({ origin, history }: CompletedOrigin, matching: ChurnRecord[]): void {
    const record = this.#withheldSpawns.get(origin.pid);
    if (!record || record.start_ticks !== origin.startTicks) return;
    if (!matchesRecord({ record, origin, history }, this.#filter, this.#guest)) return;
    this.#withheldSpawns.delete(origin.pid);
    matching.push(record);
  }

  #withholdSpawn(event: SpawnedEvent): void {
    this.#withheldSpawns.set(event.guest_pid, event);
    if (this.#withheldSpawns.size <= maxWithheldSpawns) return;
    const [oldest] = this.#withheldSpawns.keys();
    this.#withheldSpawns.delete(oldest as number);
  }
}

/** Returns the names and arguments of a process now. The history itself changes with later records. */
const historyNow = ({ nameHistory: { names, args } }: ProcessOrigin): MatchedNames => ({ names, args });

/** Returns whether a process has been spawned at most 50 ms ago. */
const isStarting = ({ spawnedNs }: ProcessOrigin, atNs: bigint): boolean =>
  spawnedNs !== undefined && isWithinStart({ spawnNs: spawnedNs }, atNs);

const isWithinStart = ({ spawnNs }: Pick<ProcessStart, 'spawnNs'>, atNs: bigint): boolean =>
  atNs - spawnNs <= forkExecWindowNs;
