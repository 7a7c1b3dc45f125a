import type { ChurnRecord } from '../../../domain/events/event.ts';
import {
  type ClockPair,
  isChurnRecord,
  isLogged,
  recordTimeNs,
  type TraceRecord,
} from '../../../domain/events/record.ts';
import {
  defaultLogCapacity,
  SystemState,
  type SystemStateSnapshot,
} from '../../../domain/processes/system-state.ts';
import type { SourceInfo } from '../../../domain/source/event-source.ts';
import { parseRfc3339 } from '../../../util/time.ts';
import { sourceInfoOf, type TraceBatch } from '../../read/batches.ts';
/** True where a fold must stop before a record: `atNs` is its time on the timeline, `events` how many were taken. */
export type StopPredicate = (record: TraceRecord, atNs: bigint, events: number) => boolean;

export type TraceStateSnapshot = {
  systemState: SystemStateSnapshot;
  info: SourceInfo;
  atNs: bigint;
  timelineOffsetNs: bigint;
  events: number;
  hasStarted: boolean;
};

/** Wall and monotonic clock drift apart by slewing; more than this between two pairs is a clock that was set. */
const minClockStepNs = 100_000_000n;
const clockPairOf = (record: TraceRecord): ClockPair | undefined =>
  record.probe_source === 'trace.header' || record.probe_source === 'trace.clock' ? record.clock : undefined;

const wallOffsetOf = ({ monotonic_ns, realtime }: ClockPair): bigint | undefined => {
  const wallNs = parseRfc3339(realtime);
  return wallNs === undefined ? undefined : wallNs - monotonic_ns;
};

/** A guest of which no header tells. */
export const unknownSourceInfo = (trace: string): SourceInfo => ({ ...sourceInfoOf(undefined), trace });

/** What changes with a record besides the world: another guest, or a clock that was set. */
type SourceChange = { info: SourceInfo; timelineOffsetNs: bigint; isNewRecorder: boolean };

/**
 * The straight fold of a trace: everything else here is a way to be where it would be, sooner. Its timeline is wall
 * time by the clock pairs of each recorder, held back from going backwards.
 */
export class TraceState {
  systemState: SystemState;
  info: SourceInfo = unknownSourceInfo('');
  /** The moment, on the timeline. */
  atNs = 0n;
  /** Events taken so far, over all recorders. */
  events = 0;
  #timelineOffsetNs = 0n;
  #hasStarted = false;
  readonly #maxLogEntries: number;
  readonly #onRecord: ((record: TraceRecord, atNs: bigint) => void) | undefined;

  /** `witness` hears of every record taken. */
  constructor(history = defaultLogCapacity, witness?: (record: TraceRecord, atNs: bigint) => void) {
    this.#maxLogEntries = history;
    this.#onRecord = witness;
    this.systemState = new SystemState(history);
  }

  /** Take records of a batch from index `from` on; gives the index of the first that was not taken. */
  applyBatch(batch: TraceBatch, from: number, stop: StopPredicate): number {
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

  /** When the record at `index` of a batch not taken yet would be, on the timeline. */
  timelineNsOf(batch: TraceBatch, index: number): bigint {
    const record = batch.records[index] as TraceRecord;
    const change = this.#sourceChangeAt(record, index === 0 && batch.isNewRecorder ? batch : undefined);
    return this.#clampForward(recordTimeNs(record) + (change?.timelineOffsetNs ?? this.#timelineOffsetNs));
  }

  /** A moment of the timeline on the clock of the guest just now. */
  toMonotonicNs(atNs: bigint): bigint {
    return atNs - this.#timelineOffsetNs;
  }

  /**
   * Let time pass without a record. Only for a state that is shown: the next record may tell that the clock was set,
   * and then less time has passed.
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
    history?: number,
  ): TraceState {
    const state = new TraceState(history);
    state.systemState = SystemState.restore(systemState, history);
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
    const differenceNs = offsetNs - this.info.wallOffsetNs;
    if (differenceNs < minClockStepNs && differenceNs > -minClockStepNs) return undefined;
    const info = { ...this.info, wallOffsetNs: offsetNs };
    return { info, timelineOffsetNs: this.#timelineOffsetFor(offsetNs, record), isNewRecorder: false };
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
