import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { allocatedOver, meanPeriodNs } from './accounting.ts';
import { built } from './build.ts';
import { type Contestant, type ContestantName, startContestant } from './contestant.ts';
import { type Churn, stir } from './generator.ts';
import { median } from './median.ts';
import type { Span } from './observation.ts';
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
  /** CPU of the C loop that only sleeps and reads, as many times a second. */
  floor: number | undefined;
  /** CPU over that of the floor: the median turn. */
  ratio: number | undefined;
  others: Map<ContestantName, number>;
};

const settleMs = 5000;
/** Turns that churntop and the floor take: a machine's mood changes within seconds, and both shall have the same. */
const turns = 5;
/** Until a sampler that stood still has seen that the floor was born, looks as before, and has told of it. */
const resumeMs = 2200;

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

/** It is asked to sleep as long as churntop between two looks, and sleeps longer; its cost is told for as many looks. */
const floorAt = async (intervalNs: number, seconds: number): Promise<number> => {
  const args = [String(intervalNs / 1000), String(seconds)];
  const { stdout } = await promisify(execFile)(join(built, 'floor'), args);
  const floor = JSON.parse(stdout) as { cpu: number; looks: number; seconds: number };
  return (floor.cpu * floor.seconds * 1e9) / (floor.looks * intervalNs);
};

type Turn = { shares: Shares; periodNs: number | undefined; floor: number | undefined };

/** churntop for a while, then, while it stands still, the floor at the rate it kept. */
const takeTurn = async (churntop: Contestant, seconds: number): Promise<Turn> => {
  const before = churntop.usage();
  await delay(seconds * 1000);
  const after = churntop.usage();
  churntop.pause();
  try {
    const span = { fromNs: before.atNs, toNs: after.atNs };
    const periodNs = meanPeriodNs(churntop.report().statuses, span);
    const floor = periodNs === undefined ? undefined : await floorAt(periodNs, seconds);
    return { shares: sharesBetween(before, after), periodNs, floor };
  } finally {
    churntop.resume();
  }
};

const againstFloor = async (seconds: number, folder: string) => {
  const churntop = startContestant('churntop', folder);
  try {
    await delay(settleMs);
    const fromNs = process.hrtime.bigint();
    const taken: Turn[] = [];
    for (let turn = 0; turn < turns; turn++) {
      taken.push(await takeTurn(churntop, seconds / turns));
      await delay(resumeMs);
    }
    const span: Span = { fromNs, toNs: process.hrtime.bigint() };
    const allocated = allocatedOver(churntop.report().statuses, span)?.allocated;
    const middle = (figure: (turn: Turn) => number | undefined) => median(taken.map(figure));
    return {
      churntop: {
        cpu: middle(({ shares }) => shares.cpu) ?? 0,
        sampler: middle(({ shares }) => shares.sampler),
      },
      intervalNs: middle(({ periodNs }) => periodNs),
      // Each turn's floor was one.
      births: allocated === undefined ? undefined : allocated - turns,
      floor: middle(({ floor }) => floor),
      ratio: middle(({ shares, floor }) => (floor ? shares.cpu / floor : undefined)),
    };
  } finally {
    await churntop.stop();
  }
};

/** The others together over a span, settled first. */
const measureOthers = async (names: readonly ContestantName[], seconds: number, folder: string) => {
  const contestants = names.map((name) => startContestant(name, folder));
  try {
    await delay(settleMs);
    const before = contestants.map((contestant) => contestant.usage());
    await delay(seconds * 1000);
    return new Map(
      contestants.map((other, at) => [other.name, sharesBetween(before[at]!, other.usage()).cpu]),
    );
  } finally {
    await Promise.all(contestants.map((contestant) => contestant.stop()));
  }
};

/**
 * churntop in turns with the floor, each alone, then the others: each wakes the cores, and a core that is awake makes
 * the others' waking look cheap.
 */
export const measureCost = async (
  scene: Scene,
  options: { names: readonly ContestantName[]; seconds: number; folder: string },
): Promise<Cost> => {
  const { seconds, folder } = options;
  const stopSleepers = await startSleepers(scene.sleepers);
  /** While the scene churns, if it does. */
  const during = async <T>(lastsMs: number, work: () => Promise<T>): Promise<T> => {
    const churn = { seconds: (settleMs + lastsMs) / 1000 + 1, prefix: 'cost', folder };
    const [result] = await Promise.all([work(), scene.churn && stir(scene.churn, churn)]);
    return result;
  };
  try {
    const turnsMs = 2 * seconds * 1000 + turns * resumeMs;
    const own = await during(turnsMs, () => againstFloor(seconds, folder));
    const names = options.names.filter((name) => name !== 'churntop');
    const others =
      names.length > 0
        ? await during(seconds * 1000, () => measureOthers(names, seconds, folder))
        : new Map<ContestantName, number>();
    return { scene: scene.name, ...own, others };
  } finally {
    await stopSleepers();
  }
};
