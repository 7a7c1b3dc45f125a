import type { TraceBatch } from '../../read/batches.ts';
import { type ReaderOptions, type ReaderState, TraceReader } from '../../read/reader.ts';
import type { ReplayFile } from './replay-file.ts';

/** A position between two lines from which reading can resume, and the state of the reader there. */
export type ResumePoint = { fileIndex: number; offset: number; readerState: ReaderState };

/** A byte offset in one of the files. */
export type FilePosition = { fileIndex: number; offset: number };

export const isBefore = (one: FilePosition, other: FilePosition): boolean =>
  one.fileIndex < other.fileIndex || (one.fileIndex === other.fileIndex && one.offset < other.offset);

/** Maximum number of bytes of one read; more than a thousand records. */
export const defaultChunkBytes = 1 << 18;

const newline = 0x0a;

export type CursorOptions = ReaderOptions & {
  resumeFrom?: ResumePoint | undefined;
  chunkBytes?: number | undefined;
  /** Receives the name of a file that became shorter after it was opened. */
  onTruncatedFile?: ((name: string) => void) | undefined;
};

/** Reads a trace in several files from any resume point, in chunks of complete lines. */
export class TraceCursor {
  readonly #files: readonly ReplayFile[];
  readonly #reader: TraceReader;
  readonly #buffer: Buffer;
  readonly #onTruncatedFile: CursorOptions['onTruncatedFile'];
  #fileIndex = 0;
  #offset = 0;
  /** Whether the position is between two lines, where the reader's state is valid. */
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

  /** The start of the next chunk; undefined within a line that is longer than a chunk. */
  get resumePoint(): ResumePoint | undefined {
    return this.#atLineBoundary
      ? { fileIndex: this.#fileIndex, offset: this.#offset, readerState: this.#reader.state }
      : undefined;
  }

  /** The start of the next chunk, possibly within a line. */
  get position(): FilePosition {
    return { fileIndex: this.#fileIndex, offset: this.#offset };
  }

  get skipped(): number {
    return this.#reader.skipped;
  }

  /** Reads the next records up to `until`. Returns undefined at the end. @throws the file system's error */
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
    const consumed = lines === 0 ? bytes : lines;
    this.#atLineBoundary = lines > 0;
    this.#offset += consumed;
    return this.#reader.push(target.subarray(0, consumed));
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
