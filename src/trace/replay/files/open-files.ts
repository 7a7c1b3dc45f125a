import { randomUUID } from 'node:crypto';
import { open, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TraceError } from '../../format/errors.ts';
import { unpacked } from '../../read/input.ts';
import { inOrder } from '../../read/read-traces.ts';
import { type OpenTrace, openTrace, traceOf } from './trace-file.ts';

const gzipMagic = [0x1f, 0x8b];

const isGzip = async (file: OpenTrace): Promise<boolean> => {
  const head = Buffer.alloc(2);
  await file.read(head, 0);
  return gzipMagic.every((byte, index) => head[index] === byte);
};

const chunksOf = async function* (file: OpenTrace): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < file.size; ) {
    const buffer = Buffer.allocUnsafe(1 << 18);
    const bytes = await file.read(buffer, at);
    if (bytes === 0) return;
    yield buffer.subarray(0, bytes);
    at += bytes;
  }
};

/** A compressed part as a file without a name, which goes with the process: only there can one be anywhere at once. */
const unpack = async (packed: OpenTrace): Promise<OpenTrace> => {
  const path = join(tmpdir(), `churntop-${randomUUID()}`);
  const handle = await open(path, 'wx+', 0o600);
  try {
    await unlink(path);
    let lost: string | undefined;
    try {
      for await (const chunk of unpacked(chunksOf(packed))) await handle.writeFile(chunk);
    } catch (error) {
      // What stood before the damage is shown.
      if (!(error instanceof TraceError)) throw error;
      lost = error.message;
    }
    return await traceOf(handle, packed.name, lost);
  } catch (error) {
    await handle.close();
    throw error;
  } finally {
    await packed.close();
  }
};

/** The parts of a trace, oldest first, each readable anywhere. @throws the file system's error, with its path */
export const openParts = async (paths: readonly string[]): Promise<OpenTrace[]> => {
  const parts: OpenTrace[] = [];
  try {
    for (const path of await inOrder(paths)) {
      const file = await openTrace(path);
      parts.push((await isGzip(file)) ? await unpack(file) : file);
    }
    return parts;
  } catch (error) {
    await Promise.all(parts.map((file) => file.close()));
    throw error;
  }
};
