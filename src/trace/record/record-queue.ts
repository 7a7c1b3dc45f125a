import type { ChurnRecord } from '../../domain/events/event.ts';
import type { TraceRecord } from '../../domain/events/record.ts';
import { createSpawnDrops } from '../../domain/processes/spawn-drops.ts';
import type { TraceComposer } from '../format/composer.ts';

/** Records kept for a file that takes none just now: some 20 MB. */
export const maxQueued = 65_536;

/**
 * Records on their way to a file. They get their numbers when they are written, so what had to wait, or was dropped,
 * leaves no hole in them. Once there was no room for one there is none until the queue has drained: the gap then
 * stands exactly where the lost would, and behind it those that were born meanwhile and live.
 */
export class RecordQueue {
  readonly #composer: TraceComposer;
  readonly #maxRecords: number;
  readonly #spawnDrops = createSpawnDrops();
  #records: TraceRecord[] = [];
  #head = 0;
  #full = false;
  #unreportedDrops = 0;
  #dropped = 0;
  #fullSinceNs = 0n;

  constructor(composer: TraceComposer, limit = maxQueued) {
    this.#composer = composer;
    this.#maxRecords = limit;
  }

  get length(): number {
    return this.#records.length - this.#head;
  }

  /** What is still to be told. */
  get pendingCount(): number {
    return this.length + this.#spawnDrops.size;
  }

  /** Records that could not be kept, ever. */
  get dropped(): number {
    return this.#dropped;
  }

  add(record: ChurnRecord, nowNs: bigint): void {
    if (!this.#full && this.length >= this.#maxRecords) {
      this.#full = true;
      this.#fullSinceNs = nowNs;
    }
    const admission = this.#spawnDrops.admit(record, this.#full);
    if (admission === 'tell') {
      this.#records.push(record);
      return;
    }
    this.#unreportedDrops += admission;
    this.#dropped += admission;
  }

  /** The recorder's own records are few and never dropped. */
  addOwn(...records: TraceRecord[]): void {
    for (const record of records) this.#records.push(record);
  }

  /** Once the queue has drained: what was lost, and who was born meanwhile. True if there was anything. */
  reportDrops(nowNs: bigint): boolean {
    if (!this.#full || this.length > 0) return false;
    this.#full = false;
    if (this.#unreportedDrops > 0) {
      this.#records.push({
        probe_source: 'trace.gap',
        reason: 'disk',
        events: this.#unreportedDrops,
        from_monotonic_ns: this.#fullSinceNs,
        to_monotonic_ns: nowNs,
      });
    }
    this.#unreportedDrops = 0;
    this.#records.push(...this.#spawnDrops.takeLateSpawns(nowNs));
    return this.length > 0;
  }

  /** Before all that waits: the header of a new file. */
  prepend(record: TraceRecord): void {
    this.#records = [record, ...this.#records.slice(this.#head)];
    this.#head = 0;
  }

  /** Hand the oldest as lines, about `size` characters, to `write`, which says how many lines it took. */
  drain(maxChars: number, write: (lines: string) => number): void {
    let lines = '';
    let end = this.#head;
    while (end < this.#records.length && lines.length < maxChars)
      lines += this.#composer.line(this.#records[end++] as TraceRecord);
    const linesWritten = lines === '' ? 0 : write(lines);
    this.#composer.rewind(end - this.#head - linesWritten);
    this.#head += linesWritten;
    if (this.#head === this.#records.length || this.#head > this.#maxRecords) {
      this.#records = this.#records.slice(this.#head);
      this.#head = 0;
    }
  }
}
