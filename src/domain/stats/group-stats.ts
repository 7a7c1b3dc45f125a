import { RateCounter } from '../processes/rate-counter.ts';
import { ExitCounts } from './exit-counts.ts';
import type { Streak } from './loops/restart-loops.ts';
import { QuantileSketch } from './quantile-sketch.ts';
import { TopNames } from './top-names.ts';

/** The PID and comm of a process. An exec changes the comm. */
export type ProcessName = { pid: number; comm: string };

/** Formats a process name, as in `cron[412]`. */
export const formatProcessName = ({ pid, comm }: ProcessName): string => `${comm}[${pid}]`;

/** The counters of one group: processes with the same comm, command, parent, user, unit, container or cgroup. */
export class GroupStats {
  key: string;
  /** Of a parent group: the parent and its ancestors, nearest first. It is completed if a spawn is reported late. */
  lineage: readonly ProcessName[] | undefined;
  /** Of a parent group: the host of its guest, if it is known. */
  readonly host: string | undefined;
  /** Spawns seen, under the current name of each process. */
  spawns = 0;
  execs = 0;
  exits = 0;
  /** Live processes, zombies included. */
  alive = 0;
  zombies = 0;
  maxZombies = 0;
  spawnsPerSecond = new RateCounter();
  /** How long the processes ran. */
  lifetimes = new QuantileSketch();
  /** How long those that were seen as zombies waited to be reaped. */
  zombieTimes = new QuantileSketch();
  exitCounts = new ExitCounts();
  /** Sum of the times that exited processes ran, ns. */
  runNs = 0n;
  /** Sum of their CPU time as last seen, ns: a lower bound. */
  cpuNs = 0n;
  /** CPU time of reaped processes, ns: of a parent, those that it reaped, and their descendants. 0 for other groups. */
  childrenCpuNs = 0n;
  /** Of a comm or command: the comms of the parents. Of other groups: the comms spawned. */
  topNames = new TopNames();
  /** Number of the last event counted here. */
  lastActive = 0;
  /** The group that this one was merged into when it was evicted. */
  mergedInto: GroupStats | undefined;
  /** Of a parent group: the streaks of its children, by comm. */
  streaks: Map<string, Streak> | undefined;

  constructor(key: string, lineage?: readonly ProcessName[], host?: string) {
    this.key = key;
    this.lineage = lineage;
    this.host = host;
  }

  /** Returns a copy without the streaks. */
  clone(): GroupStats {
    const { key, lineage, host, spawnsPerSecond, lifetimes, zombieTimes, exitCounts, topNames } = this;
    const copies = {
      spawnsPerSecond: spawnsPerSecond.clone(),
      lifetimes: lifetimes.clone(),
      zombieTimes: zombieTimes.clone(),
      exitCounts: exitCounts.clone(),
      topNames: topNames.clone(),
      streaks: undefined,
    } satisfies Partial<GroupStats>;
    return Object.assign(new GroupStats(key, lineage, host), this, copies);
  }

  /** Adds the counts of another group. */
  merge(other: GroupStats): void {
    this.spawns += other.spawns;
    this.execs += other.execs;
    this.exits += other.exits;
    this.alive += other.alive;
    this.zombies += other.zombies;
    this.maxZombies = Math.max(this.maxZombies, this.zombies, other.maxZombies);
    this.spawnsPerSecond.merge(other.spawnsPerSecond);
    this.lifetimes.merge(other.lifetimes);
    this.zombieTimes.merge(other.zombieTimes);
    this.exitCounts.merge(other.exitCounts);
    this.runNs += other.runNs;
    this.cpuNs += other.cpuNs;
    this.childrenCpuNs += other.childrenCpuNs;
    this.topNames.merge(other.topNames);
  }
}

/** Counters shared by all evicted groups, which count nothing but are still referenced by processes. */
const emptyStats = {
  spawnsPerSecond: new RateCounter(),
  lifetimes: new QuantileSketch(),
  zombieTimes: new QuantileSketch(),
  exitCounts: new ExitCounts(),
  topNames: new TopNames(),
  streaks: undefined,
} satisfies Partial<GroupStats>;

/** Moves the counts of an evicted group to `target`, which counts for it from now on. */
export const evictInto = (group: GroupStats, target: GroupStats): void => {
  target.merge(group);
  Object.assign(group, emptyStats, { mergedInto: target } satisfies Partial<GroupStats>);
};

/** Returns the group that counts for `group`: itself, or the one that it was merged into. */
export const resolve = (group: GroupStats): GroupStats => {
  let current = group;
  while (current.mergedInto) current = current.mergedInto;
  return current;
};
