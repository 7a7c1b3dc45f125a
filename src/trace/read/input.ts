import { constants as modes, openSync } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { Socket } from 'node:net';
import { Readable } from 'node:stream';
import { constants, createGunzip } from 'node:zlib';
import { TraceError } from '../format/errors.ts';

/** Bytes a read; about a thousand records. */
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

const isGzipHeader = (head: Uint8Array): boolean => head[0] === 0x1f && head[1] === 0x8b;

/** Returns a first chunk with at least the two bytes of the gzip magic number, and the remaining chunks. */
const peekHead = async (
  iterator: AsyncIterator<Uint8Array>,
): Promise<{ head: Uint8Array; rest: () => AsyncGenerator<Uint8Array> }> => {
  let head: Uint8Array = new Uint8Array(0);
  while (head.length < 2) {
    const next = await iterator.next();
    if (next.done) break;
    head = Buffer.concat([head, next.value]);
  }
  const rest = async function* () {
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value;
  };
  return { head, rest };
};

const copyChunks = async function* (head: Uint8Array, rest: () => AsyncIterable<Uint8Array>) {
  yield head;
  // The decompressor reads a chunk after the next one has overwritten it.
  for await (const chunk of rest()) yield Buffer.from(chunk);
};

/**
 * Decompresses the chunks if their first two bytes are the gzip magic number. A truncated file yields the bytes before
 * its end. @throws TraceError on damaged data
 */
export const gunzipIfNeeded = async function* (
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const iterator = chunks[Symbol.asyncIterator]();
  try {
    const { head, rest } = await peekHead(iterator);
    if (!isGzipHeader(head)) {
      if (head.length > 0) yield head;
      yield* rest();
      return;
    }
    const gunzip = createGunzip({ chunkSize: chunkBytes, finishFlush: constants.Z_SYNC_FLUSH });
    const compressed = Readable.from(copyChunks(head, rest));
    compressed.on('error', (error) => gunzip.destroy(error));
    try {
      yield* compressed.pipe(gunzip) as AsyncIterable<Uint8Array>;
    } catch (error) {
      const { code = '' } = error as NodeJS.ErrnoException;
      throw code.startsWith('Z_') ? new TraceError('damaged gzip data', { cause: error }) : error;
    } finally {
      compressed.destroy();
      gunzip.destroy();
    }
  } finally {
    await iterator.return?.();
  }
};
