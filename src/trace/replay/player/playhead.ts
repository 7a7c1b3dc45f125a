import type { ChurnRecord } from '../../../domain/events/event.ts';
import { isChurnRecord, isLogged } from '../../../domain/events/record.ts';
import type { TraceBatch } from '../../read/batches.ts';
import type { FilePosition, ResumePoint, TraceCursor } from '../files/cursor.ts';
import type { TraceState } from '../state/trace-state.ts';
import { type SeekTarget, seekRuleOf } from './target.ts';
export type AdvanceOptions = {
  /** Read no more than so many chunks. */
  maxChunks?: number;
  /** Asked between chunks. */
  isCancelled?: () => boolean;
  /** Hears of what is taken. */
  onRecord?: (record: ChurnRecord) => void;
};

export type AdvanceResult = 'there' | 'end' | 'short';

/** A moment of a trace: what was folded so far, and the records read but not taken yet. */
export class Playhead {
  readonly state: TraceState;
  readonly #cursor: TraceCursor;
  readonly #onChunk: (place: ResumePoint, fold: TraceState) => void;
  #batches: readonly TraceBatch[] = [];
  #batch = 0;
  #index = 0;
  #chunkStart: FilePosition;
  #atEnd = false;

  /** `onChunk` hears of places where everything read is taken. */
  constructor(
    fold: TraceState,
    cursor: TraceCursor,
    onChunk: (place: ResumePoint, fold: TraceState) => void = () => {},
  ) {
    this.state = fold;
    this.#cursor = cursor;
    this.#onChunk = onChunk;
    this.#chunkStart = cursor.position;
  }

  /** No record is left. */
  get atEnd(): boolean {
    return this.#atEnd;
  }

  /** Where the records held begin and end. */
  get chunk(): { from: FilePosition; to: FilePosition } {
    return { from: this.#chunkStart, to: this.#cursor.position };
  }

  async advance(
    target: SeekTarget,
    { maxChunks = Infinity, isCancelled, onRecord }: AdvanceOptions = {},
  ): Promise<AdvanceResult> {
    const { stop, until } = seekRuleOf(target);
    for (let read = 0; ; read++) {
      for (; this.#batch < this.#batches.length; this.#batch++, this.#index = 0) {
        const batch = this.#batches[this.#batch] as TraceBatch;
        const from = this.#index;
        this.#index = this.state.applyBatch(batch, from, stop);
        if (onRecord)
          for (const record of batch.records.slice(from, this.#index))
            if (isChurnRecord(record)) onRecord(record);
        if (this.#index < batch.records.length) return 'there';
      }
      if (target.kind === 'event' && this.state.events >= target.events) return 'there';
      if (read >= maxChunks || isCancelled?.()) return 'short';
      const { resumePoint } = this.#cursor;
      if (resumePoint) this.#onChunk(resumePoint, this.state);
      const spot = this.#cursor.position;
      const batches = await this.#cursor.next(until);
      if (!batches) {
        this.#atEnd = until === undefined;
        return until === undefined ? 'end' : 'there';
      }
      this.#batches = batches;
      this.#batch = 0;
      this.#index = 0;
      this.#chunkStart = spot;
    }
  }

  /** When the next event is, if it is among those read. */
  nextEventNs(): bigint | undefined {
    for (const { batch, index } of this.#chunkRecords(this.#batch)) {
      if (this.#isPending(batch, index) && isLogged(batch.records[index] as ChurnRecord))
        return this.state.timelineNsOf(batch, index);
    }
    return undefined;
  }

  /** The number of the nearest event behind or before this one that is among those read and matches. */
  nearestEvent(direction: 1 | -1, matches: (event: ChurnRecord) => boolean): number | undefined {
    let eventNumber = this.state.events - this.#countAppliedEvents();
    let found: number | undefined;
    for (const { batch, index } of this.#chunkRecords(0)) {
      const record = batch.records[index];
      if (!record || !isLogged(record)) continue;
      eventNumber++;
      if (!matches(record)) continue;
      if (direction > 0 && eventNumber > this.state.events) return eventNumber;
      if (direction < 0 && eventNumber < this.state.events) found = eventNumber;
    }
    return found;
  }

  #countAppliedEvents(): number {
    let events = 0;
    for (const { batch, index } of this.#chunkRecords(0)) {
      if (this.#isPending(batch, index)) break;
      if (isLogged(batch.records[index] as ChurnRecord)) events++;
    }
    return events;
  }

  #isPending(batch: TraceBatch, index: number): boolean {
    const at = this.#batches.indexOf(batch);
    return at > this.#batch || (at === this.#batch && index >= this.#index);
  }

  *#chunkRecords(from: number): Generator<{ batch: TraceBatch; index: number }> {
    for (const batch of this.#batches.slice(from)) {
      for (let index = 0; index < batch.records.length; index++) yield { batch, index };
    }
  }
}
