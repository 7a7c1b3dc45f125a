import { type FileHandle, open } from 'node:fs/promises';
import { TraceError } from '../format/errors.ts';
import { gunzipIfNeeded, readChunks } from '../read/input.ts';
import { firstRecordOf, type TailPosition } from './lines.ts';

const newline = 0x0a;
/** Enough to contain the time in a header. */
const headBytes = 1024;

/** A file of a trace that is read from its start to its current end. */
export type InputFile = {
  readonly path: string;
  /** Identifies the file while it is renamed. Undefined for a compressed one, which is complete. */
  readonly inode: bigint | undefined;
  /** The record with which it begins, once it was read. Undefined if that is not a header. */
  readonly first: TailPosition | undefined;
  /**
   * Returns complete lines that follow the last ones, at most `maxBytes` in total, or undefined if there is none now. They
   * are valid until the next call. Longer lines are skipped. @throws the file system's error
   */
  read(maxBytes: number): Promise<Buffer | undefined>;
  /** Continues at the start of the file. */
  restart(): Promise<void>;
  close(): Promise<void>;
};

/** Opens a file, compressed if its name ends in `.gz`. @throws the file system's error */
export const openInput = async (path: string): Promise<InputFile> => {
  if (path.endsWith('.gz')) return new CompressedFile(path);
  const handle = await open(path, 'r');
  const { ino } = await handle.stat({ bigint: true });
  return new PlainFile(path, handle, ino);
};

/** A file that grows. Reads again what it has not returned, so that a torn line may be cut off and written again. */
class PlainFile implements InputFile {
  readonly path: string;
  readonly inode: bigint;
  first: TailPosition | undefined;
  readonly #handle: FileHandle;
  /** Offset of the next line. */
  #offset = 0;
  /** The first bytes that were read, by which a truncated file is recognized that has grown again: headers differ. */
  #head = Buffer.alloc(0);
  #skipsLine = false;
  #buffer = Buffer.alloc(0);

  constructor(path: string, handle: FileHandle, inode: bigint) {
    this.path = path;
    this.inode = inode;
    this.#handle = handle;
  }

  async read(maxBytes: number): Promise<Buffer | undefined> {
    if (this.#buffer.length < maxBytes + 1) this.#buffer = Buffer.allocUnsafe(maxBytes + 1);
    for (;;) {
      const isStart = this.#offset === 0;
      // The byte before the offset exists unless the file was truncated.
      const length = isStart ? 0 : 1;
      const at = this.#offset - length;
      const { bytesRead } = await this.#handle.read(this.#buffer, 0, maxBytes + length, at);
      if (bytesRead < length || (bytesRead > length && !(await this.#hasHead()))) {
        await this.restart();
        continue;
      }
      const bytes = this.#buffer.subarray(length, bytesRead);
      const from = this.#skipsLine ? bytes.indexOf(newline) + 1 : 0;
      const end = bytes.lastIndexOf(newline) + 1;
      const isTooLong = end === 0 && bytes.length === maxBytes;
      this.#skipsLine = isTooLong || (this.#skipsLine && end === 0);
      this.#offset += this.#skipsLine ? bytes.length : end;
      if (isStart && end > 0) this.#head = Buffer.from(bytes.subarray(0, Math.min(end, headBytes)));
      if (from < end) {
        const lines = bytes.subarray(from, end);
        if (isStart) this.first = firstRecordOf(lines);
        return lines;
      }
      if (bytes.length < maxBytes) return undefined;
    }
  }

  async #hasHead(): Promise<boolean> {
    const { length } = this.#head;
    if (length === 0) return true;
    const { bytesRead, buffer } = await this.#handle.read(Buffer.alloc(length), 0, length, 0);
    return bytesRead === length && buffer.equals(this.#head);
  }

  async restart(): Promise<void> {
    this.#offset = 0;
    this.#head = Buffer.alloc(0);
    this.#skipsLine = false;
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}

/** A rotated file that is compressed. A damaged one ends before the damage. */
class CompressedFile implements InputFile {
  readonly path: string;
  readonly inode = undefined;
  first: TailPosition | undefined;
  #chunks: AsyncGenerator<Uint8Array>;
  #rest = Buffer.alloc(0);
  #isStart = true;
  #skipsLine = false;

  constructor(path: string) {
    this.path = path;
    this.#chunks = gunzipIfNeeded(readChunks(path), 0);
  }

  async read(maxBytes: number): Promise<Buffer | undefined> {
    for (;;) {
      if (this.#skipsLine) {
        const end = this.#rest.indexOf(newline) + 1;
        this.#rest = this.#rest.subarray(end || this.#rest.length);
        this.#skipsLine = end === 0;
      }
      const end = this.#rest.subarray(0, maxBytes).lastIndexOf(newline) + 1;
      if (end > 0) {
        const lines = this.#rest.subarray(0, end);
        this.#rest = this.#rest.subarray(end);
        if (this.#isStart) this.first = firstRecordOf(lines);
        this.#isStart = false;
        return lines;
      }
      if (this.#rest.length >= maxBytes) {
        this.#skipsLine = true;
        continue;
      }
      const chunk = await this.#nextChunk();
      if (!chunk) return undefined;
      this.#rest = Buffer.concat([this.#rest, chunk]);
    }
  }

  async restart(): Promise<void> {
    await this.close();
    this.#chunks = gunzipIfNeeded(readChunks(this.path), 0);
    this.#rest = Buffer.alloc(0);
    this.#isStart = true;
    this.#skipsLine = false;
  }

  async close(): Promise<void> {
    await this.#chunks.return(undefined);
  }

  async #nextChunk(): Promise<Uint8Array | undefined> {
    try {
      const { done, value } = await this.#chunks.next();
      return done ? undefined : value;
    } catch (error) {
      if (error instanceof TraceError) return undefined;
      throw error;
    }
  }
}
