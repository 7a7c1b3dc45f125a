import type { ChurnRecord } from '../../../domain/events/event.ts';
import {
  type ClockPair,
  isChurnRecord,
  isLogged,
  recordTimeNs,
  type TraceRecord,
} from '../../../domain/events/record.ts';
import type { SystemStateSnapshot } from '../../../domain/processes/system-snapshot.ts';
import { defaultLogCapacity, SystemState } from '../../../domain/processes/system-state.ts';
import type { SourceInfo } from '../../../domain/source/event-source.ts';
import { isClockStep, withOffsets } from '../../../domain/source/wall-clock.ts';
import { sourceInfoOf, type TraceBatch } from '../../read/batches.ts';
import { wallOffsetOf } from '../../read/wall-clock.ts';

/** Returns whether to stop before a record. `atNs` is its time on the timeline, `events` the number applied so far. */
export type StopPredicate = (record: TraceRecord, atNs: bigint, events: number) => boolean;

const neverStop: StopPredicate = () => false;

export type TraceStateSnapshot = {
  systemState: SystemStateSnapshot;
  info: SourceInfo;
  atNs: bigint;
  timelineOffsetNs: bigint;
  events: number;
  hasStarted: boolean;
};

const clockPairOf = (record: TraceRecord): ClockPair | undefined =>
  record.probe_source === 'trace.header' || record.probe_source === 'trace.clock' ? record.clock : undefined;

/** Returns the boot offset of a clock pair, ns; undefined if it has not changed. */
const bootOffsetOf = (record: TraceRecord): bigint | undefined =>
  record.probe_source === 'trace.clock' ? record.boot_offset_ns : undefined;

/** Returns the facts about a guest before its header is read. */
export const unknownSourceInfo = (trace: string): SourceInfo => ({ ...sourceInfoOf(undefined), trace });

/** A change of the source at a record: another guest, or a clock step. */
type SourceChange = { info: SourceInfo; timelineOffsetNs: bigint; isNewRecorder: boolean };

/**
 * The state of a replay: the system state after all records so far. The timeline is wall time, derived from the clock
 * pairs of each recorder. It never goes back.
 */
export class TraceState {
  systemState: SystemState;
  info: SourceInfo = unknownSourceInfo('');
  /** Current time on the timeline, ns. */
  atNs = 0n;
  /** Number of events applied so far, of all recorders. */
  events = 0;
  #timelineOffsetNs = 0n;
  #hasStarted = false;
  readonly #maxLogEntries: number;
  readonly #onRecord: ((record: TraceRecord, atNs: bigint) => void) | undefined;

  /** `onRecord` receives every record that is applied. */
  constructor(maxLogEntries = defaultLogCapacity, onRecord?: (record: TraceRecord, atNs: bigint) => void) {
    this.#maxLogEntries = maxLogEntries;
    this.#onRecord = onRecord;
    this.systemState = new SystemState(maxLogEntries);
  }

  /** Applies records of a batch from index `from`. Returns the index of the first record that was not applied. */
  applyBatch(batch: TraceBatch, from = 0, stop = neverStop): number {
    const { records } = batch;
    let churn: ChurnRecord[] = [];
    let index = from;
    for (; index < records.length; index++) {
      const record = records[index] as TraceRecord;
      const change = this.#sourceChangeAt(record, index === 0 && batch.isNewRecorder ? batch : undefined);
      const atNs = this.#clampForward(
        recordTimeNs(record) + (change?.timelineOffsetNs ?? this.#timelineOffsetNs),
      );
      if (stop(record, atNs, this.events)) break;
      if (change) {
        this.#applyRecords(churn);
        churn = [];
        this.#applyChange(change);
      }
      this.atNs = atNs;
      this.#hasStarted = true;
      if (isChurnRecord(record)) churn.push(record);
      if (isLogged(record)) this.events++;
      this.#onRecord?.(record, atNs);
    }
    this.#applyRecords(churn);
    return index;
  }

