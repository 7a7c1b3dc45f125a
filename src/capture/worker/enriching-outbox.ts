import type { ChurnRecord, EnrichableEvent, EnrichedFields } from '../../domain/events/event.ts';
import { recordTimeNs } from '../../domain/events/record.ts';
import { type EnrichedKeys, type RecordRequest, toRequest } from '../reader/protocol.ts';
import type { Outbox } from './outbox.ts';
import type { FieldReader } from './record-readers.ts';

/** The newest records of a sample are enriched, up to this many: in a storm the older processes have exited. */
const maxEnrichedPerSample = 64;
/** Maximum number of records that were passed on and still occupy the queue. */
const maxPassedOn = 1024;
/** How long `close` waits for the last answers, ms. */
const closeTimeoutMs = 100;

const isEnrichable = (record: ChurnRecord): record is EnrichableEvent =>
  record.probe_source === 'process.spawned' || record.probe_source === 'process.exec';

/** A record that waits for its fields, or for those of an earlier record. */
type Waiting = { record: ChurnRecord; id: number | undefined };

export type EnrichingOutboxOptions = {
  outbox: Outbox;
  reader: FieldReader;
  keys: EnrichedKeys;
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
  /** Records that wait from `#head` on; the earlier ones were passed on. */
  #waiting: Waiting[] = [];
  #head = 0;
  /** Fields of waiting records; a record without an entry has no answer yet. */
  readonly #fields = new Map<number, EnrichedFields | 'unread' | undefined>();
  #requests: { request: RecordRequest; initial: boolean }[] = [];
  #nextId = 0;

  constructor({ outbox, reader, keys, sleep }: EnrichingOutboxOptions) {
    this.#outbox = outbox;
    this.#reader = reader;
    this.#sleep = sleep;
    this.#keys = keys;
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

  put(record: ChurnRecord): void {
    if (isEnrichable(record)) {
      const id = this.#nextId++;
      this.#waiting.push({ record, id });
      this.#requests.push({ request: toRequest(id, record), initial: 'initial' in record });
    } else if (this.#waiting.length > 0) this.#waiting.push({ record, id: undefined });
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

  #sendRequests(nowMs: number): void {
    let remaining = maxEnrichedPerSample;
    const requests: RecordRequest[] = [];
    for (const { request, initial } of this.#requests.toReversed()) {
      // Initial records are not limited: they occur once, and their processes are long-lived.
      if (initial || remaining-- > 0) requests.push(request);
      else this.#fields.set(request.id, undefined);
    }
    this.#requests = [];
    this.#reader.request(requests, nowMs);
  }

  /** Passes on the records up to the first one without an answer. */
  #passOn(nowMs: number): void {
    for (const { id, fields } of this.#reader.answers(nowMs)) this.#fields.set(id, fields);
    while (this.#head < this.#waiting.length) {
      const { record, id } = this.#waiting[this.#head] as Waiting;
      if (id !== undefined && !this.#fields.has(id)) break;
      const fields = id === undefined ? undefined : this.#fields.get(id);
      if (id !== undefined) this.#fields.delete(id);
      this.#head++;
      const added = fields === 'unread' ? this.#unreadFields(record) : fields;
      this.#outbox.put(added ? withFields(record, added) : record);
    }
    if (this.#head < this.#waiting.length && this.#head < maxPassedOn) return;
    this.#waiting = this.#waiting.slice(this.#head);
    this.#head = 0;
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
