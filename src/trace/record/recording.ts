import { type Batch, type ChurnRecord, isProbeEvent } from '../../domain/events/event.ts';
import type { CompiledFilter } from '../../domain/filter/filter.ts';
import { StreamFilter } from '../../domain/filter/stream-filter.ts';
import { ActiveAlerts } from '../../domain/processes/active-alerts.ts';
import type { Guest } from '../../domain/processes/guest.ts';
import { LiveRecords } from '../../domain/processes/live-records.ts';
import type { SourceStatus } from '../../domain/source/event-source.ts';
import type { ClockOffsets } from '../../domain/source/wall-clock.ts';
import { TraceComposer } from '../format/composer.ts';
import { Backoff } from './backoff.ts';
import { errorReason, OutputFile, type OutputFileOptions } from './output-file.ts';
import type { RecorderState, RecorderStatus, RecordOptions } from './protocol.ts';
import { RecordQueue } from './record-queue.ts';
import { Throughput } from './throughput.ts';

export type RecordingOptions = Pick<RecordOptions, 'path' | 'info' | 'tool'> &
  Omit<OutputFileOptions, 'writeEnd'> & {
    filter: CompiledFilter;
    userName: (uid: number) => string;
    /** Identifies the recorder in its headers. */
    recorder: string;
    wallOffsetNs: () => bigint;
    /** Maximum number of records queued while writing fails. Default 65,536. */
    maxQueued?: number;
  };

/** Approximate length of a write in UTF-16 units. Most batches are shorter. A long queue is written in such chunks. */
const chunkLength = 1 << 18;
const secondNs = 1_000_000_000n;
/** Time to wait for the first status of the source, because the header contains its capture mode. */
const headerTimeoutNs = 2n * secondNs;

/**
 * Writes records to a file as complete lines, as soon as they arrive. Retries failed writes, and starts a new file when
 * the current one is moved or deleted.
 */
export class Recording {
  readonly #options: RecordingOptions;
  readonly #composer: TraceComposer;
  readonly #queue: RecordQueue;
  readonly #output: OutputFile;
  readonly #liveRecords = new LiveRecords(Number.POSITIVE_INFINITY);
  readonly #activeAlerts = new ActiveAlerts();
  /** Undefined if there is no filter, because tracking ancestors takes CPU time. */
  readonly #streamFilter: StreamFilter | undefined;
  readonly #guest: Guest;
  #sourceStatus: SourceStatus | undefined;
  #openedNs: bigint;
  #hasHeader = false;
  #state: RecorderState = 'recording';
  #writeError: string | undefined;
  readonly #backoff = new Backoff();
  readonly #throughput: Throughput;

