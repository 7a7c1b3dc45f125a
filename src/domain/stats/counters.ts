import { settled, Tally } from './group-stats.ts';
import { type Grouping, Tallies, unknown } from './groups.ts';
import type { Life } from './tracked-process.ts';

/** Lives counted where they belong: in all, and by comm, by parent and by user. */
export class Census {
  readonly all = new Tally('');
  readonly by: Readonly<Record<Grouping, Tallies>>;
  readonly #secondOf: (ns: bigint) => number;
  #event = 0;

  /** `keys` are held of each grouping; `secondOf` is the clock of all pulses. */
  constructor(keys: number, secondOf: (ns: bigint) => number) {
    this.by = { comm: new Tallies(keys), parent: new Tallies(keys), user: new Tallies(keys) };
    this.#secondOf = secondOf;
  }

  /** The next event is counted: what it touches is the most recently active. */
  next(): void {
    this.#event++;
  }

  /** Count a process where it belongs by now. */
  enter(life: Life, counts: boolean): void {
    life.tallies = counts ? this.#placesFor(life) : undefined;
    if (!counts) return;
    this.all.alive++;
    for (const tally of placesOf(life)) {
      tally.alive++;
      tally.touched = this.#event;
    }
    if (!life.initial) this.#birth(life, 1);
    if (life.zombie) this.zombie(life, 1);
  }

  /** It is no longer alive under the keys it had; what happened under them stays. */
  leave(life: Life): void {
    if (!life.tallies) return;
    if (life.zombie) this.zombie(life, -1);
    this.all.alive--;
    for (const tally of placesOf(life)) tally.alive--;
  }

  /** It counts under other keys from now on, with its birth. */
  move(life: Life, to: { comm: string; uid: number | undefined; counts: boolean }): void {
    this.leave(life);
    if (life.tallies && !life.initial) this.#birth(life, -1);
    life.name.comm = to.comm;
    life.uid = to.uid;
    this.enter(life, to.counts);
  }

  exec(life: Life): void {
    if (!life.tallies) return;
    this.all.execs++;
    for (const tally of placesOf(life)) tally.execs++;
  }

  zombie(life: Life, times: 1 | -1): void {
    if (!life.tallies) return;
    const { comm, parent, user } = life.tallies;
    for (const tally of [this.all, comm, user, life.zombieParent ?? parent].map(settled)) {
      tally.zombies += times;
      if (tally.zombies > tally.mostZombies) tally.mostZombies = tally.zombies;
    }
  }

  /** What only its end lets pass (`life<10ms`) counts as an end, and not as a birth. */
  exit(life: Life, lifetimeNs: bigint | undefined): void {
    life.tallies ??= this.#placesFor(life);
    this.#end(this.all, lifetimeNs);
    for (const tally of placesOf(life)) this.#end(tally, lifetimeNs);
  }

  #end(tally: Tally, lifetimeNs: bigint | undefined): void {
    tally.exits++;
    tally.touched = this.#event;
    if (lifetimeNs !== undefined) tally.lifetimes.add(lifetimeNs);
  }

  #birth(life: Life, times: 1 | -1): void {
    const second = this.#secondOf(life.bornNs);
    const [comm, parent, user] = placesOf(life);
    for (const tally of [this.all, comm, parent, user]) {
      tally.spawns += times;
      tally.births.count(second, times);
    }
    comm.mostly.add(life.ancestors?.[0]?.comm ?? unknown, times);
    parent.mostly.add(life.name.comm, times);
    user.mostly.add(life.name.comm, times);
  }

  #placesFor({ name, parent, uid }: Life): NonNullable<Life['tallies']> {
    return {
      comm: this.by.comm.open(name.comm),
      parent,
      user: this.by.user.open(uid === undefined ? unknown : String(uid)),
    };
  }
}

const placesOf = ({ tallies }: Life): [Tally, Tally, Tally] => {
  const { comm, parent, user } = tallies as NonNullable<Life['tallies']>;
  return [settled(comm), settled(parent), settled(user)];
};
