import { QuantileSketch } from './quantile-sketch.ts';
import type { Streak } from './restart-loops.ts';
import { SecondCounter } from './second-counter.ts';
import { TopNames } from './top-names.ts';

/** A process by number and name; the name changes with an exec. */
export type ProcessName = { pid: number; comm: string };

/** `cron[412]`. */
export const formatProcessName = ({ pid, comm }: ProcessName): string => `${comm}[${pid}]`;

/** What is counted under one key: a comm, a parent or a user. */
export class GroupStats {
  readonly key: string;
  /** The process and its ancestors, nearest first; only of parents. */
  readonly lineage: readonly ProcessName[] | undefined;
  /** Births seen, under the name that the process bears by now. */
  spawns = 0;
  execs = 0;
  exits = 0;
  /** Zombies among them. */
  alive = 0;
  zombies = 0;
  maxZombies = 0;
  spawnsPerSecond = new SecondCounter();
  lifetimes = new QuantileSketch();
  /** Of a comm its parents' comms; of a parent and a user the comms spawned. */
  topNames = new TopNames();
  /** The number of the event that counted here last: the least of them is the least recently active. */
  lastActive = 0;
  /** Where it went when its key fell out. */
  mergedInto: GroupStats | undefined;
  /** Of a parent: how each comm's lives follow each other. */
  streaks: Map<string, Streak> | undefined;

  constructor(key: string, lineage?: readonly ProcessName[]) {
    this.key = key;
    this.lineage = lineage;
  }

  /** As it is now; without its runs. */
  clone(): GroupStats {
    const { key, lineage, spawnsPerSecond, lifetimes, topNames } = this;
    const own = {
      spawnsPerSecond: spawnsPerSecond.clone(),
      lifetimes: lifetimes.clone(),
      topNames: topNames.clone(),
    };
    return Object.assign(new GroupStats(key, lineage), this, own, { streaks: undefined });
  }

  absorb(other: GroupStats): void {
    this.spawns += other.spawns;
    this.execs += other.execs;
    this.exits += other.exits;
    this.alive += other.alive;
    this.zombies += other.zombies;
    this.maxZombies = Math.max(this.maxZombies, this.zombies, other.maxZombies);
    this.spawnsPerSecond.merge(other.spawnsPerSecond);
    this.lifetimes.merge(other.lifetimes);
    this.topNames.merge(other.topNames);
  }
}

/** Of tallies that count no longer, and are held by their living only. */
const emptyStats = {
  spawnsPerSecond: new SecondCounter(),
  lifetimes: new QuantileSketch(),
  topNames: new TopNames(),
  streaks: undefined,
};

/** Its key has fallen out: all it has counted goes to another, which counts from now on. */
export const evictInto = (tally: GroupStats, into: GroupStats): void => {
  into.absorb(tally);
  Object.assign(tally, emptyStats, { into });
};

/** The tally that counts now: the one itself, or where its key fell. */
export const resolve = (tally: GroupStats): GroupStats => {
  let at = tally;
  while (at.mergedInto) at = at.mergedInto;
  return at;
};
