import {
  type ChurnRecord,
  type ExecEvent,
  type ExitedEvent,
  isProbeEvent,
  type ProbeEvent,
  type SpawnedEvent,
  type ZombieEvent,
} from './event.ts';
import { Ledger, type Life } from './ledger.ts';
import { Losses } from './losses.ts';
import { RestartLoops } from './restart-loops.ts';
import { Tallies } from './tallies.ts';
import { settled, Tally } from './tally.ts';

export const groupings = ['comm', 'parent', 'user'] as const;
export type Grouping = (typeof groupings)[number];

export type StatsOptions = {
  /** Keys held of each grouping. */
  keys?: number;
  /** Living processes held. */
  lives?: number;
};

/** The clock that times of a trace belong to. */
export type ClockOrigin = { host: string; boot_id: string };

const unknown = '?';

/**
 * What churns: the fold of every record into bounded counts by comm, by parent and by user. One event costs about a
 * microsecond; what people look at is worked out on demand (`churn-row.ts`).
 *
 * A life counts under the name it bears: one that was seen as a fork and then execs moves over with its spawn, so the
 * spawns of all comms are the spawns of all.
 */
export class ChurnStats {
  readonly all = new Tally('');
  readonly by: Readonly<Record<Grouping, Tallies>>;
  readonly losses = new Losses();
  readonly loops = new RestartLoops();
  readonly #ledger: Ledger;
  #nowNs = 0n;
  #fromNs: bigint | undefined;
  #spanBefore = 0n;
  #firstSecond: number | undefined;
  #second = 0;
  /** Added to seconds, so that they go on where another boot's clock begins again. */
  #shift = 0;
  #origin: ClockOrigin | undefined;
  #vanished = 0;
  #bornSeen = 0;
  #events = 0;

  constructor({ keys = 2048, lives = 1 << 18 }: StatsOptions = {}) {
    this.by = { comm: new Tallies(keys), parent: new Tallies(keys), user: new Tallies(keys) };
    this.#ledger = new Ledger(lives);
  }

  /** CLOCK_MONOTONIC ns of the newest record. */
  get nowNs(): bigint {
    return this.#nowNs;
  }

  /** The second of the newest record, on the clock of all pulses. */
  get second(): number {
    return this.#second;
  }

  /** How long was watched, ns. */
  get spanNs(): bigint {
    return this.#spanBefore + (this.#fromNs === undefined ? 0n : this.#nowNs - this.#fromNs);
  }

  /** Births seen, whether or not they count. */
  get bornSeen(): number {
    return this.#bornSeen;
  }

  /** Processes that were known and of which no end was told: another took their PID. */
  get vanished(): number {
    return this.#vanished;
  }

  /** Living processes that a hostile number of them pushed out. */
  get forgotten(): number {
    return this.#ledger.forgotten;
  }

