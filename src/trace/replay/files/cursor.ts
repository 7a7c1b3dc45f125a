import type { TraceBatch } from '../../read/batches.ts';
import { type ReaderOptions, type ReaderState, TraceReader } from '../../read/reader.ts';
import type { ReplayFile } from './trace-file.ts';

/** Between two lines of a trace: where reading can go on, and what the reader knew there. */
export type ResumePoint = { fileIndex: number; offset: number; readerState: ReaderState };

/** Where a line begins or ends. */
export type FilePosition = { fileIndex: number; offset: number };

export const isBefore = (one: FilePosition, other: FilePosition): boolean =>
  one.fileIndex < other.fileIndex || (one.fileIndex === other.fileIndex && one.offset < other.offset);

/** Read at once: about two thousand records. */
export const defaultChunkBytes = 1 << 18;

const newline = 0x0a;

export type CursorOptions = ReaderOptions & {
  resumeFrom?: ResumePoint | undefined;
  chunkBytes?: number | undefined;
  /** A file that is shorter than it was when it was opened. */
  onTruncatedFile?: ((name: string) => void) | undefined;
};

/** Reads a trace of several files from any place on, in chunks of whole lines. */
export class TraceCursor {
  readonly #files: readonly ReplayFile[];
  readonly #reader: TraceReader;
  readonly #buffer: Buffer;
  readonly #onTruncatedFile: CursorOptions['onTruncatedFile'];
  #fileIndex = 0;
  #offset = 0;
  /** Between two lines: only there the reader's mark is good. */
  #atLineBoundary = true;

  constructor(
    files: readonly ReplayFile[],
    { resumeFrom, chunkBytes = defaultChunkBytes, onTruncatedFile, ...options }: CursorOptions = {},
  ) {
    this.#files = files;
    this.#onTruncatedFile = onTruncatedFile;
    this.#reader = new TraceReader(options);
    this.#buffer = Buffer.allocUnsafe(chunkBytes);
    if (resumeFrom) {
      this.#fileIndex = resumeFrom.fileIndex;
      this.#offset = resumeFrom.offset;
      this.#reader.resume(resumeFrom.readerState);
    } else {
      this.#reader.open(files[0]?.name ?? '-');
    }
  }

  /** Where the next chunk begins; undefined in the middle of a line that is longer than a chunk. */
  get resumePoint(): ResumePoint | undefined {
    return this.#atLineBoundary
      ? { fileIndex: this.#fileIndex, offset: this.#offset, readerState: this.#reader.state }
      : undefined;
  }

  /** Where the next chunk begins, be it in the middle of a line. */
  get position(): FilePosition {
    return { fileIndex: this.#fileIndex, offset: this.#offset };
  }

  get skipped(): number {
    return this.#reader.skipped;
  }

  /** The next records, none behind `until`; undefined at the end. @throws the file system's error */
  async next(until?: FilePosition): Promise<TraceBatch[] | undefined> {
    const file = this.#files[this.#fileIndex];
    if (!file) return undefined;
    const end = until?.fileIndex === this.#fileIndex ? Math.min(until.offset, file.size) : file.size;
    const remaining = end - this.#offset;
    if (remaining <= 0) {
      if (end < file.size) return undefined;
      return this.#closeFile();
    }
    const target = remaining < this.#buffer.length ? this.#buffer.subarray(0, remaining) : this.#buffer;
    const bytes = await file.read(target, this.#offset);
    if (bytes === 0) {
      this.#onTruncatedFile?.(file.name);
      return this.#closeFile();
    }
    const lines = target.subarray(0, bytes).lastIndexOf(newline) + 1;
    const taken = lines === 0 ? bytes : lines;
    this.#atLineBoundary = lines > 0;
    this.#offset += taken;
    return this.#reader.push(target.subarray(0, taken));
  }

  #closeFile(): TraceBatch[] {
    const batches = this.#reader.close();
    this.#fileIndex++;
    this.#offset = 0;
    this.#atLineBoundary = true;
    const file = this.#files[this.#fileIndex];
    if (file) this.#reader.open(file.name);
    return batches;
  }
}
