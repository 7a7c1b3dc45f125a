import { commandPattern } from '../commands/command-pattern.ts';
import {
  type ChurnRecord,
  type ExecEvent,
  type ExitedEvent,
  isProbeEvent,
  type ProbeEvent,
  type UserEvent,
  type ZombieEvent,
} from '../events/event.ts';
import { pickExitStatus } from '../events/exit-status.ts';
import type { ProcessId } from '../events/process-id.ts';
import { recordTimeNs } from '../events/record.ts';
import { Counters } from './counters.ts';
import { GapSummary } from './gap-summary.ts';
import type { GroupStats } from './group-stats.ts';
import type { BoundedGroups, Grouping } from './groups.ts';
import { RestartLoops } from './loops/restart-loops.ts';
import { commandOfExec } from './process-index.ts';
import { GuestTrackers, type ProcessTracker } from './process-tracker.ts';
import { type ClockOrigin, StatsClock } from './stats-clock.ts';

export type { ClockOrigin } from './stats-clock.ts';

export type StatsOptions = {
  /** Maximum number of groups per grouping. */
  maxGroups?: number;
  /** Maximum number of live processes that are tracked. */
  maxProcesses?: number;
};

/**
 * Counts churn by each grouping, in bounded memory. An event costs one to three microseconds; rates, quantiles and
 * sorting are computed on demand (`group-summary.ts`).
 *
 * A process counts under its current name. When it executes another program, its spawn moves to the new comm, so that
 * the spawns of all comms add up to the total.
 */
export class ChurnStats {
  readonly all: GroupStats;
  readonly groups: Readonly<Record<Grouping, BoundedGroups>>;
  /** Guests, if several are recorded at the same time. */
  readonly hosts: BoundedGroups;
  readonly gaps = new GapSummary();
  readonly restartLoops = new RestartLoops();
  readonly #clock = new StatsClock();
  readonly #counters: Counters;
  readonly #guests: GuestTrackers;
  /** The processes of the current guest. */
  #processes: ProcessTracker;
  #spawnsSeen = 0;

  constructor({ maxGroups = 2048, maxProcesses = 1 << 18 }: StatsOptions = {}) {
    this.#counters = new Counters(maxGroups, (ns) => this.#clock.secondOf(ns));
    this.all = this.#counters.all;
    this.groups = this.#counters.groups;
    this.hosts = this.#counters.hosts;
    this.#guests = new GuestTrackers(maxProcesses, this.#counters);
    this.#processes = this.#guests.open(undefined, 0n);
  }

  /** CLOCK_MONOTONIC time of the newest record, in ns. */
  get nowNs(): bigint {
    return this.#clock.nowNs;
  }

  /** Second of the newest record, on the clock of all rate counters. */
  get second(): number {
    return this.#clock.second;
  }

  /** Time covered by the records, in ns. */
  get spanNs(): bigint {
    return this.#clock.spanNs;
  }

  /** Number of spawns seen, including those that do not match the filter. */
  get spawnsSeen(): number {
    return this.#spawnsSeen;
  }

  /** Number of processes without an exit record whose PID was reused. */
  get missedExits(): number {
    return this.#guests.missedExits;
  }

  /** Number of live processes that were dropped because there were too many. */
  get evictedProcesses(): number {
    return this.#guests.evicted;
  }

