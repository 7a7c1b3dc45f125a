import { randomUUID } from 'node:crypto';
import { open, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TraceError } from '../../format/errors.ts';
import { gunzipIfNeeded } from '../../read/input.ts';
import { sortByHeaderTime } from '../../read/read-traces.ts';
import { type OpenReplayFile, openReplayFile, replayFileOf } from './trace-file.ts';

const gzipMagic = [0x1f, 0x8b];

const isGzip = async (file: OpenReplayFile): Promise<boolean> => {
  const head = Buffer.alloc(2);
  await file.read(head, 0);
  return gzipMagic.every((byte, index) => head[index] === byte);
};

const readFileChunks = async function* (file: OpenReplayFile): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < file.size; ) {
    const buffer = Buffer.allocUnsafe(1 << 18);
    const bytes = await file.read(buffer, at);
    if (bytes === 0) return;
    yield buffer.subarray(0, bytes);
    at += bytes;
  }
};

/** A compressed part as a file without a name, which goes with the process: only there can one be anywhere at once. */
const decompress = async (compressed: OpenReplayFile): Promise<OpenReplayFile> => {
  const path = join(tmpdir(), `churntop-${randomUUID()}`);
  const handle = await open(path, 'wx+', 0o600);
  try {
    await unlink(path);
    let damage: string | undefined;
    try {
      for await (const chunk of gunzipIfNeeded(readFileChunks(compressed))) await handle.writeFile(chunk);
    } catch (error) {
      // What stood before the damage is shown.
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

/** The parts of a trace, oldest first, each readable anywhere. @throws the file system's error, with its path */
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
