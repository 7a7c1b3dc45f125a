import { Ring } from '../../util/ring-buffer.ts';
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
import { keyOf } from '../events/process-id.ts';
import { Raised } from './active-alerts.ts';
import { Ancestry, type AncestrySnapshot, type Kin, wasThere } from './ancestry.ts';
import { Offspring, type OffspringSnapshot, outside } from './exit-history.ts';
import { type Guest, unknownGuest } from './guest.ts';
import { type LiveProcess, LiveTable, type TableSnapshot } from './process-table.ts';
import { Rates, type RatesSnapshot } from './rate-counter.ts';
/** A line of the log: what happened, with the parent's name and the process's origin as they were then. */
export type LogEntry = {
  record: ChurnRecord;
  parent: string | undefined;
  kin: Kin | undefined;
  /** The exec a fork was made for: the line of its birth bears the program's name, so it needs none of its own. */
  folded: boolean;
};

/** Records held for the log and the dump; about 4 MB. */
export const historyLimit = 10_000;

/** A world without its log, as plain values: what a replay can begin with. */
export type WorldSnapshot = {
  nowNs: bigint;
  table: TableSnapshot;
  ancestry: AncestrySnapshot;
  offspring: OffspringSnapshot;
  spawns: RatesSnapshot;
  exits: RatesSnapshot;
  lost: [GapReason, number][];
  raised: AlertRecord[];
  /** Log entries so far. */
  logged: number;
};

type Parts = Pick<
  World,
  'nowNs' | 'table' | 'ancestry' | 'offspring' | 'log' | 'spawns' | 'exits' | 'lost' | 'raised'
>;

/**
 * All that is known of the guest's churn up to `nowNs`: the fold of every record. Live capture, replay and a frozen
 * view are the same thing seen at different moments.
 */
export class World {
  nowNs: bigint;
  readonly guest: Guest;
  readonly table: LiveTable;
  readonly ancestry: Ancestry;
  readonly offspring: Offspring;
  readonly log: Ring<LogEntry>;
  readonly spawns: Rates;
  readonly exits: Rates;
  /** Tasks and records lost so far, by reason. */
  readonly lost: Map<GapReason, number>;
  /** The alerts that hold. */
  readonly raised: Raised;

  constructor(history = historyLimit, guest: Guest = unknownGuest, parts: Partial<Parts> = {}) {
    this.nowNs = parts.nowNs ?? 0n;
    this.guest = guest;
    this.table = parts.table ?? new LiveTable();
    this.ancestry = parts.ancestry ?? new Ancestry();
    this.offspring = parts.offspring ?? new Offspring();
    this.log = parts.log ?? new Ring<LogEntry>(history);
    this.spawns = parts.spawns ?? new Rates();
    this.exits = parts.exits ?? new Rates();
    this.lost = new Map(parts.lost);
    this.raised = parts.raised ?? new Raised();
  }

  /** An independent copy: what a paused view shows. */
  freeze(): World {
    const { nowNs, guest, table, ancestry, offspring, log, spawns, exits, lost, raised } = this;
    const copyKin = ancestry.copyingKin();
    const copyEntry = (entry: LogEntry) => (entry.kin ? { ...entry, kin: copyKin(entry.kin) } : entry);
    return new World(log.capacity, guest, {
      nowNs,
      table: table.clone(),
      ancestry: ancestry.clone(copyKin),
      offspring: offspring.clone(),
      log: log.clone(copyEntry),
      spawns: spawns.clone(),
      exits: exits.clone(),
      lost,
      raised: new Raised(raised),
    });
  }

  /** The same world, seen as that of another guest. */
  of(guest: Guest): World {
    return new World(this.log.capacity, guest, this);
  }

  snapshot(): WorldSnapshot {
    return {
      nowNs: this.nowNs,
      table: this.table.snapshot(),
      ancestry: this.ancestry.snapshot(),
      offspring: this.offspring.snapshot(),
      spawns: this.spawns.snapshot(),
      exits: this.exits.snapshot(),
      lost: [...this.lost],
      raised: [...this.raised],
      logged: this.log.dropped + this.log.length,
    };
  }

  /** The same world with an empty log, of which everything counts as older. */
  static restore(snapshot: WorldSnapshot, history = historyLimit): World {
    const { nowNs, table, ancestry, offspring, spawns, exits, lost, raised, logged } = snapshot;
    return new World(history, unknownGuest, {
      nowNs,
      table: LiveTable.restore(table),
      ancestry: Ancestry.restore(ancestry),
      offspring: Offspring.restore(offspring),
      log: new Ring<LogEntry>(history, logged),
      spawns: Rates.restore(spawns),
      exits: Rates.restore(exits),
      lost: new Map(lost),
      raised: new Raised(raised),
    });
  }

  apply({ nowNs, records }: Batch): void {
    for (const record of records) this.#record(record);
    this.ancestry.settle();
    if (nowNs > this.nowNs) this.nowNs = nowNs;
    this.spawns.advance(this.nowNs);
    this.exits.advance(this.nowNs);
    this.table.advance(this.nowNs);
  }

  #record(record: ChurnRecord): void {
    if (!isProbeEvent(record)) {
      if (record.probe_source === 'trace.gap') this.#lose(record);
      if (record.probe_source === 'trace.alert' && !this.raised.apply(record)) return;
      this.log.push({ record, parent: undefined, kin: undefined, folded: false });
      return;
    }
    const parent = this.#parentOf(record);
    this.table.apply(record);
    const program = this.ancestry.find({ pid: record.guest_pid, startTicks: record.start_ticks })?.life
      .program;
    const kin = this.ancestry.apply(record);
    const folded = record.probe_source === 'process.exec' && kin.life.program !== program;
    // Discovery is not churn: it fills the table, not the log and the rates.
    if (record.probe_source === 'process.spawned' && record.initial) return;
    if (record.probe_source === 'process.spawned') this.spawns.count(record.guest_monotonic_ns);
    if (record.probe_source === 'process.exited') {
      this.exits.count(record.guest_monotonic_ns);
      this.#ended(record, kin);
    }
    this.log.push({ record, parent, kin, folded });
  }

  #lose({ reason, tasks, events }: GapRecord): void {
    this.lost.set(reason, (this.lost.get(reason) ?? 0) + (tasks ?? events ?? 0));
  }

  #ended({ guest_comm: comm, guest_monotonic_ns: atNs, lifetime_ns }: ExitedEvent, kin: Kin): void {
    const { ancestor, between } = this.livingAbove(kin);
    const parent = ancestor ? keyOf(ancestor) : outside;
    this.offspring.end(
      { kin, comm, atNs, lifetimeNs: lifetime_ns },
      { parent, between: between.toReversed() },
    );
  }

  /** Whom a process hangs under: its nearest living ancestor, and the names of those between that ended, nearest first. */
  livingAbove(kin: Pick<Kin, 'startTicks' | 'line'>): {
    ancestor: LiveProcess | undefined;
    between: string[];
  } {
    const between: string[] = [];
    for (const pid of kin.line) {
      const ancestor = this.table.get(pid);
      if (ancestor && wasThere(ancestor, kin)) return { ancestor, between };
      between.push(this.ancestry.ended(pid, kin)?.life.names.at(-1) ?? '?');
    }
    return { ancestor: undefined, between };
  }

  #parentOf(event: ProbeEvent): string | undefined {
    const ppid = 'guest_ppid' in event ? event.guest_ppid : undefined;
    return ppid === undefined ? undefined : this.table.get(ppid)?.comm;
  }
}
