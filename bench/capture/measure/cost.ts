import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { buildFolder } from '../build.ts';
import { type Churn, runChurn } from '../generators/churn.ts';
import { startTool, type Tool, type ToolName } from '../tools/tool.ts';
import { type CpuShares, sharesBetween } from '../tools/usage.ts';
import { countersOver, measuredIntervalNs } from './accounting.ts';
import { median } from './median.ts';

/** A state of the machine in which the CPU usage is measured. */
export type Scene = { name: string; sleepers: number; churn?: Churn };

export const scenes: readonly Scene[] = [
  { name: 'quiet, 60 sleeping', sleepers: 60 },
  { name: 'quiet, 5,000 sleeping', sleepers: 5000 },
  { name: 'exec 5 ms, 50 a second', sleepers: 60, churn: { kind: 'exec', lifetimeMs: 5, rate: 50 } },
];

/** CPU usage in one scene, as shares of one core. */
export type Cost = {
  scene: string;
  churntop: CpuShares;
  /** Mean sampling interval as measured, ns. */
  intervalNs: number | undefined;
  /** PIDs allocated meanwhile, which show how quiet the machine was. */
  allocatedPids: number | undefined;
  /** The floor: CPU usage of a C loop that only sleeps and reads loadavg, at the same interval. */
  floor: number | undefined;
  /** CPU usage relative to the floor: the median of the turns. */
  ratio: number | undefined;
  others: Map<ToolName, number>;
};

const settleMs = 5000;
/** Turns of churntop and the floor. They alternate, because the speed of a machine changes within seconds. */
const turns = 5;
/** After a pause, churntop has handled the exit of the C loop, samples as before, and has reported a status. */
const resumeMs = 2200;

const startSleepers = async (count: number): Promise<() => Promise<void>> => {
  const child = spawn(join(buildFolder, 'sleepers'), [String(count), '600'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  await Promise.race([once(child.stdout, 'data'), exited]);
  if (child.exitCode !== null) throw new Error(`cannot start ${count} sleeping processes`);
  return async () => {
    child.stdin.end();
    await exited;
  };
};

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

const measureChurntop = async (seconds: number, folder: string) => {
  const churntop = startTool('churntop', folder);
  try {
    await delay(settleMs);
    const fromNs = process.hrtime.bigint();
    const results: Turn[] = [];
    for (let turn = 0; turn < turns; turn++) {
      results.push(await runTurn(churntop, seconds / turns));
      await delay(resumeMs);
    }
    const span = { fromNs, toNs: process.hrtime.bigint() };
    const allocatedPids = countersOver(churntop.report().statuses, span)?.allocatedPids;
    const medianOf = (figure: (turn: Turn) => number | undefined) => median(results.map(figure));
    return {
      churntop: {
        cpu: medianOf(({ shares }) => shares.cpu) ?? 0,
        sampler: medianOf(({ shares }) => shares.sampler),
      },
      intervalNs: medianOf(({ intervalNs }) => intervalNs),
      // Without the floor process of each turn.
      allocatedPids: allocatedPids === undefined ? undefined : allocatedPids - turns,
      floor: medianOf(({ floor }) => floor),
      ratio: medianOf(({ shares, floor }) => (floor ? shares.cpu / floor : undefined)),
    };
  } finally {
    await churntop.stop();
  }
};

/** Measures the other tools side by side. */
const measureOthers = async (names: readonly ToolName[], seconds: number, folder: string) => {
  const tools = names.map((name) => startTool(name, folder));
  try {
    await delay(settleMs);
    const before = tools.map((tool) => tool.usage());
    await delay(seconds * 1000);
    return new Map(tools.map((tool, index) => [tool.name, sharesBetween(before[index]!, tool.usage()).cpu]));
  } finally {
    await Promise.all(tools.map((tool) => tool.stop()));
  }
};

/**
 * Measures churntop and the floor in turns, each alone, and then the other tools. Each of them wakes up the cores, and
 * waking up costs the others less while a core is awake.
 */
export const measureCost = async (
  scene: Scene,
  options: { names: readonly ToolName[]; seconds: number; folder: string },
): Promise<Cost> => {
  const { seconds, folder } = options;
  const stopSleepers = await startSleepers(scene.sleepers);
  /** Runs the churn of the scene, if it has any, during a measurement. */
  const withChurn = async <T>(durationMs: number, measure: () => Promise<T>): Promise<T> => {
    const run = { seconds: (settleMs + durationMs) / 1000 + 1, prefix: 'cost', folder };
    const [result] = await Promise.all([measure(), scene.churn && runChurn(scene.churn, run)]);
    return result;
  };
  try {
    const turnsMs = 2 * seconds * 1000 + turns * resumeMs;
    const own = await withChurn(turnsMs, () => measureChurntop(seconds, folder));
    const names = options.names.filter((name) => name !== 'churntop');
    const others =
      names.length > 0
        ? await withChurn(seconds * 1000, () => measureOthers(names, seconds, folder))
        : new Map<ToolName, number>();
    return { scene: scene.name, ...own, others };
  } finally {
    await stopSleepers();
  }
};
