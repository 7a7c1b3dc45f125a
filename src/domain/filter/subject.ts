import type { ProbeEvent } from '../events/event.ts';
import type { ExitStatus } from '../events/exit-status.ts';
import type { Ancestry } from '../processes/ancestry.ts';
import type { Guest } from '../processes/guest.ts';
import { isInSubtree, type NameHistory, type ProcessOrigin } from '../processes/process-origin.ts';
import { ageNs, type ProcessEntry, reapedAfterNs } from '../processes/process-table.ts';
import { cpuShareOf, meanCpuShare, rssOf, type UsageTable } from '../processes/process-usage.ts';

/**
 * The fields of a process or record that a filter reads. A field that is not known is undefined. Every comparison with
 * such a field is false, so the negated comparison is true.
 */
export type FilterSubject = {
  readonly pid: number;
  /** The current name of the process, or the name in the record. */
  readonly comm: string;
  /** Host name of the guest, or the name under which the guest was given. Undefined: not known. */
  readonly host?: string | undefined;
  /** The names that the process has had. Undefined: only `comm`. */
  readonly names?: readonly string[] | undefined;
  /** The arguments, the program first. Undefined: not known. */
  readonly args?: readonly string[] | undefined;
  readonly kthread?: boolean;
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
  /** CPU usage in percent of one core, of a process that is read; of an exited one, over its lifetime if known. */
  readonly cpuPercent?: number | undefined;
  /** Resident memory, bytes, of a process that is read. */
  readonly rssBytes?: number | undefined;
  readonly event: EventName | undefined;
  /** Returns whether the process has this PID or is a descendant of the process that has it. */
  isDescendantOf(pid: number): boolean;
};

export const eventNames = ['spawned', 'exec', 'user', 'zombie', 'exited', 'gap'] as const;
export type EventName = (typeof eventNames)[number];

/** A subject without any known field. Others that know only some are made of it. */
export const emptySubject: FilterSubject = {
  pid: -1,
  comm: '',
  ppid: undefined,
  uid: undefined,
  user: undefined,
  cgroup: undefined,
  ageNs: undefined,
  lifetimeNs: undefined,
  exitStatus: undefined,
  event: undefined,
  isDescendantOf: () => false,
};

/** A gap, which has no process: only its event is known. */
export const gapSubject: FilterSubject = { ...emptySubject, event: 'gap' };

// Subjects are classes with getters, because thousands are created per frame and most filters read one field.

/** The part of a system state that the fields of a process depend on. */
type System = {
  readonly ancestry: Ancestry;
  readonly guest: Guest;
  readonly nowNs: bigint;
  readonly usage: UsageTable;
};

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
  get host() {
    return this.#system.guest.host;
  }
  get names() {
    return this.#system.ancestry.find(this.#process)?.nameHistory.names;
  }
  get args() {
    return this.#system.ancestry.find(this.#process)?.nameHistory.args;
  }
  get kthread() {
    return this.#process.kthread;
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
  get cpuPercent() {
    const share = cpuShareOf(this.#process, this.#system.usage);
    return share === undefined ? undefined : share * 100;
  }
  get rssBytes() {
    return rssOf(this.#process, this.#system.usage);
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

/** The names and arguments of a process as of one time. */
export type MatchedNames = Pick<NameHistory, 'names' | 'args'>;

/** The fields of a record. Fields that the record does not have are those of the spawn. */
export class RecordSubject implements FilterSubject {
  readonly #record: ProbeEvent;
  readonly #origin: ProcessOrigin;
  readonly #guest: Guest;
  readonly host: string | undefined;
  readonly names: readonly string[];
  readonly args: readonly string[] | undefined;

  constructor(
    record: ProbeEvent,
    {
      origin,
      guest,
      host = guest.host,
      history = origin.nameHistory,
    }: { origin: ProcessOrigin; guest: Guest; host?: string | undefined; history?: MatchedNames | undefined },
  ) {
    this.host = host;
    this.#record = record;
    this.#origin = origin;
    this.#guest = guest;
    this.names = history.names;
    this.args = history.args;
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
  get cpuPercent() {
    if (this.#record.probe_source !== 'process.exited') return undefined;
    const share = meanCpuShare(this.#record.cpu_ns, this.#record.lifetime_ns);
    return share === undefined ? undefined : share * 100;
  }
  get exitStatus(): ExitStatus | undefined {
    const { probe_source } = this.#record;
    return probe_source === 'process.exited' || probe_source === 'process.zombie' ? this.#record : undefined;
  }
  /** Undefined for `process.children`, which is not logged. */
  get event(): EventName | undefined {
    if (this.#record.probe_source === 'process.children') return undefined;
    return this.#record.probe_source.slice('process.'.length) as EventName;
  }
  isDescendantOf(root: number): boolean {
    return isInSubtree(this.#origin, root);
  }
}
