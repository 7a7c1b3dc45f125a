import type { ChurnRecord } from '../../../domain/events/event.ts';
import { type ClockPair, isChurn, isEvent, type TraceRecord, timeOf } from '../../../domain/events/record.ts';
import { historyLimit, World, type WorldSnapshot } from '../../../domain/processes/system-state.ts';
import type { SourceInfo } from '../../../domain/source/event-source.ts';
import { parseRfc3339 } from '../../../util/time.ts';
import { infoOf, type TraceBatch } from '../../read/batches.ts';
/** True where a fold must stop before a record: `atNs` is its time on the timeline, `events` how many were taken. */
export type Stop = (record: TraceRecord, atNs: bigint, events: number) => boolean;

export type FoldSnapshot = {
  world: WorldSnapshot;
  info: SourceInfo;
  atNs: bigint;
  shiftNs: bigint;
  events: number;
  started: boolean;
};

/** Wall and monotonic clock drift apart by slewing; more than this between two pairs is a clock that was set. */
const steppedNs = 100_000_000n;
const pairOf = (record: TraceRecord): ClockPair | undefined =>
  record.probe_source === 'trace.header' || record.probe_source === 'trace.clock' ? record.clock : undefined;

const offsetOf = ({ monotonic_ns, realtime }: ClockPair): bigint | undefined => {
  const wallNs = parseRfc3339(realtime);
  return wallNs === undefined ? undefined : wallNs - monotonic_ns;
};

/** A guest of which no header tells. */
export const unknownInfo = (trace: string): SourceInfo => ({ ...infoOf(undefined), trace });

/** What changes with a record besides the world: another guest, or a clock that was set. */
type Turn = { info: SourceInfo; shiftNs: bigint; fresh: boolean };

/**
 * The straight fold of a trace: everything else here is a way to be where it would be, sooner. Its timeline is wall
 * time by the clock pairs of each recorder, held back from going backwards.
 */
export class Fold {
  world: World;
  info: SourceInfo = unknownInfo('');
  /** The moment, on the timeline. */
  atNs = 0n;
  /** Events taken so far, over all recorders. */
  events = 0;
  #shiftNs = 0n;
  #started = false;
  readonly #history: number;
  readonly #witness: ((record: TraceRecord, atNs: bigint) => void) | undefined;

  /** `witness` hears of every record taken. */
  constructor(history = historyLimit, witness?: (record: TraceRecord, atNs: bigint) => void) {
    this.#history = history;
    this.#witness = witness;
    this.world = new World(history);
  }

  /** Take records of a batch from index `from` on; gives the index of the first that was not taken. */
  take(batch: TraceBatch, from: number, stop: Stop): number {
    const { records } = batch;
    let churn: ChurnRecord[] = [];
    let index = from;
    for (; index < records.length; index++) {
      const record = records[index] as TraceRecord;
      const turn = this.#turn(record, index === 0 && batch.fresh ? batch : undefined);
      const atNs = this.#later(timeOf(record) + (turn?.shiftNs ?? this.#shiftNs));
      if (stop(record, atNs, this.events)) break;
      if (turn) {
        this.#apply(churn);
        churn = [];
        this.#adopt(turn);
      }
      this.atNs = atNs;
      this.#started = true;
      if (isChurn(record)) churn.push(record);
      if (isEvent(record)) this.events++;
      this.#witness?.(record, atNs);
    }
    this.#apply(churn);
    return index;
  }

  /** When the record at `index` of a batch not taken yet would be, on the timeline. */
  timeOf(batch: TraceBatch, index: number): bigint {
    const record = batch.records[index] as TraceRecord;
    const turn = this.#turn(record, index === 0 && batch.fresh ? batch : undefined);
    return this.#later(timeOf(record) + (turn?.shiftNs ?? this.#shiftNs));
  }

  /** A moment of the timeline on the clock of the guest just now. */
  monotonic(atNs: bigint): bigint {
    return atNs - this.#shiftNs;
  }

  /**
   * Let time pass without a record. Only for a state that is shown: the next record may tell that the clock was set,
   * and then less time has passed.
   */
  settle(atNs: bigint): void {
    this.atNs = this.#later(atNs);
    this.#apply([]);
  }

  freeze(): Fold {
    const copy = new Fold(this.#history);
    copy.world = this.world.freeze();
    copy.info = this.info;
    copy.atNs = this.atNs;
    copy.events = this.events;
    copy.#shiftNs = this.#shiftNs;
    copy.#started = this.#started;
    return copy;
  }

  snapshot(): FoldSnapshot {
    const { world, info, atNs, events } = this;
    return { world: world.snapshot(), info, atNs, events, shiftNs: this.#shiftNs, started: this.#started };
  }

  static restore({ world, info, atNs, events, shiftNs, started }: FoldSnapshot, history?: number): Fold {
    const fold = new Fold(history);
    fold.world = World.restore(world, history);
    fold.info = info;
    fold.atNs = atNs;
    fold.events = events;
    fold.#shiftNs = shiftNs;
    fold.#started = started;
    return fold;
  }

  #later(atNs: bigint): bigint {
    return this.#started && atNs < this.atNs ? this.atNs : atNs;
  }

  #turn(record: TraceRecord, fresh: TraceBatch | undefined): Turn | undefined {
    if (fresh) {
      const info = { ...infoOf(fresh.header), trace: fresh.file };
      return { info, shiftNs: this.#shiftFor(info.wallOffsetNs, record), fresh: true };
    }
    const pair = pairOf(record);
    const offsetNs = pair && offsetOf(pair);
    if (offsetNs === undefined) return undefined;
    const awayNs = offsetNs - this.info.wallOffsetNs;
    if (awayNs < steppedNs && awayNs > -steppedNs) return undefined;
    const info = { ...this.info, wallOffsetNs: offsetNs };
    return { info, shiftNs: this.#shiftFor(offsetNs, record), fresh: false };
  }

  #shiftFor(offsetNs: bigint, record: TraceRecord): bigint {
    return this.#later(timeOf(record) + offsetNs) - timeOf(record);
  }

  #adopt({ info, shiftNs, fresh }: Turn): void {
    this.info = info;
    this.#shiftNs = shiftNs;
    if (fresh && this.#started) this.world = new World(this.#history);
  }

  #apply(records: readonly ChurnRecord[]): void {
    this.world.apply({ nowNs: this.atNs - this.#shiftNs, records });
  }
}
