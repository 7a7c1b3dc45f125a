import {
  type ChurnRecord,
  type ExecEvent,
  type ExitedEvent,
  isProbeEvent,
  type ProbeEvent,
  type ZombieEvent,
} from '../events/event.ts';
import { timeOf } from '../events/record.ts';
import { Census } from './counters.ts';
import { Losses } from './gap-summary.ts';
import type { Tally } from './group-stats.ts';
import type { Grouping, Tallies } from './groups.ts';
import { Population } from './process-tracker.ts';
import { RestartLoops } from './restart-loops.ts';
import { type ClockOrigin, TraceClock } from './stats-clock.ts';

export type { ClockOrigin } from './stats-clock.ts';

export type StatsOptions = {
  /** Keys held of each grouping. */
  keys?: number;
  /** Living processes held. */
  lives?: number;
};

/**
 * What churns: the fold of every record into bounded counts by comm, by parent and by user. One event costs about a
 * microsecond; what people look at is worked out on demand (`churn-row.ts`).
 *
 * A life counts under the name it bears: one that was seen as a fork and then execs moves over with its spawn, so the
 * spawns of all comms are the spawns of all.
 */
export class ChurnStats {
  readonly all: Tally;
  readonly by: Readonly<Record<Grouping, Tallies>>;
  readonly losses = new Losses();
  readonly loops = new RestartLoops();
  readonly #clock = new TraceClock();
  readonly #census: Census;
  readonly #population: Population;
  #bornSeen = 0;

  constructor({ keys = 2048, lives = 1 << 18 }: StatsOptions = {}) {
    this.#census = new Census(keys, (ns) => this.#clock.secondOf(ns));
    this.all = this.#census.all;
    this.by = this.#census.by;
    this.#population = new Population(lives, this.#census);
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
  get bornSeen(): number {
    return this.#bornSeen;
  }

  /** Processes that were known and of which no end was told: another took their PID. */
  get vanished(): number {
    return this.#population.vanished;
  }

  /** Living processes that a hostile number of them pushed out. */
  get forgotten(): number {
    return this.#population.forgotten;
  }

  /** Complete seconds that a rate of now can look back on, at most five. */
  get rateSpan(): number {
    return Math.max(1, Math.min(5, this.#clock.elapsed));
  }

  /** Another recorder begins: it tells anew who is alive; after a boot also the clock is another. */
  begin(origin: ClockOrigin | undefined): void {
    this.#population.clear();
    this.#clock.begin(origin);
  }

  /** `counts` is whether it passes the filter; all are followed, so that parents are known. */
  apply(record: ChurnRecord, counts = true): void {
    if (isProbeEvent(record)) this.#event(record, counts);
    else {
      this.advance(timeOf(record));
      if (record.probe_source === 'trace.gap') this.losses.add(record);
    }
  }

  /** Time goes on, whether or not anything happens. */
  advance(nowNs: bigint): void {
    this.#clock.advance(nowNs);
  }

  #event(event: ProbeEvent, counts: boolean): void {
    this.#clock.advance(event.guest_monotonic_ns);
    this.#census.next();
    switch (event.probe_source) {
      case 'process.spawned':
        if (!event.initial) this.#bornSeen++;
        this.#population.spawned(event, counts);
        return;
      case 'process.exec':
        this.#execed(event, counts);
        return;
      case 'process.zombie':
        this.#died(event, counts);
        return;
      case 'process.exited':
        this.#exited(event, counts);
        return;
      default:
        event satisfies never;
    }
  }

  #execed(event: ExecEvent, counts: boolean): void {
    const life = this.#population.find(event, counts);
    const comm = event.guest_comm;
    const uid = event.guest_uid ?? life.uid;
    if (life.name.comm !== comm || life.uid !== uid || counts !== (life.tallies !== undefined)) {
      this.#census.move(life, { comm, uid, counts });
    }
    this.#census.exec(life);
  }

  #died(event: ZombieEvent, counts: boolean): void {
    const life = this.#population.find(event, counts);
    if (!life.zombie) this.#population.zombie(life, event.guest_ppid);
  }

  #exited(event: ExitedEvent, counts: boolean): void {
    // An end without a known beginning still is a life that ended: it passes through and is not counted as alive.
    const life = this.#population.find(event, counts);
    this.#population.leave(life);
    if (!counts) return;
    const { guest_monotonic_ns: endNs, lifetime_ns } = event;
    this.#census.exit(life, lifetime_ns ?? (life.initial ? undefined : endNs - life.bornNs));
    if (life.initial || life.parent.into) return;
    this.loops.ended({
      comm: life.name.comm,
      parent: life.parent,
      bornNs: Number(life.bornNs),
      endNs: Number(endNs),
      windowNs: Number(event.window_ns ?? 0n),
    });
  }
}
