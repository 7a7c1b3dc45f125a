import { type FileHandle, open } from 'node:fs/promises';

/** A part of a trace that can be read anywhere. Its size is that of the moment it was opened: nothing behind is read. */
export type TraceFile = {
  name: string;
  size: number;
  /** Bytes from `position` on into `buffer`; how many there were. */
  read(buffer: Uint8Array, position: number): Promise<number>;
};

/** A file that is open, by its descriptor: threads of one process share it. */
export type OpenTrace = TraceFile & { fd: number; close(): Promise<void> };

export const openTrace = async (path: string): Promise<OpenTrace> => traceOf(await open(path, 'r'), path);

export const traceOf = async (handle: FileHandle, name: string): Promise<OpenTrace> => {
  const stat = await handle.stat();
  // Reading a directory would fail later and say less.
  if (stat.isDirectory()) {
    await handle.close();
    throw Object.assign(new Error(`${name} is a directory`), { code: 'EISDIR', syscall: 'read', path: name });
  }
  return {
    name,
    size: stat.size,
    fd: handle.fd,
    read: async (buffer, position) => (await handle.read(buffer, 0, buffer.length, position)).bytesRead,
    close: () => handle.close(),
  };
};
