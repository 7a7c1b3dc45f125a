import type { ChurnRecord, EnrichableEvent, EnrichedFields } from '../../domain/events/event.ts';
import { recordTimeNs } from '../../domain/events/record.ts';
import type { EnrichedKeys } from '../../domain/events/recorded-fields.ts';
import { type RecordRequest, toRequest } from '../reader/protocol.ts';
import type { Outbox } from './outbox.ts';
import { ReadBudget } from './read-budget.ts';
import type { FieldReader } from './record-readers.ts';

/** The newest records of a sample are enriched, up to this many: in a storm the older processes have exited. */
const maxEnrichedPerSample = 64;
/** Maximum number of records that were passed on and still occupy the queue. */
const maxPassedOn = 1024;
/** How long `close` waits for the last answers, ms. */
const closeTimeoutMs = 100;
/** For the screen only, a record waits for at most this long, ms: about the interval of batches. */
const maxScreenWaitMs = 45;

const isEnrichable = (record: ChurnRecord): record is EnrichableEvent =>
  record.probe_source === 'process.spawned' || record.probe_source === 'process.exec';

/** Returns whether a record is the fork of a process in kernel mode, where an exec has a record of its own. */
const isFork = (record: EnrichableEvent): boolean =>
  record.probe_source === 'process.spawned' && !record.initial && record.window_ns === undefined;

/** A record that waits for its fields, or for those of an earlier record. */
type Waiting = {
  record: ChurnRecord;
  id: number | undefined;
  /** When it was first flushed, on the pacing clock. */
  sinceMs: number | undefined;
};

export type EnrichingOutboxOptions = {
  outbox: Outbox;
  reader: FieldReader;
  keys: EnrichedKeys;
  /**
   * Whether the fields are for the screen only. Then the reads and the wait for them are limited, and a fork is not read:
   * it has the arguments of its parent. Default: false.
   */
  screenOnly?: boolean;
  /** Sleeps for a millisecond. Returns the time of the pacing clock after it. */
  sleep: () => number;
};

/**
 * Adds arguments and control groups to spawn and exec records. They are read on another thread right after the sample,
 * because a read can block: the records wait, in order, and the sampler does not. The fields are missing for processes that
 * exited in between.
 */
export class EnrichingOutbox implements Outbox {
  readonly #outbox: Outbox;
  readonly #reader: FieldReader;
  readonly #sleep: () => number;
  readonly #keys: EnrichedKeys;
  readonly #screenOnly: boolean;
  readonly #budget = new ReadBudget();
  /** Records that wait from `#head` on; the earlier ones were passed on. */
  #waiting: Waiting[] = [];
  #head = 0;
  /** Fields of waiting records; a record without an entry has no answer yet. */
  readonly #fields = new Map<number, EnrichedFields | 'unread' | undefined>();
  #requests: { request: RecordRequest; initial: boolean }[] = [];
  #nextId = 0;
  /** IDs of records that were announced and not put yet. */
  readonly #announced = new Map<ChurnRecord, number>();
  /** IDs of records that were passed on before their answer. */
  readonly #abandoned = new Set<number>();
  /** Number of waiting records that have a time. */
  #dated = 0;
  #hasAnswers = false;

  constructor({ outbox, reader, keys, screenOnly = false, sleep }: EnrichingOutboxOptions) {
    this.#outbox = outbox;
    this.#reader = reader;
    this.#sleep = sleep;
    this.#keys = keys;
    this.#screenOnly = screenOnly;
  }

  get dropped(): number {
    return this.#outbox.dropped;
  }

  get queued(): number {
    return this.#outbox.queued + this.#waiting.length - this.#head;
  }

  /** Time of the oldest record that waits, CLOCK_MONOTONIC ns; undefined if none does. */
  get waitingSinceNs(): bigint | undefined {
    const waiting = this.#waiting[this.#head];
    return waiting && recordTimeNs(waiting.record);
  }

