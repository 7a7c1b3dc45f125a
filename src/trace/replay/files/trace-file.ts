import { constants, type Stats } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { kindOf } from '../../../util/file-kind.ts';
import { ReplayError } from './errors.ts';

/** A part of a trace that can be read anywhere. Its size is that of the moment it was opened: nothing behind is read. */
export type TraceFile = {
  name: string;
  size: number;
  /** Why it lacks what stood behind its end. */
  lost?: string | undefined;
  /** Bytes from `position` on into `buffer`; how many there were. */
  read(buffer: Uint8Array, position: number): Promise<number>;
};

/** A file that is open, by its descriptor: threads of one process share it. */
export type OpenTrace = TraceFile & { fd: number; close(): Promise<void> };

const { O_RDONLY, O_NONBLOCK } = constants;

/** @throws ReplayError for what is no file, else the file system's error */
export const openTrace = async (path: string): Promise<OpenTrace> => {
  // Opening a device may do something to it.
  assertFile(await stat(path), path);
  // Nor is a FIFO waited for that took the place of the file meanwhile.
  return traceOf(await open(path, O_RDONLY | O_NONBLOCK), path);
};

const assertFile = (stats: Stats, path: string): void => {
  const kind = kindOf(stats);
  if (kind && kind !== 'symlink') throw new ReplayError({ reason: kind, path });
};

export const traceOf = async (handle: FileHandle, name: string, lost?: string): Promise<OpenTrace> => {
  const stats = await handle.stat();
  try {
    assertFile(stats, name);
  } catch (error) {
    await handle.close();
    throw error;
  }
  return {
    name,
    size: stats.size,
    lost,
    fd: handle.fd,
    read: async (buffer, position) => (await handle.read(buffer, 0, buffer.length, position)).bytesRead,
    close: () => handle.close(),
  };
};
