import type { SourceStatus } from '../../domain/source/event-source.ts';
import { type Sampler, type SamplerClock, toNs } from '../core/sampler.ts';
import { createGapRecorder } from './gap-recorder.ts';
import type { IntervalController } from './interval-controller.ts';
import { createIntervalStats } from './interval-stats.ts';
import type { Outbox } from './outbox.ts';
export type SamplingLoopOptions = {
  sampler: Sampler;
  pace: IntervalController;
  outbox: Outbox;
  clock: SamplerClock;
  /** Wait this many ms; false means: stop. */
  sleep: (ms: number) => boolean;
  /** Own CPU time so far, ms. */
  cpu: () => number;
  onStatus: (status: SourceStatus) => void;
};

const statusIntervalMs = 1000;
/** While records wait to be posted, and while none do. */
const housekeepingMs = 25;
const idleHousekeepingMs = 50;
/** Even a late look leaves the core for a moment. */
const minSleepMs = 0.01;
/** The first status is for a screen that waits; it need not wait a second for figures. */
const firstStatusIntervalMs = 200;
/** Waking and a look that finds nothing take so much longer than asked, at most; more is a busy machine, and not to be made up for. */
const maxLatenessMs = 0.15;

/** The sampling loop: look, deliver, sleep, until `sleep` says stop. */
export const runSamplingLoop = ({
  sampler,
  pace,
  outbox,
  clock,
  sleep,
  cpu,
  onStatus,
}: SamplingLoopOptions): void => {
  const gaps = createGapRecorder(clock.now);
  const lookGaps = createIntervalStats();
  let looks = 0;
  const startedMs = clock.ms();
  let previousMs = startedMs;
  let wakeMs = startedMs;
  let choresMs = 0;
  let lateMs = 0;
  let statusMsDue = 0;
  let statusAtMs = startedMs;
  let statusLooks = 0;
  let statusCpuMs = cpu();
  let trouble: string | undefined;
  let going = true;
  gaps.start(startedMs);

  const status = (nowMs: number) => {
    const spanMs = nowMs - statusAtMs;
    const cpuMs = cpu();
    const life = lookGaps.shortestLifetimeMs();
    const { mode, why: modeReason } = sampler;
    const { alive: _, ...report } = sampler.counters();
    onStatus({
      mode,
      modeReason,
      intervalNs: toNs(pace.intervalMs()),
      meanIntervalNs: toNs(spanMs / Math.max(1, looks - statusLooks)),
      maxIntervalNs: toNs(lookGaps.longestMs()),
      shortestLifetimeNs: life === undefined ? undefined : toNs(life),
      cpuUsage: spanMs > 0 ? (cpuMs - statusCpuMs) / spanMs : 0,
      cpuLimit: pace.budget(nowMs),
      throttled: pace.throttled(),
      ...report,
      stalls: gaps.stalls(),
      droppedRecords: outbox.dropped(),
    });
    statusMsDue = nowMs + (looks === 1 ? firstStatusIntervalMs : statusIntervalMs);
    statusAtMs = nowMs;
    statusLooks = looks;
    statusCpuMs = cpuMs;
    lookGaps.reset();
    trouble = report.lastError;
  };

  /** What need not be done at every look: a look that finds nothing should cost little more than its read. */
  const chores = (nowMs: number) => {
    const report = sampler.counters();
    for (const gap of gaps.take(nowMs, report.missedTasks)) outbox.put(gap);
    if (nowMs >= statusMsDue || report.lastError !== trouble) status(nowMs);
    outbox.flush(nowMs);
    if (pace.cpuDue(nowMs)) pace.recordCpu(nowMs, cpu());
    choresMs = nowMs + (outbox.held() > 0 ? housekeepingMs : idleHousekeepingMs);
  };

  while (going) {
    const startMs = clock.ms();
    if (looks > 0) {
      const elapsedMs = startMs - previousMs;
      lookGaps.add(elapsedMs);
      gaps.recordInterval(startMs, elapsedMs, pace.intervalMs());
      lateMs += (Math.min(maxLatenessMs, Math.max(0, startMs - wakeMs)) - lateMs) / 16;
    }
    previousMs = startMs;
    const look = sampler.sample(startMs);
    looks++;
    if (look !== 'quiet') pace.activity(startMs);
    const records = sampler.take();
    for (const record of records) outbox.put(record);
    const choring = startMs >= choresMs || records.length > 0;
    if (choring) chores(clock.ms());

    const intervalMs = pace.next(startMs, sampler.walkCostMs);
    // A quiet look is short and always takes the same: the clock need not be asked again, it counts as waking late.
    const doneMs = choring || look !== 'quiet' ? clock.ms() : startMs;
    const hurry = look === 'behind' && !pace.throttled();
    const waitMs = hurry ? 0 : Math.max(minSleepMs, intervalMs - (doneMs - startMs) - lateMs);
    wakeMs = doneMs + waitMs;
    going = sleep(waitMs);
  }
  const endMs = clock.ms();
  for (const gap of gaps.take(endMs, sampler.counters().missedTasks, true)) outbox.put(gap);
  outbox.close(endMs);
  sampler.close();
};
