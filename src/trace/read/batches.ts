import type { HeaderRecord, TraceRecord } from '../../domain/events/record.ts';
import type { SourceInfo } from '../../domain/source/event-source.ts';
import { parseRfc3339 } from '../../util/time.ts';

/** Records of one recorder, in order. */
export type TraceBatch = {
  /** The recorder's header; undefined where a trace has none (`--strict`). */
  header: HeaderRecord | undefined;
  /** The first records of another recorder: what was alive before is told anew. */
  fresh: boolean;
  file: string;
  /** Where the first of them stands. */
  line: number;
  records: TraceRecord[];
};

/** Gathers records to batches, of which each header begins one. */
export class Batches {
  #closed: TraceBatch[] = [];
  #open: TraceBatch | undefined;
  /** There was one, here or before a mark that is gone on from. */
  started = false;

  begin(about: Omit<TraceBatch, 'records'>): void {
    this.#open = { ...about, records: [] };
    this.#closed.push(this.#open);
    this.started = true;
  }

  get isOpen(): boolean {
    return this.#open !== undefined;
  }

  /** To the one that was begun last. */
  push(record: TraceRecord): void {
    this.#open?.records.push(record);
  }

  /** What was gathered since the last call. */
  take(): TraceBatch[] {
    const batches = this.#closed;
    this.#closed = [];
    this.#open = undefined;
    return batches;
  }
}

/** What a header tells of its guest; a trace without one (`--strict`) tells nothing. */
export const infoOf = (header: TraceBatch['header']): SourceInfo => {
  const realtimeNs = header && parseRfc3339(header.clock.realtime);
  return {
    host: header?.host ?? 'unknown',
    bootId: header?.boot_id ?? 'unknown',
    pidNamespace: header?.pid_ns ?? 'unknown',
    bootOffsetNs: header?.boot_offset_ns ?? 0n,
    ...(header?.cgroups && { cgroups: true }),
    pidMax: header?.pid_max,
    wallOffsetNs: header && realtimeNs !== undefined ? realtimeNs - header.clock.monotonic_ns : 0n,
  };
};
