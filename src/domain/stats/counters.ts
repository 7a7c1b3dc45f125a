import { containerKeyOf, unitKeyOf } from '../cgroups/place-text.ts';
import { type ExitStatus, isFailure, isStatusKnown } from '../events/exit-status.ts';
import type { ChildrenGrowth } from '../processes/children-cpu.ts';
import type { FailedExit } from './exit-counts.ts';
import { GroupStats, resolve } from './group-stats.ts';
import { BoundedGroups, type Grouping, groupings, unknownKey } from './groups.ts';
import type { IndexedProcess } from './process-index.ts';

/** An exit: how long the process ran, and then was a zombie, ns. Undefined: unknown, or not seen as a zombie. */
export type CountedExit = {
  lifetimeNs: bigint | undefined;
  zombieNs: bigint | undefined;
  exitNs: bigint;
  status: ExitStatus;
  /** CPU time as last seen, ns. */
  cpuNs: bigint | undefined;
};

type ProcessGroups = NonNullable<IndexedProcess['groups']>;

/** Maximum number of groups by command, which are more than comms. A group takes several KB. */
const maxCommandGroups = 512;

/** Maximum number of guests that are counted each. */
const maxHosts = 16_384;

/** Counts processes in total, and in one group of each grouping. */
export class Counters {
  readonly all = new GroupStats('');
  readonly groups: Readonly<Record<Grouping, BoundedGroups>>;
  /** Guests, if several are recorded at the same time. */
  readonly hosts: BoundedGroups;
  readonly #secondOf: (ns: bigint) => number;
  /** Number of the current event, the clock of `GroupStats.lastActive`. */
  #eventNumber = 0;

  /** `secondOf` maps times to seconds of the rate counters. */
  constructor(maxGroups: number, secondOf: (ns: bigint) => number) {
    const limitOf = (grouping: Grouping) =>
      grouping === 'command' ? Math.min(maxGroups, maxCommandGroups) : maxGroups;
    this.groups = Object.fromEntries(
      groupings.map((grouping) => [grouping, new BoundedGroups(limitOf(grouping))]),
    ) as Record<Grouping, BoundedGroups>;
    this.hosts = new BoundedGroups(maxHosts);
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
    {
      comm = process.name.comm,
      command = process.command,
      uid = process.uid,
      cgroup = process.cgroup,
      counted,
    }: {
      comm?: string;
      command?: string;
      uid?: number | undefined;
      cgroup?: string | undefined;
      counted: boolean;
    },
  ): void {
    this.remove(process);
    if (process.groups && !process.initial) this.#addSpawn(process, -1);
    process.name.comm = comm;
    process.command = command;
    process.uid = uid;
    process.cgroup = cgroup;
    this.add(process, counted);
  }

  countExec(process: IndexedProcess): void {
    if (!process.groups) return;
    this.all.execs++;
    for (const group of currentGroups(process)) group.execs++;
  }

  /** Counts the CPU time of the children of a parent, whose group is given. `newNs` was not counted at another parent. */
  countChildrenCpu(group: GroupStats, { growthNs, newNs }: ChildrenGrowth): void {
    resolve(group).childrenCpuNs += growthNs;
    this.all.childrenCpuNs += newNs;
  }

  countZombie(process: IndexedProcess, times: 1 | -1): void {
    if (!process.groups) return;
    for (const group of zombieGroups(this.all, process)) {
      group.zombies += times;
      if (group.zombies > group.maxZombies) group.maxZombies = group.zombies;
    }
  }

