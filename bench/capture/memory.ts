import { setTimeout as delay } from 'node:timers/promises';
import { startContestant } from './contestant.ts';
import { stir } from './generator.ts';
import { median } from './median.ts';

export type Memory = {
  minutes: number;
  /** Median resident set of the second quarter of the storm and of its last, KiB. */
  fromKiB: number;
  toKiB: number;
};

const warmMs = 2000;
const everyMs = 500;

/**
 * Resident memory over a long storm. The first quarter is not counted: heaps and rings fill, code is compiled.
 */
export const measureMemory = async (minutes: number, folder: string): Promise<Memory> => {
  const churntop = startContestant('churntop');
  try {
    await delay(warmMs);
    const readings: number[] = [];
    const timer = setInterval(() => readings.push(churntop.usage().rssKiB), everyMs);
    const storm = { kind: 'fork', lifeMs: 1, rate: 0 } as const;
    await stir(storm, { seconds: minutes * 60, prefix: 'mem', folder, log: '/dev/null' });
    clearInterval(timer);
    const quarter = Math.floor(readings.length / 4);
    const fromKiB = median(readings.slice(quarter, 2 * quarter)) ?? 0;
    return { minutes, fromKiB, toKiB: median(readings.slice(3 * quarter)) ?? 0 };
  } finally {
    await churntop.stop();
  }
};
