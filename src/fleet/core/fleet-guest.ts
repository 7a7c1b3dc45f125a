import type { ChurnRecord } from '../../domain/events/event.ts';
import {
  type HeaderRecord,
  isChurnRecord,
  isLogged,
  recordTimeNs,
  type TraceRecord,
} from '../../domain/events/record.ts';
import type { GuestDetails } from '../../domain/fleet/guest-details.ts';
import { GuestFold } from '../../domain/fleet/guest-fold.ts';
import { GuestLog } from '../../domain/fleet/guest-log.ts';
import type { LinkState } from '../../domain/fleet/guest-summary.ts';
import type { EntryGuest, LogEntry } from '../../domain/processes/system-state.ts';
import type { SourceInfo } from '../../domain/source/event-source.ts';
import { type ClockOffsets, isClockStep, withOffsets } from '../../domain/source/wall-clock.ts';
import { sourceInfoOf, type TraceBatch } from '../../trace/read/batches.ts';
import { TraceReader } from '../../trace/read/reader.ts';
import { wallOffsetOf } from '../../trace/read/wall-clock.ts';
import type { FleetClock } from './fleet-clock.ts';
import { ReportedLoss } from './reported-loss.ts';
import { Skew } from './skew.ts';
import { WaitingEntries } from './waiting-entries.ts';

/** Receives what the bytes of a guest contain, in order. */
export type GuestSink = {
  /** All earlier state is void, because another recorder begins, or the live processes are known again. */
  onRestart(guest: FleetGuest): void;
  /** An entry of the log. `atNs` is its wall time by the clock of the viewer, ns; it never decreases. */
  onEntry(guest: FleetGuest, atNs: number, entry: LogEntry): void;
  /** The records since the last call. */
  onRecords(guest: FleetGuest, records: readonly ChurnRecord[]): void;
  /** The clocks of the guest have changed. */
  onClock(guest: FleetGuest, offsets: ClockOffsets): void;
};

/** A correction of the clock that changes by less than this, ns, keeps its value, so that entries share it. */
const minCorrectionChangeNs = 1_000_000n;

/** One guest: its reader, its light state and its clock. */
export class FleetGuest {
  readonly id: string;
  fold = new GuestFold();
  info: SourceInfo;
  state: LinkState = 'connecting';
  reason: string | undefined;
  /** When bytes arrived last, by the monotonic clock of the viewer, ns. */
  heardNs: bigint | undefined;
  /** Entries that wait for other guests. */
  readonly waiting = new WaitingEntries();
  paused = false;
  /** Whether the newest record is the end of a trace. */
  hasEnded = false;
  readonly reader: TraceReader;
  readonly skew = new Skew();
  readonly #sink: GuestSink;
  #header: HeaderRecord | undefined;
  #log = new GuestLog(this.fold.findLive);
  #from: EntryGuest;
  /** The values of `#from` under the current recorder. */
  #ownFroms = new WeakSet<EntryGuest>();
  #lastAtNs = 0;
  /** When bytes arrived last, by the wall clock of the viewer, ns. No bound for recordings. */
  #arrivedAtNs = Number.POSITIVE_INFINITY;
  #records: ChurnRecord[] = [];
  readonly #reportedLoss = new ReportedLoss();
  /** Whether the live processes are not known, as after records were lost. An `alive` record lists them. */
  #inDoubt = false;
  #sawAlive = false;

  /** `maxSkipped`: invalid lines in a row after which it is not read. Default: no limit. */
  constructor(id: string, sink: GuestSink, maxSkipped?: number) {
    this.id = id;
    this.#sink = sink;
    this.reader = new TraceReader({ repeats: true, maxSkipped });
    this.info = { ...sourceInfoOf(undefined), trace: id };
    this.#from = this.#newFrom(0n);
  }

  /** Wall time of the newest record by the clock of the guest, ns; undefined before a header. */
  get wallNs(): bigint | undefined {
    return this.#header && this.fold.nowNs + this.info.wallOffsetNs;
  }

  details(): GuestDetails {
    const { fold, info } = this;
    return {
      host: this.#header?.host,
      recorder: this.#header?.recorder,
      captureMode: fold.mode,
      nowNs: fold.nowNs,
      wallOffsetNs: info.wallOffsetNs,
      comms: fold.comms(info.wallOffsetNs),
      alerts: fold.alerts(),
    };
  }

