import type { ProbeEvent, SpawnedEvent } from '../events/event.ts';
import type { Census } from './counters.ts';
import type { Tally } from './group-stats.ts';
import { type Tallies, unknown } from './groups.ts';
import { Ledger, type Life } from './tracked-process.ts';

/** Who is alive, each under its identity and with its parents; whoever comes or goes is counted in the census. */
export class Population {
  readonly #ledger: Ledger;
  readonly #census: Census;
  readonly #broods: Broods;
  #vanished = 0;

  /** Beyond `limit` living processes the first come are forgotten. */
  constructor(limit: number, census: Census) {
    this.#ledger = new Ledger(limit);
    this.#census = census;
    this.#broods = new Broods(this.#ledger, census.by.parent);
  }

  /** Processes that were known and of which no end was told: another took their PID. */
  get vanished(): number {
    return this.#vanished;
  }

  get forgotten(): number {
    return this.#ledger.forgotten;
  }

  spawned(event: SpawnedEvent, counts: boolean): void {
    const known = this.#ledger.get(event.guest_pid);
    if (known) {
      // A recorder that begins a new part tells again who is alive.
      if (event.initial && isSame(known, event)) return;
      this.#vanish(known);
    }
    const life = this.#open(event, event.initial ?? false, event.guest_ppid, event.guest_uid);
    this.#census.enter(life, counts);
  }

  /** The process an event is about; one that was never told of is taken as found alive. */
  find(event: ProbeEvent, counts: boolean): Life {
    const known = this.#ledger.get(event.guest_pid);
    if (known && isSame(known, event)) return known;
    if (known) this.#vanish(known);
    const ppid = event.probe_source === 'process.zombie' ? event.guest_ppid : undefined;
    const life = this.#open(event, true, ppid, undefined);
    this.#census.enter(life, counts);
    return life;
  }

  zombie(life: Life, ppid: number | undefined): void {
    life.zombie = true;
    life.zombieParent = ppid === undefined || ppid === life.ppid ? life.parent : this.#broods.of(ppid);
    this.#census.zombie(life, 1);
  }

  leave(life: Life): void {
    this.#census.leave(life);
    this.#ledger.delete(life.name.pid);
  }

  clear(): void {
    for (const life of this.#ledger) this.#census.leave(life);
    this.#ledger.clear();
  }

  #vanish(life: Life): void {
    this.leave(life);
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
      parent: this.#broods.of(ppid),
      tallies: undefined,
      zombieParent: undefined,
    };
    const oldest = this.#ledger.add(life);
    if (oldest) this.#census.leave(oldest);
    return life;
  }
}

/** Start ticks tell processes apart that had the same PID; where they are not told, the PID has to do. */
const isSame = ({ startTicks }: Life, { start_ticks }: ProbeEvent): boolean =>
  startTicks === undefined || start_ticks === undefined || startTicks === start_ticks;
/** What has no parent is started by the kernel itself. */
const nameOf = (ppid: number): string => (ppid === 0 ? 'kernel' : unknown);

/** Where the children of each process are counted: by PID and start, for PIDs come round again. */
export class Broods {
  readonly #ledger: Ledger;
  readonly #tallies: Tallies;

  constructor(ledger: Ledger, tallies: Tallies) {
    this.#ledger = ledger;
    this.#tallies = tallies;
  }

  of(ppid: number | undefined): Tally {
    const parent = ppid === undefined ? undefined : this.#ledger.get(ppid);
    if (parent?.brood && !parent.brood.into) return parent.brood;
    if (!parent) {
      const lineage = ppid === undefined ? undefined : [{ pid: ppid, comm: nameOf(ppid) }];
      return this.#tallies.open(`${ppid ?? unknown}@${unknown}`, lineage);
    }
    const key = `${ppid}@${parent.startTicks ?? unknown}`;
    parent.brood = this.#tallies.open(key, this.#ledger.lineageOf(parent));
    return parent.brood;
  }
}