  /** Starts to read the fields of a record that is put later, because the process may exit before. */
  announce(record: ChurnRecord, nowMs: number): void {
    if (!isEnrichable(record) || 'initial' in record || !this.#isRead(record)) return;
    if (!this.#isInBudget(nowMs)) return;
    if (this.#announced.size >= maxPassedOn) this.#forgetOldestAnnounced();
    const id = this.#nextId++;
    this.#announced.set(record, id);
    this.#reader.request([toRequest(id, record)], nowMs);
  }

  put(record: ChurnRecord): void {
    if (isEnrichable(record) && this.#isRead(record)) {
      const announced = this.#announced.get(record);
      this.#announced.delete(record);
      const id = announced ?? this.#nextId++;
      this.#waiting.push({ record, id, sinceMs: undefined });
      if (announced === undefined)
        this.#requests.push({ request: toRequest(id, record), initial: 'initial' in record });
    } else if (this.#waiting.length > 0) this.#waiting.push({ record, id: undefined, sinceMs: undefined });
    else this.#outbox.put(record);
  }

  flush(nowMs: number): void {
    if (this.#requests.length > 0) this.#sendRequests(nowMs);
    if (this.#waiting.length > 0) this.#passOn(nowMs);
    this.#outbox.flush(nowMs);
  }

  close(nowMs: number): void {
    let atMs = nowMs;
    if (this.#requests.length > 0) this.#sendRequests(nowMs);
    this.#passOn(nowMs);
    while (this.#waiting.length > 0 && atMs - nowMs < closeTimeoutMs) {
      atMs = this.#sleep();
      this.#passOn(atMs);
    }
    for (const { id } of this.#waiting.slice(this.#head))
      if (id !== undefined && !this.#fields.has(id)) this.#fields.set(id, 'unread');
    this.#passOn(atMs);
    this.#outbox.close(atMs);
  }

  /** Forgets a record that was announced and not put. */
  #forgetOldestAnnounced(): void {
    const [oldest] = this.#announced;
    if (!oldest) return;
    const [record, id] = oldest;
    this.#announced.delete(record);
    if (!this.#fields.delete(id)) this.#abandoned.add(id);
  }

  #isRead(record: EnrichableEvent): boolean {
    return !this.#screenOnly || !isFork(record);
  }

  #isInBudget(nowMs: number): boolean {
    return !this.#screenOnly || this.#budget.take(nowMs);
  }

  #sendRequests(nowMs: number): void {
    let remaining = maxEnrichedPerSample;
    const requests: RecordRequest[] = [];
    for (const { request, initial } of this.#requests.toReversed()) {
      // Initial records are not limited: they occur once, and their processes are long-lived.
      if (initial || (remaining > 0 && this.#isInBudget(nowMs))) requests.push(request);
      else this.#fields.set(request.id, undefined);
      if (!initial) remaining--;
    }
    this.#requests = [];
    this.#reader.request(requests, nowMs);
  }

  /** Passes on the records up to the first one without an answer. */
  #passOn(nowMs: number): void {
    this.#takeAnswers(nowMs);
    while (this.#head < this.#waiting.length) {
      const waiting = this.#waiting[this.#head] as Waiting;
      const { record, id } = waiting;
      if (id !== undefined && !this.#fields.has(id)) {
        if (!this.#isOverdue(waiting, nowMs)) break;
        this.#abandoned.add(id);
        this.#fields.set(id, 'unread');
      }
      const fields = id === undefined ? undefined : this.#fields.get(id);
      if (id !== undefined) this.#fields.delete(id);
      this.#head++;
      const added = fields === 'unread' ? this.#unreadFields(record) : fields;
      this.#outbox.put(added ? withFields(record, added) : record);
    }
    if (this.#head < this.#waiting.length && this.#head < maxPassedOn) return;
    this.#waiting = this.#waiting.slice(this.#head);
    this.#dated = Math.max(0, this.#dated - this.#head);
    this.#head = 0;
  }

  #takeAnswers(nowMs: number): void {
    for (const { id, fields } of this.#reader.answers(nowMs)) {
      this.#hasAnswers = true;
      if (!this.#abandoned.delete(id)) this.#fields.set(id, fields);
    }
    for (; this.#dated < this.#waiting.length; this.#dated++)
      (this.#waiting[this.#dated] as Waiting).sinceMs = nowMs;
  }

  /** Returns whether a record has waited too long for the screen. Discovery waits until the first reader has started. */
  #isOverdue({ record, sinceMs = 0 }: Waiting, nowMs: number): boolean {
    return (
      this.#screenOnly && this.#hasAnswers && !('initial' in record) && nowMs - sinceMs >= maxScreenWaitMs
    );
  }

  /** Returns the field that lists the keys that were not read. Kernel threads have no arguments. */
  #unreadFields(record: ChurnRecord): EnrichedFields | undefined {
    const { args, cgroup } = this.#keys;
    const unread = [...(args && !('kthread' in record) ? ['args'] : []), ...(cgroup ? ['cgroup'] : [])];
    return unread.length === 0 ? undefined : { unread };
  }
}

/** Adds fields to a record, which may already have keys that were not read. */
const withFields = (record: ChurnRecord, fields: EnrichedFields): ChurnRecord => {
  const unread = [...(('unread' in record && record.unread) || []), ...(fields.unread ?? [])];
  return { ...record, ...fields, ...(unread.length > 0 && { unread }) } as ChurnRecord;
};
