import type { ExecEvent, ProbeEvent, SpawnedEvent } from '../events/event.ts';
import type { ProcessId } from '../events/process-id.ts';

/** The names of one life. Shared by all that is known of it and growing with it: a later name concerns earlier records. */
export type NameHistory = {
  /** Oldest first; of too many the first and the newest. */
  names: readonly string[];
  /** The program it took right after its birth: what the fork was made for. */
  program: string | undefined;
};

/** Where a process comes from, and what only its spawn told: later records of it name neither parent nor user. */
export type ProcessOrigin = {
  readonly pid: number;
  readonly startTicks: number | undefined;
  readonly ppid: number | undefined;
  readonly uid: number | undefined;
  readonly initial: boolean;
  /** Its control group as last told, where that was asked for. */
  readonly cgroup?: string | undefined;
  /** When its birth was seen; undefined where it was not. */
  readonly spawnedNs: bigint | undefined;
  /** PIDs of its spawner, the spawner's spawner and so on, as they were at its birth; they may have ended since. */
  readonly ancestors: readonly number[];
  readonly nameHistory: NameHistory;
};

/** All there is to know of an `Ancestry`, as plain values. */
export type AncestrySnapshot = {
  live: ProcessOrigin[];
  exited: ProcessOrigin[];
  initialPids: number[];
  unresolved: boolean;
  evicted: number;
  truncated: number;
};

/** Ended processes still remembered: children of theirs may be reported after them. */
const defaultMaxExited = 4_096;
/** Names remembered of one life. */
const maxNamesPerProcess = 8;
/** A fork that takes a program within this time was made for it. */
const forkExecWindowNs = 50_000_000n;
/** Generations remembered; deeper lines lose their far end. */
const maxAncestors = 64;

/**
 * The fold of a stream into lines of descent. A line is fixed at birth, so it outlives the ancestors: children of an
 * ended process still belong to its subtree, whoever the kernel gave them to, and nothing has to be kept for them.
 */
export class Ancestry {
  #live = new Map<number, ProcessOrigin>();
  #exited = new Map<number, ProcessOrigin>();
  /** Goes through the ended, oldest first, as they are forgotten. */
  #evictionOrder: IterableIterator<number> | undefined;
  /** Found alive at the start, where a child may be listed before its parent: lines follow once all are known. */
  #initialPids: number[] = [];
  #unresolved = false;
  #evicted = 0;
  #truncated = 0;
  readonly #maxExited: number;

  constructor(remembered = defaultMaxExited) {
    this.#maxExited = remembered;
  }

  /** Ended processes that are no longer remembered. */
  get evicted(): number {
    return this.#evicted;
  }

  /** Lines longer than are kept. */
  get truncated(): number {
    return this.#truncated;
  }

