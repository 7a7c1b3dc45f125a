import { RateCounter } from '../processes/rate-counter.ts';
import { QuantileSketch } from './quantile-sketch.ts';
import type { Streak } from './restart-loops.ts';
import { TopNames } from './top-names.ts';

/** The PID and comm of a process. An exec changes the comm. */
export type ProcessName = { pid: number; comm: string };

/** Formats a process name, as in `cron[412]`. */
export const formatProcessName = ({ pid, comm }: ProcessName): string => `${comm}[${pid}]`;

/** The counters of one group: processes with the same comm, parent or user. */
export class GroupStats {
  key: string;
  /** Of a parent group: the parent and its ancestors, nearest first. It is completed if a spawn is reported late. */
  lineage: readonly ProcessName[] | undefined;
  /** Spawns seen, under the current name of each process. */
  spawns = 0;
  execs = 0;
  exits = 0;
  /** Live processes, zombies included. */
  alive = 0;
  zombies = 0;
  maxZombies = 0;
  spawnsPerSecond = new RateCounter();
  lifetimes = new QuantileSketch();
  /** Of a comm: the comms of the parents. Of a parent or user: the comms spawned. */
  topNames = new TopNames();
  /** Number of the last event counted here. */
  lastActive = 0;
  /** The group that counts for this one since it was evicted. */
  mergedInto: GroupStats | undefined;
  /** Of a parent group: the streaks of its children, by comm. */
  streaks: Map<string, Streak> | undefined;

  constructor(key: string, lineage?: readonly ProcessName[]) {
    this.key = key;
    this.lineage = lineage;
  }

  /** Returns a copy without the streaks. */
  clone(): GroupStats {
    const { key, lineage, spawnsPerSecond, lifetimes, topNames } = this;
    const copies = {
      spawnsPerSecond: spawnsPerSecond.clone(),
      lifetimes: lifetimes.clone(),
      topNames: topNames.clone(),
      streaks: undefined,
    } satisfies Partial<GroupStats>;
    return Object.assign(new GroupStats(key, lineage), this, copies);
  }

  /** Adds the counts of another group. */
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

/** Counters shared by all evicted groups, which count nothing but are still referenced by their processes. */
const emptyStats = {
  spawnsPerSecond: new RateCounter(),
  lifetimes: new QuantileSketch(),
  topNames: new TopNames(),
  streaks: undefined,
} satisfies Partial<GroupStats>;

/** Moves the counts of an evicted group to `target`, which counts for it from now on. */
export const evictInto = (group: GroupStats, target: GroupStats): void => {
  target.absorb(group);
  Object.assign(group, emptyStats, { mergedInto: target } satisfies Partial<GroupStats>);
};

/** Returns the group that counts for `group`: itself, or the one that it was merged into. */
export const resolve = (group: GroupStats): GroupStats => {
  let current = group;
  while (current.mergedInto) current = current.mergedInto;
  return current;
};
