import { constants as modes, openSync } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { Socket } from 'node:net';
import { createGunzip, type Gunzip } from 'node:zlib';
import { errnoName } from '../../util/errno.ts';
import { TraceError } from '../format/errors.ts';

/** Maximum number of bytes of one read; more than a thousand records. */
const chunkBytes = 1 << 18;

/** Reads a FIFO through a socket, because open(2) in Node's thread pool would block until a writer opens the FIFO. */
const readFifoChunks = (path: string, signal: AbortSignal | undefined): AsyncIterable<Uint8Array> => {
  const fd = openSync(path, modes.O_RDONLY | modes.O_NONBLOCK);
  return new Socket({ fd, readable: true, writable: false, ...(signal && { signal }) });
};

/**
 * Reads the bytes of a file. A chunk is valid until the next one is read. `signal` ends the wait for a FIFO's writer.
 * @throws the file system's error
 */
export const readChunks = async function* (path: string, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
  if ((await stat(path)).isFIFO()) {
    yield* readFifoChunks(path, signal);
    return;
  }
  const handle = await open(path, 'r');
  try {
    const buffer = Buffer.allocUnsafe(chunkBytes);
    for (;;) {
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, null);
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await handle.close();
  }
};

/** Returns whether a file starts with the gzip magic number. */
export const isGzipHeader = (head: Uint8Array): boolean => head[0] === 0x1f && head[1] === 0x8b;

/** Formats that are not read, with their magic numbers as one character per byte. */
const foreignFormats: readonly [magic: RegExp, name: string][] = [
  [/^\x28\xb5\x2f\xfd/, 'zstd data'],
  [/^\xfd7zXZ\0/, 'xz data'],
  [/^BZh[1-9]/, 'bzip2 data'],
  [/^\x04\x22\x4d\x18/, 'lz4 data'],
  [/^PK\x03\x04/, 'a zip archive'],
  [/^x[\x01\x5e\x9c\xda]/, 'zlib data'],
  [/^(?:\xff\xfe|\xfe\xff)/, 'UTF-16 text'],
];
const longestMagicBytes = 6;

/** @throws TraceError if a file starts like one that is not read */
const rejectForeignFormat = (head: Uint8Array): void => {
  const start = Buffer.from(head.subarray(0, longestMagicBytes)).toString('latin1');
  const [, name] = foreignFormats.find(([magic]) => magic.test(start)) ?? [];
  if (name !== undefined) throw new TraceError(`${name} (expected UTF-8 text, plain or with gzip)`);
};

/** Returns a first chunk with the longest magic number, unless the file is shorter, and the remaining chunks. */
const peekHead = async (
  iterator: AsyncIterator<Uint8Array>,
): Promise<{ head: Uint8Array; rest: () => AsyncGenerator<Uint8Array> }> => {
  let head: Uint8Array = new Uint8Array(0);
  while (head.length < longestMagicBytes) {
    const next = await iterator.next();
    if (next.done) break;
    head = Buffer.concat([head, next.value]);
  }
  const rest = async function* () {
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value;
  };
  return { head, rest };
};

/** Compressed bytes of one write. They are few, because zlib discards the output of a write that fails. */
const pieceBytes = 1 << 14;
/** Maximum number of compressed bytes of a file that are retained, to recover the output of a write that fails. */
const defaultMaxRetainedBytes = 1 << 25;

const newline = 0x0a;

const withoutLeadingZeros = (bytes: Uint8Array): Uint8Array => {
  const start = bytes.findIndex((byte) => byte !== 0);
  return start < 0 ? bytes.subarray(bytes.length) : bytes.subarray(start);
};

/** A gzip decompressor whose writes resolve to their output. There may be zeros between the members. */
class GunzipWriter {
  #gunzip = this.#open();
  #output: Buffer[] = [];
  #onError: (error: Error) => void = () => {};
  #onEnd: () => void = () => {};
  #ended = false;

