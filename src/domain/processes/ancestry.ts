import type { ProbeEvent, SpawnedEvent } from '../events/event.ts';
import type { ProcessId } from '../events/process-id.ts';
import { ExitedProcesses } from './exited-processes.ts';
import {
  addName,
  createOriginCopier,
  inheritedCgroup,
  isForkOf,
  type ProcessOrigin,
  startedBefore,
  unknownOrigin,
} from './process-origin.ts';
import { type CompletedOrigins, WaitingDescendants, type WaitingSnapshot } from './waiting-descendants.ts';

/** The content of an `Ancestry` as plain values. */
export type AncestrySnapshot = {
  live: ProcessOrigin[];
  exited: ProcessOrigin[];
  initialPids: number[];
  unresolved: boolean;
  evicted: number;
  truncated: number;
  /** Processes whose last known ancestor has not been reported. */
  waiting: WaitingSnapshot;
};

/** Maximum number of exited processes that are kept, because their children may be reported after them. */
const defaultMaxExited = 4_096;
/** Maximum number of ancestors per process. */
const maxAncestors = 64;

/**
 * Records the ancestors of each process. They are fixed at spawn, so they stay known after the ancestors exit.
 * Children of an exited process thus remain in its subtree, whichever process the kernel reparents them to. If the
 * spawn of an ancestor is reported later, the list is completed then.
 */
export class Ancestry {
  #live = new Map<number, ProcessOrigin>();
  #exited: ExitedProcesses;
  /** PIDs found by discovery. A child may be listed before its parent, so ancestors are resolved after all are known. */
  #initialPids: number[] = [];
  #unresolved = false;
  #truncated = 0;
  #waiting = new WaitingDescendants();

  constructor(maxExited = defaultMaxExited) {
    this.#exited = new ExitedProcesses(maxExited);
  }

  /** Number of exited processes that were evicted. */
  get evicted(): number {
    return this.#exited.evicted;
  }

  /** Number of processes with more than `maxAncestors` ancestors. */
  get truncated(): number {
    return this.#truncated;
  }

