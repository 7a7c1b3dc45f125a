import type { HeaderRecord, TraceRecord } from '../../domain/events/record.ts';
import { assertSupportedFormat, decodeLine, traceFormat } from '../format/codec.ts';
import { type Diagnostic, TraceError } from '../format/errors.ts';
import { BatchBuilder, type TraceBatch } from './batches.ts';
import { LineSplitter, maxLineBytes } from './line-splitter.ts';
import { type SequenceState, SequenceTracker } from './sequence.ts';
export type ReaderOptions = {
  /** A line that could not be read; reading goes on. */
  onSkipped?: ((remark: Diagnostic) => void) | undefined;
  /** Something worth knowing about lines that were read. */
  onWarning?: ((remark: Diagnostic) => void) | undefined;
  /** From here on a file could not be read; it is skipped, too. */
  onTruncated?: ((remark: Diagnostic) => void) | undefined;
  /** Bytes of a line that are held. */
  maxLineBytes?: number | undefined;
};

/** What a reader knows between two lines: with it another one can go on from there. */
export type ReaderState = {
  file: string;
  line: number;
  hasStarted: boolean;
  unknownFormat: boolean;
  sawEnd: boolean;
  sequence: SequenceState;
};

/**
 * Bytes of traces to batches of records, total over whatever the bytes are: what is no record is skipped, counted and
 * named. Holes in the numbering come out as gap records. Files follow each other through `open` and `close`.
 */
export class TraceReader {
  readonly #options: ReaderOptions;
  readonly #splitter: LineSplitter;
  readonly #sequence = new SequenceTracker();
  #file = '-';
  #line = 0;
  readonly #batches = new BatchBuilder();
  /** Under a header of a format this version does not know. */
  #unknownFormat = false;
  #sawEnd = true;
  #skipped = 0;
  #records = 0;

  constructor(options: ReaderOptions = {}) {
    this.#options = options;
    this.#splitter = new LineSplitter({
      onLines: (text) => this.#decodeLines(text),
      onTooLong: (bytes) => {
        this.#line++;
        this.#skipLine(`${bytes} bytes, a line has at most ${options.maxLineBytes ?? maxLineBytes}`);
      },
      ...(options.maxLineBytes !== undefined && { maxLineBytes: options.maxLineBytes }),
    });
  }

  /** Lines that could not be read. */
  get skipped(): number {
    return this.#skipped;
  }

  /** Records that could, without the gaps made of holes. */
  get records(): number {
    return this.#records;
  }

  /** Good only between two lines: behind a chunk that ended in a newline, or behind `close`. */
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
    this.#splitter.push(chunk);
    return this.#batches.take();
  }

  /** The end of a file; one torn last line is taken with a note. */
  close(): TraceBatch[] {
    const rest = this.#splitter.end();
    if (rest !== undefined) this.#decodeLastLine(rest);
    return this.#batches.take();
  }

  /** The end of all input. */
  finish(): void {
    this.#warnIfNotEnded();
  }

  /** The rest of this file cannot be read. */
  abandonFile(message: string): void {
    this.#line++;
    this.#skipLine(message);
    this.#options.onTruncated?.({ file: this.#file, line: this.#line, message });
  }

  #decodeLines(text: string): void {
    for (let start = 0; start <= text.length; ) {
      const newline = text.indexOf('\n', start);
      const end = newline < 0 ? text.length : newline;
      this.#line++;
      try {
        this.#decodeRecord(text, start, end);
      } catch (error) {
        if (!(error instanceof TraceError)) throw error;
        this.#skipLine(error.message);
      }
      start = end + 1;
    }
  }

  #decodeLastLine(rest: string): void {
    this.#line++;
    try {
      this.#decodeRecord(rest, 0, rest.length);
    } catch (error) {
      if (!(error instanceof TraceError)) throw error;
      this.#warn('the last line is torn');
    }
  }

  #decodeRecord(text: string, start: number, end: number): void {
    const { record, seq } = decodeLine(text, start, end);
    if (record?.probe_source === 'trace.header') {
      this.#openHeader(record, seq);
    } else if (this.#unknownFormat) {
      throw new TraceError('under a header of an unknown format');
    }
    const { gap, backwards } = this.#sequence.check(record, seq);
    if (backwards) this.#warn(`seq goes back to ${seq}`);
    if (record === undefined) {
      if (gap) this.#push(gap);
      return;
    }
    this.#records++;
    this.#sawEnd = record.probe_source === 'trace.end' || this.#sequence.header === undefined;
    // The gap before a part stands behind the part's header: it belongs to the same recorder.
    if (gap && record.probe_source !== 'trace.header') this.#push(gap);
    this.#push(record);
    if (gap && record.probe_source === 'trace.header') this.#push(gap);
  }

  #openHeader(record: HeaderRecord, seq: number | undefined): void {
    this.#unknownFormat = record.format !== traceFormat;
    assertSupportedFormat(record);
    const fresh = this.#sequence.openHeader(record, seq);
    if (fresh) this.#warnIfNotEnded();
    this.#beginBatch(fresh);
  }

  #warnIfNotEnded(): void {
    if (!this.#sawEnd) this.#warn('no trace.end before this: the recorder died or still writes');
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

const maxRetained = 10;

/** Remarks of a reader: the first few, and how many there were. */
export class Diagnostics {
  readonly first: Diagnostic[] = [];
  #count = 0;

  get count(): number {
    return this.#count;
  }

  readonly add = (remark: Diagnostic): void => {
    this.#count++;
    if (this.first.length < maxRetained) this.first.push(remark);
  };
}
