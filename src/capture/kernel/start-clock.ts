import { clockTickNs } from '../../util/time.ts';

/** The kernel takes the start time of a process this long before it sends the fork event, at most. It is 1 to 5 µs. */
const maxForkNs = 20_000n;
/** The boot clock in /proc/uptime has steps of 10 ms, and is read up to this long after the monotonic clock. */
const maxReadDelayNs = 2_000_000n;

/**
 * Computes start ticks from the times of fork events. The boot clock is known only to 10 ms after a suspend. So the
 * difference of the two clocks is an interval, which each start time that is read makes shorter.
 */
export class StartClock {
  #lowestNs = 0n;
  #highestNs = 0n;

  constructor(bootOffsetNs: bigint) {
    this.setBootOffset(bootOffsetNs);
  }

  /** Sets the boot clock minus the monotonic clock, as read from /proc/uptime. 0 is exact. */
  setBootOffset(bootOffsetNs: bigint): void {
    const isExact = bootOffsetNs === 0n;
    this.#lowestNs = bootOffsetNs - maxForkNs - (isExact ? 0n : maxReadDelayNs);
    this.#highestNs = bootOffsetNs + (isExact ? 0n : clockTickNs);
  }

  /** Returns the start ticks of a process that was forked at `timeNs`; undefined if they may be one of two values. */
  ticksAt(timeNs: bigint): number | undefined {
    const ticks = (timeNs + this.#highestNs) / clockTickNs;
    return ticks === (timeNs + this.#lowestNs) / clockTickNs ? Number(ticks) : undefined;
  }

  /** Returns the most likely start ticks. */
  estimateTicks(timeNs: bigint): number {
    return Number((timeNs + (this.#lowestNs + this.#highestNs) / 2n) / clockTickNs);
  }

  /** Returns whether a process that was forked at `timeNs` can have these start ticks, give or take a tick. */
  isPossible(timeNs: bigint, startTicks: number): boolean {
    const ticks = BigInt(startTicks);
    return (
      ticks >= (timeNs + this.#lowestNs) / clockTickNs - 1n &&
      ticks <= (timeNs + this.#highestNs) / clockTickNs + 1n
    );
  }

  /** Shortens the interval by the start ticks that were read of a process forked at `timeNs`. */
  learn(timeNs: bigint, startTicks: number): void {
    const startNs = BigInt(startTicks) * clockTickNs - timeNs;
    const lowestNs = startNs > this.#lowestNs ? startNs : this.#lowestNs;
    const highestNs = startNs + clockTickNs < this.#highestNs ? startNs + clockTickNs : this.#highestNs;
    // The forking thread may have been interrupted before it sent the event.
    if (highestNs - lowestNs < maxForkNs) return;
    this.#lowestNs = lowestNs;
    this.#highestNs = highestNs;
  }
}