  /** Take in one event; gives what is known of its process. */
  apply(event: ProbeEvent): ProcessOrigin {
    if (event.probe_source === 'process.spawned') return this.#applySpawn(event);
    this.#endDiscovery();
    const kin = this.#findOrCreate(event);
    if (event.probe_source === 'process.exited') {
      if (this.#live.get(kin.pid) === kin) this.#moveToExited(kin);
      return kin;
    }
    if (event.probe_source !== 'process.exec') return kin;
    if (this.#live.get(kin.pid) !== kin) return kin;
    addName(kin, event);
    const { guest_uid: uid = kin.uid, cgroup = kin.cgroup } = event;
    if (uid === kin.uid && cgroup === kin.cgroup) return kin;
    const changed = { ...kin, uid, cgroup };
    this.#live.set(kin.pid, changed);
    return changed;
  }

  /** What is known of a process, as long as it is remembered. */
  find({ pid, startTicks }: ProcessId): ProcessOrigin | undefined {
    for (const kin of [this.#live.get(pid), this.#exited.get(pid)]) {
      if (kin && (kin.startTicks === startTicks || kin.startTicks === undefined || startTicks === undefined))
        return kin;
    }
    return undefined;
  }

  /** The last bearer of a PID to have ended, if it was there when `child` began. */
  findExited(pid: number, child: Pick<ProcessOrigin, 'startTicks'>): ProcessOrigin | undefined {
    const kin = this.#exited.get(pid);
    return kin && startedBefore(kin, child) ? kin : undefined;
  }

  /** Work out the lines of those found alive so far; due before one asks, after a batch. */
  resolveAncestors(): void {
    if (!this.#unresolved) return;
    this.#unresolved = false;
    for (const pid of this.#initialPids) {
      const kin = this.#live.get(pid);
      if (kin?.initial) this.#live.set(pid, { ...kin, ancestors: this.#ancestorsOfInitial(kin) });
    }
  }

  snapshot(): AncestrySnapshot {
    return {
      live: [...this.#live.values()],
      exited: [...this.#exited.values()],
      initialPids: this.#initialPids.slice(),
      unresolved: this.#unresolved,
      evicted: this.#evicted,
      truncated: this.#truncated,
    };
  }

  static restore({ live, exited, initialPids, unresolved, evicted, truncated }: AncestrySnapshot): Ancestry {
    const ancestry = new Ancestry();
    for (const kin of live) ancestry.#live.set(kin.pid, kin);
    for (const kin of exited) ancestry.#exited.set(kin.pid, kin);
    ancestry.#initialPids = initialPids.slice();
    ancestry.#unresolved = unresolved;
    ancestry.#evicted = evicted;
    ancestry.#truncated = truncated;
    return ancestry;
  }

  /** An independent copy; `copyKin` copies what grows (see `copyingKin`). */
  clone(copyKin: (kin: ProcessOrigin) => ProcessOrigin = this.originCopier()): Ancestry {
    const copy = new Ancestry(this.#maxExited);
    for (const [pid, kin] of this.#live) copy.#live.set(pid, copyKin(kin));
    copy.#exited = new Map(this.#exited);
    copy.#initialPids = this.#initialPids.slice();
    copy.#unresolved = this.#unresolved;
    copy.#evicted = this.#evicted;
    copy.#truncated = this.#truncated;
    return copy;
  }

  /**
   * Copies kin such that what shared a life still does: names told later reach all copies and no original. Who has ended
   * takes no other name, and is not copied.
   */
  originCopier(): (kin: ProcessOrigin) => ProcessOrigin {
    const copies = new Map<NameHistory, NameHistory>();
    return (kin) => {
      if (this.#live.get(kin.pid)?.nameHistory !== kin.nameHistory) return kin;
      const nameHistory = copies.get(kin.nameHistory) ?? { ...kin.nameHistory };
      copies.set(kin.nameHistory, nameHistory);
      return { ...kin, nameHistory };
    };
  }

  #applySpawn(event: SpawnedEvent): ProcessOrigin {
    // A namesake ends here; its line is due before, so that it does not depend on where a batch ended.
    if (this.#live.has(event.guest_pid)) this.resolveAncestors();
    const initial = event.initial ?? false;
    const kin: ProcessOrigin = {
      pid: event.guest_pid,
      startTicks: event.start_ticks,
      ppid: event.guest_ppid,
      uid: event.guest_uid,
      initial,
      ...(event.cgroup !== undefined && { cgroup: event.cgroup }),
      spawnedNs: initial ? undefined : event.guest_monotonic_ns,
      ancestors: [],
      nameHistory: { names: [event.guest_comm], program: undefined },
    };
    if (initial) {
      this.#initialPids.push(kin.pid);
      this.#unresolved = true;
    } else this.#endDiscovery();
    const before = this.#live.get(kin.pid);
    if (before) this.#moveToExited(before);
    const born = initial ? kin : { ...kin, ancestors: this.#ancestorsAtSpawn(kin) };
    this.#live.set(kin.pid, born);
    return born;
  }

  /** The first thing that happens ends the discovery. */
  #endDiscovery(): void {
    this.resolveAncestors();
    if (this.#initialPids.length > 0) this.#initialPids = [];
  }

  #findOrCreate(event: ProbeEvent): ProcessOrigin {
    const kin = this.find({ pid: event.guest_pid, startTicks: event.start_ticks });
    if (kin) return kin;
    return {
      pid: event.guest_pid,
      startTicks: event.start_ticks,
      ppid: undefined,
      uid: undefined,
      initial: false,
      spawnedNs: undefined,
      ancestors: [],
      nameHistory: { names: [event.guest_comm], program: undefined },
    };
  }

  #moveToExited(kin: ProcessOrigin): void {
    this.#live.delete(kin.pid);
    // A reused PID takes the place of its namesake.
    if (this.#exited.delete(kin.pid)) this.#evicted++;
    this.#exited.set(kin.pid, kin);
    if (this.#exited.size <= this.#maxExited) return;
    this.#exited.delete(this.#oldestExitedPid());
    this.#evicted++;
  }

  /** One walk for all of them: from the start, a map steps over the places of all that it let go of before. */
  #oldestExitedPid(): number {
    this.#evictionOrder ??= this.#exited.keys();
    return this.#evictionOrder.next().value as number;
  }

  #ancestorsAtSpawn({ ppid }: ProcessOrigin): readonly number[] {
    if (ppid === undefined || ppid === 0) return [];
    const parent = this.#live.get(ppid) ?? this.#exited.get(ppid);
    const line = [ppid, ...(parent?.ancestors ?? [])];
    if (line.length <= maxAncestors) return line;
    this.#truncated++;
    return line.slice(0, maxAncestors);
  }

  /** Parent by parent, all of them found alive: bounded, as a hostile stream can name them in a circle. */
  #ancestorsOfInitial(kin: ProcessOrigin): readonly number[] {
    const line: number[] = [];
    for (
      let at: ProcessOrigin | undefined = kin;
      at?.ppid && line.length < maxAncestors;
      at = this.#live.get(at.ppid)
    )
      line.push(at.ppid);
    return line;
  }
}

/** Whether a process began no later than another; one that began later has taken over the PID of an ancestor. */
export const startedBefore = (
  elder: Pick<ProcessOrigin, 'startTicks'>,
  child: Pick<ProcessOrigin, 'startTicks'>,
): boolean =>
  elder.startTicks === undefined || child.startTicks === undefined || elder.startTicks <= child.startTicks;

/** Whether it is `root` or descends from it; an unknown origin is nobody's child. */
export const isInSubtree = (
  { pid, ancestors }: Pick<ProcessOrigin, 'pid' | 'ancestors'>,
  root: number,
): boolean => pid === root || ancestors.includes(root);

const addName = (
  { nameHistory, spawnedNs }: ProcessOrigin,
  { guest_comm, guest_monotonic_ns }: ExecEvent,
): void => {
  const { names } = nameHistory;
  if (names.length === 1 && spawnedNs !== undefined && guest_monotonic_ns - spawnedNs <= forkExecWindowNs)
    nameHistory.program = guest_comm;
  if (names.includes(guest_comm)) return;
  // Never in place: copies of this life share the list.
  nameHistory.names = [...(names.length < maxNamesPerProcess ? names : names.toSpliced(1, 1)), guest_comm];
};
