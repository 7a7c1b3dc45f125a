import type { SourceStatus } from '../domain/source.ts';
import type { Clock } from './clock.ts';
import { toNs } from './clock.ts';
import { createGaps } from './gaps.ts';
import { createLookGaps } from './look-gaps.ts';
import type { Outbox } from './outbox.ts';
import type { Pace } from './pace.ts';
import type { Sampler } from './sampler.ts';

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
/** The first status is for a screen that waits; it need not wait a second for figures. */
const firstStatusMs = 200;
/** Waking takes the kernel this much longer than asked, at most; more is a busy machine, and not to be made up for. */
const mostOversleepMs = 0.12;

/** The sampling loop: look, deliver, sleep, until `sleep` says stop. */
export const runEngine = ({ sampler, pace, outbox, clock, sleep, cpu, onStatus }: EngineOptions): void => {
  const gaps = createGaps(clock.now);
  const lookGaps = createLookGaps();
  let looks = 0;
  let startMs = clock.ms();
  let previousMs = startMs;
  let oversleepMs = 0;
  let statusMsDue = 0;
  let statusAtMs = startMs;
  let statusLooks = 0;
  let statusCpuMs = cpu();
  let trouble: string | undefined;
  let going = true;
  gaps.begin(startMs);

  const status = (nowMs: number) => {
    const spanMs = nowMs - statusAtMs;
    const cpuMs = cpu();
    const life = lookGaps.lifeSeenMs();
    const { mode, why } = sampler;
    const { alive: _, ...report } = sampler.report();
    onStatus({
      mode,
      why,
      intervalNs: toNs(pace.intervalMs),
      periodNs: toNs(spanMs / Math.max(1, looks - statusLooks)),
      longestNs: toNs(lookGaps.longestMs),
      shortestLifeNs: life === undefined ? undefined : toNs(life),
      cpu: spanMs > 0 ? (cpuMs - statusCpuMs) / spanMs : 0,
      budget: pace.budget(nowMs),
      throttled: pace.throttled,
      ...report,
      stalls: gaps.stalls,
      dropped: outbox.dropped,
    });
    statusMsDue = nowMs + (looks === 1 ? firstStatusMs : statusMs);
    statusAtMs = nowMs;
    statusLooks = looks;
    statusCpuMs = cpuMs;
    lookGaps.reset();
    trouble = report.trouble;
  };

  while (going) {
    startMs = clock.ms();
    if (looks > 0) {
      const elapsedMs = startMs - previousMs;
      lookGaps.add(elapsedMs);
      gaps.looked(startMs, elapsedMs, pace.intervalMs);
    }
    const look = sampler.look();
    looks++;
    const nowMs = clock.ms();
    if (look !== 'quiet') pace.moved(nowMs);
    previousMs = startMs;

    for (const record of sampler.take()) outbox.put(record);
    if (looks === 1 || nowMs >= statusMsDue || outbox.held > 0) {
      const report = sampler.report();
      for (const gap of gaps.due(nowMs, report.unseen)) outbox.put(gap);
      if (looks === 1 || nowMs >= statusMsDue || report.trouble !== trouble) status(nowMs);
    }
    outbox.flush(nowMs);
    if (pace.wantsCpu(nowMs)) pace.spent(nowMs, cpu());

    const intervalMs = pace.next(nowMs, sampler.walkCostMs);
    if (look === 'behind' && !pace.throttled) {
      going = sleep(0);
      continue;
    }
    const waitMs = Math.max(0.01, intervalMs - (clock.ms() - startMs) - oversleepMs);
    const asleepMs = clock.ms();
    going = sleep(waitMs);
    const late = clock.ms() - asleepMs - waitMs;
    oversleepMs += (Math.min(mostOversleepMs, Math.max(0, late)) - oversleepMs) / 16;
  }
  const endMs = clock.ms();
  for (const gap of gaps.due(endMs, sampler.report().unseen, true)) outbox.put(gap);
  outbox.close(endMs);
  sampler.close();
};
