import { parseRfc3339 } from '../../util/time.ts';
import type { ProbeEvent, SpawnedEvent } from '../events/event.ts';
import type { ProcessId } from '../events/process-id.ts';
import { ChildrenCpu } from '../processes/children-cpu.ts';
import { inheritedCgroup } from '../processes/process-origin.ts';
import { ChildGroups, type GuestLabel } from './child-groups.ts';
import type { Counters } from './counters.ts';
import { unknownKey } from './groups.ts';
import { commandOfSpawn, type IndexedProcess, ProcessIndex } from './process-index.ts';
import type { ClockOrigin } from './stats-clock.ts';

/** Tracks live processes and their parents, and counts them in `Counters`. */
export class ProcessTracker {
  readonly #index: ProcessIndex;
  readonly #counters: Counters;
  readonly #childGroups: ChildGroups;
  readonly #childrenCpu = new ChildrenCpu();
  readonly #guest: GuestLabel | undefined;
  #missedExits = 0;

  /** Beyond `limit` live processes the oldest are evicted. */
  constructor(limit: number, counters: Counters, guest?: GuestLabel) {
    this.#index = new ProcessIndex(limit);
    this.#counters = counters;
    this.#guest = guest;
    this.#childGroups = new ChildGroups(this.#index, counters.groups.parent, guest);
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
    const { initial = false, guest_ppid: ppid, guest_uid: uid, cgroup } = event;
    const process = this.#create(event, { initial, ppid, uid, cgroup });
    this.#childGroups.adopt(process);
    this.#counters.add(process, counted);
  }

  /** Returns a live process; undefined if it is not known. */
  find({ pid, startTicks }: ProcessId): IndexedProcess | undefined {
    const known = this.#index.get(pid);
    return known && isSameProcess(known, { start_ticks: startTicks }) ? known : undefined;
  }

  /** Returns the process of an event. A process without a spawn record is added as an initial one. */
  findOrAdd(event: ProbeEvent, counted: boolean): IndexedProcess {
    const known = this.#index.get(event.guest_pid);
    if (known && isSameProcess(known, event)) return known;
    if (known) this.#removeReplaced(known);
    const ppid = event.probe_source === 'process.zombie' ? event.guest_ppid : undefined;
    const process = this.#create(event, { initial: true, ppid, uid: undefined, cgroup: undefined });
    this.#counters.add(process, counted);
    return process;
  }

  /** Counts a zombie under the parent that has to reap it. A zombie can get another parent. */
  markZombie(process: IndexedProcess, ppid: number | undefined): void {
    if (process.zombie) this.#counters.countZombie(process, -1);
    process.zombie = true;
    process.zombieParentGroup =
      ppid === undefined || ppid === process.ppid ? process.parentGroup : this.#childGroups.groupOf(ppid);
    this.#counters.countZombie(process, 1);
  }

  /** Follows the CPU time of exited children, and counts its growth under the parent. */
  trackChildrenCpu(event: ProbeEvent, counted: boolean): void {
    const growth = this.#childrenCpu.apply(event);
    if (!growth || !counted) return;
    this.#counters.countChildrenCpu(this.#childGroups.groupOf(event.guest_pid), growth);
    if (this.#guest?.group) this.#guest.group.childrenCpuNs += growth.newNs;
  }

  remove(process: IndexedProcess): void {
    this.#counters.remove(process);
    this.#index.delete(process.name.pid);
  }

  clear(): void {
    for (const process of this.#index) this.#counters.remove(process);
    this.#index.clear();
    this.#childrenCpu.clear();
  }

  #removeReplaced(process: IndexedProcess): void {
    this.remove(process);
    this.#missedExits++;
  }

  #create(
    event: ProbeEvent,
    { initial, ppid, uid, cgroup }: Pick<IndexedProcess, 'initial' | 'ppid' | 'uid' | 'cgroup'>,
  ): IndexedProcess {
    const parent = ppid === undefined ? undefined : this.#index.get(ppid);
    const process: IndexedProcess = {
      name: { pid: event.guest_pid, comm: event.guest_comm },
      startTicks: event.start_ticks,
      ppid,
      uid,
      command: commandOfSpawn(event, parent),
      cgroup: cgroup ?? (initial ? undefined : inheritedCgroup(parent)),
      spawnNs: event.guest_monotonic_ns,
      initial,
      zombie: false,
      statusCounted: false,
      ancestors: parent && this.#index.lineageOf(parent),
      lineage: undefined,
      childGroup: undefined,
      parentGroup: this.#childGroups.groupOf(ppid),
      groups: undefined,
      hostGroup: this.#guest?.group,
      zombieParentGroup: undefined,
    };
    const evicted = this.#index.add(process);
    if (evicted) this.#counters.remove(evicted);
    return process;
  }
}

