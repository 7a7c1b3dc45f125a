import type { ClockPair, TraceRecord } from '../../domain/events/record.ts';
import { formatRfc3339, parseRfc3339 } from '../../util/time.ts';

/** The largest time in signed 64 bits, ns. It is in the year 2262. */
const maxNs = 2n ** 63n - 1n;

/** Returns wall clock minus monotonic clock of a clock pair, ns; undefined if its wall time is invalid. */
export const wallOffsetOf = ({ monotonic_ns, realtime }: ClockPair): bigint | undefined => {
  const wallNs = parseRfc3339(realtime);
  return wallNs === undefined ? undefined : wallNs - monotonic_ns;
};

/** Converts monotonic times of a trace to wall time, using the last clock pair. */
export class WallClock {
  #offsetNs: bigint | undefined;
  /** The second of the last result, and its text up to the dot. Consecutive times are mostly in the same second. */
  #cachedSecond: bigint | undefined;
  #cachedPrefix = '';

  /** Applies the clock pair of a record, if it has one. */
  update(record: TraceRecord): void {
    if ('clock' in record) this.#offsetNs = wallOffsetOf(record.clock) ?? this.#offsetNs;
  }

  /** Returns ns since the epoch; undefined without a clock pair or outside 64 bits. */
  toWallNs(monotonicNs: bigint): bigint | undefined {
    if (this.#offsetNs === undefined) return undefined;
    const ns = monotonicNs + this.#offsetNs;
    return ns >= 0n && ns <= maxNs ? ns : undefined;
  }

  /** Returns the wall time as RFC 3339 in UTC; undefined as for `toWallNs`. */
  toRfc3339(monotonicNs: bigint): string | undefined {
    const ns = this.toWallNs(monotonicNs);
    if (ns === undefined) return undefined;
    const second = ns / 1_000_000_000n;
    if (second !== this.#cachedSecond) {
      this.#cachedSecond = second;
      this.#cachedPrefix = formatRfc3339(ns).slice(0, 20);
    }
    return `${this.#cachedPrefix}${String(ns % 1_000_000_000n).padStart(9, '0')}Z`;
  }
}
