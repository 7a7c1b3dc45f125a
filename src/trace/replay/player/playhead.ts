import type { ChurnRecord } from '../../../domain/events/event.ts';
import { isChurn, isEvent } from '../../../domain/events/record.ts';
import type { TraceBatch } from '../../read/batches.ts';
import type { Place, Spot, TraceCursor } from '../files/cursor.ts';
import type { Fold } from '../state/trace-state.ts';
import { ruleOf, type Target } from './target.ts';
export type AdvanceOptions = {
  /** Read no more than so many chunks. */
  chunks?: number;
  /** Asked between chunks. */
  cancelled?: () => boolean;
  /** Hears of what is taken. */
  taken?: (record: ChurnRecord) => void;
};

export type Arrival = 'there' | 'end' | 'short';

/** A moment of a trace: what was folded so far, and the records read but not taken yet. */
export class Playhead {
  readonly fold: Fold;
  readonly #cursor: TraceCursor;
  readonly #onChunk: (place: Place, fold: Fold) => void;
  #batches: readonly TraceBatch[] = [];
  #batch = 0;
  #index = 0;
  #chunkAt: Spot;
  #atEnd = false;

  /** `onChunk` hears of places where everything read is taken. */
  constructor(fold: Fold, cursor: TraceCursor, onChunk: (place: Place, fold: Fold) => void = () => {}) {
    this.fold = fold;
    this.#cursor = cursor;
    this.#onChunk = onChunk;
    this.#chunkAt = cursor.spot;
  }

  /** No record is left. */
  get atEnd(): boolean {
    return this.#atEnd;
  }

  /** Where the records held begin and end. */
  get chunk(): { from: Spot; to: Spot } {
    return { from: this.#chunkAt, to: this.#cursor.spot };
  }

  async advance(
    target: Target,
    { chunks = Infinity, cancelled, taken }: AdvanceOptions = {},
  ): Promise<Arrival> {
    const { stop, until } = ruleOf(target);
    for (let read = 0; ; read++) {
      for (; this.#batch < this.#batches.length; this.#batch++, this.#index = 0) {
        const batch = this.#batches[this.#batch] as TraceBatch;
        const from = this.#index;
        this.#index = this.fold.take(batch, from, stop);
        if (taken)
          for (const record of batch.records.slice(from, this.#index)) if (isChurn(record)) taken(record);
        if (this.#index < batch.records.length) return 'there';
      }
      if (target.kind === 'event' && this.fold.events >= target.events) return 'there';
      if (read >= chunks || cancelled?.()) return 'short';
      const { place } = this.#cursor;
      if (place) this.#onChunk(place, this.fold);
      const spot = this.#cursor.spot;
      const batches = await this.#cursor.next(until);
      if (!batches) {
        this.#atEnd = until === undefined;
        return until === undefined ? 'end' : 'there';
      }
      this.#batches = batches;
      this.#batch = 0;
      this.#index = 0;
      this.#chunkAt = spot;
    }
  }

  /** When the next event is, if it is among those read. */
  nextEventNs(): bigint | undefined {
    for (const { batch, index } of this.#held(this.#batch)) {
      if (this.#isAhead(batch, index) && isEvent(batch.records[index] as ChurnRecord))
        return this.fold.timeOf(batch, index);
    }
    return undefined;
  }

  /** The number of the nearest event behind or before this one that is among those read and matches. */
  near(direction: 1 | -1, matches: (event: ChurnRecord) => boolean): number | undefined {
    let number = this.fold.events - this.#eventsTaken();
    let found: number | undefined;
    for (const { batch, index } of this.#held(0)) {
      const record = batch.records[index];
      if (!record || !isEvent(record)) continue;
      number++;
      if (!matches(record)) continue;
      if (direction > 0 && number > this.fold.events) return number;
      if (direction < 0 && number < this.fold.events) found = number;
    }
    return found;
  }

  #eventsTaken(): number {
    let events = 0;
    for (const { batch, index } of this.#held(0)) {
      if (this.#isAhead(batch, index)) break;
      if (isEvent(batch.records[index] as ChurnRecord)) events++;
    }
    return events;
  }

  #isAhead(batch: TraceBatch, index: number): boolean {
    const at = this.#batches.indexOf(batch);
    return at > this.#batch || (at === this.#batch && index >= this.#index);
  }

  *#held(from: number): Generator<{ batch: TraceBatch; index: number }> {
    for (const batch of this.#batches.slice(from)) {
      for (let index = 0; index < batch.records.length; index++) yield { batch, index };
    }
  }
}
