import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { unprivileged } from './contestant.ts';
import { stir } from './generator.ts';
import { usageOf } from './usage.ts';

export type Memory = {
  minutes: number;
  /** Mean resident set of the second quarter of the storm and of its last, KiB. */
  fromKiB: number;
  toKiB: number;
};

const mean = (values: readonly number[]): number =>
  Math.round(values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length));

const warmMs = 2000;
const everyMs = 500;

/** The program as it is shipped, streaming to nobody. */
const startStream = () => {
  const [program = '', ...args] = unprivileged([process.execPath, resolve('bin/churntop.js'), '--ndjson']);
  // The caller's settings are not to be measured, nor may an ordinary user read root's.
  const env = { ...process.env, XDG_CONFIG_HOME: '/nonexistent' };
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'inherit'], env });
  const exited = once(child, 'exit');
  return {
    rssKiB: () => usageOf(child.pid!).rssKiB,
    async stop() {
      child.kill('SIGTERM');
      await exited;
    },
  };
};

/**
 * Resident memory over a long storm. The first quarter is not counted: heaps and rings fill, code is compiled. Means, as a
 * collected heap goes up and down like a saw, by several MiB.
 */
export const measureMemory = async (minutes: number, folder: string): Promise<Memory> => {
  const churntop = startStream();
  try {
    await delay(warmMs);
    const readings: number[] = [];
    const timer = setInterval(() => readings.push(churntop.rssKiB()), everyMs);
    const storm = { kind: 'fork', lifeMs: 1, rate: 0 } as const;
    try {
      await stir(storm, { seconds: minutes * 60, prefix: 'mem', folder, log: '/dev/null' });
    } finally {
      clearInterval(timer);
    }
    const quarter = Math.floor(readings.length / 4);
    const fromKiB = mean(readings.slice(quarter, 2 * quarter));
    return { minutes, fromKiB, toKiB: mean(readings.slice(3 * quarter)) };
  } finally {
    await churntop.stop();
  }
};
