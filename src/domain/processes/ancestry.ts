import type { ExecEvent, ProbeEvent, SpawnedEvent } from '../events/event.ts';
import type { Identity } from '../events/process-id.ts';

/** The names of one life. Shared by all that is known of it and growing with it: a later name concerns earlier records. */
export type Life = {
  /** Oldest first; of too many the first and the newest. */
  names: readonly string[];
  /** The program it took right after its birth: what the fork was made for. */
  program: string | undefined;
};

/** Where a process comes from, and what only its spawn told: later records of it name neither parent nor user. */
export type Kin = {
  readonly pid: number;
  readonly startTicks: number | undefined;
  readonly ppid: number | undefined;
  readonly uid: number | undefined;
  readonly initial: boolean;
  /** Its control group as last told, where that was asked for. */
  readonly cgroup?: string | undefined;
  /** When its birth was seen; undefined where it was not. */
  readonly seenNs: bigint | undefined;
  /** PIDs of its spawner, the spawner's spawner and so on, as they were at its birth; they may have ended since. */
  readonly line: readonly number[];
  readonly life: Life;
};

/** All there is to know of an `Ancestry`, as plain values. */
export type AncestrySnapshot = {
  live: Kin[];
  ended: Kin[];
  found: number[];
  unsettled: boolean;
  forgotten: number;
  shortened: number;
};

/** Ended processes still remembered: children of theirs may be reported after them. */
const maxEnded = 4_096;
/** Names remembered of one life. */
const maxNames = 8;
/** A fork that takes a program within this time was made for it. */
const forkForNs = 50_000_000n;
/** Generations remembered; deeper lines lose their far end. */
const maxLine = 64;

/**
 * The fold of a stream into lines of descent. A line is fixed at birth, so it outlives the ancestors: children of an
 * ended process still belong to its subtree, whoever the kernel gave them to, and nothing has to be kept for them.
 */
export class Ancestry {
  #live = new Map<number, Kin>();
  #ended = new Map<number, Kin>();
  /** Goes through the ended, oldest first, as they are forgotten. */
  #ages: IterableIterator<number> | undefined;
  /** Found alive at the start, where a child may be listed before its parent: lines follow once all are known. */
  #found: number[] = [];
  #unsettled = false;
  #forgotten = 0;
  #shortened = 0;
  readonly #maxEnded: number;

  constructor(remembered = maxEnded) {
    this.#maxEnded = remembered;
  }

  /** Ended processes that are no longer remembered. */
  get forgotten(): number {
    return this.#forgotten;
  }

  /** Lines longer than are kept. */
  get shortened(): number {
    return this.#shortened;
  }