/** Returns whether an event belongs to a process of the same PID. Without start ticks the PID suffices. */
const isSameProcess = (
  { startTicks }: IndexedProcess,
  { start_ticks }: { start_ticks?: number | undefined },
): boolean => startTicks === undefined || start_ticks === undefined || startTicks === start_ticks;

/** A guest, its processes, and the wall time of its last record, in ns. */
type TrackedGuest = { origin: ClockOrigin; processes: ProcessTracker; lastWallNs: bigint | undefined };

/** Maximum number of guests whose processes are tracked, among those that are recorded one after the other. */
const maxGuests = 64;

/** The processes of several guests, each identified by host, boot and PID namespace. */
export class GuestTrackers {
  readonly #limit: number;
  readonly #counters: Counters;
  readonly #guests = new Map<string, TrackedGuest>();
  /** Guests that are recorded at the same time, by name. */
  readonly #parallel = new Map<string, ProcessTracker>();
  #current: TrackedGuest | undefined;
  #unknown: ProcessTracker;
  #opened = 0;
  #missedExits = 0;
  #evicted = 0;

  constructor(limit: number, counters: Counters) {
    this.#limit = limit;
    this.#counters = counters;
    this.#unknown = new ProcessTracker(limit, counters);
  }

  get missedExits(): number {
    return this.#sum(({ missedExits }) => missedExits) + this.#missedExits;
  }

  get evicted(): number {
    return this.#sum(({ evicted }) => evicted) + this.#evicted;
  }

  /**
   * Returns the tracker of a guest, without live processes, because its recorder lists them again. `nowNs` is the time
   * of the last record of the previous guest. The processes of an earlier boot of the same host are removed too, unless
   * the records of the two boots overlap: then they are two guests with the same name.
   */
  open(origin: ClockOrigin | undefined, nowNs: bigint): ProcessTracker {
    const { clock } = this.#current?.origin ?? {};
    const offsetNs = clock && wallOffsetNs(clock);
    if (this.#current) this.#current.lastWallNs = offsetNs === undefined ? undefined : nowNs + offsetNs;
    if (origin === undefined) {
      this.#current = undefined;
      this.#unknown.clear();
      return this.#unknown;
    }
    const key = JSON.stringify([origin.host, origin.boot_id, origin.pid_ns]);
    const startNs = origin.clock && parseRfc3339(origin.clock.realtime);
    for (const [otherKey, other] of this.#guests) {
      if (otherKey === key || isEarlierBoot(other, origin, startNs)) other.processes.clear();
    }
    const guest = this.#guests.get(key) ?? this.#add(key, origin);
    guest.origin = origin;
    this.#current = guest;
    return guest.processes;
  }

  /** Returns the tracker of one of several guests that are recorded at the same time. */
  parallel(name: string): ProcessTracker {
    const known = this.#parallel.get(name);
    if (known) return known;
    const group = this.#counters.hosts.findOrCreate(name);
    const guest = { host: name, keyPrefix: `${name}/`, group };
    const processes = new ProcessTracker(this.#limit, this.#counters, guest);
    this.#parallel.set(name, processes);
    return processes;
  }

  #add(key: string, origin: ClockOrigin): TrackedGuest {
    const { host } = origin;
    const keyPrefix = this.#opened++ === 0 ? '' : `${host}/${origin.boot_id}/${origin.pid_ns ?? unknownKey}/`;
    const processes = new ProcessTracker(this.#limit, this.#counters, { host, keyPrefix });
    const guest: TrackedGuest = { origin, processes, lastWallNs: undefined };
    this.#guests.set(key, guest);
    if (this.#guests.size > maxGuests) this.#evictOldest();
    return guest;
  }

  #evictOldest(): void {
    const [oldest] = this.#guests;
    if (!oldest) return;
    const [key, { processes }] = oldest;
    processes.clear();
    this.#missedExits += processes.missedExits;
    this.#evicted += processes.evicted;
    this.#guests.delete(key);
  }

  #sum(read: (processes: ProcessTracker) => number): number {
    const trackers = Array.from(this.#guests.values(), ({ processes }) => processes);
    return [this.#unknown, ...trackers, ...this.#parallel.values()].reduce(
      (sum, processes) => sum + read(processes),
      0,
    );
  }
}

const wallOffsetNs = ({ monotonic_ns, realtime }: NonNullable<ClockOrigin['clock']>): bigint | undefined => {
  const wallNs = parseRfc3339(realtime);
  return wallNs === undefined ? undefined : wallNs - monotonic_ns;
};

/** Returns whether a guest is an earlier boot of the same host. If a wall time is unknown, any other boot counts. */
const isEarlierBoot = (
  { origin: { host, boot_id }, lastWallNs }: TrackedGuest,
  next: ClockOrigin,
  startNs: bigint | undefined,
): boolean =>
  host === next.host &&
  boot_id !== next.boot_id &&
  (lastWallNs === undefined || startNs === undefined || lastWallNs <= startNs);
