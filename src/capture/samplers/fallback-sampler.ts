import type { CaptureMode, ChurnRecord } from '../../domain/events/event.ts';
import { recordTimeNs } from '../../domain/events/record.ts';
import { ProcError } from '../../proc/errors.ts';
import type { ObservedProcess } from '../../proc/lifecycle-events.ts';
import type { SampleResult, Sampler, SamplerClock, SamplerCounters } from '../core/sampler.ts';
import { SourceError } from '../core/source.ts';
import { takeOver } from './take-over.ts';

export type FallbackSamplerOptions = {
  first: Sampler;
  /** Opens the sampler that takes over when the first one fails. @throws SourceError if none may */
  openNext: (reason: string) => Sampler;
  clock: SamplerClock;
  /** Boot clock minus monotonic clock, ns. */
  bootOffsetNs: bigint;
};

/** What the first sampler has left: its processes and counters, and when it last worked. */
type Legacy = { processes: Map<number, ObservedProcess>; counters: SamplerCounters; sinceNs: bigint };

/**
 * Samples with one sampler, and with another one after the first has failed. Processes that were already reported are
 * not reported again. A `trace.gap` has the time between the two.
 */
export class FallbackSampler implements Sampler {
  readonly #options: FallbackSamplerOptions;
  #current: Sampler;
  #bootOffsetNs: bigint;
  /** When the first sampler last worked, CLOCK_MONOTONIC ns. */
  #workedNs: bigint;
  #legacy: Legacy | undefined;
  /** Whether the discovery of the second sampler has been compared with the processes of the first. */
  #tookOver = false;
  /** Processes that were spawned while no sampler worked, and found by the second one. */
  #lateSpawns = 0;
  #records: readonly ChurnRecord[] = [];

  constructor(options: FallbackSamplerOptions) {
    this.#options = options;
    this.#current = options.first;
    this.#bootOffsetNs = options.bootOffsetNs;
    this.#workedNs = options.clock.nowNs();
  }

  get mode(): CaptureMode {
    return this.#current.mode;
  }

  get modeReason(): string {
    return this.#current.modeReason;
  }

  get walkCostMs(): number | undefined {
    return this.#current.walkCostMs;
  }

  get wait(): ((ms: number) => void) | undefined {
    return this.#current.wait && this.#wait;
  }

  sample(nowMs: number): SampleResult {
    if (this.#legacy) return this.#current.sample(nowMs);
    try {
      const result = this.#current.sample(nowMs);
      this.#workedNs = this.#options.clock.nowNs();
      return result;
    } catch (error) {
      this.#fallBack(error);
      return this.#current.sample(nowMs);
    }
  }

  take(): readonly ChurnRecord[] {
    const before = this.#records;
    this.#records = [];
    const taken = this.#current.take();
    const legacy = this.#legacy;
    if (!legacy || this.#tookOver) return taken;
    // The discovery of a sampler is complete, and finds at least this program.
    if (taken.length === 0) return before;
    this.#tookOver = true;
    const { sinceNs, processes } = legacy;
    const { records, spawns } = takeOver({
      discovery: taken,
      processes,
      sinceNs,
      nowNs: recordTimeNs(taken[0] as ChurnRecord),
      mode: this.mode,
      bootOffsetNs: this.#bootOffsetNs,
    });
    processes.clear();
    this.#lateSpawns = spawns;
    return [...before, ...records];
  }

  counters(last?: boolean): SamplerCounters {
    if (this.#legacy)
      return addCounters(this.#legacy.counters, this.#current.counters(last), this.#lateSpawns);
    // The end of a capture is too late for another sampler.
    return last ? finalCounters(this.#current) : this.#current.counters();
  }

  setBootOffset(bootOffsetNs: bigint): void {
    this.#bootOffsetNs = bootOffsetNs;
    this.#current.setBootOffset(bootOffsetNs);
  }

  close(): void {
    this.#current.close();
  }

  /** An arrow function, because `wait` returns it. */
  readonly #wait = (ms: number): void => {
    try {
      this.#current.wait?.(ms);
    } catch (error) {
      this.#fallBack(error);
    }
  };

  /** Replaces the first sampler. @throws an error of /proc itself, because the next sampler would fail as well */
  #fallBack(error: unknown): void {
    if (error instanceof ProcError || error instanceof SourceError) throw error;
    const { first, openNext } = this.#options;
    const counters = finalCounters(first);
    const processes = new Map<number, ObservedProcess>();
    for (const process of first.liveProcesses?.() ?? []) processes.set(process.pid, process);
    this.#records = first.take();
    close(first);
    this.#current = openNext((error as Error).message);
    this.#current.setBootOffset(this.#bootOffsetNs);
    this.#legacy = { processes, counters, sinceNs: this.#workedNs };
  }
}

/** Returns the counters of a sampler that has failed. The last ones may need what has failed. */
const finalCounters = (sampler: Sampler): SamplerCounters => {
  try {
    return sampler.counters(true);
  } catch {
    return sampler.counters();
  }
};

const close = (sampler: Sampler): void => {
  try {
    sampler.close();
  } catch {
    // It has failed already.
  }
};

const add = (...numbers: (number | undefined)[]): number | undefined => {
  let sum = 0;
  for (const number of numbers) {
    if (number === undefined) return undefined;
    sum += number;
  }
  return sum;
};

/** Returns the counters since the start of the first sampler. What it left pending is never resolved, so it is missed. */
const addCounters = (
  first: SamplerCounters,
  second: SamplerCounters,
  lateSpawns: number,
): SamplerCounters => ({
  ...second,
  ...(first.lostEvents !== undefined && { lostEvents: first.lostEvents }),
  allocatedPids: add(first.allocatedPids, second.allocatedPids, lateSpawns),
  processesSeen: first.processesSeen + second.processesSeen + lateSpawns,
  threadsSeen: add(first.threadsSeen, second.threadsSeen),
  missedTasks: add(first.missedTasks, first.pendingPids, second.missedTasks),
});
