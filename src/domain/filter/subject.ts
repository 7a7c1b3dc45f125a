import type { ProbeEvent } from '../events/event.ts';
import type { ExitStatus } from '../events/exit-status.ts';
import type { Ancestry } from '../processes/ancestry.ts';
import type { Guest } from '../processes/guest.ts';
import { isInSubtree, type ProcessOrigin } from '../processes/process-origin.ts';
import { ageNs, type ProcessEntry, reapedAfterNs } from '../processes/process-table.ts';

/**
 * The fields of a process or record that a filter reads. A field that is not known is undefined. Every comparison with
 * such a field is false, so the negated comparison is true.
 */
export type FilterSubject = {
  readonly pid: number;
  /** The current name of the process, or the name in the record. */
  readonly comm: string;
  /** The names that the process has had. Undefined: only `comm`. */
  readonly names?: readonly string[] | undefined;
  /** PID of the spawner. */
  readonly ppid: number | undefined;
  readonly uid: number | undefined;
  /** The user name on the guest, or the UID if it has no name. */
  readonly user: string | undefined;
  readonly cgroup: string | undefined;
  /** Time from the spawn to now, or to the record, in ns. */
  readonly ageNs: bigint | undefined;
  /** Time from spawn to exit, in ns. Known only after the exit. */
  readonly lifetimeNs: bigint | undefined;
  /** Known only after the exit, and not always then. */
  readonly exitStatus: ExitStatus | undefined;
  readonly event: EventName | undefined;
  /** Returns whether the process has this PID or is a descendant of the process that has it. */
  isDescendantOf(pid: number): boolean;
};

export const eventNames = ['spawned', 'exec', 'user', 'zombie', 'exited', 'gap'] as const;
export type EventName = (typeof eventNames)[number];

/** A gap, which has no process: only its event is known. */
export const gapSubject: FilterSubject = {
  pid: -1,
  comm: '',
  ppid: undefined,
  uid: undefined,
  user: undefined,
  cgroup: undefined,
  ageNs: undefined,
  lifetimeNs: undefined,
  exitStatus: undefined,
  event: 'gap',
  isDescendantOf: () => false,
};

// Subjects are classes with getters, because thousands are created per frame and most filters read one field.

/** The part of a system state that the fields of a process depend on. */
type System = { readonly ancestry: Ancestry; readonly guest: Guest; readonly nowNs: bigint };

/** The fields of a process in the table. Its event is `zombie`, `exited` or undefined. */
export class ProcessSubject implements FilterSubject {
  readonly #process: ProcessEntry;
  readonly #system: System;

  constructor(process: ProcessEntry, system: System) {
    this.#process = process;
    this.#system = system;
  }

  get pid() {
    return this.#process.pid;
  }
  get comm() {
    return this.#process.comm;
  }
  get names() {
    return this.#system.ancestry.find(this.#process)?.nameHistory.names;
  }
  get ppid() {
    return this.#process.ppid;
  }
  get uid() {
    return this.#process.uid;
  }
  get user() {
    return this.uid === undefined ? undefined : this.#system.guest.userName(this.uid);
  }
  get cgroup() {
    return this.#system.ancestry.find(this.#process)?.cgroup;
  }
  get ageNs() {
    return ageNs(this.#process, this.#system.nowNs, this.#system.guest.bootOffsetNs);
  }
  get lifetimeNs() {
    return this.#process.lifetimeNs;
  }
  get exitStatus() {
    return this.#process.exitStatus;
  }
  get event(): EventName | undefined {
    if (this.#process.exitedNs !== undefined) return 'exited';
    return this.#process.zombie ? 'zombie' : undefined;
  }
  isDescendantOf(root: number): boolean {
    const { pid, ppid } = this.#process;
    const origin = this.#system.ancestry.find(this.#process);
    return isInSubtree(origin ?? { pid, ancestors: ppid === undefined ? [] : [ppid] }, root);
  }
}

/** The fields of a record. Fields that the record does not have are those of the spawn. */
export class RecordSubject implements FilterSubject {
  readonly #record: ProbeEvent;
  readonly #origin: ProcessOrigin;
  readonly #guest: Guest;
  readonly names: readonly string[];

  constructor(
    record: ProbeEvent,
    {
      origin,
      guest,
      names = origin.nameHistory.names,
    }: { origin: ProcessOrigin; guest: Guest; names?: readonly string[] | undefined },
  ) {
    this.#record = record;
    this.#origin = origin;
    this.#guest = guest;
    this.names = names;
  }

  get pid() {
    return this.#record.guest_pid;
  }
  get comm() {
    return this.#record.guest_comm;
  }
  /** The spawner, if known. The zombie record of an orphan has the PID of the process that adopted it instead. */
  get ppid() {
    return this.#origin.ppid ?? ('guest_ppid' in this.#record ? this.#record.guest_ppid : undefined);
  }
  get uid() {
    return ('guest_uid' in this.#record ? this.#record.guest_uid : undefined) ?? this.#origin.uid;
  }
  get user() {
    return this.uid === undefined ? undefined : this.#guest.userName(this.uid);
  }
  get cgroup() {
    return this.#origin.cgroup;
  }
  get ageNs() {
    const { guest_monotonic_ns: atNs, start_ticks } = this.#record;
    const exit = this.#record.probe_source === 'process.exited' ? this.#record : undefined;
    if (exit?.lifetime_ns !== undefined) return reapedAfterNs(exit.lifetime_ns, exit.zombie_ns);
    const { spawnedNs, startTicks = start_ticks } = this.#origin;
    const spawn = { startTicks, initial: spawnedNs === undefined, firstSeenNs: spawnedNs ?? 0n };
    return ageNs(
      { ...spawn, exitedNs: undefined, lifetimeNs: undefined, zombieNs: undefined },
      atNs,
      this.#guest.bootOffsetNs,
    );
  }
  get lifetimeNs() {
    return this.#record.probe_source === 'process.exited' ? this.#record.lifetime_ns : undefined;
  }
  get exitStatus(): ExitStatus | undefined {
    const { probe_source } = this.#record;
    return probe_source === 'process.exited' || probe_source === 'process.zombie' ? this.#record : undefined;
  }
  get event(): EventName {
    return this.#record.probe_source.slice('process.'.length) as EventName;
  }
  isDescendantOf(root: number): boolean {
    return isInSubtree(this.#origin, root);
  }
}
