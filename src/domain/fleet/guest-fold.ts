import { RingBuffer } from '../../util/ring-buffer.ts';
import {
  type AlertRecord,
  type CaptureMode,
  isProbeEvent,
  type ProbeEvent,
  type SpawnedEvent,
} from '../events/event.ts';
import {
  type AliveRecord,
  type ClockPair,
  type HeaderRecord,
  maxPulseComms,
  type PulseRecord,
  recordTimeNs,
  type TraceRecord,
} from '../events/record.ts';
import { ActiveAlerts } from '../processes/active-alerts.ts';
import type { Guest } from '../processes/guest.ts';
import { LiveRecords } from '../processes/live-records.ts';
import { type RateCounter, secondOf } from '../processes/rate-counter.ts';
import { defaultLogCapacity, type LogEntry, SystemState } from '../processes/system-state.ts';
import { GuestCounters } from './guest-counters.ts';
import type { GuestComm } from './guest-details.ts';
import type { GuestSummary } from './guest-summary.ts';
import { type PulseRates, ratesBetween } from './pulse-rates.ts';

/** The figures of a guest that follow from its records. */
export type GuestFigures = Pick<
  GuestSummary,
  | 'alive'
  | 'zombies'
  | 'spawnRate'
  | 'exitRate'
  | 'failureRate'
  | 'loops'
  | 'alerts'
  | 'missed'
  | 'lost'
  | 'pulsesOnly'
>;

/** A pulse replaces the events if it is newer than all of them by this, ns. Clock pairs come every 10 s. */
const staleEventsNs = 30_000_000_000n;

/**
 * The light state of one guest: what its row in the hosts view shows, and the live processes, from which the full state of
 * a focused guest starts. An event costs about a microsecond. Without events it takes a few hundred bytes, because there
 * may be 10,000 guests.
 */
export class GuestFold {
  /** CLOCK_MONOTONIC time of the newest record, ns. */
  nowNs: bigint;
  readonly #counters: GuestCounters;
  /** Whether there was a discovery, or an `alive` record. */
  #isComplete = false;
  /** Number of records of an `alive` record that are still to come. */
  #aliveToCome = 0;
  #live: LiveRecords | undefined;
  #alerts: ActiveAlerts | undefined;
  /** Time of the newest record that is not a pulse. */
  #eventsNs: bigint | undefined;
  #pulse: PulseRecord | undefined;
  #pulseRates: PulseRates | undefined;

  /** Begins with the header of a recorder. Another recorder needs another fold, because it lists what is alive again. */
  constructor(header?: HeaderRecord) {
    this.nowNs = header?.clock.monotonic_ns ?? 0n;
    this.#counters = new GuestCounters(header?.capture_mode);
  }

  get mode(): CaptureMode | undefined {
    return this.#counters.mode;
  }

  /** Whether all live processes are known. */
  get isComplete(): boolean {
    return this.#isComplete;
  }

  apply(record: TraceRecord): void {
    const atNs = recordTimeNs(record);
    if (atNs > this.nowNs) this.nowNs = atNs;
    if (isProbeEvent(record)) {
      this.#eventsNs = atNs;
      this.#applyEvent(record);
      return;
    }
    switch (record.probe_source) {
      case 'trace.pulse':
        this.#pulseRates = ratesBetween(this.#pulse, record);
        this.#pulse = record;
        return;
      case 'trace.alive':
        this.#startAlive(record);
        return;
      case 'trace.gap':
        this.#eventsNs = atNs;
        this.#counters.addGap(record);
        return;
      case 'trace.alert':
        this.#alerts ??= new ActiveAlerts();
        this.#alerts.apply(record);
        return;
      case 'trace.clock':
        this.#eventsNs = atNs;
        return;
      case 'trace.header':
        this.#counters.mode = record.capture_mode ?? this.mode;
        return;
      case 'trace.note':
      case 'trace.end':
        return;
      default:
        record satisfies never;
    }
  }

