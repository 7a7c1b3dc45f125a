import type { ProbeEvent, SpawnedEvent } from '../events/event.ts';
import { startedBefore } from '../processes/process-origin.ts';
import type { Counters } from './counters.ts';
import type { GroupStats } from './group-stats.ts';
import { type BoundedGroups, unknownKey } from './groups.ts';
import { ProcessIndex, type TrackedProcess } from './tracked-process.ts';

/** Tracks live processes and their parents, and counts them in `Counters`. */
export class ProcessTracker {
  readonly #index: ProcessIndex;
  readonly #counters: Counters;
  readonly #childGroups: ChildGroups;
  #missedExits = 0;

  /** Beyond `limit` live processes the oldest are evicted. */
  constructor(limit: number, counters: Counters) {
    this.#index = new ProcessIndex(limit);
    this.#counters = counters;
    this.#childGroups = new ChildGroups(this.#index, counters.groups.parent);
  }

  /** Number of processes without an exit record whose PID was reused. */
  get missedExits(): number {
    return this.#missedExits;
  }

  get evicted(): number {
    return this.#index.evicted;
  }

  addSpawned(event: SpawnedEvent, counted: boolean): void {
    const known = this.#index.get(event.guest_pid);
    if (known) {
      // A recorder lists the live processes again in each file.
      if (event.initial && isSameProcess(known, event)) return;
      this.#removeReplaced(known);
    }
    const { initial = false, guest_ppid: ppid, guest_uid: uid } = event;
    const process = this.#create(event, { initial, ppid, uid });
    this.#childGroups.adopt(process);
    this.#counters.add(process, counted);
  }

  /** Returns the process of an event. A process without a spawn record is added as an initial one. */
  findOrAdd(event: ProbeEvent, counted: boolean): TrackedProcess {
    const known = this.#index.get(event.guest_pid);
    if (known && isSameProcess(known, event)) return known;
    if (known) this.#removeReplaced(known);
    const ppid = event.probe_source === 'process.zombie' ? event.guest_ppid : undefined;
    const process = this.#create(event, { initial: true, ppid, uid: undefined });
    this.#counters.add(process, counted);
    return process;
  }

  markZombie(process: TrackedProcess, ppid: number | undefined): void {
    process.zombie = true;
    process.zombieParentGroup =
      ppid === undefined || ppid === process.ppid ? process.parentGroup : this.#childGroups.groupOf(ppid);
    this.#counters.countZombie(process, 1);
  }

  remove(process: TrackedProcess): void {
    this.#counters.remove(process);
    this.#index.delete(process.name.pid);
  }

  clear(): void {
    for (const process of this.#index) this.#counters.remove(process);
    this.#index.clear();
  }

  #removeReplaced(process: TrackedProcess): void {
    this.remove(process);
    this.#missedExits++;
  }

  #create(
    event: ProbeEvent,
    { initial, ppid, uid }: Pick<TrackedProcess, 'initial' | 'ppid' | 'uid'>,
  ): TrackedProcess {
    const parent = ppid === undefined ? undefined : this.#index.get(ppid);
    const process: TrackedProcess = {
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
    const evicted = this.#index.add(process);
    if (evicted) this.#counters.remove(evicted);
    return process;
  }
}

/** Returns whether an event belongs to a process of the same PID. Without start ticks the PID decides. */
const isSameProcess = ({ startTicks }: TrackedProcess, { start_ticks }: ProbeEvent): boolean =>
  startTicks === undefined || start_ticks === undefined || startTicks === start_ticks;

/** Returns the comm of a parent that is not tracked. PID 0 is the kernel. */
const missingParentComm = (ppid: number): string => (ppid === 0 ? 'kernel' : unknownKey);

/** Finds the group of a process's children. Its key is the PID and start ticks, because PIDs are reused. */
class ChildGroups {
  readonly #index: ProcessIndex;
  readonly #groups: BoundedGroups;

  constructor(index: ProcessIndex, groups: BoundedGroups) {
    this.#index = index;
    this.#groups = groups;
  }

  /** Gives a process the group of its children that were reported before it. */
  adopt(parent: TrackedProcess): void {
    const group = this.#groups.find(`${parent.name.pid}@${unknownKey}`);
    if (!group) return;
    const hasChild = (child: TrackedProcess) => child.parentGroup === group && startedBefore(parent, child);
    if (![...this.#index].some(hasChild)) return;
    this.#groups.rename(group, `${parent.name.pid}@${parent.startTicks ?? unknownKey}`);
    group.lineage = this.#index.lineageOf(parent);
    parent.childGroup = group;
    for (const descendant of this.#index.forgetLineagesBelow(parent))
      if (descendant.childGroup) descendant.childGroup.lineage = this.#index.lineageOf(descendant);
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
