import type { HeaderRecord, TraceRecord } from '../../domain/events/record.ts';
import type { SourceInfo } from '../../domain/source/event-source.ts';
import { wallOffsetOf } from './wall-clock.ts';

/** Consecutive records of one recorder. */
export type TraceBatch = {
  /** The header of the recorder; undefined in a trace without one (`--strict`). */
  header: HeaderRecord | undefined;
  /** Whether all earlier state is void, because another recorder begins or files are missing. */
  isNewRecorder: boolean;
  file: string;
  /** Line number of the first record. */
  line: number;
  records: TraceRecord[];
};

/** Collects records into batches. Each header begins a batch. */
export class BatchBuilder {
  #batches: TraceBatch[] = [];
  #current: TraceBatch | undefined;
  /** Whether any batch has begun, including those before a `resume`. */
  hasStarted = false;

  begin(fields: Omit<TraceBatch, 'records'>): void {
    this.#current = { ...fields, records: [] };
    this.#batches.push(this.#current);
    this.hasStarted = true;
  }

  get hasCurrent(): boolean {
    return this.#current !== undefined;
  }

  /** Adds a record to the current batch. */
  push(record: TraceRecord): void {
    this.#current?.records.push(record);
  }

  /** Returns the batches since the last call. */
  take(): TraceBatch[] {
    const batches = this.#batches;
    this.#batches = [];
    this.#current = undefined;
    return batches;
  }
}

/** Returns the description of the guest in a header. Without a header (`--strict`) nothing is known. */
export const sourceInfoOf = (header: TraceBatch['header']): SourceInfo => ({
  host: header?.host ?? 'unknown',
  bootId: header?.boot_id ?? 'unknown',
  pidNamespace: header?.pid_ns ?? 'unknown',
  bootOffsetNs: header?.boot_offset_ns ?? 0n,
  ...(header?.cgroups && { cgroups: true }),
  pidMax: header?.pid_max,
  wallOffsetNs: (header && wallOffsetOf(header.clock)) ?? 0n,
});