  /** Returns the output of a piece of input. @throws zlib's error; the output of the piece is lost */
  async write(piece: Uint8Array): Promise<Buffer> {
    const outputs: Buffer[] = [];
    for (let rest = piece; rest.length > 0; ) {
      if (this.#ended) {
        rest = withoutLeadingZeros(rest);
        if (rest.length === 0) break;
        this.#gunzip.destroy();
        this.#gunzip = this.#open();
        this.#ended = false;
      }
      const input = rest;
      const startBytes = this.#gunzip.bytesWritten;
      outputs.push(await this.#run((done) => this.#gunzip.write(input, done)));
      rest = this.#ended
        ? input.subarray(this.#gunzip.bytesWritten - startBytes)
        : input.subarray(input.length);
    }
    return outputs.length === 1 ? (outputs[0] as Buffer) : Buffer.concat(outputs);
  }

  /** Ends the input. Returns whether its last gzip member is complete. */
  async end(): Promise<boolean> {
    try {
      await this.#run(() => this.#gunzip.end());
      return true;
    } catch (error) {
      if (errnoName(error) !== 'Z_BUF_ERROR') throw error;
      return false;
    }
  }

  close(): void {
    this.#gunzip.destroy();
  }

  #open(): Gunzip {
    const gunzip = createGunzip({ chunkSize: chunkBytes });
    // At zeros after a gzip member, zlib ends without a call of the write's callback.
    gunzip.on('end', () => {
      this.#ended = true;
      this.#onEnd();
    });
    gunzip.on('data', (data: Buffer) => this.#output.push(data));
    gunzip.on('error', (error) => this.#onError(error));
    return gunzip;
  }

  async #run(start: (done: (error?: Error | null) => void) => void): Promise<Buffer> {
    if (this.#ended) return Buffer.alloc(0);
    await new Promise<void>((resolve, reject) => {
      this.#onError = reject;
      this.#onEnd = resolve;
      start((error) => (error ? reject(error) : resolve()));
    });
    const output = Buffer.concat(this.#output);
    this.#output = [];
    return output;
  }
}

/** Sizes of the parts in which a failed piece is decompressed again, in bytes. */
const recoveryBytes = [256, 1];

/** Decompresses the pieces again, then the failed one up to its first bad byte. Returns the output of the failed one. */
const recoverOutput = async (pieces: readonly Buffer[], failed: Buffer): Promise<Buffer> => {
  let recovered: Buffer[] = [];
  let valid = 0;
  for (const partBytes of recoveryBytes) {
    const gunzip = new GunzipWriter();
    try {
      for (const piece of pieces) await gunzip.write(piece);
      recovered = [valid === 0 ? Buffer.alloc(0) : await gunzip.write(failed.subarray(0, valid))];
      for (; valid < failed.length; valid += partBytes)
        recovered.push(await gunzip.write(failed.subarray(valid, valid + partBytes)));
    } catch {
      // The caller throws the error of the whole piece.
    } finally {
      gunzip.close();
    }
  }
  return Buffer.concat(recovered);
};

const splitIntoPieces = function* (chunk: Uint8Array): Generator<Buffer> {
  // The caller may overwrite the chunk, and pieces are retained.
  const copy = Buffer.from(chunk);
  for (let at = 0; at < copy.length; at += pieceBytes) yield copy.subarray(at, at + pieceBytes);
};

/** Decompresses chunks. @throws TraceError on damaged data, after all data before the damage */
const gunzipChunks = async function* (
  chunks: AsyncIterable<Uint8Array>,
  maxRetainedBytes: number,
): AsyncGenerator<Uint8Array> {
  const gunzip = new GunzipWriter();
  let retained: Buffer[] = [];
  let retainedBytes = 0;
  let lastByte: number | undefined = newline;
  try {
    for await (const chunk of chunks) {
      for (const piece of splitIntoPieces(chunk)) {
        let output: Buffer;
        try {
          output = await gunzip.write(piece);
        } catch (error) {
          if (retainedBytes <= maxRetainedBytes) yield await recoverOutput(retained, piece);
          throw error;
        }
        lastByte = output.at(-1) ?? lastByte;
        if (output.length > 0) yield output;
        retainedBytes += piece.length;
        if (retainedBytes <= maxRetainedBytes) retained.push(piece);
        else retained = [];
      }
    }
    // If the last line is torn, the reader reports it, which is enough.
    if (!(await gunzip.end()) && lastByte === newline) throw new TraceError('incomplete gzip data');
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    throw code.startsWith('Z_') ? new TraceError('damaged gzip data', { cause: error }) : error;
  } finally {
    gunzip.close();
  }
};

/**
 * Decompresses the chunks if their first two bytes are the gzip magic number. A truncated file yields the bytes before
 * its end. Damage after `maxRetainedBytes` loses the output of up to 16 KiB of compressed data before it.
 * @throws TraceError on damaged data, after all data before the damage; and if truncated data ends with a complete line
 */
export const gunzipIfNeeded = async function* (
  chunks: AsyncIterable<Uint8Array>,
  maxRetainedBytes = defaultMaxRetainedBytes,
): AsyncGenerator<Uint8Array> {
  const iterator = chunks[Symbol.asyncIterator]();
  try {
    const { head, rest } = await peekHead(iterator);
    const all = async function* () {
      if (head.length > 0) yield head;
      yield* rest();
    };
    rejectForeignFormat(head);
    yield* isGzipHeader(head) ? gunzipChunks(all(), maxRetainedBytes) : all();
  } finally {
    await iterator.return?.();
  }
};
