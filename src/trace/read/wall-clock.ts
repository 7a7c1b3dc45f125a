import type { ClockPair, TraceRecord } from '../../domain/events/record.ts';
import { formatRfc3339, parseRfc3339 } from '../../util/time.ts';

/** What a protocol with 64 bits can hold; in the year 2262. */
const maxNs = 2n ** 63n - 1n;

/** Monotonic times of a trace as wall time, by the newest clock pair read. */
export class WallClock {
  #offsetNs: bigint | undefined;
  /** The last text made, up to its dot: most that follow share the second. */
  #cachedSecond: bigint | undefined;
  #cachedPrefix = '';

  update(record: TraceRecord): void {
    if ('clock' in record) this.#setOffset(record.clock);
  }

  /** ns since the epoch; undefined without a clock pair and for what is no date. */
  toWallNs(monotonicNs: bigint): bigint | undefined {
    if (this.#offsetNs === undefined) return undefined;
    const ns = monotonicNs + this.#offsetNs;
    return ns >= 0n && ns <= maxNs ? ns : undefined;
  }

  /** The same as RFC 3339 in UTC. */
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

  #setOffset({ monotonic_ns, realtime }: ClockPair): void {
    const ns = parseRfc3339(realtime);
    if (ns !== undefined) this.#offsetNs = ns - monotonic_ns;
  }
}
