import { errnoName } from '../util/errno.ts';
import { IncompleteListingError, isGone, isPermissionDenied, ProcError } from './errors.ts';
import { openProcFiles, type ProcFiles } from './proc-files.ts';
import { type ProcStat, parseStat } from './stat.ts';

/** A process that was read: its stat line, and who it belongs to. */
export type StatSnapshot = { stat: ProcStat; uid: number };

/** What reading one process gave: it is there, it went away meanwhile, or it is not for this user. */
export type ReadResult = StatSnapshot | 'gone' | 'hidden';

const maxPid = 0xffff_ffff;
const decimal = /^[0-9]+$/;

/** A directory entry that is a process: its whole name a decimal u32. */
const pidOf = (name: string): number | undefined => {
  if (!decimal.test(name)) return undefined;
  const pid = Number(name);
  return pid <= maxPid ? pid : undefined;
};

/** Everything churntop reads below one proc root. */
export type ProcReader = {
  readonly root: string;
  /** All processes listed, in directory order. @throws ProcError when the root cannot be listed. */
  listPids(): number[];
  /** One process by PID (or one thread by its id: /proc/<tid> opens although it is not listed). */
  readProcess(pid: number): ReadResult;
  /** Hold a process's stat file open: `reread` costs half of `read`. */
  openStat(pid: number): { fd: number; snapshot: StatSnapshot } | 'gone' | 'hidden';
  readStat(fd: number): ProcStat | 'gone';
  close(fd: number): void;
  /** A small file below the root as text. @throws ProcError */
  readText(path: string): string;
  /** Hold a file below the root open, for `bytes`. @throws ProcError */
  openFile(path: string): number;
  /** The held file's content now, valid until the next call. */
  readBytes(fd: number): Uint8Array;
  /** The same, allocating nothing: how many bytes are now at the front of `buffer`. @throws ProcError */
  readInto(fd: number): number;
  readonly buffer: Uint8Array;
  /** Whether a number is in use by a process or thread, as far as this user can tell. */
  pidExists(pid: number): boolean;
  /** What a link below the root says. @throws ProcError */
  readLink(path: string): string;
};

export const openProcReader = (root = '/proc', files: ProcFiles = openProcFiles()): ProcReader => {
  const procError = (error: unknown, path: string, did: string) =>
    new ProcError(`cannot ${did}`, { path, code: errnoName(error), cause: error });

  const openStat: ProcReader['openStat'] = (pid) => {
    const path = `${root}/${pid}/stat`;
    let fd: number | undefined;
    try {
      fd = files.open(path);
      // A process that is being torn down can read as empty before it reads as gone.
      const line = files.read(fd);
      if (line.length === 0) {
        files.close(fd);
        return 'gone';
      }
      return { fd, snapshot: { stat: parseStat(line, path), uid: files.ownerUid(fd) } };
    } catch (error) {
      if (fd !== undefined) files.close(fd);
      if (isGone(error)) return 'gone';
      if (isPermissionDenied(error)) return 'hidden';
      throw error instanceof ProcError ? error : procError(error, path, 'read');
    }
  };

  return {
    root,
    listPids() {
      let names: string[];
      try {
        names = files.list(root);
      } catch (error) {
        throw procError(error, root, 'list');
      }
      const pids: number[] = [];
      for (const name of names) {
        const pid = pidOf(name);
        if (pid !== undefined) pids.push(pid);
      }
      // A listing without a single process is no proc file system; taken at its word it would end everyone.
      if (pids.length === 0) throw new IncompleteListingError('no process listed', { path: root });
      return pids;
    },
    openStat,
    readProcess(pid) {
      const held = openStat(pid);
      if (typeof held === 'string') return held;
      files.close(held.fd);
      return held.snapshot;
    },
    readStat(fd) {
      try {
        const line = files.read(fd);
        return line.length === 0 ? 'gone' : parseStat(line, `${root}/…/stat`);
      } catch (error) {
        if (isGone(error)) return 'gone';
        throw error instanceof ProcError ? error : procError(error, `${root}/…/stat`, 'read');
      }
    },
    close: (fd) => files.close(fd),
    readText(path) {
      let fd: number | undefined;
      try {
        fd = files.open(`${root}/${path}`);
        return Buffer.from(files.read(fd)).toString('utf8');
      } catch (error) {
        throw procError(error, `${root}/${path}`, 'read');
      } finally {
        if (fd !== undefined) files.close(fd);
      }
    },
    openFile(path) {
      try {
        return files.open(`${root}/${path}`);
      } catch (error) {
        throw procError(error, `${root}/${path}`, 'open');
      }
    },
    readBytes: (fd) => files.read(fd),
    readInto(fd) {
      try {
        return files.readInto(fd);
      } catch (error) {
        throw procError(error, `${root}/…`, 'read');
      }
    },
    buffer: files.buffer,
    pidExists: (pid) => files.exists(`${root}/${pid}/stat`),
    readLink(path) {
      try {
        return files.readLink(`${root}/${path}`);
      } catch (error) {
        throw procError(error, `${root}/${path}`, 'read');
      }
    },
  };
};
