import { clockTickNs } from '../../util/time.ts';
import { type ProbeEvent, type SpawnedEvent, zombieSinceNs } from '../events/event.ts';
import { type ExitStatus, pickExitStatus } from '../events/exit-status.ts';

/** The current state of one process, as shown in the table. */
export type ProcessEntry = {
  /** Number of processes that arrived before it. */
  arrivalIndex: number;
  pid: number;
  startTicks: number | undefined;
  comm: string;
  commHex: string | undefined;
  /** The parent at spawn. */
  ppid: number | undefined;
  uid: number | undefined;
  kthread: boolean;
  /** Path of its cgroup; undefined if it is not known. */
  cgroup: string | undefined;
  /** Whether it was found by discovery, so that its spawn was not observed. */
  initial: boolean;
  /** CLOCK_MONOTONIC ns. */
  firstSeenNs: bigint;
  zombie: boolean;
  /** Of a zombie: the parent that has to reap it; undefined if it is unknown. */
  reaperPid: number | undefined;
  /** When it was first seen as a zombie, CLOCK_MONOTONIC ns. */
  zombieSinceNs: bigint | undefined;
  /** CLOCK_MONOTONIC ns; undefined while it is alive. */
  exitedNs: bigint | undefined;
  /** How long it ran, ns. */
  lifetimeNs: bigint | undefined;
  /** How long it then was a zombie, ns. */
  zombieNs: bigint | undefined;
  /** Known after the exit, or of a zombie. Empty: unknown. */
  exitStatus: ExitStatus;
  /** CPU time of a zombie, or of an exited process as last seen, ns. */
  cpuNs: bigint | undefined;
};

/** The content of a `ProcessTable` as plain values, in order of arrival. */
export type TableSnapshot = { live: ProcessEntry[]; exited: ProcessEntry[]; arrivals: number };

/** How long an exited process stays in the table, ns. */
const keepExitedNs = 1_000_000_000n;
/** Maximum number of exited processes in the table; beyond it the oldest are removed at once. */
const maxExited = 500;

const newEntry = (
  event: SpawnedEvent,
  { arrivalIndex, cgroup }: Pick<ProcessEntry, 'arrivalIndex' | 'cgroup'>,
): ProcessEntry => ({
  arrivalIndex,
  pid: event.guest_pid,
  startTicks: event.start_ticks,
  comm: event.guest_comm,
  commHex: event.comm_hex,
  ppid: event.guest_ppid,
  uid: event.guest_uid,
  kthread: event.kthread ?? false,
  cgroup,
  initial: event.initial ?? false,
  firstSeenNs: event.guest_monotonic_ns,
  zombie: false,
  reaperPid: undefined,
  zombieSinceNs: undefined,
  exitedNs: undefined,
  lifetimeNs: undefined,
  zombieNs: undefined,
  exitStatus: {},
  cpuNs: undefined,
});

/**
 * The live processes in order of arrival, and those that exited within the last second. Entries are replaced, never
 * mutated, so a clone can share them. Processes are keyed by PID, because a source emits the exit of a process before
 * the spawn of another one with the same PID.
 */
export class ProcessTable {
  #live = new Map<number, ProcessEntry>();
  #exited: ProcessEntry[] = [];
  #zombies = 0;
  #arrivals = 0;
  #hasCgroups = false;

  get size(): number {
    return this.#live.size;
  }

  get zombies(): number {
    return this.#zombies;
  }

  /** Whether the cgroup of any process has been known. */
  get hasCgroups(): boolean {
    return this.#hasCgroups;
  }

  get(pid: number): ProcessEntry | undefined {
    return this.#live.get(pid);
  }

  /** Iterates over the live processes, in order of arrival. */
  live(): IterableIterator<ProcessEntry> {
    return this.#live.values();
  }

  /** Returns the processes that exited within the last second, oldest first. */
  recentlyExited(): readonly ProcessEntry[] {
    return this.#exited;
  }

