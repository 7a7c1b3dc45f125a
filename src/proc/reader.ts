import { errnoName } from '../util/errno.ts';
import {
  IncompleteListingError,
  isGone,
  isNotProcFile,
  isPermissionDenied,
  ProcError,
  tryRead,
} from './errors.ts';
import { openProcFiles, type ProcFiles } from './proc-files.ts';
import { type ProcStat, parseStat } from './stat.ts';

/** The stat line of a process, and its effective user; undefined if the user could not be read. */
export type StatSnapshot = { stat: ProcStat; uid: number | undefined };

/** The result of reading a process. `gone`: it has exited. `hidden`: this user may not read it. */
export type ReadResult = StatSnapshot | 'gone' | 'hidden';

const maxPid = 0xffff_ffff;
const decimal = /^[0-9]+$/;

/** Parses a directory entry; undefined if it is not a process, that is, not a decimal u32. */
const parsePid = (name: string): number | undefined => {
  if (!decimal.test(name)) return undefined;
  const pid = Number(name);
  return pid <= maxPid ? pid : undefined;
};

/**
 * Returns whether a proc root belongs to the PID namespace of a process, by default of this program. NSpid has the PID
 * of the process in the namespace of the proc root and in each one below it, so it has one PID if this is the same
 * namespace.
 */
export const isOwnNamespace = (readText: (path: string) => string, pid = 'self'): boolean => {
  try {
    return /^NSpid:\t\d+$/m.test(readText(`${pid}/status`));
  } catch {
    return false;
  }
};

/** A reader of one proc root. */
export type ProcReader = {
  readonly root: string;
  /** Lists all processes in directory order. @throws ProcError if the root cannot be listed or has no process. */
  listPids(): number[];
  /** Reads a process by PID, or a thread by its ID: /proc/<tid> exists although it is not listed. @throws ProcError */
  readProcess(pid: number): ReadResult;
  /** Opens and reads the stat file of a process. A later `readStat` costs half of `readProcess`. @throws ProcError */
  openStat(pid: number): { fd: number; snapshot: StatSnapshot } | 'gone' | 'hidden';
  /** Reads an open stat file again. `knownComm` as for `parseStat`. @throws ProcError */
  readStat(fd: number, knownComm?: Uint8Array): ProcStat | 'gone';
  close(fd: number): void;
  /** Reads a file of at most 4 KiB below the root as text. @throws ProcError */
  readText(path: string): string;
  /** Opens a file below the root for `readBytes` and `readInto`. @throws ProcError */
  openFile(path: string): number;
  /** Reads an open file from `position`, or from its start. The bytes are valid until the next call. @throws ProcError */
  readBytes(fd: number, position?: number): Uint8Array;
  /** Reads an open file into `buffer`. Returns the number of bytes. It allocates nothing. @throws ProcError */
  readInto(fd: number): number;
  readonly buffer: Uint8Array;
  /** Returns the effective user of a process; undefined if it is gone or cannot be read. */
  readUid(pid: number): number | undefined;
  /** Returns whether a PID belongs to a process or thread that is visible to this user. */
  pidExists(pid: number): boolean;
  /**
   * Returns whether a process exists that the proc root does not show: with hidepid=2 a process disappears when it runs
   * a setuid program. False where this cannot be known, because the proc root belongs to another PID namespace.
   */
  isConcealed(pid: number): boolean;
  /** Lists the threads of a process; empty if it is gone or cannot be read. */
  listThreads(pid: number): number[];
  /** Returns the target of a symbolic link below the root. @throws ProcError */
  readLink(path: string): string;
};

/** Returns the stat line of a process; undefined if the process is gone or cannot be read. */
export const tryReadStat = (proc: ProcReader, pid: number): ProcStat | undefined => {
  const reading = tryRead(() => proc.readProcess(pid));
  return typeof reading === 'object' ? reading.stat : undefined;
};

/** Returns a reader of the proc root at `root`. */
export const openProcReader = (root = '/proc', files: ProcFiles = openProcFiles()): ProcReader => {
  const procError = (error: unknown, path: string, verb: string) =>
    new ProcError(`cannot ${verb}`, { path, code: errnoName(error), cause: error });

  const openStat: ProcReader['openStat'] = (pid) => {
    const path = `${root}/${pid}/stat`;
    let fd: number | undefined;
    try {
      fd = files.open(path);
      // The directory always belongs to the effective user; the files of a process that is not dumpable belong to root.
      // The user is read before the line: if the line can be read, the process existed, and had its PID, until then.
      const uid = files.ownerUid(`${root}/${pid}`);
      // The stat file of an exiting process can be empty before it is gone.
      const line = files.read(fd);
      if (line.length === 0) {
        files.close(fd);
        return 'gone';
      }
      return { fd, snapshot: { stat: parseStat(line, path), uid } };
    } catch (error) {
      if (fd !== undefined) files.close(fd);
      if (isGone(error)) return 'gone';
      if (isPermissionDenied(error) || isNotProcFile(error)) return 'hidden';
      throw error instanceof ProcError ? error : procError(error, path, 'read');
    }
  };

  const readText = (path: string): string => {
    let fd: number | undefined;
    try {
      fd = files.open(`${root}/${path}`);
      return Buffer.from(files.read(fd)).toString('utf8');
    } catch (error) {
      throw procError(error, `${root}/${path}`, 'read');
    } finally {
      if (fd !== undefined) files.close(fd);
    }
  };

  const statPath = `${root}/…/stat`;
  let ownNamespace: boolean | undefined;

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
        const pid = parsePid(name);
        if (pid !== undefined) pids.push(pid);
      }
      // The directory is not a proc file system. Without the error, all processes would be reported as exited.
      if (pids.length === 0) throw new IncompleteListingError('no process listed', { path: root });
      return pids;
    },
    openStat,
    readProcess(pid) {
      const opened = openStat(pid);
      if (typeof opened === 'string') return opened;
      files.close(opened.fd);
      return opened.snapshot;
    },
    readStat(fd, knownComm) {
      try {
        const line = files.read(fd);
        return line.length === 0 ? 'gone' : parseStat(line, statPath, knownComm);
      } catch (error) {
        if (isGone(error)) return 'gone';
        throw error instanceof ProcError ? error : procError(error, statPath, 'read');
      }
    },
    close: (fd) => files.close(fd),
    readText,
    openFile(path) {
      try {
        return files.open(`${root}/${path}`);
      } catch (error) {
        throw procError(error, `${root}/${path}`, 'open');
      }
    },
    readBytes(fd, position) {
      try {
        return files.read(fd, position);
      } catch (error) {
        throw procError(error, `${root}/…`, 'read');
      }
    },
    readInto(fd) {
      try {
        return files.readInto(fd);
      } catch (error) {
        throw procError(error, `${root}/…`, 'read');
      }
    },
    buffer: files.buffer,
    readUid(pid) {
      try {
        return files.ownerUid(`${root}/${pid}`);
      } catch {
        return undefined;
      }
    },
    pidExists: (pid) => files.exists(`${root}/${pid}/stat`),
    isConcealed(pid) {
      ownNamespace ??= isOwnNamespace(readText);
      return ownNamespace && files.taskExists(pid);
    },
    listThreads(pid) {
      try {
        return files.list(`${root}/${pid}/task`).flatMap((name) => parsePid(name) ?? []);
      } catch {
        return [];
      }
    },
    readLink(path) {
      try {
        return files.readLink(`${root}/${path}`);
      } catch (error) {
        throw procError(error, `${root}/${path}`, 'read');
      }
    },
  };
};
