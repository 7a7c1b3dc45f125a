import { type ExitStatus, isFailure } from '../events/exit-status.ts';
import type { FailedExit } from './exit-counts.ts';
import { GroupStats, resolve } from './group-stats.ts';
import { BoundedGroups, type Grouping, unknownKey } from './groups.ts';
import type { IndexedProcess } from './process-index.ts';

/** An exit: how long the process ran, and then was a zombie, ns. Undefined: unknown, or not seen as a zombie. */
export type CountedExit = {
  lifetimeNs: bigint | undefined;
  zombieNs: bigint | undefined;
  exitNs: bigint;
  status: ExitStatus;
};

/** Counts processes in total, and by comm, parent and user. */
export class Counters {
  readonly all = new GroupStats('');
  readonly groups: Readonly<Record<Grouping, BoundedGroups>>;
  readonly #secondOf: (ns: bigint) => number;
  /** Number of the current event, the clock of `GroupStats.lastActive`. */
  #eventNumber = 0;

  /** `secondOf` maps times to seconds of the rate counters. */
  constructor(maxGroups: number, secondOf: (ns: bigint) => number) {
    this.groups = {
      comm: new BoundedGroups(maxGroups),
      parent: new BoundedGroups(maxGroups),
      user: new BoundedGroups(maxGroups),
    };
    this.#secondOf = secondOf;
  }

  nextEvent(): void {
    this.#eventNumber++;
  }

  /** Adds a live process to its groups. */
  add(process: IndexedProcess, counted: boolean): void {
    process.groups = counted ? this.#findGroups(process) : undefined;
    if (!counted) return;
    this.all.alive++;
    for (const group of currentGroups(process)) {
      group.alive++;
      group.lastActive = this.#eventNumber;
    }
    if (!process.initial) this.#addSpawn(process, 1);
    if (process.zombie) this.countZombie(process, 1);
  }

  /** Removes a process from the live ones of its groups. Its events stay counted. */
  remove(process: IndexedProcess): void {
    if (!process.groups) return;
    if (process.zombie) this.countZombie(process, -1);
    this.all.alive--;
    for (const group of currentGroups(process)) group.alive--;
  }

  /** Moves a process and its spawn to other groups. */
  regroup(
    process: IndexedProcess,
    { comm, uid, counted }: { comm: string; uid: number | undefined; counted: boolean },
  ): void {
    this.remove(process);
    if (process.groups && !process.initial) this.#addSpawn(process, -1);
    process.name.comm = comm;
    process.uid = uid;
    this.add(process, counted);
  }

  countExec(process: IndexedProcess): void {
    if (!process.groups) return;
    this.all.execs++;
    for (const group of currentGroups(process)) group.execs++;
  }

  countZombie(process: IndexedProcess, times: 1 | -1): void {
    if (!process.groups) return;
    for (const group of zombieGroups(this.all, process)) {
      group.zombies += times;
      if (group.zombies > group.maxZombies) group.maxZombies = group.zombies;
    }
  }

  /** Counts an exit. If only the exit matches the filter (`life<10ms`), the spawn is not counted. */
  countExit(process: IndexedProcess, exit: CountedExit): void {
    const { zombieNs } = exit;
    process.groups ??= this.#findGroups(process);
    const second = this.#secondOf(exit.exitNs);
    const failedExit = isFailure(exit.status) ? failedExitOf(process, exit) : undefined;
    for (const group of [this.all, ...currentGroups(process)])
      this.#addExit(group, exit, { second, failedExit });
    if (zombieNs === undefined) return;
    for (const group of zombieGroups(this.all, process)) group.zombieTimes.add(zombieNs);
  }

  #addExit(
    group: GroupStats,
    { lifetimeNs, status }: CountedExit,
    { second, failedExit }: { second: number; failedExit: FailedExit | undefined },
  ): void {
    group.exits++;
    group.lastActive = this.#eventNumber;
    if (lifetimeNs !== undefined) group.lifetimes.add(lifetimeNs);
    group.exitCounts.add(status, second, failedExit);
  }

  #addSpawn(process: IndexedProcess, times: 1 | -1): void {
    const second = this.#secondOf(process.spawnNs);
    const [comm, parent, user] = currentGroups(process);
    for (const group of [this.all, comm, parent, user]) {
      group.spawns += times;
      group.spawnsPerSecond.add(second, times);
    }
    comm.topNames.add(process.ancestors?.[0]?.comm ?? unknownKey, times);
    parent.topNames.add(process.name.comm, times);
    user.topNames.add(process.name.comm, times);
  }

  #findGroups({ name, parentGroup, uid }: IndexedProcess): NonNullable<IndexedProcess['groups']> {
    return {
      comm: this.groups.comm.findOrCreate(name.comm),
      parent: parentGroup,
      user: this.groups.user.findOrCreate(uid === undefined ? unknownKey : String(uid)),
    };
  }
}

const failedExitOf = (
  { name, startTicks, ancestors }: IndexedProcess,
  { exitNs, zombieNs = 0n, status }: CountedExit,
): FailedExit => {
  const [parent] = ancestors ?? [];
  return {
    // A zombie failed when it exited, not when it was reaped.
    atNs: exitNs - zombieNs,
    process: { pid: name.pid, startTicks, comm: name.comm },
    status,
    parent: parent && { pid: parent.pid, comm: parent.comm },
  };
};

/** Returns the groups that count a zombie now. Its parent is the one that has to reap it. */
const zombieGroups = (all: GroupStats, { groups, zombieParentGroup }: IndexedProcess): GroupStats[] => {
  const { comm, parent, user } = groups as NonNullable<IndexedProcess['groups']>;
  return [all, comm, user, zombieParentGroup ?? parent].map(resolve);
};

/** Returns the groups that count a process now: comm, parent and user. */
const currentGroups = ({ groups }: IndexedProcess): [GroupStats, GroupStats, GroupStats] => {
  const { comm, parent, user } = groups as NonNullable<IndexedProcess['groups']>;
  return [resolve(comm), resolve(parent), resolve(user)];
};
