import { constants, type Stats } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { fileKindOf } from '../../../util/file-kind.ts';
import { ReplayError } from './errors.ts';

/** A part of a trace that can be read anywhere. Its size is that of the moment it was opened: nothing behind is read. */
export type ReplayFile = {
  name: string;
  size: number;
  /** Why it lacks what stood behind its end. */
  damage?: string | undefined;
  /** Bytes from `position` on into `buffer`; how many there were. */
  read(buffer: Uint8Array, position: number): Promise<number>;
};

/** A file that is open, by its descriptor: threads of one process share it. */
export type OpenReplayFile = ReplayFile & { fd: number; close(): Promise<void> };

const { O_RDONLY, O_NONBLOCK } = constants;

/** @throws ReplayError for what is no file, else the file system's error */
export const openReplayFile = async (path: string): Promise<OpenReplayFile> => {
  // Opening a device may do something to it.
  assertRegularFile(await stat(path), path);
  // Nor is a FIFO waited for that took the place of the file meanwhile.
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
