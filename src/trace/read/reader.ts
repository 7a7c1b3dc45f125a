import { isProbeEvent } from '../../domain/events/event.ts';
import type { HeaderRecord, TraceRecord } from '../../domain/events/record.ts';
import { assertSupportedFormat, decodeLine } from '../format/decode.ts';
import { type Diagnostic, TraceError } from '../format/errors.ts';
import { isHeaderAt } from '../format/header-line.ts';
import { traceFormat } from '../format/schema.ts';
import { BatchBuilder, type TraceBatch } from './batches.ts';
import { LineSplitter, maxLineBytes } from './line-splitter.ts';
import { type SequenceState, SequenceTracker } from './sequence.ts';

/** The receivers of diagnostics, and a limit. */
export type ReaderOptions = {
  /** Receives each line that is skipped because it is invalid. */
  onSkipped?: ((diagnostic: Diagnostic) => void) | undefined;
  /** Receives warnings about lines that are not skipped. */
  onWarning?: ((diagnostic: Diagnostic) => void) | undefined;
  /** Receives the line from which a file is unreadable, after `onSkipped`. */
  onTruncated?: ((diagnostic: Diagnostic) => void) | undefined;
  /** Maximum length of a line, in bytes. Default 1 MiB. */
  maxLineBytes?: number | undefined;
  /**
   * Maximum number of invalid lines in a row. Beyond it, and within a line that is too long, nothing is read until a chunk
   * begins with a header, or `close`. Default: everything is read.
   */
  maxSkipped?: number | undefined;
  /** Whether a record whose `seq` goes back is a repetition and is dropped, as after a connection was lost. */
  repeats?: boolean | undefined;
};

/** The state of a reader between two lines, from which another reader can resume. */
export type ReaderState = {
  file: string;
  line: number;
  hasStarted: boolean;
  unknownFormat: boolean;
  sawEnd: boolean;
  sequence: SequenceState;
};

/**
 * Reads the bytes of traces into batches of records. Never throws: invalid lines are skipped, counted and reported.
 * Missing `seq` numbers become gap records. Each file is read between `open` and `close`.
 */
export class TraceReader {
  readonly #options: ReaderOptions;
  readonly #splitter: LineSplitter;
  readonly #sequence: SequenceTracker;
  #file = '-';
  #line = 0;
  readonly #batches = new BatchBuilder();
  #unknownFormat = false;
  #sawEnd = true;
  #skipped = 0;
  #records = 0;
  /** Number of invalid lines since the last valid one. */
  #skippedInRow = 0;
  /** Number of live processes to drop, because they are older than the last record. */
  #aliveToDrop = 0;

