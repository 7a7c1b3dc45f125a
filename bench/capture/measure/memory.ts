import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { runChurn } from '../generators/churn.ts';
import { type Source, unprivileged } from '../tools/tool.ts';
import { readUsage } from '../tools/usage.ts';
import { forkStorm } from './workloads.ts';

/** Resident memory in a storm: the means of two quarters, and the maximum. */
export type Memory = {
  source: Source;
  minutes: number;
  maxKiB: number;
  secondQuarterKiB: number;
  lastQuarterKiB: number;
};

const mean = (values: readonly number[]): number =>
  Math.round(values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length));

const settleMs = 2000;
const readIntervalMs = 500;

/** Starts the built program in NDJSON mode, with its output discarded. */
const startStream = (source: Source) => {
  const command = [process.execPath, resolve('bin/churntop.js'), '--ndjson', '--source', source];
  const [program = '', ...args] = unprivileged(command);
  // Ignores the caller's config file, which an unprivileged user may not be able to read.
  const env = { ...process.env, XDG_CONFIG_HOME: '/nonexistent' };
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'inherit'], env });
  const exited = once(child, 'exit');
  return {
    rssKiB: () => readUsage(child.pid!).rssKiB,
    async stop() {
      child.kill('SIGTERM');
      await exited;
    },
  };
};

/**
 * Measures resident memory over a long storm. The first quarter is ignored, because heaps and buffers still grow. The
 * results are means, because a garbage-collected heap varies by several MiB.
 */
export const measureMemory = async (source: Source, minutes: number, folder: string): Promise<Memory> => {
  const churntop = startStream(source);
  try {
    await delay(settleMs);
    const readings: number[] = [];
    const timer = setInterval(() => readings.push(churntop.rssKiB()), readIntervalMs);
    try {
      await runChurn(forkStorm.churn, { seconds: minutes * 60, prefix: 'mem', folder, log: '/dev/null' });
    } finally {
      clearInterval(timer);
    }
    const quarter = Math.floor(readings.length / 4);
    return {
      source,
      minutes,
      maxKiB: Math.max(...readings),
      secondQuarterKiB: mean(readings.slice(quarter, 2 * quarter)),
      lastQuarterKiB: mean(readings.slice(3 * quarter)),
    };
  } finally {
    await churntop.stop();
  }
};
