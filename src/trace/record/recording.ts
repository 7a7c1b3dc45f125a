import { type Batch, isProbeEvent } from '../../domain/events/event.ts';
import type { CompiledFilter } from '../../domain/filter/filter.ts';
import { StreamFilter } from '../../domain/filter/stream-filter.ts';
import { ActiveAlerts } from '../../domain/processes/active-alerts.ts';
import { LiveRecords } from '../../domain/processes/live-records.ts';
import type { SourceStatus } from '../../domain/source/event-source.ts';
import { TraceComposer } from '../format/composer.ts';
import { errorReason, OutputFile, type OutputFileOptions } from './output-file.ts';
import type { RecorderState, RecorderStatus, RecordOptions } from './protocol.ts';
import { RecordQueue } from './record-queue.ts';
import { Backoff, Throughput } from './write-state.ts';
export type RecordingOptions = Pick<RecordOptions, 'path' | 'info' | 'tool'> &
  Omit<OutputFileOptions, 'writeEnd'> & {
    filter: CompiledFilter;
    userName: (uid: number) => string;
    /** Names this recorder in its headers. */
    recorder: string;
    wallOffsetNs: () => bigint;
    /** Records kept for a file that takes none. Default `maxQueued`. */
    maxQueued?: number;
  };

/** Characters to a write: a batch is smaller, what has waited is written in such pieces. */
const chunkLength = 1 << 18;
const secondNs = 1_000_000_000n;
/** A header says how the capture goes; it waits so long for the first word of it. */
const headerTimeoutNs = 2n * secondNs;

/**
 * The recording itself: what comes in is written at once, as whole lines. A file that takes nothing makes it wait
 * and try again, a path that lost its file makes it begin a new one; neither ends it.
 */
export class Recording {
  readonly #options: RecordingOptions;
  readonly #composer: TraceComposer;
  readonly #queue: RecordQueue;
  readonly #output: OutputFile;
  readonly #liveRecords = new LiveRecords();
  readonly #activeAlerts = new ActiveAlerts();
  /** Lines of descent are kept only for a filter that may ask for them. */
  readonly #streamFilter: StreamFilter | undefined;
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
    this.#streamFilter =
      filter.text === ''
        ? undefined
        : new StreamFilter(filter, { bootOffsetNs: info.bootOffsetNs, userName });
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
      bytesPerSecond: bytesPerSecond,
      fileBytes: size,
      rotatedFiles,
      queued: this.#queue.pendingCount,
      dropped: this.#queue.dropped,
      error: this.#writeError ?? error,
      pathChange,
      repairedBytes,
    };
  }

  /** How the capture goes; the next header says it. */
  onStatus(status: SourceStatus, nowNs: bigint): void {
    this.#sourceStatus = status;
    if (!this.#hasHeader) this.#writeQueued(nowNs);
  }

  onBatch({ nowNs, records }: Batch): void {
    for (const record of this.#streamFilter?.filter(records) ?? records) {
      if (isProbeEvent(record)) this.#liveRecords.apply(record);
      else if (record.probe_source === 'trace.alert') this.#activeAlerts.apply(record);
      this.#queue.add(record, nowNs);
    }
    const clock = this.#hasHeader ? this.#composer.clockIfDue(nowNs) : undefined;
    if (clock) this.#queue.addOwn(clock);
    this.#writeQueued(nowNs);
  }

  /** What is due by time: the header, another try, a look after the file, rotation, fsync. */
  tick(nowNs: bigint): void {
    this.#writeQueued(nowNs);
    if (this.#hasHeader && this.#output.checkPath(nowNs)) this.#startFile(nowNs);
    if (this.#hasHeader && this.#queue.length === 0 && this.#output.rotateIfDue(nowNs))
      this.#startFile(nowNs);
    this.#output.syncIfDue(nowNs);
    this.#throughput.measure(nowNs);
  }

  /** The orderly end. What the file does not take now is lost, and counted. */
  end(nowNs: bigint): void {
    this.#openedNs = nowNs - headerTimeoutNs;
    this.#backoff.retryNow();
    this.#queue.addOwn({ probe_source: 'trace.end', monotonic_ns: nowNs });
    this.#writeQueued(nowNs);
    this.#output.close();
    this.#state = 'ended';
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

  /** The first header stands before all that came meanwhile. */
  #queueFirstHeader(nowNs: bigint): boolean {
    if (this.#hasHeader) return true;
    if (!this.#sourceStatus && nowNs - this.#openedNs < headerTimeoutNs) return false;
    this.#hasHeader = true;
    this.#queue.prepend(this.#composer.header(nowNs));
    return true;
  }

  /** Its own header first, and who is alive and what is raised as of all that still waits. */
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

  /** A file that nothing is owed to gets its end. */
  #writeEnd(nowNs: bigint): void {
    if (this.#queue.length > 0) return;
    const line = this.#composer.line({ probe_source: 'trace.end', monotonic_ns: nowNs });
    const { lines, bytes } = this.#output.append(Buffer.from(line), nowNs);
    this.#composer.rewind(1 - this.#throughput.add(lines, bytes));
  }
}