  /** Counts the status of a process that became a zombie, because its parent may never reap it. */
  countZombieStatus(process: IndexedProcess, exit: Pick<CountedExit, 'exitNs' | 'status'>): void {
    if (!process.groups || process.statusCounted || !isStatusKnown(exit.status)) return;
    process.statusCounted = true;
    const failedExit = isFailure(exit.status) ? failedExitOf(process, exit) : undefined;
    for (const group of [this.all, ...currentGroups(process)])
      group.exitCounts.add(exit.status, this.#secondOf(exit.exitNs), failedExit);
  }

  /** Counts an exit. If only the exit matches the filter (`life<10ms`), the spawn is not counted. */
  countExit(process: IndexedProcess, exit: CountedExit): void {
    const { zombieNs } = exit;
    process.groups ??= this.#findGroups(process);
    const second = this.#secondOf(exit.exitNs);
    const failedExit = isFailure(exit.status) ? failedExitOf(process, exit) : undefined;
    const counted = process.statusCounted ? { ...exit, status: {} } : exit;
    for (const group of [this.all, ...currentGroups(process)])
      this.#addExit(group, counted, { second, failedExit });
    if (zombieNs === undefined) return;
    for (const group of zombieGroups(this.all, process)) group.zombieTimes.add(zombieNs);
  }

  #addExit(
    group: GroupStats,
    { lifetimeNs, status, cpuNs = 0n }: CountedExit,
    { second, failedExit }: { second: number; failedExit: FailedExit | undefined },
  ): void {
    group.exits++;
    group.lastActive = this.#eventNumber;
    if (lifetimeNs !== undefined) group.lifetimes.add(lifetimeNs);
    if (lifetimeNs !== undefined && lifetimeNs > 0n) group.runNs += lifetimeNs;
    group.cpuNs += cpuNs;
    group.exitCounts.add(status, second, failedExit);
  }

  #addSpawn(process: IndexedProcess, times: 1 | -1): void {
    const second = this.#secondOf(process.spawnNs);
    this.#addSpawnTo(this.all, second, times);
    const parentComm = process.ancestors?.[0]?.comm ?? unknownKey;
    for (const grouping of groupings) {
      const group = resolve((process.groups as ProcessGroups)[grouping]);
      this.#addSpawnTo(group, second, times);
      group.topNames.add(
        grouping === 'comm' || grouping === 'command' ? parentComm : process.name.comm,
        times,
      );
    }
    if (!process.hostGroup) return;
    const hostGroup = resolve(process.hostGroup);
    this.#addSpawnTo(hostGroup, second, times);
    hostGroup.topNames.add(process.name.comm, times);
  }

  #addSpawnTo(group: GroupStats, second: number, times: 1 | -1): void {
    group.spawns += times;
    group.spawnsPerSecond.add(second, times);
  }

  #findGroups({ name, command, parentGroup, uid, cgroup }: IndexedProcess): ProcessGroups {
    return {
      comm: this.groups.comm.findOrCreate(name.comm),
      command: this.groups.command.findOrCreate(command),
      parent: parentGroup,
      user: this.groups.user.findOrCreate(uid === undefined ? unknownKey : String(uid)),
      cgroup: this.groups.cgroup.findOrCreate(cgroup ?? unknownKey),
      container: this.groups.container.findOrCreate(
        cgroup === undefined ? unknownKey : containerKeyOf(cgroup),
      ),
      unit: this.groups.unit.findOrCreate(cgroup === undefined ? unknownKey : unitKeyOf(cgroup)),
    };
  }
}

const failedExitOf = (
  { name, startTicks, ancestors }: IndexedProcess,
  {
    exitNs,
    zombieNs = 0n,
    status,
  }: Pick<CountedExit, 'exitNs' | 'status'> & { zombieNs?: bigint | undefined },
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
const zombieGroups = (
  all: GroupStats,
  { groups, hostGroup, zombieParentGroup }: IndexedProcess,
): GroupStats[] => {
  const current = groups as ProcessGroups;
  return [
    all,
    ...groupings.map((each) => resolve((each === 'parent' && zombieParentGroup) || current[each])),
    ...(hostGroup ? [resolve(hostGroup)] : []),
  ];
};

/** Returns the groups that count a process now, in the order of `groupings`, and that of its guest. */
const currentGroups = ({ groups, hostGroup }: IndexedProcess): GroupStats[] => {
  const current = groups as ProcessGroups;
  // A loop, because this runs several times for each event.
  const resolved: GroupStats[] = [];
  for (const grouping of groupings) resolved.push(resolve(current[grouping]));
  if (hostGroup) resolved.push(resolve(hostGroup));
  return resolved;
};
