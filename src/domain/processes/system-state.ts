import { RingBuffer } from '../../util/ring-buffer.ts';
import {
  type Batch,
  type ChurnRecord,
  type ExitedEvent,
  type GapReason,
  type GapRecord,
  isProbeEvent,
  type ProbeEvent,
} from '../events/event.ts';
import { processKey } from '../events/process-id.ts';
import { ActiveAlerts } from './active-alerts.ts';
import { Ancestry } from './ancestry.ts';
import { ChildrenCpu } from './children-cpu.ts';
import { ExitHistory, noParent } from './exit-history.ts';
import { type Guest, unknownGuest } from './guest.ts';
import { type ProcessOrigin, startedBefore } from './process-origin.ts';
import { type ProcessEntry, ProcessTable } from './process-table.ts';
import { UsageTable } from './process-usage.ts';
import { RateCounter, secondOf } from './rate-counter.ts';
import type { SystemStateSnapshot } from './system-snapshot.ts';
import { withAncestors } from './waiting-descendants.ts';

/** The guest of an entry in the merged log of several guests, and its wall clock minus its monotonic clock, ns. */
export type EntryGuest = { host: string; wallOffsetNs: bigint };

/** A record in the log, with the parent's name and the process's origin as of then. */
export type LogEntry = {
  record: ChurnRecord;
  parentComm: string | undefined;
  origin: ProcessOrigin | undefined;
  /** Whether it is the exec right after a fork. The log shows it on the line of the spawn. */
  mergedIntoSpawn: boolean;
  /** Absent with one guest. */
  from?: EntryGuest;
};

/** Records retained for the log and the dump; about 4 MB. */
export const defaultLogCapacity = 10_000;

type StateParts = Pick<
  SystemState,
  | 'nowNs'
  | 'table'
  | 'ancestry'
  | 'exitHistory'
  | 'log'
  | 'spawns'
  | 'exits'
  | 'lostByReason'
  | 'activeAlerts'
  | 'childrenCpu'
  | 'usage'
>;

/** The state of the monitored system at `nowNs` (CLOCK_MONOTONIC), reduced from all records. Live capture, replay and pause share it. */
export class SystemState {
  nowNs: bigint;
  readonly guest: Guest;
  readonly table: ProcessTable;
  readonly ancestry: Ancestry;
  readonly exitHistory: ExitHistory;
  readonly log: RingBuffer<LogEntry>;
  readonly spawns: RateCounter;
  readonly exits: RateCounter;
  /** Number of tasks missed and records lost so far, by reason. */
  readonly lostByReason: Map<GapReason, number>;
  readonly activeAlerts: ActiveAlerts;
  readonly childrenCpu: ChildrenCpu;
  /** Copies share it, because only the system on screen is read. */
  readonly usage: UsageTable;

  constructor(
    logCapacity = defaultLogCapacity,
    guest: Guest = unknownGuest,
    parts: Partial<StateParts> = {},
  ) {
    this.nowNs = parts.nowNs ?? 0n;
    this.guest = guest;
    this.table = parts.table ?? new ProcessTable();
    this.ancestry = parts.ancestry ?? new Ancestry();
    this.exitHistory = parts.exitHistory ?? new ExitHistory();
    this.log = parts.log ?? new RingBuffer<LogEntry>(logCapacity);
    this.spawns = parts.spawns ?? new RateCounter();
    this.exits = parts.exits ?? new RateCounter();
    this.lostByReason = new Map(parts.lostByReason);
    this.activeAlerts = parts.activeAlerts ?? new ActiveAlerts();
    this.childrenCpu = parts.childrenCpu ?? new ChildrenCpu();
    this.usage = parts.usage ?? new UsageTable();
  }

  /** Returns an independent copy, as shown while paused. */
  clone(): SystemState {
    const { nowNs, guest, table, ancestry, exitHistory, log, lostByReason, activeAlerts } = this;
    const copyOrigin = ancestry.originCopier();
    const copyEntry = (entry: LogEntry) =>
      entry.origin ? { ...entry, origin: copyOrigin(entry.origin) } : entry;
    return new SystemState(log.capacity, guest, {
      nowNs,
      table: table.clone(),
      ancestry: ancestry.clone(copyOrigin),
      exitHistory: exitHistory.clone(),
      log: log.clone(copyEntry),
      spawns: this.spawns.clone(),
      exits: this.exits.clone(),
      lostByReason,
      activeAlerts: ActiveAlerts.restore(activeAlerts.snapshot()),
      childrenCpu: this.childrenCpu.clone(),
      usage: this.usage,
    });
  }

  /** Returns the same state with other guest facts. It shares all mutable parts. */
  withGuest(guest: Guest): SystemState {
    return new SystemState(this.log.capacity, guest, this);
  }

  snapshot(): SystemStateSnapshot {
    return {
      nowNs: this.nowNs,
      table: this.table.snapshot(),
      ancestry: this.ancestry.snapshot(),
      exitHistory: this.exitHistory.snapshot(),
      spawns: this.spawns.snapshot(),
      exits: this.exits.snapshot(),
      lostByReason: [...this.lostByReason],
      activeAlerts: this.activeAlerts.snapshot(),
      childrenCpu: this.childrenCpu.snapshot(),
      loggedTotal: this.log.dropped + this.log.length,
    };
  }

