import { type Batch, isProbeEvent } from '../../domain/events/event.ts';
import type { Accepts } from '../../domain/filter/filter.ts';
import { Judge } from '../../domain/filter/stream-filter.ts';
import { Raised } from '../../domain/processes/active-alerts.ts';
import { Alive } from '../../domain/processes/live-records.ts';
import type { SourceStatus } from '../../domain/source/event-source.ts';
import { TraceComposer } from '../format/composer.ts';
import { FileSlot, type FileSlotOptions, reasonOf } from './output-file.ts';
import type { RecorderState, RecorderStatus, RecordOptions } from './protocol.ts';
import { RecordQueue } from './record-queue.ts';
import { Retry, Written } from './write-state.ts';
export type RecordingOptions = Pick<RecordOptions, 'path' | 'info' | 'tool'> &
  Omit<FileSlotOptions, 'farewell'> & {
    filter: Accepts;
    userName: (uid: number) => string;
    /** Names this recorder in its headers. */
    recorder: string;
    wallOffsetNs: () => bigint;
    /** Records kept for a file that takes none. Default `maxQueued`. */
    queueLimit?: number;
  };

/** Characters to a write: a batch is smaller, what has waited is written in such pieces. */
const pieceLength = 1 << 18;
const second = 1_000_000_000n;
/** A header says how the capture goes; it waits so long for the first word of it. */
const headerPatienceNs = 2n * second;

/**
 * The recording itself: what comes in is written at once, as whole lines. A file that takes nothing makes it wait
 * and try again, a path that lost its file makes it begin a new one; neither ends it.
 */
export class Recording {
  readonly #options: RecordingOptions;
  readonly #composer: TraceComposer;
  readonly #queue: RecordQueue;
  readonly #slot: FileSlot;
  readonly #alive = new Alive();
  readonly #raised = new Raised();
  /** Lines of descent are kept only for a filter that may ask for them. */
  readonly #judge: Judge | undefined;
  #source: SourceStatus | undefined;
  #openedNs: bigint;
  #begun = false;
  #state: RecorderState = 'recording';
  #trouble: string | undefined;
  readonly #retry = new Retry();
  readonly #written: Written;

  /** @throws RecordError */
  constructor(options: RecordingOptions, nowNs: bigint) {
    const { info, tool, recorder, filter, userName, wallOffsetNs } = options;
    this.#options = options;
    this.#judge =
      filter.text === '' ? undefined : new Judge(filter, { bootOffsetNs: info.bootOffsetNs, userName });
    const source = () => this.#source;
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
        return source()?.hidden;
      },
    });
    this.#queue = new RecordQueue(this.#composer, options.queueLimit);
    this.#slot = new FileSlot({ ...options, farewell: (ns) => this.#farewell(ns) }, nowNs);
    this.#openedNs = nowNs;
    this.#written = new Written(nowNs);
  }

  get status(): RecorderStatus {
    const { size, rotated, fate, repaired, trouble } = this.#slot;
    const { lines, bytes, perSecond } = this.#written;
    return {
      state: this.#state,
      path: this.#options.path,
      bytes,
      records: lines,
      bytesPerSecond: perSecond,
      fileBytes: size,
      rotated,
      queued: this.#queue.waiting,
      dropped: this.#queue.dropped,
      trouble: this.#trouble ?? trouble,
      fate,
      repaired,
    };
  }

  /** How the capture goes; the next header says it. */
  heard(status: SourceStatus, nowNs: bigint): void {
    this.#source = status;
    if (!this.#begun) this.#write(nowNs);
  }

  take({ nowNs, records }: Batch): void {
    for (const record of this.#judge?.pass(records) ?? records) {
      if (isProbeEvent(record)) this.#alive.apply(record);
      else if (record.probe_source === 'trace.alert') this.#raised.apply(record);
      this.#queue.put(record, nowNs);
    }
    const clock = this.#begun ? this.#composer.clock(nowNs) : undefined;
    if (clock) this.#queue.putOwn(clock);
    this.#write(nowNs);
  }

  /** What is due by time: the header, another try, a look after the file, rotation, fsync. */
  tick(nowNs: bigint): void {
    this.#write(nowNs);
    if (this.#begun && this.#slot.watch(nowNs)) this.#beginFile(nowNs);
    if (this.#begun && this.#queue.length === 0 && this.#slot.rotate(nowNs)) this.#beginFile(nowNs);
    this.#slot.sync(nowNs);
    this.#written.measure(nowNs);
  }

  /** The orderly end. What the file does not take now is lost, and counted. */
  end(nowNs: bigint): void {
    this.#openedNs = nowNs - headerPatienceNs;
    this.#retry.hurry();
    this.#queue.putOwn({ probe_source: 'trace.end', monotonic_ns: nowNs });
    this.#write(nowNs);
    this.#slot.close();
    this.#state = 'ended';
  }

  #write(nowNs: bigint): void {
    if (!this.#begin(nowNs) || !this.#retry.isDue(nowNs)) return;
    while (this.#queue.length > 0) {
      const error = this.#writePiece(nowNs);
      if (error !== undefined) {
        this.#wait(error, nowNs);
        return;
      }
      this.#queue.recover(nowNs);
    }
    this.#state = 'recording';
    this.#trouble = undefined;
    this.#retry.succeeded();
  }

  #writePiece(nowNs: bigint): unknown {
    let failure: unknown;
    this.#queue.drain(pieceLength, (lines) => {
      const { lines: written, bytes, error } = this.#slot.append(Buffer.from(lines), nowNs);
      failure = error;
      return this.#written.add(written, bytes);
    });
    return failure;
  }

  #wait(error: unknown, nowNs: bigint): void {
    this.#state = 'waiting';
    this.#trouble = reasonOf(error);
    this.#retry.failed(nowNs);
  }

  /** The first header stands before all that came meanwhile. */
  #begin(nowNs: bigint): boolean {
    if (this.#begun) return true;
    if (!this.#source && nowNs - this.#openedNs < headerPatienceNs) return false;
    this.#begun = true;
    this.#queue.putFirst(this.#composer.header(nowNs));
    return true;
  }

  /** Its own header first, and who is alive and what is raised as of all that still waits. */
  #beginFile(nowNs: bigint): void {
    this.#queue.putFirst(this.#composer.header(nowNs));
    this.#queue.putOwn(...this.#alive.discovery(nowNs), ...this.#raised.retold(nowNs));
    this.#retry.hurry();
    this.#write(nowNs);
    this.#slot.markBeginning();
  }

  /** A file that nothing is owed to gets its end. */
  #farewell(nowNs: bigint): void {
    if (this.#queue.length > 0) return;
    const line = this.#composer.line({ probe_source: 'trace.end', monotonic_ns: nowNs });
    const { lines, bytes } = this.#slot.append(Buffer.from(line), nowNs);
    this.#composer.takeBack(1 - this.#written.add(lines, bytes));
  }
}
