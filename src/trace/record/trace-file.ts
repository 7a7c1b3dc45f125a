import {
  closeSync,
  constants,
  fdatasyncSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  lstatSync,
  openSync,
  readSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { errnoName } from '../../util/errno.ts';
import { fileKindOf } from '../../util/file-kind.ts';
import { RecordError } from './errors.ts';

/** What became of the path since it was opened. */
export type PathChange = 'same' | 'moved' | 'deleted' | 'truncated';

/** `new` takes no existing file, `empty` takes one that nothing was written to (as logrotate leaves it), `append` any trace. */
export type OpenMode = 'new' | 'empty' | 'append';

const { O_APPEND, O_CREAT, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_RDWR } = constants;
const openFlags = O_RDWR | O_APPEND | O_NOFOLLOW;

/** How every trace line begins. */
const linePrefix = Buffer.from('{"probe_source":');

/** A file of whole lines, open for appending. */
export class TraceFile {
  readonly path: string;
  readonly openedNs: bigint;
  /** Bytes of a torn last line that were cut off on opening. */
  readonly repairedBytes: number;
  readonly #fd: number;
  #size: number;
  #hasTornLine = false;

  private constructor(path: string, fd: number, openedNs: bigint, append: boolean) {
    this.path = path;
    this.openedNs = openedNs;
    this.#fd = fd;
    this.#size = fstatSync(fd).size;
    this.repairedBytes = append ? this.#cutTornLine() : 0;
  }

  /** @throws RecordError */
  static open(path: string, mode: OpenMode, nowNs: bigint): TraceFile {
    const fd = openFile(path, mode);
    try {
      return new TraceFile(path, fd, nowNs, mode === 'append');
    } catch (error) {
      closeSync(fd);
      if (error instanceof RecordError) throw error;
      throw new RecordError({ reason: 'failed', path, code: errnoName(error) }, error);
    }
  }

  get size(): number {
    return this.#size;
  }

  /** Append whole lines; says how many stand in the file now, and what kept it from taking the others. */
  append(bytes: Uint8Array): { lines: number; bytes: number; error?: unknown } {
    try {
      if (this.#hasTornLine) ftruncateSync(this.#fd, this.#size);
      this.#hasTornLine = false;
    } catch (error) {
      return { lines: 0, bytes: 0, error };
    }
    const before = this.#size;
    const sink = {
      write: (piece: Uint8Array) => writeSync(this.#fd, piece),
      truncate: (size: number) => ftruncateSync(this.#fd, size),
    };
    const { lines, size, error, torn = false } = writeLines(sink, bytes, before);
    this.#size = size;
    this.#hasTornLine = torn;
    return { lines, bytes: size - before, ...(error !== undefined && { error }) };
  }

  /** Until it would survive a power loss. @throws the system's error */
  sync(): void {
    fdatasyncSync(this.#fd);
  }

  /** Whether the path still is this file, and the file still what was written to it. @throws the system's error */
  pathChange(): PathChange {
    const own = fstatSync(this.#fd);
    if (own.nlink === 0) return 'deleted';
    const atPath = lstatSync(this.path, { throwIfNoEntry: false });
    if (atPath?.ino !== own.ino || atPath.dev !== own.dev) return 'moved';
    if (own.size < this.#size) {
      this.#size = own.size;
      return 'truncated';
    }
    // Someone else's lines must not be cut off with a torn one of ours.
    if (!this.#hasTornLine) this.#size = own.size;
    return 'same';
  }

  close(): void {
    closeSync(this.#fd);
  }

  #cutTornLine(): number {
    const size = this.#size;
    const readAt = (position: number, length: number) => {
      const bytes = Buffer.alloc(length);
      return bytes.subarray(0, readSync(this.#fd, bytes, 0, length, position));
    };
    const head = readAt(0, Math.min(size, linePrefix.length));
    if (!linePrefix.subarray(0, head.length).equals(head))
      throw new RecordError({ reason: 'foreign', path: this.path });
    this.#size = completeLinesSize(readAt, size);
    if (this.#size < size) ftruncateSync(this.#fd, this.#size);
    return size - this.#size;
  }
}

const openFile = (path: string, mode: OpenMode): number => {
  try {
    const fd = openSync(path, openFlags | O_CREAT | O_EXCL, 0o600);
    syncDirectory(path);
    return fd;
  } catch (error) {
    if (errnoName(error) !== 'EEXIST')
      throw new RecordError({ reason: 'failed', path, code: errnoName(error) }, error);
  }
  const existing = lstatSync(path, { throwIfNoEntry: false });
  const reason = existing && fileKindOf(existing);
  if (reason) throw new RecordError({ reason, path });
  if (mode === 'new') throw new RecordError({ reason: 'exists', path });
  let fd: number;
  try {
    // It may have become something else meanwhile: no link is followed, no FIFO waited for.
    fd = openSync(path, openFlags | O_NONBLOCK);
  } catch (error) {
    throw new RecordError({ reason: 'failed', path, code: errnoName(error) }, error);
  }
  const stats = fstatSync(fd);
  const refusal = fileKindOf(stats) ?? (mode === 'empty' && stats.size > 0 ? 'exists' : undefined);
  if (refusal === undefined) return fd;
  closeSync(fd);
  throw new RecordError({ reason: refusal, path });
};

/** A new name survives a power loss only once its directory is written. */
export const syncDirectory = (path: string): void => {
  let fd: number | undefined;
  try {
    fd = openSync(dirname(path), constants.O_RDONLY | constants.O_DIRECTORY);
    fsyncSync(fd);
  } catch (error) {
    // A directory that may be written but not read, or a file system that cannot: the trace itself is none the worse.
    if (!['EACCES', 'EINVAL', 'EIO', 'EROFS'].includes(errnoName(error) ?? '')) throw error;
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
};

/** Where bytes go. Each method throws the system's error. */
export type ByteSink = {
  /** Append what it can, and say how many bytes that was. */
  write(bytes: Uint8Array): number;
  /** Cut back to `size` bytes. */
  truncate(size: number): void;
};

export type WriteResult = {
  /** Whole lines that now stand in the file. */
  lines: number;
  /** Its size, counting these and nothing torn. */
  size: number;
  /** What kept it from taking all. */
  error?: unknown;
  /** A torn line could not be cut off; it must be before anything else is written. */
  torn?: true;
};

const newline = 0x0a;

const countLines = (bytes: Uint8Array): number => {
  let lines = 0;
  for (let at = bytes.indexOf(newline); at >= 0; at = bytes.indexOf(newline, at + 1)) lines++;
  return lines;
};

/**
 * Append `bytes`, whole lines, to a sink of `size` bytes. A short write is completed; where that fails, it is cut back
 * to its last newline.
 */
export const writeLines = (sink: ByteSink, bytes: Uint8Array, size: number): WriteResult => {
  let done = 0;
  try {
    while (done < bytes.length) done += sink.write(done === 0 ? bytes : bytes.subarray(done));
    return { lines: countLines(bytes), size: size + done };
  } catch (error) {
    const completeBytes = bytes.subarray(0, done).lastIndexOf(newline) + 1;
    const written = {
      lines: countLines(bytes.subarray(0, completeBytes)),
      size: size + completeBytes,
      error,
    };
    if (completeBytes === done) return written;
    try {
      sink.truncate(size + completeBytes);
      return written;
    } catch {
      // The first error says what is wrong; the cut is tried again before the next write.
      return { ...written, torn: true };
    }
  }
};

/** Reads up to `length` bytes from `position`. */
export type ReadAt = (position: number, length: number) => Uint8Array;

const blockBytes = 1 << 16;

/** The size of a file up to and with its last newline, found from behind. */
export const completeLinesSize = (readAt: ReadAt, size: number): number => {
  for (let end = size; end > 0; ) {
    const start = Math.max(0, end - blockBytes);
    const at = readAt(start, end - start).lastIndexOf(newline);
    if (at >= 0) return start + at + 1;
    end = start;
  }
  return 0;
};