  /** Complete seconds that a rate of now can look back on, at most five. */
  get rateSpan(): number {
    return Math.max(1, Math.min(5, this.#second - (this.#firstSecond ?? this.#second)));
  }

  /** Another recorder begins: it tells anew who is alive; after a boot also the clock is another. */
  begin(origin: ClockOrigin | undefined): void {
    for (const life of this.#ledger) this.#leave(life);
    this.#ledger.clear();
    const before = this.#origin;
    this.#spanBefore = this.spanNs;
    this.#fromNs = undefined;
    if (before?.boot_id !== origin?.boot_id || before?.host !== origin?.host) this.#nowNs = 0n;
    this.#origin = origin;
  }

  /** `counts` is whether it passes the filter; all are followed, so that parents are known. */
  apply(record: ChurnRecord, counts = true): void {
    if (isProbeEvent(record)) this.#event(record, counts);
    else {
      this.advance(record.to_monotonic_ns);
      this.losses.add(record);
    }
  }

  /** Time goes on, whether or not anything happens. */
  advance(nowNs: bigint): void {
    if (this.#fromNs === undefined) {
      if (this.#nowNs === 0n) this.#rebase(nowNs);
      this.#fromNs = nowNs;
    }
    if (nowNs < this.#fromNs) this.#fromNs = nowNs;
    if (nowNs <= this.#nowNs) return;
    this.#nowNs = nowNs;
    const second = this.#secondOf(nowNs);
    if (second > this.#second) this.#second = second;
  }

  #rebase(firstNs: bigint): void {
    const second = Math.floor(Number(firstNs) / 1e9);
    this.#shift = this.#firstSecond === undefined ? 0 : this.#second + 1 - second;
    if (this.#firstSecond === undefined) this.#second = second;
    this.#firstSecond ??= second;
    this.#nowNs = firstNs;
  }

  #secondOf(ns: bigint): number {
    return Math.floor(Number(ns) / 1e9) + this.#shift;
  }

  #event(event: ProbeEvent, counts: boolean): void {
    this.advance(event.guest_monotonic_ns);
    this.#events++;
    switch (event.probe_source) {
      case 'process.spawned':
        this.#spawned(event, counts);
        return;
      case 'process.exec':
        this.#execed(event, counts);
        return;
      case 'process.zombie':
        this.#died(event, counts);
        return;
      case 'process.exited':
        this.#exited(event, counts);
        return;
      default:
        event satisfies never;
    }
  }

  #spawned(event: SpawnedEvent, counts: boolean): void {
    const known = this.#ledger.get(event.guest_pid);
    if (known) {
      // A recorder that begins a new part tells again who is alive.
      if (event.initial && isSame(known, event)) return;
      this.#vanish(known);
    }
    if (!event.initial) this.#bornSeen++;
    this.#enter(this.#open(event, event.initial ?? false, event.guest_ppid, event.guest_uid), counts);
  }

  #execed(event: ExecEvent, counts: boolean): void {
    const life = this.#find(event, counts);
    const uid = event.guest_uid ?? life.uid;
    if (life.name.comm !== event.guest_comm || life.uid !== uid || counts !== (life.tallies !== undefined)) {
      this.#leave(life);
      if (life.tallies && !life.initial) this.#countBirth(life, -1);
      life.name.comm = event.guest_comm;
      life.uid = uid;
      this.#enter(life, counts);
    }
    if (!life.tallies) return;
    this.all.execs++;
    for (const tally of placesOf(life)) tally.execs++;
  }

  #died(event: ZombieEvent, counts: boolean): void {
    const life = this.#find(event, counts);
    if (life.zombie) return;
    life.zombie = true;
    const ppid = event.guest_ppid ?? life.ppid;
    life.zombieParent = ppid === life.ppid ? life.parent : this.#broodOf(ppid);
    this.#countZombie(life, 1);
  }

  #exited(event: ExitedEvent, counts: boolean): void {
    const known = this.#ledger.get(event.guest_pid);
    // An end without a known beginning still is a life that ended: it passes through and is not counted as alive.
    const life = known && isSame(known, event) ? known : this.#find(event, counts);
    this.#leave(life);
    this.#ledger.delete(event.guest_pid);
    if (!counts) return;
    // What only its end lets pass (`life<10ms`) counts as an end, and not as a birth.
    life.tallies ??= this.#placesFor(life);
    const lifetimeNs =
      event.lifetime_ns ?? (life.initial ? undefined : event.guest_monotonic_ns - life.bornNs);
    this.#countExit(this.all, lifetimeNs);
    for (const tally of placesOf(life)) this.#countExit(tally, lifetimeNs);
    if (life.initial || life.tallies.parent.into) return;
    this.loops.ended({
      comm: life.name.comm,
      parent: life.tallies.parent,
      bornNs: Number(life.bornNs),
      endNs: Number(event.guest_monotonic_ns),
      windowNs: Number(event.window_ns ?? 0n),
    });
  }

  /** The process an event is about; one that was never told of is taken as found alive. */
  #find(event: ProbeEvent, counts: boolean): Life {
    const known = this.#ledger.get(event.guest_pid);
    if (known && isSame(known, event)) return known;
    if (known) this.#vanish(known);
    const ppid = event.probe_source === 'process.zombie' ? event.guest_ppid : undefined;
    const life = this.#open(event, true, ppid, undefined);
    this.#enter(life, counts);
    return life;
  }

