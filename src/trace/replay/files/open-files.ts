import { randomUUID } from 'node:crypto';
import { open, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TraceError } from '../../format/errors.ts';
import { gunzipIfNeeded, isGzipHeader } from '../../read/input.ts';
import { sortByHeaderTime } from '../../read/read-traces.ts';
import { defaultChunkBytes } from './cursor.ts';
import { type OpenReplayFile, openReplayFile, replayFileOf } from './replay-file.ts';

const isGzip = async (file: OpenReplayFile): Promise<boolean> => {
  const head = Buffer.alloc(2);
  await file.read(head, 0);
  return isGzipHeader(head);
};

const readFileChunks = async function* (file: OpenReplayFile): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < file.size; ) {
    const buffer = Buffer.allocUnsafe(defaultChunkBytes);
    const bytes = await file.read(buffer, at);
    if (bytes === 0) return;
    yield buffer.subarray(0, bytes);
    at += bytes;
  }
};

/**
 * Decompresses a file to a temporary file, because gzip data has no random access. The temporary file has no name, so the
 * kernel removes it at exit.
 */
const decompress = async (compressed: OpenReplayFile): Promise<OpenReplayFile> => {
  const path = join(tmpdir(), `churntop-${randomUUID()}`);
  const handle = await open(path, 'wx+', 0o600);
  try {
    await unlink(path);
    let damage: string | undefined;
    try {
      for await (const chunk of gunzipIfNeeded(readFileChunks(compressed))) await handle.writeFile(chunk);
    } catch (error) {
      // The data before the damage is shown.
      if (!(error instanceof TraceError)) throw error;
      damage = error.message;
    }
    return await replayFileOf(handle, compressed.name, damage);
  } catch (error) {
    await handle.close();
    throw error;
  } finally {
    await compressed.close();
  }
};

/** Opens the files of a trace, oldest first, for reading at any offset. @throws the file system's error, with its path */
export const openReplayFiles = async (paths: readonly string[]): Promise<OpenReplayFile[]> => {
  const files: OpenReplayFile[] = [];
  try {
    for (const path of await sortByHeaderTime(paths)) {
      const file = await openReplayFile(path);
      files.push((await isGzip(file)) ? await decompress(file) : file);
    }
    return files;
  } catch (error) {
    await Promise.all(files.map((file) => file.close()));
    throw error;
  }
};
