import type { SourceStatus } from '../../domain/source/event-source.ts';
import { type SampleResult, type Sampler, type SamplerClock, toNs } from '../core/sampler.ts';
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
  /** Called before records are delivered, at least every 100 ms. */
  checkClock?: (nowMs: number) => void;
};

const statusIntervalMs = 1000;
/** The first status comes early, because the screen waits for it. */
const firstStatusIntervalMs = 200;
/** Interval of housekeeping while records are queued, and while none are. */
const housekeepingMs = 25;
const idleHousekeepingMs = 50;
/** A sampler that waits for events returns at least this often, because the loop then checks whether to stop. */
const maxWaitMs = 100;
/** The thread sleeps for at least this long, ms, even when a sample is late. */
const minSleepMs = 0.01;
/** Late wake-ups are compensated up to this, ms. A longer delay means that the machine is busy. */
const maxLatenessMs = 0.15;

/** A sampler that waits for events has no sampling interval. */
const noIntervals = { intervalNs: 0n, meanIntervalNs: 0n, maxIntervalNs: 0n, shortestLifetimeNs: undefined };

/** Runs the sampling loop until `sleep` returns false: sample, deliver, and sleep or wait for events. */
export const runSamplingLoop = (options: SamplingLoopOptions): void => new SamplingLoop(options).start();

class SamplingLoop {
  readonly #options: SamplingLoopOptions;
  readonly #gaps: GapTracker;
  readonly #order = new RecordOrder();
  readonly #stats = new IntervalStats();
  readonly #idleHousekeepingMs: number;
  #samples = 0;
  /** When the previous sample began, if the loop has slept since: the sampler may have missed something meanwhile. */
  #sleptSinceMs: number | undefined;
  /** When the loop planned to wake up, and by how much it is usually late, ms. */
  #wakeMs = 0;
  #latenessMs = 0;
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
    // A wake-up of an idle core costs 0.3 ms of CPU time.
    this.#idleHousekeepingMs = options.sampler.wait ? maxWaitMs : idleHousekeepingMs;
    this.#gaps = new GapTracker(() => options.clock.nowNs());
    this.#statusMs = options.clock.nowMs();
    this.#statusCpuMs = options.threadCpuMs();
    this.#gaps.start(this.#statusMs);
  }

  start(): void {
    const { sampler, interval, outbox, clock } = this.#options;
    let running = true;
    while (running) {
      const startMs = clock.nowMs();
      this.#recordInterval(startMs);
      const result = sampler.sample(startMs);
      this.#samples++;
      if (result !== 'idle') interval.recordActivity(startMs);
      const records = this.#order.add(sampler.take(), result === 'backlog', startMs);
      for (const record of records) outbox.put(record);
      const housekeeping = startMs >= this.#housekeepingDueMs;
      if (housekeeping) this.#housekeep(clock.nowMs());
      else if (records.length > 0) this.#deliver(clock.nowMs());

      const isLong = housekeeping || records.length > 0;
      running = sampler.wait ? this.#wait(result) : this.#sleep(startMs, result, isLong);
    }
    this.#finish();
  }

  #recordInterval(startMs: number): void {
    if (this.#sleptSinceMs === undefined) return;
    const elapsedMs = startMs - this.#sleptSinceMs;
    this.#stats.add(elapsedMs);
    this.#gaps.recordInterval(startMs, elapsedMs, this.#options.interval.intervalMs);
    const lateMs = Math.min(maxLatenessMs, Math.max(0, startMs - this.#wakeMs));
    this.#latenessMs += (lateMs - this.#latenessMs) / 16;
  }

  /** Waits for events until the next housekeeping. A late wake-up misses nothing, because the events are queued. */
  #wait(result: SampleResult): boolean {
    const { sampler, clock, sleep } = this.#options;
    this.#sleptSinceMs = undefined;
    if (result !== 'backlog')
      sampler.wait?.(Math.min(maxWaitMs, Math.max(0, this.#housekeepingDueMs - clock.nowMs())));
    return sleep(0);
  }

  /** Sleeps until the next sample is due. */
  #sleep(startMs: number, result: SampleResult, isLong: boolean): boolean {
    const { sampler, interval, clock, sleep } = this.#options;
    const intervalMs = interval.next(startMs, sampler.walkCostMs);
    // An idle sample is short and takes a constant time. It is compensated as lateness, without reading the clock.
    const doneMs = isLong || result !== 'idle' ? clock.nowMs() : startMs;
    const skipSleep = result === 'backlog' && !interval.throttled;
    const elapsedMs = doneMs - startMs + this.#latenessMs;
    const sleepMs = skipSleep ? 0 : Math.max(minSleepMs, intervalMs - elapsedMs);
    this.#wakeMs = doneMs + sleepMs;
    this.#sleptSinceMs = startMs;
    return sleep(sleepMs);
  }

  /** Does the work that is not needed with each sample, because an idle sample should cost little more than its read. */
  #housekeep(nowMs: number): void {
    const { sampler, interval, outbox, threadCpuMs } = this.#options;
    const { missedTasks, lostEvents, lastError } = sampler.counters();
    for (const gap of this.#gaps.take(nowMs, { missedTasks, lostEvents })) outbox.put(gap);
    if (nowMs >= this.#clockDueMs) {
      this.#clockDueMs = nowMs + housekeepingMs;
      this.#options.checkClock?.(nowMs);
    }
    if (nowMs >= this.#statusDueMs || lastError !== this.#statusError) this.#reportStatus(nowMs);
    outbox.flush(nowMs);
    // The CPU limit lengthens the sampling interval. Events are taken at once whatever they cost, or they would be lost.
    if (!sampler.wait && interval.isCpuDue(nowMs)) interval.recordCpu(nowMs, threadCpuMs());
    this.#housekeepingDueMs = nowMs + (outbox.queued > 0 ? housekeepingMs : this.#idleHousekeepingMs);
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
    const { alive: _, ...counters } = sampler.counters();
    onStatus({
      mode: sampler.mode,
      modeReason: sampler.modeReason,
      ...(sampler.wait ? noIntervals : this.#intervals(elapsedMs)),
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

  #intervals(elapsedMs: number) {
    const lifetimeMs = this.#stats.shortestLifetimeMs();
    return {
      intervalNs: toNs(this.#options.interval.intervalMs),
      meanIntervalNs: toNs(elapsedMs / Math.max(1, this.#samples - this.#statusSamples)),
      maxIntervalNs: toNs(this.#stats.maxMs),
      shortestLifetimeNs: lifetimeMs === undefined ? undefined : toNs(lifetimeMs),
    };
  }

  #finish(): void {
    const { sampler, outbox, clock } = this.#options;
    const nowMs = clock.nowMs();
    if (sampler.wait) sampler.sample(nowMs);
    const { missedTasks, lostEvents } = sampler.counters(true);
    for (const record of [...this.#order.take(), ...sampler.take()]) outbox.put(record);
    for (const gap of this.#gaps.take(nowMs, { missedTasks, lostEvents, last: true })) outbox.put(gap);
    outbox.close(nowMs);
    sampler.close();
  }
}