  constructor(options: ReaderOptions = {}) {
    this.#options = options;
    this.#sequence = new SequenceTracker(options.repeats);
    this.#splitter = new LineSplitter({
      onLines: (text) => this.#decodeLines(text),
      onTooLong: (bytes) => {
        this.#line++;
        this.#skipLine(`${bytes} bytes, a line has at most ${options.maxLineBytes ?? maxLineBytes}`);
      },
      ...(options.maxLineBytes !== undefined && { maxLineBytes: options.maxLineBytes }),
    });
  }

  /** Number of skipped lines. */
  get skipped(): number {
    return this.#skipped;
  }

  /** Number of decoded records, without the gap records for missing numbers. */
  get records(): number {
    return this.#records;
  }

  /** Why nothing is read now: the format of the last header is unknown, or the lines are those of no trace. */
  get obstacle(): 'format' | 'lines' | undefined {
    if (this.#unknownFormat) return 'format';
    return this.#isAbandoned ? 'lines' : undefined;
  }

  get #isAbandoned(): boolean {
    const { maxSkipped } = this.#options;
    return maxSkipped !== undefined && (this.#skippedInRow > maxSkipped || this.#splitter.isSkipping);
  }

  /** Valid only between two lines: after a chunk that ends with a newline, or after `close`. */
  get state(): ReaderState {
    return {
      file: this.#file,
      line: this.#line,
      hasStarted: this.#batches.hasStarted,
      unknownFormat: this.#unknownFormat,
      sawEnd: this.#sawEnd,
      sequence: this.#sequence.state,
    };
  }

  resume({ file, line, hasStarted, unknownFormat, sawEnd, sequence }: ReaderState): void {
    this.#file = file;
    this.#line = line;
    this.#batches.hasStarted = hasStarted;
    this.#unknownFormat = unknownFormat;
    this.#sawEnd = sawEnd;
    this.#sequence.resume(sequence);
  }

  open(file: string): void {
    this.#file = file;
    this.#line = 0;
  }

  push(chunk: Uint8Array): TraceBatch[] {
    if (this.#isAbandoned) {
      if (!isHeaderAt(chunk)) return [];
      this.#splitter.end();
      this.#skippedInRow = 0;
    }
    this.#splitter.push(chunk);
    return this.#batches.take();
  }

  /** Ends a file. A torn last line is a warning, not a skipped line. */
  close(): TraceBatch[] {
    const rest = this.#splitter.end();
    if (rest !== undefined) this.#decodeLastLine(rest);
    this.#skippedInRow = 0;
    return this.#batches.take();
  }

  /** Ends the last trace. Warns if it has no `trace.end`. */
  finish(): void {
    this.#warnIfNotEnded();
  }

  /** Skips the rest of the file, which is unreadable. */
  abandonFile(message: string): void {
    this.#line++;
    this.#skipLine(message);
    this.#options.onTruncated?.({ file: this.#file, line: this.#line, message });
  }

  #decodeLines(text: string): void {
    const { stackTraceLimit } = Error;
    // A stack for each of many invalid lines would block the program for seconds.
    Error.stackTraceLimit = 0;
    try {
      this.#decodeEach(text);
    } finally {
      Error.stackTraceLimit = stackTraceLimit;
    }
  }

  #decodeEach(text: string): void {
    for (let start = 0; start <= text.length && !this.#isAbandoned; ) {
      const newline = text.indexOf('\n', start);
      const end = newline < 0 ? text.length : newline;
      this.#line++;
      try {
        this.#decodeRecord(text.slice(start, end));
        this.#skippedInRow = 0;
      } catch (error) {
        if (!(error instanceof TraceError)) throw error;
        this.#skippedInRow++;
        this.#skipLine(error.message);
      }
      start = end + 1;
    }
  }

  #decodeLastLine(rest: string): void {
    this.#line++;
    try {
      this.#decodeRecord(rest);
    } catch (error) {
      if (!(error instanceof TraceError)) throw error;
      this.#warn('the last line is torn');
    }
  }

  #decodeRecord(line: string): void {
    const { record, seq } = decodeLine(line);
    if (record?.probe_source === 'trace.header') {
      this.#openHeader(record, seq);
    } else if (this.#unknownFormat) {
      throw new TraceError('under a header of an unknown format');
    }
    if (this.#aliveToDrop > 0 && seq === undefined && record && isProbeEvent(record)) {
      this.#aliveToDrop--;
      return;
    }
    const { gap, backwards } = this.#sequence.check(record, seq);
    if (backwards && record?.probe_source === 'trace.alive') {
      this.#aliveToDrop = record.records;
      return;
    }
    if (backwards && this.#options.repeats) return;
    if (backwards) this.#warn(`seq goes back to ${seq}`);
    if (record === undefined) {
      if (gap) this.#push(gap);
      return;
    }
    this.#records++;
    this.#sawEnd = record.probe_source === 'trace.end' || this.#sequence.header === undefined;
    // A gap before a rotated file follows the header of that file, because it belongs to the batch of the header.
    if (gap && record.probe_source !== 'trace.header') this.#push(gap);
    this.#push(record);
    if (gap && record.probe_source === 'trace.header') this.#push(gap);
  }

  #openHeader(record: HeaderRecord, seq: number | undefined): void {
    this.#aliveToDrop = 0;
    this.#unknownFormat = record.format !== traceFormat;
    assertSupportedFormat(record);
    const isNewRecorder = this.#sequence.openHeader(record, seq);
    if (isNewRecorder) this.#warnIfNotEnded();
    this.#beginBatch(isNewRecorder);
  }

  #warnIfNotEnded(): void {
    if (!this.#sawEnd) this.#warn('no trace.end before this: the recorder was killed or is still running');
    this.#sawEnd = true;
  }

  #beginBatch(isNewRecorder: boolean): void {
    this.#batches.begin({ header: this.#sequence.header, isNewRecorder, file: this.#file, line: this.#line });
  }

  #push(record: TraceRecord): void {
    if (!this.#batches.hasCurrent) this.#beginBatch(!this.#batches.hasStarted);
    this.#batches.push(record);
  }

  #skipLine(message: string): void {
    this.#skipped++;
    this.#options.onSkipped?.({ file: this.#file, line: this.#line, message });
  }

  #warn(message: string): void {
    this.#options.onWarning?.({ file: this.#file, line: this.#line, message });
  }
}
