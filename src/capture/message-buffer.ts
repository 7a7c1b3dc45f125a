import { type Batch, isProbeEvent } from '../domain/events/event.ts';
import { isLogged } from '../domain/events/record.ts';
import type { SourceListener, SourceStatus } from '../domain/source/event-source.ts';
import { ProcError } from '../proc/errors.ts';
import type { SamplerMessage } from './core/protocol.ts';
import { SourceError } from './core/source.ts';

/** A shorter delay of events is not reported, ns. */
const minReportedDelayNs = 2_000_000_000n;

/** Returns the time of the newest event of a batch; that of the batch if it has none. */
const newestTimeNs = ({ nowNs, records }: Batch): bigint => {
  // Gaps, alerts and CPU times are dated when they are found, however late the events are.
  const newest = records.findLast((record) => isProbeEvent(record) && isLogged(record));
  return newest !== undefined && isProbeEvent(newest) ? newest.guest_monotonic_ns : nowNs;
};

/**
 * Delivers the messages of a sampling thread to a listener, and buffers them until there is one. It keeps only the last
 * of several statuses. Few batches are buffered, because the sampler waits for their acknowledgment.
 */
export class MessageBuffer {
  readonly #acknowledge: () => void;
  #listener: SourceListener | undefined;
  #buffered: SamplerMessage[] = [];
  #error: Error | undefined;
  /** How long after its time the newest event was delivered, ns. */
  #delayNs = 0n;
  readonly #nowNs: () => bigint;
  #settleStart: (error?: Error) => void = () => {};
  /** Resolves with the first message of the thread. Rejects if that is an error. */
  readonly started: Promise<void>;

  /** `acknowledge` is called for each batch that is delivered. `nowNs` returns CLOCK_MONOTONIC. */
  constructor(acknowledge: () => void, nowNs: () => bigint) {
    this.#acknowledge = acknowledge;
    this.#nowNs = nowNs;
    this.started = new Promise((resolve, reject) => {
      this.#settleStart = (error) => (error ? reject(error) : resolve());
    });
    // Without it, an error would count as not handled when nothing waits for the start.
    this.started.catch(() => {});
  }

  put(message: SamplerMessage): void {
    this.#settleStart(message.type === 'failed' ? toError(message) : undefined);
    if (this.#listener) {
      this.#deliver(message, this.#listener);
      return;
    }
    this.#buffered = this.#buffered
      .filter(({ type }) => type !== 'status' || message.type !== 'status')
      .concat(message);
  }

  /** Delivers an error of the thread itself. */
  fail(error: Error): void {
    this.#error = error;
    this.#settleStart(error);
    this.#listener?.onError(error);
  }

  /** Sets the listener, and delivers everything buffered. */
  listen(listener: SourceListener): void {
    this.#listener = listener;
    for (const message of this.#buffered) this.#deliver(message, listener);
    this.#buffered = [];
    if (this.#error) listener.onError(this.#error);
  }

  #deliver(message: SamplerMessage, listener: SourceListener): void {
    if (message.type === 'batch') {
      this.#acknowledge();
      this.#delayNs = this.#nowNs() - newestTimeNs(message.batch);
      listener.onBatch(message.batch);
    } else if (message.type === 'status') listener.onStatus(this.#withDelay(message.status));
    else if (message.type === 'clock') listener.onClock?.(message.offsets);
    else if (message.type === 'failed') listener.onError(toError(message));
  }

  /** Adds the delay of the events, which are read or delivered late while the machine is busy. */
  #withDelay(status: SourceStatus): SourceStatus {
    return this.#delayNs < minReportedDelayNs ? status : { ...status, eventDelayNs: this.#delayNs };
  }
}

/** Restores the error of a failed sampler: an Error loses its class between threads. */
const toError = ({ name, message, path, code }: SamplerMessage & { type: 'failed' }): Error => {
  if (name === 'SourceError') return new SourceError(message);
  return path === undefined ? new Error(message) : new ProcError(message, { path, code });
};