  /** Applies an event. `cgroup` is the cgroup of the process, if it is known. */
  apply(event: ProbeEvent, cgroup?: string): void {
    const previous = this.#live.get(event.guest_pid);
    if (cgroup !== undefined) this.#hasCgroups = true;
    switch (event.probe_source) {
      case 'process.spawned':
        // Each rotated file starts with the live processes. Those whose spawn was observed keep their entry.
        if (event.initial && previous && previous.startTicks === event.start_ticks) return;
        if (previous?.zombie) this.#zombies--;
        this.#live.delete(event.guest_pid);
        this.#live.set(event.guest_pid, newEntry(event, { arrivalIndex: this.#arrivals++, cgroup }));
        return;
      case 'process.exec':
        if (!previous) return;
        this.#live.set(event.guest_pid, {
          ...previous,
          comm: event.guest_comm,
          commHex: event.comm_hex,
          uid: event.guest_uid ?? previous.uid,
          cgroup: cgroup ?? previous.cgroup,
        });
        return;
      case 'process.user':
        if (previous) this.#live.set(event.guest_pid, { ...previous, uid: event.guest_uid });
        return;
      case 'process.zombie':
        if (!previous) return;
        if (!previous.zombie) this.#zombies++;
        this.#live.set(event.guest_pid, {
          ...previous,
          zombie: true,
          zombieSinceNs: previous.zombieSinceNs ?? zombieSinceNs(event),
          reaperPid: event.guest_ppid,
          exitStatus: pickExitStatus(event),
          cpuNs: event.cpu_ns,
        });
        return;
      case 'process.exited':
        if (!previous) return;
        if (previous.zombie) this.#zombies--;
        this.#live.delete(event.guest_pid);
        this.#exited.push({
          ...previous,
          exitedNs: event.guest_monotonic_ns,
          lifetimeNs: event.lifetime_ns,
          zombieNs: event.zombie_ns,
          exitStatus: pickExitStatus(event),
          cpuNs: event.cpu_ns,
        });
        if (this.#exited.length > maxExited) this.#exited.shift();
        return;
      case 'process.children':
        return;
      default:
        event satisfies never;
    }
  }

  /** Removes the processes that exited more than a second before `nowNs`. */
  advance(nowNs: bigint): void {
    const firstKept = this.#exited.findIndex(
      (process) => nowNs - (process.exitedNs as bigint) < keepExitedNs,
    );
    if (firstKept === 0) return;
    this.#exited = firstKept < 0 ? [] : this.#exited.slice(firstKept);
  }

  snapshot(): TableSnapshot {
    return { live: [...this.#live.values()], exited: this.#exited.slice(), arrivals: this.#arrivals };
  }

  static restore({ live, exited, arrivals }: TableSnapshot): ProcessTable {
    const table = new ProcessTable();
    for (const process of live) {
      table.#live.set(process.pid, process);
      if (process.zombie) table.#zombies++;
      if (process.cgroup !== undefined) table.#hasCgroups = true;
    }
    table.#exited = exited.slice();
    table.#arrivals = arrivals;
    return table;
  }

  clone(): ProcessTable {
    const copy = new ProcessTable();
    copy.#live = new Map(this.#live);
    copy.#exited = this.#exited.slice();
    copy.#zombies = this.#zombies;
    copy.#arrivals = this.#arrivals;
    copy.#hasCgroups = this.#hasCgroups;
    return copy;
  }
}

/** A zombie is normal for this long, ns: its parent needs time to reap it. */
export const normalZombieNs = 1_000_000_000n;

/** Returns whether a process has been a zombie for longer than is normal. */
export const isLastingZombie = (
  { zombie, zombieSinceNs }: Pick<ProcessEntry, 'zombie' | 'zombieSinceNs'>,
  nowNs: bigint,
): boolean => zombie && zombieSinceNs !== undefined && nowNs - zombieSinceNs >= normalZombieNs;

/** Returns the time from spawn to reaping in ns: the run time, and the time as a zombie if there was any. */
export const reapedAfterNs = (
  lifetimeNs: bigint | undefined,
  zombieNs: bigint | undefined,
): bigint | undefined => (lifetimeNs === undefined ? undefined : lifetimeNs + (zombieNs ?? 0n));

/** The fields that determine the age of a process. */
export type AgedProcess = Pick<
  ProcessEntry,
  'startTicks' | 'initial' | 'firstSeenNs' | 'exitedNs' | 'lifetimeNs' | 'zombieNs'
>;

/**
 * Returns the time since the spawn of a process in ns, until it was reaped if it has exited; undefined if it is unknown.
 * The age of an initial process is exact to 10 ms, because it follows from the start ticks.
 */
export const ageNs = (process: AgedProcess, nowNs: bigint, bootOffsetNs: bigint): bigint | undefined => {
  if (process.exitedNs !== undefined) return reapedAfterNs(process.lifetimeNs, process.zombieNs);
  if (!process.initial) return nowNs - process.firstSeenNs;
  if (process.startTicks === undefined) return undefined;
  const age = nowNs + bootOffsetNs - BigInt(process.startTicks) * clockTickNs;
  return age < 0n ? 0n : age;
};