  /** Returns the time on the timeline of a record that is not applied yet. */
  timelineNsOf(batch: TraceBatch, index: number): bigint {
    const record = batch.records[index] as TraceRecord;
    const change = this.#sourceChangeAt(record, index === 0 && batch.isNewRecorder ? batch : undefined);
    return this.#clampForward(recordTimeNs(record) + (change?.timelineOffsetNs ?? this.#timelineOffsetNs));
  }

  /** Wall time as shown minus time on the timeline, ns. They differ after the wall clock was set back. */
  get wallShiftNs(): bigint {
    return this.info.wallOffsetNs - this.#timelineOffsetNs;
  }

  /** Converts a time on the timeline to the monotonic clock of the current guest. */
  toMonotonicNs(atNs: bigint): bigint {
    return atNs - this.#timelineOffsetNs;
  }

  /**
   * Advances time without a record. Must be called only on a clone for the screen: the next record may be after a clock
   * step, so that its time is earlier.
   */
  advanceTo(atNs: bigint): void {
    this.atNs = this.#clampForward(atNs);
    this.#applyRecords([]);
  }

  clone(): TraceState {
    const copy = new TraceState(this.#maxLogEntries);
    copy.systemState = this.systemState.clone();
    copy.info = this.info;
    copy.atNs = this.atNs;
    copy.events = this.events;
    copy.#timelineOffsetNs = this.#timelineOffsetNs;
    copy.#hasStarted = this.#hasStarted;
    return copy;
  }

  snapshot(): TraceStateSnapshot {
    const { systemState, info, atNs, events } = this;
    return {
      systemState: systemState.snapshot(),
      info,
      atNs,
      events,
      timelineOffsetNs: this.#timelineOffsetNs,
      hasStarted: this.#hasStarted,
    };
  }

  static restore(
    { systemState, info, atNs, events, timelineOffsetNs, hasStarted }: TraceStateSnapshot,
    maxLogEntries?: number,
  ): TraceState {
    const state = new TraceState(maxLogEntries);
    state.systemState = SystemState.restore(systemState, maxLogEntries);
    state.info = info;
    state.atNs = atNs;
    state.events = events;
    state.#timelineOffsetNs = timelineOffsetNs;
    state.#hasStarted = hasStarted;
    return state;
  }

  #clampForward(atNs: bigint): bigint {
    return this.#hasStarted && atNs < this.atNs ? this.atNs : atNs;
  }

  #sourceChangeAt(record: TraceRecord, newRecorder: TraceBatch | undefined): SourceChange | undefined {
    if (newRecorder) {
      const info = { ...sourceInfoOf(newRecorder.header), trace: newRecorder.file };
      return {
        info,
        timelineOffsetNs: this.#timelineOffsetFor(info.wallOffsetNs, record),
        isNewRecorder: true,
      };
    }
    const pair = clockPairOf(record);
    const offsetNs = pair && wallOffsetOf(pair);
    if (offsetNs === undefined) return undefined;
    const isStep = isClockStep(this.info.wallOffsetNs, offsetNs);
    const bootOffsetNs = bootOffsetOf(record) ?? this.info.bootOffsetNs;
    if (!isStep && bootOffsetNs === this.info.bootOffsetNs) return undefined;
    const wallOffsetNs = isStep ? offsetNs : this.info.wallOffsetNs;
    const info = withOffsets(this.info, { fromNs: recordTimeNs(record), wallOffsetNs, bootOffsetNs });
    const timelineOffsetNs = isStep ? this.#timelineOffsetFor(offsetNs, record) : this.#timelineOffsetNs;
    return { info, timelineOffsetNs, isNewRecorder: false };
  }

  #timelineOffsetFor(offsetNs: bigint, record: TraceRecord): bigint {
    return this.#clampForward(recordTimeNs(record) + offsetNs) - recordTimeNs(record);
  }

  #applyChange({ info, timelineOffsetNs, isNewRecorder }: SourceChange): void {
    this.info = info;
    this.#timelineOffsetNs = timelineOffsetNs;
    if (isNewRecorder && this.#hasStarted) this.systemState = new SystemState(this.#maxLogEntries);
  }

  #applyRecords(records: readonly ChurnRecord[]): void {
    this.systemState.apply({ nowNs: this.atNs - this.#timelineOffsetNs, records });
  }
}