  #vanish(life: Life): void {
    this.#leave(life);
    this.#ledger.delete(life.name.pid);
    this.#vanished++;
  }

  #open(event: ProbeEvent, initial: boolean, ppid: number | undefined, uid: number | undefined): Life {
    const parent = ppid === undefined ? undefined : this.#ledger.get(ppid);
    const life: Life = {
      name: { pid: event.guest_pid, comm: event.guest_comm },
      startTicks: event.start_ticks,
      ppid,
      uid,
      bornNs: event.guest_monotonic_ns,
      initial,
      zombie: false,
      ancestors: parent && this.#ledger.lineageOf(parent),
      lineage: undefined,
      brood: undefined,
      parent: this.#broodOf(ppid),
      tallies: undefined,
      zombieParent: undefined,
    };
    const oldest = this.#ledger.add(life);
    if (oldest) this.#leave(oldest);
    return life;
  }

  /** Count a process where it belongs by now. */
  #enter(life: Life, counts: boolean): void {
    life.tallies = counts ? this.#placesFor(life) : undefined;
    if (!counts) return;
    this.all.alive++;
    for (const tally of placesOf(life)) {
      tally.alive++;
      tally.touched = this.#events;
    }
    if (!life.initial) this.#countBirth(life, 1);
    if (life.zombie) this.#countZombie(life, 1);
  }

  #placesFor({ name, parent, uid }: Life): NonNullable<Life['tallies']> {
    return {
      comm: this.by.comm.open(name.comm),
      parent,
      user: this.by.user.open(uid === undefined ? unknown : String(uid)),
    };
  }

  /** It is no longer alive under the keys it had; what happened under them stays. */
  #leave(life: Life): void {
    if (!life.tallies) return;
    if (life.zombie) this.#countZombie(life, -1);
    this.all.alive--;
    for (const tally of placesOf(life)) tally.alive--;
  }

  #countBirth(life: Life, times: 1 | -1): void {
    const second = this.#secondOf(life.bornNs);
    const [comm, parent, user] = placesOf(life);
    this.all.spawns += times;
    this.all.births.count(second, times);
    for (const tally of [comm, parent, user]) {
      tally.spawns += times;
      tally.births.count(second, times);
    }
    comm.mostly.add(life.ancestors?.[0]?.comm ?? unknown, times);
    parent.mostly.add(life.name.comm, times);
    user.mostly.add(life.name.comm, times);
  }

  #countZombie(life: Life, times: 1 | -1): void {
    if (!life.tallies) return;
    const { comm, parent, user } = life.tallies;
    for (const tally of [this.all, comm, user, life.zombieParent ?? parent].map(settled)) {
      tally.zombies += times;
      if (tally.zombies > tally.mostZombies) tally.mostZombies = tally.zombies;
    }
  }

  #countExit(tally: Tally, lifetimeNs: bigint | undefined): void {
    tally.exits++;
    tally.touched = this.#events;
    if (lifetimeNs !== undefined) tally.lifetimes.add(lifetimeNs);
  }

  /** Where children of a process are counted. */
  #broodOf(ppid: number | undefined): Tally {
    const parent = ppid === undefined ? undefined : this.#ledger.get(ppid);
    if (parent?.brood && !parent.brood.into) return parent.brood;
    if (!parent) {
      const lineage = ppid === undefined ? undefined : [{ pid: ppid, comm: nameOf(ppid) }];
      return this.by.parent.open(`${ppid ?? unknown}@${unknown}`, lineage);
    }
    parent.brood = this.by.parent.open(
      `${ppid}@${parent.startTicks ?? unknown}`,
      this.#ledger.lineageOf(parent),
    );
    return parent.brood;
  }
}

/** What has no parent is started by the kernel itself. */
const nameOf = (ppid: number): string => (ppid === 0 ? 'kernel' : unknown);

const placesOf = ({ tallies }: Life): [Tally, Tally, Tally] => {
  const { comm, parent, user } = tallies as NonNullable<Life['tallies']>;
  return [settled(comm), settled(parent), settled(user)];
};

/** Start ticks tell processes apart that had the same PID; where they are not told, the PID has to do. */
const isSame = ({ startTicks }: Life, { start_ticks }: ProbeEvent): boolean =>
  startTicks === undefined || start_ticks === undefined || startTicks === start_ticks;