  /** @throws RecordError */
  constructor(options: RecordingOptions, nowNs: bigint) {
    const { info, tool, recorder, filter, userName, wallOffsetNs } = options;
    this.#options = options;
    this.#guest = { host: info.host, bootOffsetNs: info.bootOffsetNs, userName };
    this.#streamFilter = filter.text === '' ? undefined : new StreamFilter(filter, this.#guest);
    const source = () => this.#sourceStatus;
    this.#composer = new TraceComposer({
      info,
      tool,
      recorder,
      filter: filter.text,
      wallOffsetNs,
      get mode() {
        return source()?.mode;
      },
      get hidden() {
        return source()?.hiddenProcesses;
      },
    });
    this.#queue = new RecordQueue(this.#composer, options.maxQueued);
    this.#output = new OutputFile({ ...options, writeEnd: (ns) => this.#writeEnd(ns) }, nowNs);
    this.#openedNs = nowNs;
    this.#throughput = new Throughput(nowNs);
  }

  get status(): RecorderStatus {
    const { size, rotatedFiles, pathChange, repairedBytes, error } = this.#output;
    const { lines, bytes, bytesPerSecond } = this.#throughput;
    return {
      state: this.#state,
      path: this.#options.path,
      bytes,
      records: lines,
      bytesPerSecond,
      fileBytes: size,
      rotatedFiles,
      queued: this.#queue.pendingCount,
      dropped: this.#queue.dropped,
      error: this.#writeError ?? error,
      pathChange,
      repairedBytes,
    };
  }

  /** Sets the status of the source, which the next header contains. */
  onStatus(status: SourceStatus, nowNs: bigint): void {
    this.#sourceStatus = status;
    if (!this.#hasHeader) this.#writeQueued(nowNs);
  }

  /** Applies a change of the guest's clocks. */
  onClock({ bootOffsetNs }: ClockOffsets): void {
    this.#guest.bootOffsetNs = bootOffsetNs;
    this.#composer.setBootOffset(bootOffsetNs);
  }

  onBatch({ nowNs, records }: Batch): void {
    this.#addRecords(this.#streamFilter?.filter(records, nowNs) ?? records, nowNs);
    const clock = this.#hasHeader ? this.#composer.clockIfDue(nowNs) : undefined;
    if (clock) this.#queue.addOwn(clock);
    this.#writeQueued(nowNs);
  }

  /** Performs what is due by time: header, retry, check of the path, rotation, fsync. */
  tick(nowNs: bigint): void {
    this.#writeQueued(nowNs);
    if (this.#hasHeader && this.#output.checkPath(nowNs)) this.#startFile(nowNs);
    if (this.#hasHeader && this.#queue.length === 0 && this.#output.rotateIfDue(nowNs))
      this.#startFile(nowNs);
    this.#output.syncIfDue(nowNs);
    this.#throughput.measure(nowNs);
  }

  /** Writes the queue and `trace.end`, and closes the file. Records that cannot be written now are lost. */
  end(nowNs: bigint): void {
    this.#openedNs = nowNs - headerTimeoutNs;
    this.#backoff.retryNow();
    this.#addRecords(this.#streamFilter?.flush() ?? [], nowNs);
    this.#queue.addOwn({ probe_source: 'trace.end', monotonic_ns: nowNs });
    this.#writeQueued(nowNs);
    this.#output.close();
    this.#state = 'stopped';
  }

  #addRecords(records: readonly ChurnRecord[], nowNs: bigint): void {
    for (const record of records) {
      if (record.probe_source === 'process.exited')
        this.#activeAlerts.countExit(record.guest_comm, this.#liveRecords.get(record.guest_pid)?.guest_ppid);
      if (isProbeEvent(record)) this.#liveRecords.apply(record);
      else if (record.probe_source === 'trace.alert') this.#activeAlerts.apply(record);
      this.#queue.add(record, nowNs);
    }
  }

  #writeQueued(nowNs: bigint): void {
    if (!this.#queueFirstHeader(nowNs) || !this.#backoff.isDue(nowNs)) return;
    while (this.#queue.length > 0) {
      const error = this.#writeChunk(nowNs);
      if (error !== undefined) {
        this.#onWriteError(error, nowNs);
        return;
      }
      this.#queue.reportDrops(nowNs);
    }
    this.#state = 'recording';
    this.#writeError = undefined;
    this.#backoff.onSuccess();
  }

  #writeChunk(nowNs: bigint): unknown {
    let failure: unknown;
    this.#queue.drain(chunkLength, (lines) => {
      const { lines: written, bytes, error } = this.#output.append(Buffer.from(lines), nowNs);
      failure = error;
      return this.#throughput.add(written, bytes);
    });
    return failure;
  }

  #onWriteError(error: unknown, nowNs: bigint): void {
    this.#state = 'waiting';
    this.#writeError = errorReason(error);
    this.#backoff.onFailure(nowNs);
  }

  /** Queues the first header before all other records, once it is due. Returns whether it has been queued. */
  #queueFirstHeader(nowNs: bigint): boolean {
    if (this.#hasHeader) return true;
    if (!this.#sourceStatus && nowNs - this.#openedNs < headerTimeoutNs) return false;
    this.#hasHeader = true;
    this.#queue.prepend(this.#composer.header(nowNs));
    return true;
  }

  /** Starts a file: a header first, then the live processes and active alerts after all queued records. */
  #startFile(nowNs: bigint): void {
    this.#queue.prepend(this.#composer.header(nowNs));
    this.#queue.addOwn(
      ...this.#liveRecords.snapshotRecords(nowNs),
      ...this.#activeAlerts.snapshotRecords(nowNs),
    );
    this.#backoff.retryNow();
    this.#writeQueued(nowNs);
    this.#output.markInitialSize();
  }

  /** Writes `trace.end`, unless records of the file are still queued. */
  #writeEnd(nowNs: bigint): void {
    if (this.#queue.length > 0) return;
    const line = this.#composer.line({ probe_source: 'trace.end', monotonic_ns: nowNs });
    const { lines, bytes } = this.#output.append(Buffer.from(line), nowNs);
    this.#composer.rewind(1 - this.#throughput.add(lines, bytes));
  }
}
