import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { buildFolder } from '../build.ts';
import { type Churn, runChurn } from '../generators/churn.ts';
import {
  type OtherName,
  otherNames,
  ownName,
  type Source,
  sources,
  startTool,
  type ToolName,
} from '../tools/tool.ts';
import { sharesBetween } from '../tools/usage.ts';
import { countersOver } from './accounting.ts';
import { measureTurns, turnProcesses, turnsMs } from './floor.ts';

/** A state of the machine in which the CPU usage is measured. */
export type Scene = { name: string; sleepers: number; churn?: Churn; omitWhenQuick?: boolean };

export const scenes: readonly Scene[] = [
  { name: 'quiet, 60 sleeping', sleepers: 60 },
  { name: 'quiet, 5,000 sleeping', sleepers: 5000, omitWhenQuick: true },
  { name: 'exec 5 ms, 50 a second', sleepers: 60, churn: { kind: 'exec', lifetimeMs: 5, rate: 50 } },
];

/** CPU usage of churntop with one source, as shares of one core. */
export type OwnCost = {
  cpu: number;
  sampler: number | undefined;
  /** PIDs allocated meanwhile, which show how quiet the machine was. */
  allocatedPids: number | undefined;
  /** Mean sampling interval as measured, ns; undefined where events are the source. */
  intervalNs?: number | undefined;
  /** The floor: CPU usage of a C loop that only sleeps and reads loadavg, at the same interval. */
  floor?: number | undefined;
  /** CPU usage relative to the floor: the median of the turns. */
  ratio?: number | undefined;
};

/** CPU usage in one scene, as shares of one core. */
export type Cost = {
  scene: string;
  own: ReadonlyMap<Source, OwnCost>;
  others: ReadonlyMap<OtherName, number>;
};

/** Code is compiled, and the sampling interval is stable, after this time. */
const settleMs = 5000;
const settleOthersMs = 3000;
/** After this time, churntop has reported another status. */
const statusMs = 1200;

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

/** Measures churntop alone. Where it polls, it alternates with the floor. */
const measureOwn = async (source: Source, seconds: number, folder: string): Promise<OwnCost> => {
  const churntop = startTool(ownName(source), folder);
  try {
    await delay(settleMs);
    const before = churntop.usage();
    const turns = source === 'proc' ? await measureTurns(churntop, seconds) : undefined;
    if (!turns) await delay(seconds * 1000);
    const after = churntop.usage();
    await delay(statusMs);
    const span = { fromNs: before.atNs, toNs: after.atNs };
    const allocated = countersOver(churntop.report().statuses, span)?.allocatedPids;
    const allocatedPids = allocated && allocated - (turns ? turnProcesses : 0);
    return { ...(turns ?? sharesBetween(before, after)), allocatedPids };
  } finally {
    await churntop.stop();
  }
};

/** Measures the other tools side by side. */
const measureOthers = async (names: readonly OtherName[], seconds: number, folder: string) => {
  const tools = names.map((name) => startTool(name, folder));
  try {
    await delay(settleOthersMs);
    const before = tools.map((tool) => tool.usage());
    await delay(seconds * 1000);
    return new Map(
      names.map((name, index) => [name, sharesBetween(before[index]!, tools[index]!.usage()).cpu]),
    );
  } finally {
    await Promise.all(tools.map((tool) => tool.stop()));
  }
};

/**
 * Measures churntop with each source alone, and then the other tools. Each of them wakes up the cores, and waking up
 * costs the others less while a core is awake.
 */
export const measureCost = async (
  scene: Scene,
  options: { names: readonly ToolName[]; seconds: number; folder: string },
): Promise<Cost> => {
  const { names, seconds, folder } = options;
  const stopSleepers = await startSleepers(scene.sleepers);
  /** Runs the churn of the scene, if it has any, during a measurement. */
  const withChurn = async <T>(durationMs: number, measure: () => Promise<T>): Promise<T> => {
    const run = { seconds: (settleMs + durationMs) / 1000 + 1, prefix: 'cost', folder };
    const [result] = await Promise.all([measure(), scene.churn && runChurn(scene.churn, run)]);
    return result;
  };
  try {
    const own = new Map<Source, OwnCost>();
    for (const source of sources.filter((name) => names.includes(ownName(name)))) {
      const durationMs = (source === 'proc' ? turnsMs(seconds) : seconds * 1000) + statusMs;
      own.set(source, await withChurn(durationMs, () => measureOwn(source, seconds, folder)));
    }
    const othersPresent = otherNames.filter((name) => names.includes(name));
    const others =
      othersPresent.length > 0
        ? await withChurn(seconds * 1000, () => measureOthers(othersPresent, seconds, folder))
        : new Map<OtherName, number>();
    return { scene: scene.name, own, others };
  } finally {
    await stopSleepers();
  }
};
