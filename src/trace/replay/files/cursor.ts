import type { TraceBatch } from '../../read/batches.ts';
import { type ReaderMark, type ReaderOptions, TraceReader } from '../../read/reader.ts';
import type { TraceFile } from './trace-file.ts';

/** Between two lines of a trace: where reading can go on, and what the reader knew there. */
export type Place = { file: number; offset: number; mark: ReaderMark };

/** Where a line begins or ends. */
export type Spot = { file: number; offset: number };

export const before = (one: Spot, other: Spot): boolean =>
  one.file < other.file || (one.file === other.file && one.offset < other.offset);

/** Read at once: about two thousand records. */
export const chunkBytes = 1 << 18;

const newline = 0x0a;

export type CursorOptions = ReaderOptions & {
  place?: Place | undefined;
  chunk?: number | undefined;
  /** A file that is shorter than it was when it was opened. */
  onShort?: ((name: string) => void) | undefined;
};

/** Reads a trace of several files from any place on, in chunks of whole lines. */
export class TraceCursor {
  readonly #files: readonly TraceFile[];
  readonly #reader: TraceReader;
  readonly #buffer: Buffer;
  readonly #onShort: CursorOptions['onShort'];
  #file = 0;
  #offset = 0;
  /** Between two lines: only there the reader's mark is good. */
  #between = true;

  constructor(
    files: readonly TraceFile[],
    { place, chunk = chunkBytes, onShort, ...options }: CursorOptions = {},
  ) {
    this.#files = files;
    this.#onShort = onShort;
    this.#reader = new TraceReader(options);
    this.#buffer = Buffer.allocUnsafe(chunk);
    if (place) {
      this.#file = place.file;
      this.#offset = place.offset;
      this.#reader.resume(place.mark);
    } else {
      this.#reader.open(files[0]?.name ?? '-');
    }
  }

  /** Where the next chunk begins; undefined in the middle of a line that is longer than a chunk. */
  get place(): Place | undefined {
    return this.#between ? { file: this.#file, offset: this.#offset, mark: this.#reader.mark } : undefined;
  }

  /** Where the next chunk begins, be it in the middle of a line. */
  get spot(): Spot {
    return { file: this.#file, offset: this.#offset };
  }

  get skipped(): number {
    return this.#reader.skipped;
  }

  /** The next records, none behind `until`; undefined at the end. @throws the file system's error */
  async next(until?: Spot): Promise<TraceBatch[] | undefined> {
    const file = this.#files[this.#file];
    if (!file) return undefined;
    const end = until?.file === this.#file ? Math.min(until.offset, file.size) : file.size;
    const left = end - this.#offset;
    if (left <= 0) {
      if (end < file.size) return undefined;
      return this.#close();
    }
    const wanted = left < this.#buffer.length ? this.#buffer.subarray(0, left) : this.#buffer;
    const bytes = await file.read(wanted, this.#offset);
    if (bytes === 0) {
      this.#onShort?.(file.name);
      return this.#close();
    }
    const lines = wanted.subarray(0, bytes).lastIndexOf(newline) + 1;
    const taken = lines === 0 ? bytes : lines;
    this.#between = lines > 0;
    this.#offset += taken;
    return this.#reader.push(wanted.subarray(0, taken));
  }

  #close(): TraceBatch[] {
    const batches = this.#reader.close();
    this.#file++;
    this.#offset = 0;
    this.#between = true;
    const file = this.#files[this.#file];
    if (file) this.#reader.open(file.name);
    return batches;
  }
}
