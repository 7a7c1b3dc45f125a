import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { buildFolder } from '../build.ts';
import type { Tool } from '../tools/tool.ts';
import { type CpuShares, sharesBetween } from '../tools/usage.ts';
import { measuredIntervalNs } from './accounting.ts';
import { median } from './median.ts';

/** Turns of churntop and the floor. They alternate, because the speed of a machine changes within seconds. */
const turns = 3;
/** After a pause, churntop has handled the exit of the C loop, samples as before, and has reported a status. */
const resumeMs = 2200;

/** How long `measureTurns` takes, ms. */
export const turnsMs = (seconds: number): number => 2 * seconds * 1000 + turns * resumeMs;

/** The number of processes that `measureTurns` starts. */
export const turnProcesses = turns;

/**
 * Runs the C loop. It sleeps for the given interval, so its real interval is longer. Its CPU usage is converted to
 * the given interval.
 */
const measureFloor = async (intervalNs: number, seconds: number): Promise<number> => {
  const args = [String(intervalNs / 1000), String(seconds)];
  const { stdout } = await promisify(execFile)(join(buildFolder, 'floor'), args);
  const loop = JSON.parse(stdout) as { cpu: number; reads: number; seconds: number };
  return (loop.cpu * loop.seconds * 1e9) / (loop.reads * intervalNs);
};

type Turn = { shares: CpuShares; intervalNs: number | undefined; floor: number | undefined };

/** Measures churntop for a while, then the floor at the same interval, while churntop is paused. */
const runTurn = async (churntop: Tool, seconds: number): Promise<Turn> => {
  const before = churntop.usage();
  await delay(seconds * 1000);
  const after = churntop.usage();
  churntop.pause();
  try {
    const span = { fromNs: before.atNs, toNs: after.atNs };
    const intervalNs = measuredIntervalNs(churntop.report().statuses, span);
    const floor = intervalNs === undefined ? undefined : await measureFloor(intervalNs, seconds);
    return { shares: sharesBetween(before, after), intervalNs, floor };
  } finally {
    churntop.resume();
  }
};

/** Measures churntop and the floor in turns. */
export const measureTurns = async (churntop: Tool, seconds: number) => {
  const results: Turn[] = [];
  for (let turn = 0; turn < turns; turn++) {
    results.push(await runTurn(churntop, seconds / turns));
    await delay(resumeMs);
  }
  const medianOf = (figure: (turn: Turn) => number | undefined) => median(results.map(figure));
  return {
    cpu: medianOf(({ shares }) => shares.cpu) ?? 0,
    sampler: medianOf(({ shares }) => shares.sampler),
    intervalNs: medianOf(({ intervalNs }) => intervalNs),
    floor: medianOf(({ floor }) => floor),
    ratio: medianOf(({ shares, floor }) => (floor ? shares.cpu / floor : undefined)),
  };
};
