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

/** The change of a path since its file was opened. */
export type PathChange = 'none' | 'moved' | 'deleted' | 'truncated';

/** The existing files that are accepted: none, an empty one (as logrotate creates it), or any trace. */
export type OpenMode = 'new' | 'empty' | 'append';

const { O_APPEND, O_CREAT, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_RDWR } = constants;
const openFlags = O_RDWR | O_APPEND | O_NOFOLLOW;

/** The start of every trace line. */
const linePrefix = Buffer.from('{"probe_source":');

type TraceFileFields = { path: string; fd: number; openedNs: bigint; append: boolean };

/** A file of complete lines, open for appending. */
export class TraceFile {
  readonly path: string;
  readonly openedNs: bigint;
  /** Bytes of a torn last line that were cut off when the file was opened. */
  readonly repairedBytes: number;
  readonly #fd: number;
  #size: number;
  #hasTornLine = false;

  private constructor({ path, fd, openedNs, append }: TraceFileFields) {
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
      return new TraceFile({ path, fd, openedNs: nowNs, append: mode === 'append' });
    } catch (error) {
      closeSync(fd);
      if (error instanceof RecordError) throw error;
      throw new RecordError({ reason: 'failed', path, code: errnoName(error) }, error);
    }
  }

  get size(): number {
    return this.#size;
  }

  /** Appends complete lines. Returns how many were appended, and the error that prevented the rest. */
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

  /** Flushes the file, so that it survives a power loss. @throws the system's error */
  sync(): void {
    fdatasyncSync(this.#fd);
  }

  /** Compares the path and the size with this file. @throws the system's error */
  pathChange(): PathChange {
    const own = fstatSync(this.#fd);
    if (own.nlink === 0) return 'deleted';
    const atPath = lstatSync(this.path, { throwIfNoEntry: false });
    if (atPath?.ino !== own.ino || atPath.dev !== own.dev) return 'moved';
    if (own.size < this.#size) {
      this.#size = own.size;
      return 'truncated';
    }
    // Lines of other writers must not be cut off together with a torn line of this one.
    if (!this.#hasTornLine) this.#size = own.size;
    return 'none';
  }

  close(): void {
    closeSync(this.#fd);
  }

  /** Cuts off a torn last line. Returns its length in bytes. @throws RecordError if the file is not a trace */
  #cutTornLine(): number {
    const size = this.#size;
    const readAt = (position: number, length: number) => {
      const bytes = Buffer.alloc(length);
      return bytes.subarray(0, readSync(this.#fd, bytes, 0, length, position));
    };
    const head = readAt(0, Math.min(size, linePrefix.length));
    if (!linePrefix.subarray(0, head.length).equals(head))
      throw new RecordError({ reason: 'not-a-trace', path: this.path });
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
    // The path may have been replaced: do not follow a link, do not wait for a FIFO.
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

/** Flushes the directory of a path to disk, so that a new name survives a power loss. @throws the system's error */
export const syncDirectory = (path: string): void => {
  let fd: number | undefined;
  try {
    fd = openSync(dirname(path), constants.O_RDONLY | constants.O_DIRECTORY);
    fsyncSync(fd);
  } catch (error) {
    // The directory is not readable, or the file system does not support fsync of it. The trace itself is complete.
    if (!['EACCES', 'EINVAL', 'EIO', 'EROFS'].includes(errnoName(error) ?? '')) throw error;
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
};

/** The destination of bytes. Both methods throw the system's error. */
export type ByteSink = {
  /** Appends bytes. Returns how many were appended. */
  write(bytes: Uint8Array): number;
  /** Truncates the file to `size` bytes. */
  truncate(size: number): void;
};

export type WriteResult = {
  /** Complete lines that were appended. */
  lines: number;
  /** Size of the file without a torn line. */
  size: number;
  /** The error that prevented the rest. */
  error?: unknown;
  /** Set if a torn line could not be cut off. It must be cut off before the next write. */
  torn?: true;
};

const newline = 0x0a;

const countLines = (bytes: Uint8Array): number => {
  let lines = 0;
  for (let at = bytes.indexOf(newline); at >= 0; at = bytes.indexOf(newline, at + 1)) lines++;
  return lines;
};

/** Appends complete lines to a sink of `size` bytes. Continues short writes. After an error, cuts off the torn line. */
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
      // The first error is the cause. The truncation is retried before the next write.
      return { ...written, torn: true };
    }
  }
};

/** Reads up to `length` bytes from `position`. */
export type ReadAt = (position: number, length: number) => Uint8Array;

const blockBytes = 1 << 16;

/** Returns the size of a file up to its last newline, searching backward. */
export const completeLinesSize = (readAt: ReadAt, size: number): number => {
  for (let end = size; end > 0; ) {
    const start = Math.max(0, end - blockBytes);
    const at = readAt(start, end - start).lastIndexOf(newline);
    if (at >= 0) return start + at + 1;
    end = start;
  }
  return 0;
};
