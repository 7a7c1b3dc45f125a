import type { HeaderRecord, TraceRecord } from '../../domain/events/record.ts';
import { assertFormat, decodeLine, traceFormat } from '../format/codec.ts';
import { type Remark, TraceError } from '../format/errors.ts';
import { Batches, type TraceBatch } from './batches.ts';
import { LineSplitter, lineLimit } from './line-splitter.ts';
import { Sequence, type SequenceMark } from './sequence.ts';
export type ReaderOptions = {
  /** A line that could not be read; reading goes on. */
  onSkipped?: ((remark: Remark) => void) | undefined;
  /** Something worth knowing about lines that were read. */
  onNote?: ((remark: Remark) => void) | undefined;
  /** From here on a file could not be read; it is skipped, too. */
  onLost?: ((remark: Remark) => void) | undefined;
  /** Bytes of a line that are held. */
  limit?: number | undefined;
};

/** What a reader knows between two lines: with it another one can go on from there. */
export type ReaderMark = {
  file: string;
  line: number;
  started: boolean;
  foreign: boolean;
  ended: boolean;
  sequence: SequenceMark;
};

/**
 * Bytes of traces to batches of records, total over whatever the bytes are: what is no record is skipped, counted and
 * named. Holes in the numbering come out as gap records. Files follow each other through `open` and `close`.
 */
export class TraceReader {
  readonly #options: ReaderOptions;
  readonly #splitter: LineSplitter;
  readonly #sequence = new Sequence();
  #file = '-';
  #line = 0;
  readonly #batches = new Batches();
  /** Under a header of a format this version does not know. */
  #foreign = false;
  #ended = true;
  #skipped = 0;
  #records = 0;

  constructor(options: ReaderOptions = {}) {
    this.#options = options;
    this.#splitter = new LineSplitter({
      onLines: (text) => this.#lines(text),
      onTooLong: (bytes) => {
        this.#line++;
        this.#skip(`${bytes} bytes, a line has at most ${options.limit ?? lineLimit}`);
      },
      ...(options.limit !== undefined && { limit: options.limit }),
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
  get mark(): ReaderMark {
    return {
      file: this.#file,
      line: this.#line,
      started: this.#batches.started,
      foreign: this.#foreign,
      ended: this.#ended,
      sequence: this.#sequence.mark,
    };
  }

  resume({ file, line, started, foreign, ended, sequence }: ReaderMark): void {
    this.#file = file;
    this.#line = line;
    this.#batches.started = started;
    this.#foreign = foreign;
    this.#ended = ended;
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
    if (rest !== undefined) this.#last(rest);
    return this.#batches.take();
  }

  /** The end of all input. */
  finish(): void {
    this.#assertEnded();
  }

  /** The rest of this file cannot be read. */
  giveUp(why: string): void {
    this.#line++;
    this.#skip(why);
    this.#options.onLost?.({ file: this.#file, line: this.#line, why });
  }

  #lines(text: string): void {
    for (let start = 0; start <= text.length; ) {
      const newline = text.indexOf('\n', start);
      const end = newline < 0 ? text.length : newline;
      this.#line++;
      try {
        this.#record(text, start, end);
      } catch (error) {
        if (!(error instanceof TraceError)) throw error;
        this.#skip(error.message);
      }
      start = end + 1;
    }
  }

  #last(rest: string): void {
    this.#line++;
    try {
      this.#record(rest, 0, rest.length);
    } catch (error) {
      if (!(error instanceof TraceError)) throw error;
      this.#note('the last line is torn');
    }
  }

  #record(text: string, start: number, end: number): void {
    const { record, seq } = decodeLine(text, start, end);
    if (record?.probe_source === 'trace.header') {
      this.#header(record, seq);
    } else if (this.#foreign) {
      throw new TraceError('under a header of an unknown format');
    }
    const { gap, backwards } = this.#sequence.step(record, seq);
    if (backwards) this.#note(`seq goes back to ${seq}`);
    if (record === undefined) {
      if (gap) this.#push(gap);
      return;
    }
    this.#records++;
    this.#ended = record.probe_source === 'trace.end' || this.#sequence.header === undefined;
    // The gap before a part stands behind the part's header: it belongs to the same recorder.
    if (gap && record.probe_source !== 'trace.header') this.#push(gap);
    this.#push(record);
    if (gap && record.probe_source === 'trace.header') this.#push(gap);
  }

  #header(record: HeaderRecord, seq: number | undefined): void {
    this.#foreign = record.format !== traceFormat;
    assertFormat(record);
    const fresh = this.#sequence.open(record, seq);
    if (fresh) this.#assertEnded();
    this.#begin(fresh);
  }

  #assertEnded(): void {
    if (!this.#ended) this.#note('no trace.end before this: the recorder died or still writes');
    this.#ended = true;
  }

  #begin(fresh: boolean): void {
    this.#batches.begin({ header: this.#sequence.header, fresh, file: this.#file, line: this.#line });
  }

  #push(record: TraceRecord): void {
    if (!this.#batches.isOpen) this.#begin(!this.#batches.started);
    this.#batches.push(record);
  }

  #skip(why: string): void {
    this.#skipped++;
    this.#options.onSkipped?.({ file: this.#file, line: this.#line, why });
  }

  #note(why: string): void {
    this.#options.onNote?.({ file: this.#file, line: this.#line, why });
  }
}

const held = 10;

/** Remarks of a reader: the first few, and how many there were. */
export class Remarks {
  readonly first: Remark[] = [];
  #count = 0;

  get count(): number {
    return this.#count;
  }

  readonly add = (remark: Remark): void => {
    this.#count++;
    if (this.first.length < held) this.first.push(remark);
  };
}
