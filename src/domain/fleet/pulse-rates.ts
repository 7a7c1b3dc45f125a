import type { PulseRecord } from '../events/record.ts';

/** The rates of a guest that sends counters, per second. Undefined before its second pulse. */
export type PulseRates = { spawnRate: number; exitRate: number; failureRate: number };

/** Returns the rates between two pulses; undefined if the counters began anew, or no time has passed. */
export const ratesBetween = (before: PulseRecord | undefined, after: PulseRecord): PulseRates | undefined => {
  if (!before) return undefined;
  const seconds = Number(after.clock.monotonic_ns - before.clock.monotonic_ns) / 1e9;
  const grown = (key: 'spawned' | 'exited' | 'failed') => after[key] - before[key];
  if (seconds <= 0 || grown('spawned') < 0 || grown('exited') < 0) return undefined;
  return {
    spawnRate: grown('spawned') / seconds,
    exitRate: grown('exited') / seconds,
    failureRate: Math.max(0, grown('failed')) / seconds,
  };
};
