import { Sketch } from './quantile-sketch.ts';
import type { Run } from './restart-loops.ts';
import { Pulse } from './second-counter.ts';
import { Favourites } from './top-names.ts';

/** A process by number and name; the name changes with an exec. */
export type Name = { pid: number; comm: string };

/** `cron[412]`. */
export const processName = ({ pid, comm }: Name): string => `${comm}[${pid}]`;

/** What is counted under one key: a comm, a parent or a user. */
export class Tally {
  readonly key: string;
  /** The process and its ancestors, nearest first; only of parents. */
  readonly lineage: readonly Name[] | undefined;
  /** Births seen, under the name that the process bears by now. */
  spawns = 0;
  execs = 0;
  exits = 0;
  /** Zombies among them. */
  alive = 0;
  zombies = 0;
  mostZombies = 0;
  births = new Pulse();
  lifetimes = new Sketch();
  /** Of a comm its parents' comms; of a parent and a user the comms spawned. */
  mostly = new Favourites();
  /** The number of the event that counted here last: the least of them is the least recently active. */
  touched = 0;
  /** Where it went when its key fell out. */
  into: Tally | undefined;
  /** Of a parent: how each comm's lives follow each other. */
  runs: Map<string, Run> | undefined;

  constructor(key: string, lineage?: readonly Name[]) {
    this.key = key;
    this.lineage = lineage;
  }

  /** As it is now; without its runs. */
  clone(): Tally {
    const { key, lineage, births, lifetimes, mostly } = this;
    const own = { births: births.clone(), lifetimes: lifetimes.clone(), mostly: mostly.clone() };
    return Object.assign(new Tally(key, lineage), this, own, { runs: undefined });
  }

  absorb(other: Tally): void {
    this.spawns += other.spawns;
    this.execs += other.execs;
    this.exits += other.exits;
    this.alive += other.alive;
    this.zombies += other.zombies;
    this.mostZombies = Math.max(this.mostZombies, this.zombies, other.mostZombies);
    this.births.merge(other.births);
    this.lifetimes.merge(other.lifetimes);
    this.mostly.merge(other.mostly);
  }
}

/** Of tallies that count no longer, and are held by their living only. */
const spent = { births: new Pulse(), lifetimes: new Sketch(), mostly: new Favourites(), runs: undefined };

/** Its key has fallen out: all it has counted goes to another, which counts from now on. */
export const fallInto = (tally: Tally, into: Tally): void => {
  into.absorb(tally);
  Object.assign(tally, spent, { into });
};

/** The tally that counts now: the one itself, or where its key fell. */
export const settled = (tally: Tally): Tally => {
  let at = tally;
  while (at.into) at = at.into;
  return at;
};