  /** Restores a snapshot. The log is empty, and counts all earlier entries as dropped. */
  static restore(snapshot: SystemStateSnapshot, logCapacity = defaultLogCapacity): SystemState {
    return new SystemState(logCapacity, unknownGuest, {
      nowNs: snapshot.nowNs,
      table: ProcessTable.restore(snapshot.table),
      ancestry: Ancestry.restore(snapshot.ancestry),
      exitHistory: ExitHistory.restore(snapshot.exitHistory),
      log: new RingBuffer<LogEntry>(logCapacity, snapshot.loggedTotal),
      spawns: RateCounter.restore(snapshot.spawns),
      exits: RateCounter.restore(snapshot.exits),
      lostByReason: new Map(snapshot.lostByReason),
      activeAlerts: ActiveAlerts.restore(snapshot.activeAlerts),
      childrenCpu: ChildrenCpu.restore(snapshot.childrenCpu),
    });
  }

  apply({ nowNs, records }: Batch): void {
    for (const record of records) this.#applyRecord(record);
    this.ancestry.resolveAncestors();
    this.#replaceCompletedOrigins();
    if (nowNs > this.nowNs) this.nowNs = nowNs;
    const second = secondOf(this.nowNs);
    this.spawns.advance(second);
    this.exits.advance(second);
    this.childrenCpu.shortLived.advance(second);
    this.table.advance(this.nowNs);
  }

  #applyRecord(record: ChurnRecord): void {
    if (!isProbeEvent(record)) {
      if (record.probe_source === 'trace.gap') this.#addGap(record);
      if (record.probe_source === 'trace.alert' && !this.activeAlerts.apply(record)) return;
      this.log.push({ record, parentComm: undefined, origin: undefined, mergedIntoSpawn: false });
      return;
    }
    this.childrenCpu.apply(record);
    if (record.probe_source === 'process.children') return;
    const known = this.ancestry.find({ pid: record.guest_pid, startTicks: record.start_ticks });
    const parentComm = this.#parentComm(record, known);
    const program = known?.nameHistory.program;
    const origin = this.ancestry.apply(record);
    this.table.apply(record, origin.cgroup);
    const mergedIntoSpawn = record.probe_source === 'process.exec' && origin.nameHistory.program !== program;
    // Discovery fills the table, but neither the log nor the rates.
    if (record.probe_source === 'process.spawned' && record.initial) return;
    if (record.probe_source === 'process.spawned') this.spawns.add(secondOf(record.guest_monotonic_ns));
    if (record.probe_source === 'process.exited') {
      this.exits.add(secondOf(record.guest_monotonic_ns));
      if (!origin.initial) this.activeAlerts.countExit(record.guest_comm, origin.ppid);
      this.#recordExit(record, origin);
    }
    this.log.push({ record, parentComm, origin, mergedIntoSpawn });
  }

  /** Updates the log after the ancestors of some processes became known later than their spawns. */
  #replaceCompletedOrigins(): void {
    const completed = this.ancestry.takeCompleted();
    if (completed.size === 0) return;
    for (const entry of this.log) {
      if (entry.origin) entry.origin = withAncestors(entry.origin, completed);
    }
  }

  #addGap({ reason, tasks, events }: GapRecord): void {
    this.lostByReason.set(reason, (this.lostByReason.get(reason) ?? 0) + (tasks ?? events ?? 0));
  }

  #recordExit(
    { guest_comm: comm, guest_monotonic_ns: atNs, lifetime_ns }: ExitedEvent,
    origin: ProcessOrigin,
  ): void {
    const { ancestor, exitedBetween } = this.nearestLivingAncestor(origin);
    const parent = ancestor ? processKey(ancestor) : noParent;
    this.exitHistory.recordExit(
      { origin, comm, atNs, lifetimeNs: lifetime_ns },
      { parent, exitedBetween: exitedBetween.toReversed() },
    );
  }

  /**
   * Finds the nearest living ancestor of a process. `exitedBetween` has the names of the exited processes between the
   * two, the parent first.
   */
  nearestLivingAncestor(origin: Pick<ProcessOrigin, 'startTicks' | 'ancestors'>): {
    ancestor: ProcessEntry | undefined;
    exitedBetween: string[];
  } {
    const exitedBetween: string[] = [];
    for (const pid of origin.ancestors) {
      const ancestor = this.table.get(pid);
      if (ancestor && startedBefore(ancestor, origin)) return { ancestor, exitedBetween };
      exitedBetween.push(this.ancestry.findExited(pid, origin)?.nameHistory.names.at(-1) ?? '?');
    }
    return { ancestor: undefined, exitedBetween };
  }

  /** Returns the process that has to reap a zombie: its current parent; undefined if it is unknown. */
  reaperOf(zombie: ProcessEntry): ProcessEntry | undefined {
    const pid = zombie.reaperPid ?? zombie.ppid;
    const reaper = pid === undefined ? undefined : this.table.get(pid);
    // A zombie has lost its children. One that started later has reused the PID of the parent.
    return reaper && !reaper.zombie && startedBefore(reaper, zombie) ? reaper : undefined;
  }

  #parentComm(event: ProbeEvent, origin: ProcessOrigin | undefined): string | undefined {
    if ('guest_ppid' in event)
      return event.guest_ppid === undefined ? undefined : this.table.get(event.guest_ppid)?.comm;
    if (!origin?.ppid) return undefined;
    const parent = this.table.get(origin.ppid);
    if (parent && startedBefore(parent, origin)) return parent.comm;
    return this.ancestry.findExited(origin.ppid, origin)?.nameHistory.names.at(-1);
  }
}