  /** Returns the time of the guest now, CLOCK_MONOTONIC ns, by the clock of the viewer. */
  estimatedNowNs(clock: FleetClock): bigint {
    if (!this.#header) return this.fold.nowNs;
    return clock.wallNs() + this.skew.correctionNs(clock.nowNs()) - this.info.wallOffsetNs;
  }

  /** Wall time of the newest entry by the clock of the viewer, ns; 0 before the first one. */
  get lastAtNs(): number {
    return this.#lastAtNs;
  }

  /** Returns whether an entry is of the current recorder, so that its times are comparable. */
  owns({ from }: LogEntry): boolean {
    return from !== undefined && this.#ownFroms.has(from);
  }

  /** Reads bytes. Without a clock they are a recording, whose wall times are taken as they are. */
  receive(chunk: Uint8Array, clock: FleetClock | undefined): void {
    if (clock) {
      this.heardNs = clock.nowNs();
      this.#arrivedAtNs = Number(clock.wallNs());
    }
    this.#applyBatches(this.reader.push(chunk), clock);
  }

  /** Ends a connection. Its last line may be torn. */
  disconnect(): void {
    this.#applyBatches(this.reader.close(), undefined);
  }

  /** Adds a gap for records that the link has lost. */
  lose(events: number | undefined): void {
    const atNs = this.fold.nowNs;
    this.#inDoubt = true;
    this.#reportedLoss.add(events ?? 0);
    this.#apply({
      probe_source: 'trace.gap',
      reason: 'dropped',
      ...(events !== undefined && { events }),
      from_monotonic_ns: atNs,
      to_monotonic_ns: atNs,
    });
    this.#flush();
  }

  #applyBatches(batches: readonly TraceBatch[], clock: FleetClock | undefined): void {
    for (const { header, isNewRecorder, records } of batches) {
      if (isNewRecorder) this.#restart(header);
      const last = records.at(-1);
      // Bytes that were stored before, as a server does, show nothing about the clock.
      if (clock && last && this.state === 'live') this.#measureClock(recordTimeNs(last), clock);
      for (const record of records) this.#applyUnlessReported(record);
      this.#reportedLoss.clear();
    }
    this.#flush();
    if (this.#sawAlive && this.#inDoubt) this.#sink.onRestart(this);
    if (this.#sawAlive) this.#inDoubt = false;
    this.#sawAlive = false;
  }

  #applyUnlessReported(record: TraceRecord): void {
    const isLoss = record.probe_source === 'trace.gap' && record.reason === 'dropped';
    this.#inDoubt ||= isLoss;
    const unreported = isLoss ? this.#reportedLoss.unreportedPart(record) : record;
    if (unreported) this.#apply(unreported);
  }

  #restart(header: HeaderRecord | undefined): void {
    this.#flush();
    const previous = this.#header;
    const previousNs = this.fold.nowNs;
    this.#header = header;
    this.fold = new GuestFold(header);
    this.#log = new GuestLog(this.fold.findLive);
    // With a trace, users are not looked up on this machine.
    this.info = { ...sourceInfoOf(header), trace: this.id };
    this.#ownFroms = new WeakSet();
    this.#from = this.#newFrom(this.info.wallOffsetNs);
    this.#reportedLoss.clear();
    this.#inDoubt = false;
    this.skew.reset();
    this.#sink.onRestart(this);
    if (!previous || !header || previous.recorder === header.recorder) return;
    const to = header.clock.monotonic_ns;
    const isSameBoot = previous.boot_id === header.boot_id && previousNs <= to;
    this.#apply({
      probe_source: 'trace.gap',
      reason: 'dropped',
      from_monotonic_ns: isSameBoot ? previousNs : to,
      to_monotonic_ns: to,
    });
  }

  #apply(record: TraceRecord): void {
    if ('clock' in record) this.#updateClock(record);
    if (record.probe_source === 'trace.alive') {
      this.#sawAlive = true;
      this.#inDoubt ||= !this.fold.isComplete;
    }
    this.hasEnded = record.probe_source === 'trace.end';
    if (isLogged(record)) {
      // A record is not later than its arrival. Otherwise a wrong time of one guest would stop the log of all.
      const wallNs = Number(recordTimeNs(record)) + Number(this.#from.wallOffsetNs);
      this.#lastAtNs = Math.max(this.#lastAtNs, Math.min(wallNs, this.#arrivedAtNs));
      this.#sink.onEntry(this, this.#lastAtNs, this.#log.entryOf(record, this.#from));
    }
    this.fold.apply(record);
    if (isChurnRecord(record)) this.#records.push(record);
  }

  #flush(): void {
    const records = this.#records;
    this.#records = [];
    if (records.length > 0) this.#sink.onRecords(this, records);
  }

  #updateClock(record: TraceRecord & { clock: HeaderRecord['clock'] }): void {
    const offsetNs = wallOffsetOf(record.clock) ?? this.info.wallOffsetNs;
    const bootOffsetNs =
      ('boot_offset_ns' in record ? record.boot_offset_ns : undefined) ?? this.info.bootOffsetNs;
    const isStep = isClockStep(this.info.wallOffsetNs, offsetNs);
    if (!isStep && bootOffsetNs === this.info.bootOffsetNs) return;
    const offsets = {
      fromNs: record.clock.monotonic_ns,
      wallOffsetNs: isStep ? offsetNs : this.info.wallOffsetNs,
      bootOffsetNs,
    };
    this.#flush();
    this.info = withOffsets(this.info, offsets);
    if (isStep) {
      this.skew.reset();
      this.#from = this.#newFrom(offsetNs);
    }
    this.#sink.onClock(this, offsets);
  }

  #newFrom(wallOffsetNs: bigint): EntryGuest {
    const from = { host: this.id, wallOffsetNs };
    this.#ownFroms.add(from);
    return from;
  }

  /** Compares the clocks at the arrival of a batch, whose last record has the time `lastNs`. */
  #measureClock(lastNs: bigint, clock: FleetClock): void {
    if (!this.#header) return;
    const nowNs = clock.nowNs();
    this.skew.add(lastNs + this.info.wallOffsetNs - clock.wallNs(), nowNs);
    const wallOffsetNs = this.info.wallOffsetNs - this.skew.correctionNs(nowNs);
    const change = wallOffsetNs - this.#from.wallOffsetNs;
    if (change >= minCorrectionChangeNs || -change >= minCorrectionChangeNs)
      this.#from = this.#newFrom(wallOffsetNs);
  }
}
