import { RingBuffer } from '../../util/ring-buffer.ts';
import {
  type AlertRecord,
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
import { Ancestry, type AncestrySnapshot, type ProcessOrigin, startedBefore } from './ancestry.ts';
import { ExitHistory, type ExitHistorySnapshot, noParent } from './exit-history.ts';
import { type Guest, unknownGuest } from './guest.ts';
import { type ProcessEntry, ProcessTable, type TableSnapshot } from './process-table.ts';
import { RateCounter, type RateSnapshot } from './rate-counter.ts';
/** A line of the log: what happened, with the parent's name and the process's origin as they were then. */
export type LogEntry = {
  record: ChurnRecord;
  parentComm: string | undefined;
  origin: ProcessOrigin | undefined;
  /** The exec a fork was made for: the line of its birth bears the program's name, so it needs none of its own. */
  mergedIntoSpawn: boolean;
};

/** Records held for the log and the dump; about 4 MB. */
export const defaultLogCapacity = 10_000;

/** A world without its log, as plain values: what a replay can begin with. */
export type SystemStateSnapshot = {
  nowNs: bigint;
  table: TableSnapshot;
  ancestry: AncestrySnapshot;
  exitHistory: ExitHistorySnapshot;
  spawns: RateSnapshot;
  exits: RateSnapshot;
  lostByReason: [GapReason, number][];
  activeAlerts: AlertRecord[];
  /** Log entries so far. */
  loggedTotal: number;
};

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
>;

/**
 * All that is known of the guest's churn up to `nowNs`: the fold of every record. Live capture, replay and a frozen
 * view are the same thing seen at different moments.
 */
export class SystemState {
  nowNs: bigint;
  readonly guest: Guest;
  readonly table: ProcessTable;
  readonly ancestry: Ancestry;
  readonly exitHistory: ExitHistory;
  readonly log: RingBuffer<LogEntry>;
  readonly spawns: RateCounter;
  readonly exits: RateCounter;
  /** Tasks and records lost so far, by reason. */
  readonly lostByReason: Map<GapReason, number>;
  /** The alerts that hold. */
  readonly activeAlerts: ActiveAlerts;

  constructor(history = defaultLogCapacity, guest: Guest = unknownGuest, parts: Partial<StateParts> = {}) {
    this.nowNs = parts.nowNs ?? 0n;
    this.guest = guest;
    this.table = parts.table ?? new ProcessTable();
    this.ancestry = parts.ancestry ?? new Ancestry();
    this.exitHistory = parts.exitHistory ?? new ExitHistory();
    this.log = parts.log ?? new RingBuffer<LogEntry>(history);
    this.spawns = parts.spawns ?? new RateCounter();
    this.exits = parts.exits ?? new RateCounter();
    this.lostByReason = new Map(parts.lostByReason);
    this.activeAlerts = parts.activeAlerts ?? new ActiveAlerts();
  }

  /** An independent copy: what a paused view shows. */
  clone(): SystemState {
    const { nowNs, guest, table, ancestry, exitHistory, log, spawns, exits, lostByReason, activeAlerts } =
      this;
    const copyKin = ancestry.originCopier();
    const copyEntry = (entry: LogEntry) =>
      entry.origin ? { ...entry, origin: copyKin(entry.origin) } : entry;
    return new SystemState(log.capacity, guest, {
      nowNs,
      table: table.clone(),
      ancestry: ancestry.clone(copyKin),
      exitHistory: exitHistory.clone(),
      log: log.clone(copyEntry),
      spawns: spawns.clone(),
      exits: exits.clone(),
      lostByReason,
      activeAlerts: new ActiveAlerts(activeAlerts),
    });
  }

  /** The same world, seen as that of another guest. */
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
      activeAlerts: [...this.activeAlerts],
      loggedTotal: this.log.dropped + this.log.length,
    };
  }

  /** The same world with an empty log, of which everything counts as older. */
  static restore(snapshot: SystemStateSnapshot, history = defaultLogCapacity): SystemState {
    const { nowNs, table, ancestry, exitHistory, spawns, exits, lostByReason, activeAlerts, loggedTotal } =
      snapshot;
    return new SystemState(history, unknownGuest, {
      nowNs,
      table: ProcessTable.restore(table),
      ancestry: Ancestry.restore(ancestry),
      exitHistory: ExitHistory.restore(exitHistory),
      log: new RingBuffer<LogEntry>(history, loggedTotal),
      spawns: RateCounter.restore(spawns),
      exits: RateCounter.restore(exits),
      lostByReason: new Map(lostByReason),
      activeAlerts: new ActiveAlerts(activeAlerts),
    });
  }

  apply({ nowNs, records }: Batch): void {
    for (const record of records) this.#applyRecord(record);
    this.ancestry.resolveAncestors();
    if (nowNs > this.nowNs) this.nowNs = nowNs;
    this.spawns.advance(this.nowNs);
    this.exits.advance(this.nowNs);
    this.table.advance(this.nowNs);
  }

  #applyRecord(record: ChurnRecord): void {
    if (!isProbeEvent(record)) {
      if (record.probe_source === 'trace.gap') this.#addGap(record);
      if (record.probe_source === 'trace.alert' && !this.activeAlerts.apply(record)) return;
      this.log.push({ record, parentComm: undefined, origin: undefined, mergedIntoSpawn: false });
      return;
    }
    const parentComm = this.#parentComm(record);
    this.table.apply(record);
    const program = this.ancestry.find({ pid: record.guest_pid, startTicks: record.start_ticks })?.nameHistory
      .program;
    const origin = this.ancestry.apply(record);
    const mergedIntoSpawn = record.probe_source === 'process.exec' && origin.nameHistory.program !== program;
    // Discovery is not churn: it fills the table, not the log and the rates.
    if (record.probe_source === 'process.spawned' && record.initial) return;
    if (record.probe_source === 'process.spawned') this.spawns.add(record.guest_monotonic_ns);
    if (record.probe_source === 'process.exited') {
      this.exits.add(record.guest_monotonic_ns);
      this.#recordExit(record, origin);
    }
    this.log.push({ record, parentComm, origin, mergedIntoSpawn });
  }

  #addGap({ reason, tasks, events }: GapRecord): void {
    this.lostByReason.set(reason, (this.lostByReason.get(reason) ?? 0) + (tasks ?? events ?? 0));
  }

  #recordExit(
    { guest_comm: comm, guest_monotonic_ns: atNs, lifetime_ns }: ExitedEvent,
    origin: ProcessOrigin,
  ): void {
    const { ancestor, between } = this.nearestLivingAncestor(origin);
    const parent = ancestor ? processKey(ancestor) : noParent;
    this.exitHistory.recordExit(
      { origin, comm, atNs, lifetimeNs: lifetime_ns },
      { parent, exitedBetween: between.toReversed() },
    );
  }

  /** Whom a process hangs under: its nearest living ancestor, and the names of those between that ended, nearest first. */
  nearestLivingAncestor(kin: Pick<ProcessOrigin, 'startTicks' | 'ancestors'>): {
    ancestor: ProcessEntry | undefined;
    between: string[];
  } {
    const between: string[] = [];
    for (const pid of kin.ancestors) {
      const ancestor = this.table.get(pid);
      if (ancestor && startedBefore(ancestor, kin)) return { ancestor, between };
      between.push(this.ancestry.findExited(pid, kin)?.nameHistory.names.at(-1) ?? '?');
    }
    return { ancestor: undefined, between };
  }

  #parentComm(event: ProbeEvent): string | undefined {
    const ppid = 'guest_ppid' in event ? event.guest_ppid : undefined;
    return ppid === undefined ? undefined : this.table.get(ppid)?.comm;
  }
}
