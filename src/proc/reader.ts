import { codeOf } from '../util/errno.ts';
import { isDenied, isGone, ProcError, ShortListing } from './errors.ts';
import { type Files, openFiles } from './proc-files.ts';
import { type ProcStat, parseStat } from './stat.ts';

/** A process that was read: its stat line, and who it belongs to. */
export type Seen = { stat: ProcStat; uid: number };

/** What reading one process gave: it is there, it went away meanwhile, or it is not for this user. */
export type Reading = Seen | 'gone' | 'hidden';

const largestPid = 0xffff_ffff;
const decimal = /^[0-9]+$/;

/** A directory entry that is a process: its whole name a decimal u32. */
const pidOf = (name: string): number | undefined => {
  if (!decimal.test(name)) return undefined;
  const pid = Number(name);
  return pid <= largestPid ? pid : undefined;
};

/** Everything churntop reads below one proc root. */
export type Proc = {
  readonly root: string;
  /** All processes listed, in directory order. @throws ProcError when the root cannot be listed. */
  list(): number[];
  /** One process by PID (or one thread by its id: /proc/<tid> opens although it is not listed). */
  read(pid: number): Reading;
  /** Hold a process's stat file open: `reread` costs half of `read`. */
  hold(pid: number): { fd: number; seen: Seen } | 'gone' | 'hidden';
  reread(fd: number): ProcStat | 'gone';
  release(fd: number): void;
  /** A small file below the root as text. @throws ProcError */
  text(path: string): string;
  /** Hold a file below the root open, for `bytes`. @throws ProcError */
  open(path: string): number;
  /** The held file's content now, valid until the next call. */
  bytes(fd: number): Uint8Array;
  /** The same, allocating nothing: how many bytes are now at the front of `buffer`. @throws ProcError */
  fill(fd: number): number;
  readonly buffer: Uint8Array;
  /** Whether a number is in use by a process or thread, as far as this user can tell. */
  exists(pid: number): boolean;
  /** What a link below the root says. @throws ProcError */
  link(path: string): string;
};

export const openProc = (root = '/proc', files: Files = openFiles()): Proc => {
  const failed = (error: unknown, path: string, did: string) =>
    new ProcError(`cannot ${did}`, { path, code: codeOf(error), cause: error });

  const hold: Proc['hold'] = (pid) => {
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
      return { fd, seen: { stat: parseStat(line, path), uid: files.owner(fd) } };
    } catch (error) {
      if (fd !== undefined) files.close(fd);
      if (isGone(error)) return 'gone';
      if (isDenied(error)) return 'hidden';
      throw error instanceof ProcError ? error : failed(error, path, 'read');
    }
  };

  return {
    root,
    list() {
      let names: string[];
      try {
        names = files.list(root);
      } catch (error) {
        throw failed(error, root, 'list');
      }
      const pids: number[] = [];
      for (const name of names) {
        const pid = pidOf(name);
        if (pid !== undefined) pids.push(pid);
      }
      // A listing without a single process is no proc file system; taken at its word it would end everyone.
      if (pids.length === 0) throw new ShortListing('no process listed', { path: root });
      return pids;
    },
    hold,
    read(pid) {
      const held = hold(pid);
      if (typeof held === 'string') return held;
      files.close(held.fd);
      return held.seen;
    },
    reread(fd) {
      try {
        const line = files.read(fd);
        return line.length === 0 ? 'gone' : parseStat(line, `${root}/…/stat`);
      } catch (error) {
        if (isGone(error)) return 'gone';
        throw error instanceof ProcError ? error : failed(error, `${root}/…/stat`, 'read');
      }
    },
    release: (fd) => files.close(fd),
    text(path) {
      let fd: number | undefined;
      try {
        fd = files.open(`${root}/${path}`);
        return Buffer.from(files.read(fd)).toString('utf8');
      } catch (error) {
        throw failed(error, `${root}/${path}`, 'read');
      } finally {
        if (fd !== undefined) files.close(fd);
      }
    },
    open(path) {
      try {
        return files.open(`${root}/${path}`);
      } catch (error) {
        throw failed(error, `${root}/${path}`, 'open');
      }
    },
    bytes: (fd) => files.read(fd),
    fill(fd) {
      try {
        return files.fill(fd);
      } catch (error) {
        throw failed(error, `${root}/…`, 'read');
      }
    },
    buffer: files.buffer,
    exists: (pid) => files.exists(`${root}/${pid}/stat`),
    link(path) {
      try {
        return files.link(`${root}/${path}`);
      } catch (error) {
        throw failed(error, `${root}/${path}`, 'read');
      }
    },
  };
};
