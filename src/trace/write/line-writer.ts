import type { Writable } from 'node:stream';
import type { GapRecord } from '../../domain/events/event.ts';

/** Maximum number of bytes buffered for a slow reader. Lines beyond it are dropped and counted. */
const maxBufferedBytes = 4 << 20;
/** Maximum time to wait at the end for a slow reader. */
const flushTimeoutMs = 500;

/**
 * Writes lines to a stream whose reader may be slow or closed. While more than 4 MiB are buffered, batches are dropped
 * and counted. Once there is room, a gap record reports the count.
 */
export class LineWriter {
  readonly #out: Writable;
  #dropped = 0;
  #unreportedDrops = 0;
  #lastGapNs = 0n;
  #closed = false;

  /** `onClosed` is called once: without an error when the reader has closed the stream, else with the write error. */
  constructor(out: Writable, onClosed: (error?: Error) => void) {
    this.#out = out;
    out.on('error', (error: NodeJS.ErrnoException) => {
      if (this.#closed) return;
      this.#closed = true;
      // A closed pipe (`| head`) and a closed terminal are not errors.
      onClosed(error.code === 'EPIPE' || error.code === 'EIO' ? undefined : error);
    });
  }

  /** Number of dropped records. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Writes a batch of records. `compose` is called only if there is room, so that dropped records use no `seq`. */
  write(recordCount: number, compose: () => string): void {
    if (this.#closed) return;
    if (this.#out.writableLength > maxBufferedBytes) {
      this.#dropped += recordCount;
      this.#unreportedDrops += recordCount;
      return;
    }
    const lines = compose();
    if (lines !== '') this.#out.write(lines);
  }

  /** Returns a gap for the records dropped since the last call, once there is room for it. */
  takeGap(nowNs: bigint): GapRecord | undefined {
    if (this.#unreportedDrops > 0 && this.#out.writableLength > maxBufferedBytes) return undefined;
    const events = this.#unreportedDrops;
    const fromNs = this.#lastGapNs;
    this.#unreportedDrops = 0;
    this.#lastGapNs = nowNs;
    if (events === 0) return undefined;
    return {
      probe_source: 'trace.gap',
      reason: 'dropped',
      events,
      from_monotonic_ns: fromNs,
      to_monotonic_ns: nowNs,
    };
  }

  /** Resolves when all lines are written, when the stream is closed, or after 500 ms. */
  async flush(): Promise<void> {
    if (this.#closed || this.#out.writableLength === 0) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, flushTimeoutMs);
      this.#out.write('', () => {
        clearTimeout(timer);
        resolve();
      });
    });
  }
}
