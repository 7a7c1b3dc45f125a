import { constants, type Stats } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { fileKindOf } from '../../../util/file-kind.ts';
import { ReplayError } from './errors.ts';

/** A file of a trace that can be read at any offset, up to the size it had when it was opened. */
export type ReplayFile = {
  name: string;
  size: number;
  /** The reason why data after the end is missing; undefined if none is missing. */
  damage?: string | undefined;
  /** Reads bytes from `position` into `buffer`. Returns how many were read, 0 at the end of the file. */
  read(buffer: Uint8Array, position: number): Promise<number>;
};

/** An open file. Threads of the process share its descriptor. */
export type OpenReplayFile = ReplayFile & { fd: number; close(): Promise<void> };

const { O_RDONLY, O_NONBLOCK } = constants;

/** Opens a regular file. @throws ReplayError if it is not a regular file, else the file system's error */
export const openReplayFile = async (path: string): Promise<OpenReplayFile> => {
  // Opening a device may have side effects.
  assertRegularFile(await stat(path), path);
  // O_NONBLOCK: do not wait for a FIFO that has replaced the file.
  return replayFileOf(await open(path, O_RDONLY | O_NONBLOCK), path);
};

const assertRegularFile = (stats: Stats, path: string): void => {
  const kind = fileKindOf(stats);
  if (kind && kind !== 'symlink') throw new ReplayError({ reason: kind, path });
};

export const replayFileOf = async (
  handle: FileHandle,
  name: string,
  damage?: string,
): Promise<OpenReplayFile> => {
  const stats = await handle.stat();
  try {
    assertRegularFile(stats, name);
  } catch (error) {
    await handle.close();
    throw error;
  }
  return {
    name,
    size: stats.size,
    damage,
    fd: handle.fd,
    read: async (buffer, position) => (await handle.read(buffer, 0, buffer.length, position)).bytesRead,
    close: () => handle.close(),
  };
};
