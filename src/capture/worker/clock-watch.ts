import { type ClockOffsets, isClockStep } from '../../domain/source/wall-clock.ts';

export type ClockWatchOptions = {
  /** CLOCK_MONOTONIC, ns. */
  nowNs: () => bigint;
  /** The wall clock, ns since the epoch. */
  wallNs: () => bigint;
  /** Reads the boot clock minus a monotonic time, ns. */
  readBootOffsetNs: (nowNs: bigint) => bigint;
  /** The offsets at the start. */
  wallOffsetNs: bigint;
  bootOffsetNs: bigint;
};

/**
 * Interval between reads of the boot clock. It is also read when the wall clock was set, because a suspend changes
 * both.
 */
const bootIntervalMs = 1000;
/** The boot clock is read in steps of 10 ms. */
const minBootStepNs = 50_000_000n;
/** A measurement that takes longer is discarded: the thread was interrupted between the two clocks. */
const maxMeasureNs = 5_000_000n;

/**
 * Detects changes of the offsets between the clocks: the wall clock was set, the machine was suspended, or a virtual
 * machine was resumed from a snapshot.
 */
export class ClockWatch {
  readonly #options: ClockWatchOptions;
  #wallOffsetNs: bigint;
  #bootOffsetNs: bigint;
  #bootDueMs = Number.NEGATIVE_INFINITY;

  constructor(options: ClockWatchOptions) {
    this.#options = options;
    this.#wallOffsetNs = options.wallOffsetNs;
    this.#bootOffsetNs = options.bootOffsetNs;
  }

  /** Returns the new offsets if they have changed since the last call. */
  check(nowMs: number): ClockOffsets | undefined {
    const { nowNs, wallNs } = this.#options;
    const fromNs = nowNs();
    const wallOffsetNs = wallNs() - fromNs;
    if (nowNs() - fromNs > maxMeasureNs) return undefined;
    const isWallStep = isClockStep(this.#wallOffsetNs, wallOffsetNs);
    const isBootStep = (isWallStep || nowMs >= this.#bootDueMs) && this.#readBoot(nowMs);
    if (isWallStep) this.#wallOffsetNs = wallOffsetNs;
    if (!isWallStep && !isBootStep) return undefined;
    return { fromNs, wallOffsetNs: this.#wallOffsetNs, bootOffsetNs: this.#bootOffsetNs };
  }

  /** Returns whether the boot offset has changed. */
  #readBoot(nowMs: number): boolean {
    const { nowNs, readBootOffsetNs } = this.#options;
    const startNs = nowNs();
    const bootOffsetNs = readBootOffsetNs(startNs);
    if (nowNs() - startNs > maxMeasureNs) return false;
    this.#bootDueMs = nowMs + bootIntervalMs;
    const stepNs = bootOffsetNs - this.#bootOffsetNs;
    if (stepNs < minBootStepNs && stepNs > -minBootStepNs) return false;
    this.#bootOffsetNs = bootOffsetNs;
    return true;
  }
}
