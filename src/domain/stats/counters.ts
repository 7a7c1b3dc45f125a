import { GroupStats, resolve } from './group-stats.ts';
import { BoundedGroups, type Grouping, unknownKey } from './groups.ts';
import type { TrackedProcess } from './tracked-process.ts';

/** Lives counted where they belong: in all, and by comm, by parent and by user. */
export class Counters {
  readonly all = new GroupStats('');
  readonly groups: Readonly<Record<Grouping, BoundedGroups>>;
  readonly #secondOf: (ns: bigint) => number;
  #eventNumber = 0;

  /** `keys` are held of each grouping; `secondOf` is the clock of all pulses. */
  constructor(keys: number, secondOf: (ns: bigint) => number) {
    this.groups = {
      comm: new BoundedGroups(keys),
      parent: new BoundedGroups(keys),
      user: new BoundedGroups(keys),
    };
    this.#secondOf = secondOf;
  }

  /** The next event is counted: what it touches is the most recently active. */
  nextEvent(): void {
    this.#eventNumber++;
  }

  /** Count a process where it belongs by now. */
  add(life: TrackedProcess, counts: boolean): void {
    life.groups = counts ? this.#findGroups(life) : undefined;
    if (!counts) return;
    this.all.alive++;
    for (const tally of currentGroups(life)) {
      tally.alive++;
      tally.lastActive = this.#eventNumber;
    }
    if (!life.initial) this.#addSpawn(life, 1);
    if (life.zombie) this.countZombie(life, 1);
  }

  /** It is no longer alive under the keys it had; what happened under them stays. */
  remove(life: TrackedProcess): void {
    if (!life.groups) return;
    if (life.zombie) this.countZombie(life, -1);
    this.all.alive--;
    for (const tally of currentGroups(life)) tally.alive--;
  }

  /** It counts under other keys from now on, with its birth. */
  regroup(life: TrackedProcess, to: { comm: string; uid: number | undefined; counts: boolean }): void {
    this.remove(life);
    if (life.groups && !life.initial) this.#addSpawn(life, -1);
    life.name.comm = to.comm;
    life.uid = to.uid;
    this.add(life, to.counts);
  }

  countExec(life: TrackedProcess): void {
    if (!life.groups) return;
    this.all.execs++;
    for (const tally of currentGroups(life)) tally.execs++;
  }

  countZombie(life: TrackedProcess, times: 1 | -1): void {
    if (!life.groups) return;
    const { comm, parent, user } = life.groups;
    for (const tally of [this.all, comm, user, life.zombieParentGroup ?? parent].map(resolve)) {
      tally.zombies += times;
      if (tally.zombies > tally.maxZombies) tally.maxZombies = tally.zombies;
    }
  }

  /** What only its end lets pass (`life<10ms`) counts as an end, and not as a birth. */
  countExit(life: TrackedProcess, lifetimeNs: bigint | undefined): void {
    life.groups ??= this.#findGroups(life);
    this.#addExit(this.all, lifetimeNs);
    for (const tally of currentGroups(life)) this.#addExit(tally, lifetimeNs);
  }

  #addExit(tally: GroupStats, lifetimeNs: bigint | undefined): void {
    tally.exits++;
    tally.lastActive = this.#eventNumber;
    if (lifetimeNs !== undefined) tally.lifetimes.add(lifetimeNs);
  }

  #addSpawn(life: TrackedProcess, times: 1 | -1): void {
    const second = this.#secondOf(life.spawnNs);
    const [comm, parent, user] = currentGroups(life);
    for (const tally of [this.all, comm, parent, user]) {
      tally.spawns += times;
      tally.spawnsPerSecond.count(second, times);
    }
    comm.topNames.add(life.ancestors?.[0]?.comm ?? unknownKey, times);
    parent.topNames.add(life.name.comm, times);
    user.topNames.add(life.name.comm, times);
  }

  #findGroups({ name, parentGroup, uid }: TrackedProcess): NonNullable<TrackedProcess['groups']> {
    return {
      comm: this.groups.comm.findOrCreate(name.comm),
      parent: parentGroup,
      user: this.groups.user.findOrCreate(uid === undefined ? unknownKey : String(uid)),
    };
  }
}

const currentGroups = ({ groups }: TrackedProcess): [GroupStats, GroupStats, GroupStats] => {
  const { comm, parent, user } = groups as NonNullable<TrackedProcess['groups']>;
  return [resolve(comm), resolve(parent), resolve(user)];
};
