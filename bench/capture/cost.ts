import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { allocatedOver, meanIntervalNs } from './accounting.ts';
import { built } from './build.ts';
import { type ContestantName, startContestant } from './contestant.ts';
import { type Churn, stir } from './generator.ts';
import { type Shares, sharesBetween } from './usage.ts';

/** A state of the machine in which the cost of looking is measured. */
export type Scene = { name: string; sleepers: number; churn?: Churn };

export const scenes: readonly Scene[] = [
  { name: 'quiet, 60 sleeping', sleepers: 60 },
  { name: 'quiet, 5,000 sleeping', sleepers: 5000 },
  { name: 'exec 5 ms, 50 a second', sleepers: 60, churn: { kind: 'exec', lifeMs: 5, rate: 50 } },
];

export type Cost = {
  scene: string;
  churntop: Shares;
  intervalNs: number | undefined;
  /** Numbers handed out meanwhile: quiet is only as quiet as the machine. */
  births: number | undefined;
  /** CPU of the C loop that only sleeps and reads, at that interval. */
  floor: number | undefined;
  others: Map<ContestantName, number>;
};

const settleMs = 5000;

const startSleepers = async (count: number): Promise<() => Promise<void>> => {
  const child = spawn(join(built, 'sleepers'), [String(count), '600'], {
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

const floorAt = async (intervalNs: number, seconds: number): Promise<number> => {
  const args = [String(intervalNs / 1000), String(seconds)];
  const { stdout } = await promisify(execFile)(join(built, 'floor'), args);
  return (JSON.parse(stdout) as { cpu: number }).cpu;
};

/** Some contestants together over a span, settled first. */
const measure = async (names: readonly ContestantName[], seconds: number, folder: string) => {
  const contestants = names.map((name) => startContestant(name, folder));
  try {
    await delay(settleMs);
    const before = contestants.map((contestant) => contestant.usage());
    const fromNs = process.hrtime.bigint();
    await delay(seconds * 1000);
    const shares = contestants.map((contestant, at) => sharesBetween(before[at]!, contestant.usage()));
    return { shares, span: { fromNs, toNs: process.hrtime.bigint() }, contestants };
  } finally {
    await Promise.all(contestants.map((contestant) => contestant.stop()));
  }
};

/**
 * churntop first and alone, then the floor alone at the rate churntop chose, then the others: each wakes the
 * cores, and a core that is awake makes the others' waking look cheap.
 */
export const measureCost = async (
  scene: Scene,
  options: { names: readonly ContestantName[]; seconds: number; folder: string },
): Promise<Cost> => {
  const { seconds, folder } = options;
  const stopSleepers = await startSleepers(scene.sleepers);
  const during = async <T>(work: () => Promise<T>): Promise<T> => {
    const churnSeconds = seconds + settleMs / 1000 + 1;
    const churning = scene.churn && stir(scene.churn, { seconds: churnSeconds, prefix: 'cost', folder });
    const [result] = await Promise.all([work(), churning]);
    return result;
  };
  try {
    const { shares, span, contestants } = await during(() => measure(['churntop'], seconds, folder));
    const { statuses } = contestants[0]!.report();
    const intervalNs = meanIntervalNs(statuses, span);
    const births = allocatedOver(statuses, span)?.allocated;
    const floor = intervalNs === undefined ? undefined : await during(() => floorAt(intervalNs, seconds));
    const names = options.names.filter((name) => name !== 'churntop');
    const rest = names.length > 0 ? (await during(() => measure(names, seconds, folder))).shares : [];
    const others = new Map(names.map((name, at) => [name, rest[at]!.cpu]));
    return { scene: scene.name, churntop: shares[0]!, intervalNs, births, floor, others };
  } finally {
    await stopSleepers();
  }
};
