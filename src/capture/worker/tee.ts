import type { MessagePort } from 'node:worker_threads';
import { type ChurnRecord, isProbeEvent, type NoteRecord } from '../../domain/events/event.ts';
import { type EnrichedKeys, recordedPart } from '../../domain/events/recorded-fields.ts';
import { ActiveAlerts } from '../../domain/processes/active-alerts.ts';
import { LiveRecords } from '../../domain/processes/live-records.ts';
import type { SourceStatus } from '../../domain/source/event-source.ts';
import type { ClockOffsets } from '../../domain/source/wall-clock.ts';
import type { SamplerMessage } from '../core/protocol.ts';
import { BatchOutbox, type Outbox } from './outbox.ts';

/**
 * A second receiver, on a thread of its own. `acked` is a shared counter of the batches that it has
 * received.
 */
export type Subscriber = { port: MessagePort; acked: Int32Array };

/** A message from the main thread to the sampling thread. */
export type ControlMessage =
  /** Replaces the subscriber; undefined removes it. */
  | { type: 'setSubscriber'; subscriber: Subscriber | undefined }
  /** Inserts a note into the records of all receivers. */
  | { type: 'note'; note: NoteRecord }
  /** Adds a thread that reads arguments and control groups. */
  | { type: 'reader'; port: MessagePort };

export type TeeOptions = {
  /** The outbox of the main thread. */
  mainOutbox: Outbox;
  /** Returns the oldest unread control message. Called with each flush. */
  nextControlMessage: () => ControlMessage | undefined;
  /** Called for each reader thread that is added. */
  addReader?: (port: MessagePort) => void;
  nowNs: () => bigint;
  /** The additional fields that the subscriber receives. */
  recorded: EnrichedKeys;
};

/**
 * Sends records to the main thread and to a subscriber. Each has its own queue and drops its own records, so a stalled
 * main thread does not affect a recording. A subscriber starts with the live processes and the active alerts.
 */
export class Tee implements Outbox {
  readonly #mainOutbox: Outbox;
  readonly #nextControlMessage: () => ControlMessage | undefined;
  readonly #addReader: (port: MessagePort) => void;
  readonly #nowNs: () => bigint;
  readonly #recorded: EnrichedKeys;
  readonly #live = new LiveRecords(Number.POSITIVE_INFINITY);
  readonly #alerts = new ActiveAlerts();
  #subscriber: Subscriber | undefined;
  #subscriberOutbox: Outbox | undefined;
  #latestStatus: SourceStatus | undefined;
  #latestClock: ClockOffsets | undefined;

  constructor({ mainOutbox, nextControlMessage, addReader = () => {}, nowNs, recorded }: TeeOptions) {
    this.#recorded = recorded;
    this.#addReader = addReader;
    this.#mainOutbox = mainOutbox;
    this.#nextControlMessage = nextControlMessage;
    this.#nowNs = nowNs;
  }

  get dropped(): number {
    return this.#mainOutbox.dropped;
  }

  get queued(): number {
    return this.#mainOutbox.queued + (this.#subscriberOutbox?.queued ?? 0);
  }

  put(record: ChurnRecord): void {
    this.#mainOutbox.put(record);
    // Only the main thread receives the fields that are read for the screen.
    const recorded = recordedPart(record, this.#recorded);
    this.#subscriberOutbox?.put(recorded);
    if (recorded.probe_source === 'process.exited')
      this.#alerts.countExit(recorded.guest_comm, this.#live.get(recorded.guest_pid)?.guest_ppid);
    if (isProbeEvent(recorded)) this.#live.apply(recorded);
    else if (recorded.probe_source === 'trace.alert') this.#alerts.apply(recorded);
  }

  flush(nowMs: number): void {
    const message = this.#nextControlMessage();
    if (message) this.#handleControl(message, nowMs);
    const queuedBefore = this.#mainOutbox.queued;
    this.#mainOutbox.flush(nowMs);
    // At most one batch per flush, because posting delays the next sample.
    if (this.#mainOutbox.queued >= queuedBefore) this.#subscriberOutbox?.flush(nowMs);
  }

  close(nowMs: number): void {
    // A note may have been sent just before the stop.
    for (let message = this.#nextControlMessage(); message; message = this.#nextControlMessage())
      this.#handleControl(message, nowMs);
    this.#mainOutbox.close(nowMs);
    this.#detach(nowMs);
  }

  /** Sends a status to the subscriber, and keeps it for later subscribers. */
  postStatus(status: SourceStatus): void {
    this.#latestStatus = status;
    this.#post({ type: 'status', status });
  }

  /** Sends a change of the clocks to the subscriber, and keeps it for later subscribers. */
  postClock(offsets: ClockOffsets): void {
    this.#latestClock = offsets;
    this.#post({ type: 'clock', offsets });
  }

  #handleControl(message: ControlMessage, nowMs: number): void {
    if (message.type === 'setSubscriber') this.#attach(message.subscriber, nowMs);
    else if (message.type === 'reader') this.#addReader(message.port);
    else this.put(message.note);
  }

  #attach(next: Subscriber | undefined, nowMs: number): void {
    this.#detach(nowMs);
    this.#subscriber = next;
    if (!next) return;
    const outbox = new BatchOutbox({
      post: (batch) => this.#post({ type: 'batch', batch }),
      ackedBatches: () => Atomics.load(next.acked, 0),
      nowNs: this.#nowNs,
    });
    this.#subscriberOutbox = outbox;
    if (this.#latestClock) this.#post({ type: 'clock', offsets: this.#latestClock });
    if (this.#latestStatus) this.#post({ type: 'status', status: this.#latestStatus });
    if (this.#live.size > 0)
      for (const record of this.#live.snapshotRecords(this.#nowNs())) outbox.put(record);
    for (const alert of this.#alerts.snapshotRecords(this.#nowNs())) outbox.put(alert);
  }

  /** Sends the subscriber its remaining records, then `detached`. */
  #detach(nowMs: number): void {
    this.#subscriberOutbox?.close(nowMs);
    this.#post({ type: 'detached' });
    this.#subscriberOutbox = undefined;
    this.#subscriber = undefined;
  }

  #post(message: SamplerMessage): void {
    this.#subscriber?.port.postMessage(message);
  }
}
