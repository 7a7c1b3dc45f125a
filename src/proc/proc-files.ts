import { closeSync, existsSync, fstatSync, openSync, readdirSync, readlinkSync, readSync } from 'node:fs';

/**
 * The few file calls churntop makes, all of them reads. Injected, so that tests can stand a fake /proc in its place.
 * Errors are the kernel's own (`code` is the errno name).
 */
export type ProcFiles = {
  list(path: string): string[];
  open(path: string): number;
  /** A held file read anew from its start. The bytes are valid until the next call. */
  read(fd: number): Uint8Array;
  /** The same without an object for the bytes: how many are now at the front of `buffer`. */
  readInto(fd: number): number;
  readonly buffer: Uint8Array;
  /** Whether a path is there, false for every doubt. Not an open: a miss costs 2.5 µs, an exception 7. */
  exists(path: string): boolean;
  /** What a symbolic link says. */
  readLink(path: string): string;
  /** Who owns the open file: for /proc/<pid>/stat, the effective user of the process. */
  ownerUid(fd: number): number;
  close(fd: number): void;
};

/** The real file system. */
export const openProcFiles = (): ProcFiles => {
  // One read, no stat: /proc files report size 0 (proc(5)), and the longest stat line is under 1 KiB.
  const buffer = Buffer.allocUnsafeSlow(4096);
  const readInto = (fd: number) => readSync(fd, buffer, 0, buffer.length, 0);
  return {
    list: (path) => readdirSync(path),
    open: (path) => openSync(path, 'r'),
    read: (fd) => buffer.subarray(0, readInto(fd)),
    readInto,
    buffer,
    exists: existsSync,
    readLink: (path) => readlinkSync(path),
    ownerUid: (fd) => fstatSync(fd).uid,
    close: (fd) => closeSync(fd),
  };
};
