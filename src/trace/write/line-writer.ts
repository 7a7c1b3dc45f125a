import type { Writable } from 'node:stream';
import type { GapRecord } from '../../domain/events/event.ts';

/** Held for a slow reader, in bytes; what comes on top is dropped and counted. */
const maxBufferedBytes = 4 << 20;
/** An orderly end waits this long for a reader that does not read. */
const flushTimeoutMs = 500;

/**
 * Whole lines to a stream whose reader may be slow or gone. Memory stays bounded: while the stream holds more than
 * `limit`, deliveries are dropped whole and counted, and the count becomes a gap record once there is room.
 */
export class LineWriter {
  readonly #out: Writable;
  #dropped = 0;
  #unreportedDrops = 0;
  #lastGapNs = 0n;
  #closed = false;

  /** `onClosed` is called once, when the reader has gone away (no error) or writing failed. */
  constructor(out: Writable, onClosed: (error?: Error) => void) {
    this.#out = out;
    out.on('error', (error: NodeJS.ErrnoException) => {
      if (this.#closed) return;
      this.#closed = true;
      // A reader that left (`| head`) is a quiet end, and so is a terminal that hung up.
      onClosed(error.code === 'EPIPE' || error.code === 'EIO' ? undefined : error);
    });
  }

  /** Records dropped in all. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Hand over `records` records, made to complete lines only if there is room: what is dropped takes no number. */
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

  /** What was dropped since the last call, as a gap record, once there is room again to say so. */
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

  /** Until all is written, the reader is gone, or it is clear that it does not read. */
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
