import type { HeaderRecord, TraceRecord } from '../../domain/events/record.ts';
import type { SourceInfo } from '../../domain/source/event-source.ts';
import { parseRfc3339 } from '../../util/time.ts';

/** Records of one recorder, in order. */
export type TraceBatch = {
  /** The recorder's header; undefined where a trace has none (`--strict`). */
  header: HeaderRecord | undefined;
  /** The first records of another recorder: what was alive before is told anew. */
  isNewRecorder: boolean;
  file: string;
  /** Where the first of them stands. */
  line: number;
  records: TraceRecord[];
};

/** Gathers records to batches, of which each header begins one. */
export class BatchBuilder {
  #batches: TraceBatch[] = [];
  #current: TraceBatch | undefined;
  /** There was one, here or before a mark that is gone on from. */
  hasStarted = false;

  begin(fields: Omit<TraceBatch, 'records'>): void {
    this.#current = { ...fields, records: [] };
    this.#batches.push(this.#current);
    this.hasStarted = true;
  }

  get hasCurrent(): boolean {
    return this.#current !== undefined;
  }

  /** To the one that was begun last. */
  push(record: TraceRecord): void {
    this.#current?.records.push(record);
  }

  /** What was gathered since the last call. */
  take(): TraceBatch[] {
    const batches = this.#batches;
    this.#batches = [];
    this.#current = undefined;
    return batches;
  }
}

/** What a header tells of its guest; a trace without one (`--strict`) tells nothing. */
export const sourceInfoOf = (header: TraceBatch['header']): SourceInfo => {
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