  /** Applies an event. Returns the origin of its process. */
  apply(event: ProbeEvent): ProcessOrigin {
    if (event.probe_source === 'process.spawned') return this.#applySpawn(event);
    this.#endDiscovery();
    const origin = this.find({ pid: event.guest_pid, startTicks: event.start_ticks }) ?? unknownOrigin(event);
    if (event.probe_source === 'process.exited') {
      if (this.#live.get(origin.pid) === origin) this.#moveToExited(origin);
      return origin;
    }
    const isNoChange = event.probe_source === 'process.zombie' || event.probe_source === 'process.children';
    if (isNoChange || this.#live.get(origin.pid) !== origin) return origin;
    if (event.probe_source === 'process.exec') addName(origin, event);
    const { guest_uid: uid = origin.uid } = event;
    const { cgroup = origin.cgroup } = event.probe_source === 'process.exec' ? event : origin;
    if (uid === origin.uid && cgroup === origin.cgroup) return origin;
    this.#live.set(origin.pid, { ...origin, uid, cgroup });
    return this.#live.get(origin.pid) ?? origin;
  }

  /** Returns the origin of a process; undefined if it is unknown or evicted. */
  find({ pid, startTicks }: ProcessId): ProcessOrigin | undefined {
    for (const origin of [this.#live.get(pid), this.#exited.get(pid)]) {
      if (
        origin &&
        (origin.startTicks === startTicks || origin.startTicks === undefined || startTicks === undefined)
      )
        return origin;
    }
    return undefined;
  }

  /** Returns the last exited process with this PID, if it started before `child`. */
  findExited(pid: number, child: Pick<ProcessOrigin, 'startTicks'>): ProcessOrigin | undefined {
    const origin = this.#exited.get(pid);
    return origin && startedBefore(origin, child) ? origin : undefined;
  }

  /** Resolves the ancestors of the processes found by discovery. Call it after each batch. */
  resolveAncestors(): void {
    if (!this.#unresolved) return;
    this.#unresolved = false;
    for (const pid of this.#initialPids) {
      const origin = this.#live.get(pid);
      if (origin?.initial) this.#live.set(pid, { ...origin, ancestors: this.#ancestorsOfInitial(origin) });
    }
  }

  snapshot(): AncestrySnapshot {
    return {
      live: [...this.#live.values()],
      exited: [...this.#exited.values()],
      initialPids: this.#initialPids.slice(),
      unresolved: this.#unresolved,
      evicted: this.evicted,
      truncated: this.#truncated,
      waiting: this.#waiting.snapshot(),
    };
  }

  static restore(snapshot: AncestrySnapshot): Ancestry {
    const { live, exited, initialPids, unresolved, evicted, truncated, waiting } = snapshot;
    const ancestry = new Ancestry();
    for (const origin of live) ancestry.#live.set(origin.pid, origin);
    ancestry.#exited = new ExitedProcesses(defaultMaxExited, exited, evicted);
    ancestry.#initialPids = initialPids.slice();
    ancestry.#unresolved = unresolved;
    ancestry.#truncated = truncated;
    ancestry.#waiting = WaitingDescendants.restore(waiting);
    return ancestry;
  }

  /** Returns an independent copy. `copyOrigin` copies the mutable part of an origin (see `originCopier`). */
  clone(copyOrigin: (origin: ProcessOrigin) => ProcessOrigin = this.originCopier()): Ancestry {
    const copy = new Ancestry();
    for (const [pid, origin] of this.#live) copy.#live.set(pid, copyOrigin(origin));
    copy.#exited = new ExitedProcesses(this.#exited.maxSize, this.#exited.values(), this.evicted);
    copy.#initialPids = this.#initialPids.slice();
    copy.#unresolved = this.#unresolved;
    copy.#truncated = this.#truncated;
    copy.#waiting = WaitingDescendants.restore(this.#waiting.snapshot());
    return copy;
  }

  /** Returns a function that copies origins and their name histories, each once. Exited processes are not copied. */
  originCopier(): (origin: ProcessOrigin) => ProcessOrigin {
    return createOriginCopier((origin) => this.#live.get(origin.pid)?.nameHistory === origin.nameHistory);
  }

  #applySpawn(event: SpawnedEvent): ProcessOrigin {
    // The previous process with this PID exits here. Its ancestors are resolved first, so that the result does not
    // depend on how records are batched.
    if (this.#live.has(event.guest_pid)) this.resolveAncestors();
    const { initial = false } = event;
    const parent = initial ? undefined : this.#parentOf(event);
    const isFork = isForkOf(event, parent);
    const { cgroup = inheritedCgroup(parent), args = isFork ? parent?.nameHistory.args : undefined } = event;
    const unresolved: ProcessOrigin = {
      pid: event.guest_pid,
      startTicks: event.start_ticks,
      ppid: event.guest_ppid,
      uid: event.guest_uid,
      initial,
      ...(cgroup !== undefined && { cgroup }),
      spawnedNs: initial ? undefined : event.guest_monotonic_ns,
      ancestors: [],
      nameHistory: { names: [event.guest_comm], program: undefined, args, ...(isFork && { isFork }) },
    };
    if (initial) {
      this.#initialPids.push(unresolved.pid);
      this.#unresolved = true;
    } else this.#endDiscovery();
    const previous = this.#live.get(unresolved.pid);
    if (previous) this.#moveToExited(previous);
    const origin = initial ? unresolved : { ...unresolved, ancestors: this.#ancestorsAtSpawn(unresolved) };
    this.#live.set(origin.pid, origin);
    if (!initial) {
      this.#waitForAncestor(origin);
      this.#completeDescendants(origin);
    }
    return origin;
  }

  /** Returns whether a process observed from its spawn has an ancestor that may still be reported. */
  lacksAncestor({ ancestors, spawnedNs }: ProcessOrigin): boolean {
    const last = ancestors.at(-1) ?? 0;
    if (spawnedNs === undefined || last === 0 || ancestors.length >= maxAncestors) return false;
    return !this.#live.has(last) && !this.#exited.get(last);
  }

  /** Removes and returns the processes that were completed since the last call, with their latest origins. */
  takeCompleted(): CompletedOrigins {
    return this.#waiting.takeCompleted();
  }

  /** Adds a process to the waiting ones if its last ancestor is not known. */
  #waitForAncestor(origin: ProcessOrigin): void {
    if (this.lacksAncestor(origin)) this.#waiting.add(origin.ancestors.at(-1) as number, origin);
  }

  /** Appends the ancestors of a process to its descendants that were reported before it. */
  #completeDescendants(ancestor: ProcessOrigin): void {
    for (const id of this.#waiting.take(ancestor.pid)) {
      const origin = this.find(id);
      if (!origin || origin.ancestors.at(-1) !== ancestor.pid || !startedBefore(ancestor, origin)) continue;
      const ancestors = [...origin.ancestors, ...ancestor.ancestors].slice(0, maxAncestors);
      const completed = { ...origin, ancestors };
      if (this.#live.get(origin.pid) === origin) this.#live.set(origin.pid, completed);
      else this.#exited.replace(completed);
      this.#waiting.addCompleted(completed);
      this.#waitForAncestor(completed);
    }
  }

  /** Ends discovery at the first event that is not part of it. */
  #endDiscovery(): void {
    this.resolveAncestors();
    if (this.#initialPids.length > 0) this.#initialPids = [];
  }

  #moveToExited(origin: ProcessOrigin): void {
    this.#live.delete(origin.pid);
    this.#exited.add(origin);
  }

  #parentOf({ guest_ppid: ppid, start_ticks: startTicks }: SpawnedEvent): ProcessOrigin | undefined {
    const parent = ppid ? (this.#live.get(ppid) ?? this.#exited.get(ppid)) : undefined;
    return parent && startedBefore(parent, { startTicks }) ? parent : undefined;
  }

  #ancestorsAtSpawn({ ppid }: ProcessOrigin): readonly number[] {
    if (ppid === undefined || ppid === 0) return [];
    const parent = this.#live.get(ppid) ?? this.#exited.get(ppid);
    const ancestors = [ppid, ...(parent?.ancestors ?? [])];
    if (ancestors.length <= maxAncestors) return ancestors;
    this.#truncated++;
    return ancestors.slice(0, maxAncestors);
  }

  /** Follows the parents of a process found by discovery. Bounded, because a hostile trace can contain cycles. */
  #ancestorsOfInitial(origin: ProcessOrigin): readonly number[] {
    const ancestors: number[] = [];
    let current: ProcessOrigin | undefined = origin;
    while (current?.ppid && ancestors.length < maxAncestors) {
      ancestors.push(current.ppid);
      current = this.#live.get(current.ppid);
    }
    return ancestors;
  }
}
