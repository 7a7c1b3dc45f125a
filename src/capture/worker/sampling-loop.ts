import type { SourceStatus } from '../../domain/source/event-source.ts';
import { type Sampler, type SamplerClock, toNs } from '../core/sampler.ts';
import { GapTracker } from './gap-tracker.ts';
import type { IntervalController } from './interval-controller.ts';
import { IntervalStats } from './interval-stats.ts';
import type { Outbox } from './outbox.ts';
import { RecordOrder } from './record-order.ts';

export type SamplingLoopOptions = {
  sampler: Sampler;
  interval: IntervalController;
  outbox: Outbox;
  clock: SamplerClock;
  /** Sleeps for this many ms. @returns false to stop the loop. */
  sleep: (ms: number) => boolean;
  /** Returns the CPU time of this thread since its start, ms. */
  threadCpuMs: () => number;
  onStatus: (status: SourceStatus) => void;
  /** Called before records are delivered, at least every 50 ms. */
  checkClock?: (nowMs: number) => void;
};

const statusIntervalMs = 1000;
/** The first status comes early, because the screen waits for it. */
const firstStatusIntervalMs = 200;
/** Interval of housekeeping while records are queued, and while none are. */
const housekeepingMs = 25;
const idleHousekeepingMs = 50;
/** The thread sleeps for at least this long, ms, even when a sample is late. */
const minSleepMs = 0.01;
/** Late wake-ups are compensated up to this, ms. A longer delay means that the machine is busy. */
const maxLatenessMs = 0.15;

/** Runs the sampling loop until `sleep` returns false: sample, deliver, sleep. */
export const runSamplingLoop = (options: SamplingLoopOptions): void => new SamplingLoop(options).start();

class SamplingLoop {
  readonly #options: SamplingLoopOptions;
  readonly #gaps: GapTracker;
  readonly #order = new RecordOrder();
  readonly #stats = new IntervalStats();
  #samples = 0;
  #housekeepingDueMs = 0;
  #clockDueMs = 0;
  #statusDueMs = 0;
  /** When the last status was reported, and the samples and CPU time until then. */
  #statusMs: number;
  #statusSamples = 0;
  #statusCpuMs: number;
  #statusError: string | undefined;

  constructor(options: SamplingLoopOptions) {
    this.#options = options;
    this.#gaps = new GapTracker(() => options.clock.nowNs());
    this.#statusMs = options.clock.nowMs();
    this.#statusCpuMs = options.threadCpuMs();
    this.#gaps.start(this.#statusMs);
  }

  start(): void {
    const { sampler, interval, outbox, clock, sleep } = this.#options;
    let previousMs = this.#statusMs;
    let wakeMs = this.#statusMs;
    let latenessMs = 0;
    let running = true;
    while (running) {
      const startMs = clock.nowMs();
      if (this.#samples > 0) {
        const elapsedMs = startMs - previousMs;
        this.#stats.add(elapsedMs);
        this.#gaps.recordInterval(startMs, elapsedMs, interval.intervalMs);
        latenessMs += (Math.min(maxLatenessMs, Math.max(0, startMs - wakeMs)) - latenessMs) / 16;
      }
      previousMs = startMs;
      const result = sampler.sample(startMs);
      this.#samples++;
      if (result !== 'idle') interval.recordActivity(startMs);
      const records = this.#order.add(sampler.take(), result === 'backlog', startMs);
      for (const record of records) outbox.put(record);
      const housekeeping = startMs >= this.#housekeepingDueMs;
      if (housekeeping) this.#housekeep(clock.nowMs());
      else if (records.length > 0) this.#deliver(clock.nowMs());

      const intervalMs = interval.next(startMs, sampler.walkCostMs);
      // An idle sample is short and takes a constant time. It is compensated as lateness, without reading the clock.
      const isLong = housekeeping || result !== 'idle' || records.length > 0;
      const doneMs = isLong ? clock.nowMs() : startMs;
      const skipSleep = result === 'backlog' && !interval.throttled;
      const sleepMs = skipSleep ? 0 : Math.max(minSleepMs, intervalMs - (doneMs - startMs) - latenessMs);
      wakeMs = doneMs + sleepMs;
      running = sleep(sleepMs);
    }
    this.#finish();
  }

  /** Does the work that is not needed with each sample, because an idle sample should cost little more than its read. */
  #housekeep(nowMs: number): void {
    const { sampler, interval, outbox, threadCpuMs } = this.#options;
    const { missedTasks, lastError } = sampler.counters();
    for (const gap of this.#gaps.take(nowMs, missedTasks)) outbox.put(gap);
    if (nowMs >= this.#clockDueMs) {
      this.#clockDueMs = nowMs + housekeepingMs;
      this.#options.checkClock?.(nowMs);
    }
    if (nowMs >= this.#statusDueMs || lastError !== this.#statusError) this.#reportStatus(nowMs);
    outbox.flush(nowMs);
    if (interval.isCpuDue(nowMs)) interval.recordCpu(nowMs, threadCpuMs());
    this.#housekeepingDueMs = nowMs + (outbox.queued > 0 ? housekeepingMs : idleHousekeepingMs);
  }

  /** Delivers the records of a sample. Most samples of a busy guest have some, so it does nothing else. */
  #deliver(nowMs: number): void {
    this.#options.outbox.flush(nowMs);
    this.#housekeepingDueMs = Math.min(this.#housekeepingDueMs, nowMs + housekeepingMs);
  }

  #reportStatus(nowMs: number): void {
    const { sampler, interval, outbox, threadCpuMs, onStatus } = this.#options;
    const elapsedMs = nowMs - this.#statusMs;
    const cpuMs = threadCpuMs();
    const lifetimeMs = this.#stats.shortestLifetimeMs();
    const { alive: _, ...counters } = sampler.counters();
    onStatus({
      mode: sampler.mode,
      modeReason: sampler.modeReason,
      intervalNs: toNs(interval.intervalMs),
      meanIntervalNs: toNs(elapsedMs / Math.max(1, this.#samples - this.#statusSamples)),
      maxIntervalNs: toNs(this.#stats.maxMs),
      shortestLifetimeNs: lifetimeMs === undefined ? undefined : toNs(lifetimeMs),
      cpuUsage: elapsedMs > 0 ? (cpuMs - this.#statusCpuMs) / elapsedMs : 0,
      meanCpuUsage: interval.meanUsage,
      cpuLimit: interval.meanLimit,
      throttled: interval.throttled,
      ...counters,
      stalls: this.#gaps.stalls,
      droppedRecords: outbox.dropped,
    });
    this.#statusDueMs = nowMs + (this.#samples === 1 ? firstStatusIntervalMs : statusIntervalMs);
    this.#statusMs = nowMs;
    this.#statusSamples = this.#samples;
    this.#statusCpuMs = cpuMs;
    this.#statusError = counters.lastError;
    this.#stats.reset();
  }

  #finish(): void {
    const { sampler, outbox, clock } = this.#options;
    const nowMs = clock.nowMs();
    for (const record of this.#order.take()) outbox.put(record);
    for (const gap of this.#gaps.take(nowMs, sampler.counters(true).missedTasks, true)) outbox.put(gap);
    outbox.close(nowMs);
    sampler.close();
  }
}
