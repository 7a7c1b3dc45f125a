import type { ProbeEvent, SpawnedEvent } from '../events/event.ts';
import type { Counters } from './counters.ts';
import type { GroupStats } from './group-stats.ts';
import { type BoundedGroups, unknownKey } from './groups.ts';
import { ProcessIndex, type TrackedProcess } from './tracked-process.ts';

/** Who is alive, each under its identity and with its parents; whoever comes or goes is counted in the census. */
export class ProcessTracker {
  readonly #index: ProcessIndex;
  readonly #counters: Counters;
  readonly #childGroups: ChildGroups;
  #missedExits = 0;

  /** Beyond `limit` living processes the first come are forgotten. */
  constructor(limit: number, census: Counters) {
    this.#index = new ProcessIndex(limit);
    this.#counters = census;
    this.#childGroups = new ChildGroups(this.#index, census.groups.parent);
  }

  /** Processes that were known and of which no end was told: another took their PID. */
  get missedExits(): number {
    return this.#missedExits;
  }

  get evicted(): number {
    return this.#index.evicted;
  }

  addSpawned(event: SpawnedEvent, counts: boolean): void {
    const known = this.#index.get(event.guest_pid);
    if (known) {
      // A recorder that begins a new part tells again who is alive.
      if (event.initial && isSameProcess(known, event)) return;
      this.#removeReplaced(known);
    }
    const life = this.#create(event, event.initial ?? false, event.guest_ppid, event.guest_uid);
    this.#counters.add(life, counts);
  }

  /** The process an event is about; one that was never told of is taken as found alive. */
  findOrAdd(event: ProbeEvent, counts: boolean): TrackedProcess {
    const known = this.#index.get(event.guest_pid);
    if (known && isSameProcess(known, event)) return known;
    if (known) this.#removeReplaced(known);
    const ppid = event.probe_source === 'process.zombie' ? event.guest_ppid : undefined;
    const life = this.#create(event, true, ppid, undefined);
    this.#counters.add(life, counts);
    return life;
  }

  markZombie(life: TrackedProcess, ppid: number | undefined): void {
    life.zombie = true;
    life.zombieParentGroup =
      ppid === undefined || ppid === life.ppid ? life.parentGroup : this.#childGroups.groupOf(ppid);
    this.#counters.countZombie(life, 1);
  }

  remove(life: TrackedProcess): void {
    this.#counters.remove(life);
    this.#index.delete(life.name.pid);
  }

  clear(): void {
    for (const life of this.#index) this.#counters.remove(life);
    this.#index.clear();
  }

  #removeReplaced(life: TrackedProcess): void {
    this.remove(life);
    this.#missedExits++;
  }

  #create(
    event: ProbeEvent,
    initial: boolean,
    ppid: number | undefined,
    uid: number | undefined,
  ): TrackedProcess {
    const parent = ppid === undefined ? undefined : this.#index.get(ppid);
    const life: TrackedProcess = {
      name: { pid: event.guest_pid, comm: event.guest_comm },
      startTicks: event.start_ticks,
      ppid,
      uid,
      spawnNs: event.guest_monotonic_ns,
      initial,
      zombie: false,
      ancestors: parent && this.#index.lineageOf(parent),
      lineage: undefined,
      childGroup: undefined,
      parentGroup: this.#childGroups.groupOf(ppid),
      groups: undefined,
      zombieParentGroup: undefined,
    };
    const oldest = this.#index.add(life);
    if (oldest) this.#counters.remove(oldest);
    return life;
  }
}

/** Start ticks tell processes apart that had the same PID; where they are not told, the PID has to do. */
const isSameProcess = ({ startTicks }: TrackedProcess, { start_ticks }: ProbeEvent): boolean =>
  startTicks === undefined || start_ticks === undefined || startTicks === start_ticks;
/** What has no parent is started by the kernel itself. */
const missingParentComm = (ppid: number): string => (ppid === 0 ? 'kernel' : unknownKey);

/** Where the children of each process are counted: by PID and start, for PIDs come round again. */
export class ChildGroups {
  readonly #index: ProcessIndex;
  readonly #groups: BoundedGroups;

  constructor(ledger: ProcessIndex, tallies: BoundedGroups) {
    this.#index = ledger;
    this.#groups = tallies;
  }

  groupOf(ppid: number | undefined): GroupStats {
    const parent = ppid === undefined ? undefined : this.#index.get(ppid);
    if (parent?.childGroup && !parent.childGroup.mergedInto) return parent.childGroup;
    if (!parent) {
      const lineage = ppid === undefined ? undefined : [{ pid: ppid, comm: missingParentComm(ppid) }];
      return this.#groups.findOrCreate(`${ppid ?? unknownKey}@${unknownKey}`, lineage);
    }
    const key = `${ppid}@${parent.startTicks ?? unknownKey}`;
    parent.childGroup = this.#groups.findOrCreate(key, this.#index.lineageOf(parent));
    return parent.childGroup;
  }
}