  /** Number of complete seconds that the current rate covers, from 1 to 5. */
  get rateSpanSeconds(): number {
    return Math.max(1, Math.min(5, this.#clock.elapsedSeconds));
  }

  /**
   * Starts the records of another recorder, which lists the live processes again and may have another clock. The processes
   * of other guests stay alive.
   */
  startRecorder(origin: ClockOrigin | undefined): void {
    this.#processes = this.#guests.open(origin, this.nowNs);
    this.#clock.startRecorder(origin);
  }

  /**
   * Selects the guest of the next records, among several that are recorded at the same time. The times of all of them must
   * be on one clock. `starts`: a recorder of the guest begins. `isAlone`: no other guest is being recorded then.
   */
  selectGuest(name: string, { starts = false, isAlone = false } = {}): void {
    this.#processes = this.#guests.parallel(name);
    if (starts) this.#processes.clear();
    if (isAlone) this.#clock.startRecorder(undefined);
  }

  /** Applies a record. `counted` is whether it matches the filter; all records are needed to find the parents. */
  apply(record: ChurnRecord, counted = true): void {
    if (isProbeEvent(record)) this.#applyEvent(record, counted);
    else {
      this.advance(recordTimeNs(record));
      if (record.probe_source === 'trace.gap') this.gaps.add(record);
    }
  }

  /** Moves a live process to the group of a command that was read later than its spawn or exec. */
  setLateArgs(id: ProcessId, args: readonly string[]): void {
    const process = this.#processes.find(id);
    if (!process) return;
    const command = commandPattern({ comm: process.name.comm, args });
    if (process.command === command) return;
    this.#counters.regroup(process, { command, counted: process.groups !== undefined });
  }

  /** Advances the clock without a record. */
  advance(nowNs: bigint): void {
    this.#clock.advance(nowNs);
  }

  #applyEvent(event: ProbeEvent, counted: boolean): void {
    this.#clock.advance(event.guest_monotonic_ns);
    this.#counters.nextEvent();
    this.#processes.trackChildrenCpu(event, counted);
    switch (event.probe_source) {
      case 'process.spawned':
        if (!event.initial) this.#spawnsSeen++;
        this.#processes.addSpawned(event, counted);
        return;
      case 'process.exec':
        this.#applyExec(event, counted);
        return;
      case 'process.user':
        this.#applyUser(event, counted);
        return;
      case 'process.zombie':
        this.#applyZombie(event, counted);
        return;
      case 'process.exited':
        this.#applyExit(event, counted);
        return;
      case 'process.children':
        return;
      default:
        event satisfies never;
    }
  }

  #applyExec(event: ExecEvent, counted: boolean): void {
    const process = this.#processes.findOrAdd(event, counted);
    const { guest_comm: comm, guest_uid: uid = process.uid, cgroup = process.cgroup } = event;
    const command = commandOfExec(event, process);
    const isSame =
      process.name.comm === comm &&
      process.command === command &&
      process.uid === uid &&
      process.cgroup === cgroup;
    if (!isSame || counted !== (process.groups !== undefined))
      this.#counters.regroup(process, { comm, command, uid, cgroup, counted });
    this.#counters.countExec(process);
  }

  #applyUser(event: UserEvent, counted: boolean): void {
    const process = this.#processes.findOrAdd(event, counted);
    const { guest_uid: uid } = event;
    if (process.uid !== uid || counted !== (process.groups !== undefined))
      this.#counters.regroup(process, { uid, counted });
  }

  #applyZombie(event: ZombieEvent, counted: boolean): void {
    const process = this.#processes.findOrAdd(event, counted);
    this.#processes.markZombie(process, event.guest_ppid);
    const { guest_monotonic_ns: exitNs } = event;
    // It is not known when a process exited that was found as a zombie.
    const isFound = process.initial && process.spawnNs === exitNs;
    if (counted && !isFound)
      this.#counters.countZombieStatus(process, { exitNs, status: pickExitStatus(event) });
  }

  #applyExit(event: ExitedEvent, counted: boolean): void {
    // A process whose spawn was not seen is added and removed here, so it never counts as alive.
    const process = this.#processes.findOrAdd(event, counted);
    this.#processes.remove(process);
    if (!counted) return;
    const { guest_monotonic_ns: exitNs, lifetime_ns, zombie_ns: zombieNs } = event;
    const ranNs = process.initial ? undefined : exitNs - (zombieNs ?? 0n) - process.spawnNs;
    const status = pickExitStatus(event);
    this.#counters.countExit(process, {
      lifetimeNs: lifetime_ns ?? ranNs,
      zombieNs,
      exitNs,
      status,
      cpuNs: event.cpu_ns,
    });
    if (process.initial || process.parentGroup.mergedInto) return;
    this.restartLoops.addExit({
      comm: process.name.comm,
      parent: process.parentGroup,
      spawnNs: Number(process.spawnNs),
      exitNs: Number(exitNs - (zombieNs ?? 0n)),
      windowNs: Number(event.window_ns ?? 0n),
      wasZombie: process.zombie,
      status,
    });
  }
}
