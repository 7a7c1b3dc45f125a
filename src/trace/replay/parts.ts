import { randomUUID } from 'node:crypto';
import { open, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseRfc3339 } from '../../domain/wall-time.ts';
import { unpacked } from '../chunks.ts';
import { decode } from '../codec.ts';
import { TraceError } from '../errors.ts';
import { type OpenTrace, openTrace, traceOf } from './file.ts';

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
    try {
      for await (const chunk of unpacked(chunksOf(packed))) await handle.writeFile(chunk);
    } catch (error) {
      // What stood before the damage is shown.
      if (!(error instanceof TraceError)) throw error;
    }
    return await traceOf(handle, packed.name);
  } catch (error) {
    await handle.close();
    throw error;
  } finally {
    await packed.close();
  }
};

const headBytes = 1 << 14;

/** Wall time at which a part begins; undefined when its first line is no header. */
const begins = async (file: OpenTrace): Promise<bigint | undefined> => {
  const head = Buffer.alloc(headBytes);
  const bytes = await file.read(head, 0);
  try {
    const record = decode(head.toString('utf8', 0, bytes).split('\n', 1)[0] ?? '')?.record;
    return record?.probe_source === 'trace.header' ? parseRfc3339(record.clock.realtime) : undefined;
  } catch (error) {
    if (error instanceof TraceError) return undefined;
    throw error;
  }
};

/**
 * The parts of a trace, oldest first: a shell lists `trace trace.1 trace.2` the other way round. Where a part does not
 * tell when it began, all stay as given. @throws the file system's error, with its path
 */
export const openParts = async (paths: readonly string[]): Promise<OpenTrace[]> => {
  const parts: { file: OpenTrace; atNs: bigint | undefined }[] = [];
  try {
    for (const path of paths) {
      let file = await openTrace(path);
      if (await isGzip(file)) file = await unpack(file);
      parts.push({ file, atNs: await begins(file) });
    }
  } catch (error) {
    await Promise.all(parts.map(({ file }) => file.close()));
    throw error;
  }
  if (parts.every(({ atNs }) => atNs !== undefined))
    parts.sort((a, b) => Number((a.atNs as bigint) - (b.atNs as bigint)));
  return parts.map(({ file }) => file);
};
