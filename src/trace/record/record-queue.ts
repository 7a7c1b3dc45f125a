import type { ChurnRecord } from '../../domain/events/event.ts';
import type { TraceRecord } from '../../domain/events/record.ts';
import { SpawnDrops } from '../../domain/processes/spawn-drops.ts';
import type { TraceComposer } from '../format/composer.ts';

/** Maximum number of queued records. They take about 20 MB. */
const maxQueued = 65_536;

/**
 * Queues records for a file. A record gets its `seq` when it is written, so that dropped records use no numbers. Once
 * the queue is full, records are dropped until it is empty. A gap record then replaces them. The dropped spawn records
 * of processes that are still alive follow it.
 */
export class RecordQueue {
  readonly #composer: TraceComposer;
  readonly #maxRecords: number;
  readonly #spawnDrops = new SpawnDrops();
  #records: TraceRecord[] = [];
  #head = 0;
  #full = false;
  #unreportedDrops = 0;
  #dropped = 0;
  #fullSinceNs = 0n;

  constructor(composer: TraceComposer, maxRecords = maxQueued) {
    this.#composer = composer;
    this.#maxRecords = maxRecords;
  }

  get length(): number {
    return this.#records.length - this.#head;
  }

  /** Number of queued records and of spawn records that will follow the gap. */
  get pendingCount(): number {
    return this.length + this.#spawnDrops.size;
  }

  /** Number of dropped records. */
  get dropped(): number {
    return this.#dropped;
  }

  add(record: ChurnRecord, nowNs: bigint): void {
    if (!this.#full && this.length >= this.#maxRecords) {
      this.#full = true;
      this.#fullSinceNs = nowNs;
    }
    const admission = this.#spawnDrops.admit(record, this.#full);
    if (admission === 'emit') {
      this.#records.push(record);
      return;
    }
    this.#unreportedDrops += admission;
    this.#dropped += admission;
  }

  /** Queues records of the recorder itself. They are never dropped, because they are few. */
  addOwn(...records: TraceRecord[]): void {
    for (const record of records) this.#records.push(record);
  }

  /** Once a full queue is empty, queues the gap and the spawn records after it. Returns whether records were queued. */
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
    for (const spawn of this.#spawnDrops.takeLateSpawns(nowNs)) this.#records.push(spawn);
    return this.length > 0;
  }

  /** Queues a record before all others. */
  prepend(record: TraceRecord): void {
    this.#records = [record, ...this.#records.slice(this.#head)];
    this.#head = 0;
  }

  /** Passes about `maxChars` characters of the oldest records to `write`, which returns how many lines it wrote. */
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
