import {
  type ChurnRecord,
  type ExecEvent,
  type ExitedEvent,
  isProbeEvent,
  type ProbeEvent,
  type ZombieEvent,
} from '../events/event.ts';
import { recordTimeNs } from '../events/record.ts';
import { Counters } from './counters.ts';
import { GapSummary } from './gap-summary.ts';
import type { GroupStats } from './group-stats.ts';
import type { BoundedGroups, Grouping } from './groups.ts';
import { ProcessTracker } from './process-tracker.ts';
import { RestartLoops } from './restart-loops.ts';
import { type ClockOrigin, StatsClock } from './stats-clock.ts';

export type { ClockOrigin } from './stats-clock.ts';

export type StatsOptions = {
  /** Keys held of each grouping. */
  maxGroups?: number;
  /** Living processes held. */
  maxProcesses?: number;
};

/**
 * What churns: the fold of every record into bounded counts by comm, by parent and by user. One event costs about a
 * microsecond; what people look at is worked out on demand (`churn-row.ts`).
 *
 * A life counts under the name it bears: one that was seen as a fork and then execs moves over with its spawn, so the
 * spawns of all comms are the spawns of all.
 */
export class ChurnStats {
  readonly all: GroupStats;
  readonly groups: Readonly<Record<Grouping, BoundedGroups>>;
  readonly gaps = new GapSummary();
  readonly restartLoops = new RestartLoops();
  readonly #clock = new StatsClock();
  readonly #counters: Counters;
  readonly #processes: ProcessTracker;
  #spawnsSeen = 0;

  constructor({ maxGroups = 2048, maxProcesses = 1 << 18 }: StatsOptions = {}) {
    this.#counters = new Counters(maxGroups, (ns) => this.#clock.secondOf(ns));
    this.all = this.#counters.all;
    this.groups = this.#counters.groups;
    this.#processes = new ProcessTracker(maxProcesses, this.#counters);
  }

  /** CLOCK_MONOTONIC ns of the newest record. */
  get nowNs(): bigint {
    return this.#clock.nowNs;
  }

  /** The second of the newest record, on the clock of all pulses. */
  get second(): number {
    return this.#clock.second;
  }

  /** How long was watched, ns. */
  get spanNs(): bigint {
    return this.#clock.spanNs;
  }

  /** Births seen, whether or not they count. */
  get spawnsSeen(): number {
    return this.#spawnsSeen;
  }

  /** Processes that were known and of which no end was told: another took their PID. */
  get missedExits(): number {
    return this.#processes.missedExits;
  }

  /** Living processes that a hostile number of them pushed out. */
  get evictedProcesses(): number {
    return this.#processes.evicted;
  }

  /** Complete seconds that a rate of now can look back on, at most five. */
  get rateSpanSeconds(): number {
    return Math.max(1, Math.min(5, this.#clock.elapsedSeconds));
  }

  /** Another recorder begins: it tells anew who is alive; after a boot also the clock is another. */
  startRecorder(origin: ClockOrigin | undefined): void {
    this.#processes.clear();
    this.#clock.startRecorder(origin);
  }

  /** `counts` is whether it passes the filter; all are followed, so that parents are known. */
  apply(record: ChurnRecord, counts = true): void {
    if (isProbeEvent(record)) this.#applyEvent(record, counts);
    else {
      this.advance(recordTimeNs(record));
      if (record.probe_source === 'trace.gap') this.gaps.add(record);
    }
  }

  /** Time goes on, whether or not anything happens. */
  advance(nowNs: bigint): void {
    this.#clock.advance(nowNs);
  }

  #applyEvent(event: ProbeEvent, counts: boolean): void {
    this.#clock.advance(event.guest_monotonic_ns);
    this.#counters.nextEvent();
    switch (event.probe_source) {
      case 'process.spawned':
        if (!event.initial) this.#spawnsSeen++;
        this.#processes.addSpawned(event, counts);
        return;
      case 'process.exec':
        this.#applyExec(event, counts);
        return;
      case 'process.zombie':
        this.#applyZombie(event, counts);
        return;
      case 'process.exited':
        this.#applyExit(event, counts);
        return;
      default:
        event satisfies never;
    }
  }

  #applyExec(event: ExecEvent, counts: boolean): void {
    const life = this.#processes.findOrAdd(event, counts);
    const comm = event.guest_comm;
    const uid = event.guest_uid ?? life.uid;
    if (life.name.comm !== comm || life.uid !== uid || counts !== (life.groups !== undefined)) {
      this.#counters.regroup(life, { comm, uid, counts });
    }
    this.#counters.countExec(life);
  }

  #applyZombie(event: ZombieEvent, counts: boolean): void {
    const life = this.#processes.findOrAdd(event, counts);
    if (!life.zombie) this.#processes.markZombie(life, event.guest_ppid);
  }

  #applyExit(event: ExitedEvent, counts: boolean): void {
    // An end without a known beginning still is a life that ended: it passes through and is not counted as alive.
    const life = this.#processes.findOrAdd(event, counts);
    this.#processes.remove(life);
    if (!counts) return;
    const { guest_monotonic_ns: endNs, lifetime_ns } = event;
    this.#counters.countExit(life, lifetime_ns ?? (life.initial ? undefined : endNs - life.spawnNs));
    if (life.initial || life.parentGroup.mergedInto) return;
    this.restartLoops.addExit({
      comm: life.name.comm,
      parent: life.parentGroup,
      spawnNs: Number(life.spawnNs),
      exitNs: Number(endNs),
      windowNs: Number(event.window_ns ?? 0n),
    });
  }
}
