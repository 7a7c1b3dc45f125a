import type { ChurnRecord } from '../../../domain/events/event.ts';
import { isChurnRecord, isLogged } from '../../../domain/events/record.ts';
import type { TraceBatch } from '../../read/batches.ts';
import type { FilePosition, ResumePoint, TraceCursor } from '../files/cursor.ts';
import type { TraceState } from '../state/trace-state.ts';
import { type SeekTarget, seekRuleOf } from './target.ts';

export type AdvanceOptions = {
  /** Maximum number of chunks to read. Default: no limit. */
  maxChunks?: number;
  /** Cancels the advance, before the next chunk. */
  signal?: AbortSignal | undefined;
  /** Receives each record that is applied, without headers and clock pairs. */
  onRecord?: (record: ChurnRecord) => void;
};

/** The result of an advance. `stopped` means that it was canceled or has read the maximum number of chunks. */
export type AdvanceResult = 'reached' | 'end' | 'stopped';

/** The state at a position of a trace, and the records that are read but not applied yet. */
export class Playhead {
  readonly state: TraceState;
  readonly #cursor: TraceCursor;
  readonly #onChunk: (resumePoint: ResumePoint, state: TraceState) => void;
  #batches: readonly TraceBatch[] = [];
  #batch = 0;
  #index = 0;
  #chunkStart: FilePosition;
  #atEnd = false;

  /** `onChunk` is called before each chunk at a line boundary, when all records before it are applied. */
  constructor(
    state: TraceState,
    cursor: TraceCursor,
    onChunk: (resumePoint: ResumePoint, state: TraceState) => void = () => {},
  ) {
    this.state = state;
    this.#cursor = cursor;
    this.#onChunk = onChunk;
    this.#chunkStart = cursor.position;
  }

  /** Whether all records are applied. */
  get atEnd(): boolean {
    return this.#atEnd;
  }

  /** The positions between which the current records were read. */
  get chunk(): { from: FilePosition; to: FilePosition } {
    return { from: this.#chunkStart, to: this.#cursor.position };
  }

  /** Applies records up to the target. @throws the file system's error */
  async advance(
    target: SeekTarget,
    { maxChunks = Infinity, signal, onRecord }: AdvanceOptions = {},
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
        if (this.#index < batch.records.length) return 'reached';
      }
      if (target.kind === 'event' && this.state.events >= target.events) return 'reached';
      if (read >= maxChunks || signal?.aborted) return 'stopped';
      const { resumePoint } = this.#cursor;
      if (resumePoint) this.#onChunk(resumePoint, this.state);
      const chunkStart = this.#cursor.position;
      const batches = await this.#cursor.next(until);
      if (!batches) {
        this.#atEnd = until === undefined;
        return until === undefined ? 'end' : 'reached';
      }
      this.#batches = batches;
      this.#batch = 0;
      this.#index = 0;
      this.#chunkStart = chunkStart;
    }
  }

  /** Returns the time of the next event, if it has been read. */
  nextEventNs(): bigint | undefined {
    for (const { batch, index } of this.#chunkRecords(this.#batch)) {
      if (this.#isPending(batch, index) && isLogged(batch.records[index] as ChurnRecord))
        return this.state.timelineNsOf(batch, index);
    }
    return undefined;
  }

  /** Returns the number of the nearest matching event in a direction, if it is in the current chunk. */
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
