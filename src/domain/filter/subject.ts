import type { ProbeEvent } from '../events/event.ts';
import { type Ancestry, isInSubtree, type ProcessOrigin } from '../processes/ancestry.ts';
import type { Guest } from '../processes/guest.ts';
import { ageNs, type ProcessEntry } from '../processes/process-table.ts';

/**
 * What a filter judges: a living process, or a record of something that happened to one. A fact that is not known is
 * undefined, and every comparison with it is false (so that its `!` is true).
 */
export type FilterSubject = {
  readonly pid: number;
  readonly comm: string;
  /** The spawner. */
  readonly ppid: number | undefined;
  readonly uid: number | undefined;
  /** The name by which this guest knows the user; the number, where it knows none. */
  readonly user: string | undefined;
  readonly cgroup: string | undefined;
  /** How long it has run, now or when it happened, ns. */
  readonly ageNs: bigint | undefined;
  /** From spawn to exit, ns; not known of a living process. */
  readonly lifetimeNs: bigint | undefined;
  readonly event: EventName | undefined;
  /** Whether it is the process of this PID or descends from it. */
  isDescendantOf(pid: number): boolean;
};

export const eventNames = ['spawned', 'exec', 'zombie', 'exited'] as const;
export type EventName = (typeof eventNames)[number];
// Classes, not literals: thousands are judged a frame, and most filters ask for one fact only.

/** A row of the table. Its event is the state it is in, where that is one: `zombie` or `exited`. */
export class ProcessSubject implements FilterSubject {
  readonly #process: ProcessEntry;
  readonly #ancestry: Ancestry;
  readonly #guest: Guest;
  readonly #nowNs: bigint;

  constructor(process: ProcessEntry, ancestry: Ancestry, guest: Guest, nowNs: bigint) {
    this.#process = process;
    this.#ancestry = ancestry;
    this.#guest = guest;
    this.#nowNs = nowNs;
  }

  get pid() {
    return this.#process.pid;
  }
  get comm() {
    return this.#process.comm;
  }
  get ppid() {
    return this.#process.ppid;
  }
  get uid() {
    return this.#process.uid;
  }
  get user() {
    return this.uid === undefined ? undefined : this.#guest.userName(this.uid);
  }
  get cgroup() {
    return this.#ancestry.find(this.#process)?.cgroup;
  }
  get ageNs() {
    return ageNs(this.#process, this.#nowNs, this.#guest.bootOffsetNs);
  }
  get lifetimeNs() {
    return this.#process.lifetimeNs;
  }
  get event(): EventName | undefined {
    if (this.#process.exitedNs !== undefined) return 'exited';
    return this.#process.zombie ? 'zombie' : undefined;
  }
  isDescendantOf(root: number): boolean {
    const { pid, ppid } = this.#process;
    const kin = this.#ancestry.find(this.#process);
    return isInSubtree(kin ?? { pid, ancestors: ppid === undefined ? [] : [ppid] }, root);
  }
}

/** A record of the log, the stream or a trace; what it leaves out is taken from its process's spawn. */
export class RecordSubject implements FilterSubject {
  readonly #record: ProbeEvent;
  readonly #kin: ProcessOrigin;
  readonly #guest: Guest;
  /** The name it is judged by: of one life there can be several. */
  readonly comm: string;

  constructor(record: ProbeEvent, kin: ProcessOrigin, guest: Guest, comm: string = record.guest_comm) {
    this.#record = record;
    this.#kin = kin;
    this.#guest = guest;
    this.comm = comm;
  }

  get pid() {
    return this.#record.guest_pid;
  }
  /** The spawner comes first: an orphan's zombie names whoever took it in. */
  get ppid() {
    return this.#kin.ppid ?? ('guest_ppid' in this.#record ? this.#record.guest_ppid : undefined);
  }
  get uid() {
    return ('guest_uid' in this.#record ? this.#record.guest_uid : undefined) ?? this.#kin.uid;
  }
  get user() {
    return this.uid === undefined ? undefined : this.#guest.userName(this.uid);
  }
  get cgroup() {
    return this.#kin.cgroup;
  }
  get ageNs() {
    const { guest_monotonic_ns: atNs, start_ticks } = this.#record;
    if (this.lifetimeNs !== undefined) return this.lifetimeNs;
    const { spawnedNs, startTicks = start_ticks } = this.#kin;
    const birth = { startTicks, initial: spawnedNs === undefined, firstSeenNs: spawnedNs ?? 0n };
    return ageNs({ ...birth, exitedNs: undefined, lifetimeNs: undefined }, atNs, this.#guest.bootOffsetNs);
  }
  get lifetimeNs() {
    return this.#record.probe_source === 'process.exited' ? this.#record.lifetime_ns : undefined;
  }
  get event(): EventName {
    return this.#record.probe_source.slice('process.'.length) as EventName;
  }
  isDescendantOf(root: number): boolean {
    return isInSubtree(this.#kin, root);
  }
}