  /** Take in one event; gives what is known of its process. */
  apply(event: ProbeEvent): Kin {
    if (event.probe_source === 'process.spawned') return this.#spawn(event);
    this.#settleFound();
    const kin = this.#known(event);
    if (event.probe_source === 'process.exited') {
      if (this.#live.get(kin.pid) === kin) this.#end(kin);
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
  find({ pid, startTicks }: Identity): Kin | undefined {
    for (const kin of [this.#live.get(pid), this.#ended.get(pid)]) {
      if (kin && (kin.startTicks === startTicks || kin.startTicks === undefined || startTicks === undefined))
        return kin;
    }
    return undefined;
  }

  /** The last bearer of a PID to have ended, if it was there when `child` began. */
  ended(pid: number, child: Pick<Kin, 'startTicks'>): Kin | undefined {
    const kin = this.#ended.get(pid);
    return kin && wasThere(kin, child) ? kin : undefined;
  }

  /** Work out the lines of those found alive so far; due before one asks, after a batch. */
  settle(): void {
    if (!this.#unsettled) return;
    this.#unsettled = false;
    for (const pid of this.#found) {
      const kin = this.#live.get(pid);
      if (kin?.initial) this.#live.set(pid, { ...kin, line: this.#lineOf(kin) });
    }
  }

  snapshot(): AncestrySnapshot {
    return {
      live: [...this.#live.values()],
      ended: [...this.#ended.values()],
      found: this.#found.slice(),
      unsettled: this.#unsettled,
      forgotten: this.#forgotten,
      shortened: this.#shortened,
    };
  }

  static restore({ live, ended, found, unsettled, forgotten, shortened }: AncestrySnapshot): Ancestry {
    const ancestry = new Ancestry();
    for (const kin of live) ancestry.#live.set(kin.pid, kin);
    for (const kin of ended) ancestry.#ended.set(kin.pid, kin);
    ancestry.#found = found.slice();
    ancestry.#unsettled = unsettled;
    ancestry.#forgotten = forgotten;
    ancestry.#shortened = shortened;
    return ancestry;
  }

  /** An independent copy; `copyKin` copies what grows (see `copyingKin`). */
  clone(copyKin: (kin: Kin) => Kin = this.copyingKin()): Ancestry {
    const copy = new Ancestry(this.#maxEnded);
    for (const [pid, kin] of this.#live) copy.#live.set(pid, copyKin(kin));
    copy.#ended = new Map(this.#ended);
    copy.#found = this.#found.slice();
    copy.#unsettled = this.#unsettled;
    copy.#forgotten = this.#forgotten;
    copy.#shortened = this.#shortened;
    return copy;
  }

  /**
   * Copies kin such that what shared a life still does: names told later reach all copies and no original. Who has ended
   * takes no other name, and is not copied.
   */
  copyingKin(): (kin: Kin) => Kin {
    const copies = new Map<Life, Life>();
    return (kin) => {
      if (this.#live.get(kin.pid)?.life !== kin.life) return kin;
      const life = copies.get(kin.life) ?? { ...kin.life };
      copies.set(kin.life, life);
      return { ...kin, life };
    };
  }

  #spawn(event: SpawnedEvent): Kin {
    // A namesake ends here; its line is due before, so that it does not depend on where a batch ended.
    if (this.#live.has(event.guest_pid)) this.settle();
    const initial = event.initial ?? false;
    const kin: Kin = {
      pid: event.guest_pid,
      startTicks: event.start_ticks,
      ppid: event.guest_ppid,
      uid: event.guest_uid,
      initial,
      ...(event.cgroup !== undefined && { cgroup: event.cgroup }),
      seenNs: initial ? undefined : event.guest_monotonic_ns,
      line: [],
      life: { names: [event.guest_comm], program: undefined },
    };
    if (initial) {
      this.#found.push(kin.pid);
      this.#unsettled = true;
    } else this.#settleFound();
    const before = this.#live.get(kin.pid);
    if (before) this.#end(before);
    const born = initial ? kin : { ...kin, line: this.#lineAtBirth(kin) };
    this.#live.set(kin.pid, born);
    return born;
  }

  /** The first thing that happens ends the discovery. */
  #settleFound(): void {
    this.settle();
    if (this.#found.length > 0) this.#found = [];
  }

  #known(event: ProbeEvent): Kin {
    const kin = this.find({ pid: event.guest_pid, startTicks: event.start_ticks });
    if (kin) return kin;
    return {
      pid: event.guest_pid,
      startTicks: event.start_ticks,
      ppid: undefined,
      uid: undefined,
      initial: false,
      seenNs: undefined,
      line: [],
      life: { names: [event.guest_comm], program: undefined },
    };
  }

  #end(kin: Kin): void {
    this.#live.delete(kin.pid);
    // A reused PID takes the place of its namesake.
    if (this.#ended.delete(kin.pid)) this.#forgotten++;
    this.#ended.set(kin.pid, kin);
    if (this.#ended.size <= this.#maxEnded) return;
    this.#ended.delete(this.#oldest());
    this.#forgotten++;
  }

  /** One walk for all of them: from the start, a map steps over the places of all that it let go of before. */
  #oldest(): number {
    this.#ages ??= this.#ended.keys();
    return this.#ages.next().value as number;
  }

  #lineAtBirth({ ppid }: Kin): readonly number[] {
    if (ppid === undefined || ppid === 0) return [];
    const parent = this.#live.get(ppid) ?? this.#ended.get(ppid);
    const line = [ppid, ...(parent?.line ?? [])];
    if (line.length <= maxLine) return line;
    this.#shortened++;
    return line.slice(0, maxLine);
  }

  /** Parent by parent, all of them found alive: bounded, as a hostile stream can name them in a circle. */
  #lineOf(kin: Kin): readonly number[] {
    const line: number[] = [];
    for (let at: Kin | undefined = kin; at?.ppid && line.length < maxLine; at = this.#live.get(at.ppid))
      line.push(at.ppid);
    return line;
  }
}

/** Whether a process began no later than another; one that began later has taken over the PID of an ancestor. */
export const wasThere = (elder: Pick<Kin, 'startTicks'>, child: Pick<Kin, 'startTicks'>): boolean =>
  elder.startTicks === undefined || child.startTicks === undefined || elder.startTicks <= child.startTicks;

/** Whether it is `root` or descends from it; an unknown origin is nobody's child. */
export const isUnder = ({ pid, line }: Pick<Kin, 'pid' | 'line'>, root: number): boolean =>
  pid === root || line.includes(root);

const addName = ({ life, seenNs }: Kin, { guest_comm, guest_monotonic_ns }: ExecEvent): void => {
  const { names } = life;
  if (names.length === 1 && seenNs !== undefined && guest_monotonic_ns - seenNs <= forkForNs)
    life.program = guest_comm;
  if (names.includes(guest_comm)) return;
  // Never in place: copies of this life share the list.
  life.names = [...(names.length < maxNames ? names : names.toSpliced(1, 1)), guest_comm];
};