  /** Returns the figures at `nowNs`, CLOCK_MONOTONIC of the guest. */
  figures(nowNs: bigint): GuestFigures {
    const pulse = this.#validPulse();
    if (pulse) {
      const { alive, zombies, loops, alerts, missed, lost } = pulse;
      const { spawnRate, exitRate, failureRate } = this.#pulseRates ?? {};
      const pulsesOnly = this.#live === undefined;
      return { alive, zombies, spawnRate, exitRate, failureRate, loops, alerts, missed, lost, pulsesOnly };
    }
    const { spawns, exits, failures, missed, lost } = this.#counters;
    const second = secondOf(nowNs);
    const isKnown = this.#eventsNs !== undefined;
    const rateOf = (counter: RateCounter) => (isKnown ? counter.perSecond(5, second) : undefined);
    return {
      alive: this.#isComplete ? this.#live?.size : this.#pulse?.alive,
      zombies: this.#isComplete ? this.#live?.zombies : this.#pulse?.zombies,
      spawnRate: rateOf(spawns),
      exitRate: rateOf(exits),
      failureRate: rateOf(failures),
      loops: isKnown ? this.#countLoops() : undefined,
      alerts: isKnown ? (this.#alerts?.size ?? 0) : undefined,
      missed: isKnown ? missed : undefined,
      lost,
      pulsesOnly: false,
    };
  }

  /** Returns the counters as a record. `asOf` is the `seq` of the last record that was applied. */
  pulse({ clock, asOf }: { clock: ClockPair; asOf?: number | undefined }): PulseRecord {
    const { spawned, exited, failed, known, missed, lost, comms } = this.#counters;
    return {
      probe_source: 'trace.pulse',
      clock,
      ...(asOf !== undefined && { as_of: asOf }),
      alive: this.#live?.size ?? 0,
      zombies: this.#live?.zombies ?? 0,
      spawned,
      exited,
      failed,
      known,
      ...(missed !== undefined && { missed }),
      lost,
      loops: this.#countLoops(),
      alerts: this.#alerts?.size ?? 0,
      top: comms.top(maxPulseComms),
    };
  }

  /** Returns counts by comm. `wallOffsetNs` is the wall clock minus the monotonic clock, for times of failures. */
  comms(wallOffsetNs: bigint): readonly GuestComm[] {
    return this.#validPulse()?.top ?? this.#counters.comms.list(wallOffsetNs);
  }

  /** Returns the alerts that are raised, newest first. */
  alerts(): AlertRecord[] {
    return this.#alerts?.list() ?? [];
  }

  /** Returns the live processes as the records that begin a trace. */
  liveRecords(): ProbeEvent[] {
    return this.#live?.snapshotRecords(this.nowNs) ?? [];
  }

  /** Returns the spawn event of a live process, with its current name and user. */
  readonly findLive = (pid: number): SpawnedEvent | undefined => this.#live?.get(pid);

  /** Returns the full state, with the retained log entries of the guest. It is independent of the fold. */
  systemState(guest: Guest, log = new RingBuffer<LogEntry>(defaultLogCapacity)): SystemState {
    const { spawns, exits, lostByReason } = this.#counters;
    const discovered = new SystemState(1, guest, {
      nowNs: this.nowNs,
      spawns: spawns.clone(),
      exits: exits.clone(),
      lostByReason,
      activeAlerts: new ActiveAlerts(this.#alerts),
    });
    discovered.apply({ nowNs: this.nowNs, records: this.liveRecords() });
    // The records of zombies are logged, but these are not new.
    return new SystemState(log.capacity, guest, { ...discovered, log });
  }

  #applyEvent(event: ProbeEvent): void {
    this.#live ??= new LiveRecords();
    const known = this.#live.get(event.guest_pid);
    switch (event.probe_source) {
      case 'process.spawned':
        if (event.initial && this.#aliveToCome === 0) {
          this.#isComplete = true;
          // Each rotated file lists the live processes again.
          if (known && known.start_ticks === event.start_ticks) return;
        }
        if (!event.initial) this.#counters.countSpawn(event);
        break;
      case 'process.exec':
        if (known && !known.initial) this.#counters.comms.moveSpawn(known.guest_comm, event.guest_comm);
        break;
      case 'process.exited':
        this.#counters.countExit(event);
        break;
      case 'process.user':
      case 'process.zombie':
      case 'process.children':
        break;
      default:
        event satisfies never;
    }
    this.#live.apply(event);
    if (this.#aliveToCome > 0) this.#aliveToCome--;
  }

  #startAlive({ records }: AliveRecord): void {
    this.#live = new LiveRecords();
    this.#aliveToCome = records;
    this.#isComplete = true;
  }

  #countLoops(): number {
    let loops = 0;
    // Only alerts about restart loops have a period.
    for (const { period_ns } of this.#alerts ?? []) if (period_ns !== undefined) loops++;
    return loops;
  }

  /** Returns the last pulse, unless the guest sends events. */
  #validPulse(): PulseRecord | undefined {
    const pulse = this.#pulse;
    const isNewer =
      this.#eventsNs === undefined || (pulse && pulse.clock.monotonic_ns - this.#eventsNs > staleEventsNs);
    return isNewer ? pulse : undefined;
  }
}
