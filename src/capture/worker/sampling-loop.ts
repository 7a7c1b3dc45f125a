import type { SourceStatus } from '../../domain/source/event-source.ts';
import { type Clock, type Sampler, toNs } from '../core/sampler.ts';
import { createGaps } from './gap-recorder.ts';
import type { Pace } from './interval-controller.ts';
import { createLookGaps } from './interval-stats.ts';
import type { Outbox } from './outbox.ts';
export type EngineOptions = {
  sampler: Sampler;
  pace: Pace;
  outbox: Outbox;
  clock: Clock;
  /** Wait this many ms; false means: stop. */
  sleep: (ms: number) => boolean;
  /** Own CPU time so far, ms. */
  cpu: () => number;
  onStatus: (status: SourceStatus) => void;
};

const statusMs = 1000;
/** While records wait to be posted, and while none do. */
const choresEveryMs = 25;
const idleChoresEveryMs = 50;
/** Even a late look leaves the core for a moment. */
const leastWaitMs = 0.01;
/** The first status is for a screen that waits; it need not wait a second for figures. */
const firstStatusMs = 200;
/** Waking and a look that finds nothing take so much longer than asked, at most; more is a busy machine, and not to be made up for. */
const mostLateMs = 0.15;

/** The sampling loop: look, deliver, sleep, until `sleep` says stop. */
export const runEngine = ({ sampler, pace, outbox, clock, sleep, cpu, onStatus }: EngineOptions): void => {
  const gaps = createGaps(clock.now);
  const lookGaps = createLookGaps();
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
  gaps.begin(startedMs);

  const status = (nowMs: number) => {
    const spanMs = nowMs - statusAtMs;
    const cpuMs = cpu();
    const life = lookGaps.lifeSeenMs();
    const { mode, why } = sampler;
    const { alive: _, ...report } = sampler.report();
    onStatus({
      mode,
      why,
      intervalNs: toNs(pace.intervalMs()),
      periodNs: toNs(spanMs / Math.max(1, looks - statusLooks)),
      longestNs: toNs(lookGaps.longestMs()),
      shortestLifeNs: life === undefined ? undefined : toNs(life),
      cpu: spanMs > 0 ? (cpuMs - statusCpuMs) / spanMs : 0,
      budget: pace.budget(nowMs),
      throttled: pace.throttled(),
      ...report,
      stalls: gaps.stalls(),
      dropped: outbox.dropped(),
    });
    statusMsDue = nowMs + (looks === 1 ? firstStatusMs : statusMs);
    statusAtMs = nowMs;
    statusLooks = looks;
    statusCpuMs = cpuMs;
    lookGaps.reset();
    trouble = report.trouble;
  };

  /** What need not be done at every look: a look that finds nothing should cost little more than its read. */
  const chores = (nowMs: number) => {
    const report = sampler.report();
    for (const gap of gaps.due(nowMs, report.unseen)) outbox.put(gap);
    if (nowMs >= statusMsDue || report.trouble !== trouble) status(nowMs);
    outbox.flush(nowMs);
    if (pace.wantsCpu(nowMs)) pace.spent(nowMs, cpu());
    choresMs = nowMs + (outbox.held() > 0 ? choresEveryMs : idleChoresEveryMs);
  };

  while (going) {
    const startMs = clock.ms();
    if (looks > 0) {
      const elapsedMs = startMs - previousMs;
      lookGaps.add(elapsedMs);
      gaps.looked(startMs, elapsedMs, pace.intervalMs());
      lateMs += (Math.min(mostLateMs, Math.max(0, startMs - wakeMs)) - lateMs) / 16;
    }
    previousMs = startMs;
    const look = sampler.look(startMs);
    looks++;
    if (look !== 'quiet') pace.moved(startMs);
    const records = sampler.take();
    for (const record of records) outbox.put(record);
    const choring = startMs >= choresMs || records.length > 0;
    if (choring) chores(clock.ms());

    const intervalMs = pace.next(startMs, sampler.walkCostMs);
    // A quiet look is short and always takes the same: the clock need not be asked again, it counts as waking late.
    const doneMs = choring || look !== 'quiet' ? clock.ms() : startMs;
    const hurry = look === 'behind' && !pace.throttled();
    const waitMs = hurry ? 0 : Math.max(leastWaitMs, intervalMs - (doneMs - startMs) - lateMs);
    wakeMs = doneMs + waitMs;
    going = sleep(waitMs);
  }
  const endMs = clock.ms();
  for (const gap of gaps.due(endMs, sampler.report().unseen, true)) outbox.put(gap);
  outbox.close(endMs);
  sampler.close();
};
