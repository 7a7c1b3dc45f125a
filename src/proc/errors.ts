import { errnoName } from '../util/errno.ts';

/** What went wrong under the proc root, as facts; `cli/` makes a sentence and an exit code of them. */
export class ProcError extends Error {
  override readonly name = 'ProcError';
  readonly path: string;
  /** The errno name, when the kernel gave one. */
  readonly code: string | undefined;

  constructor(message: string, facts: { path: string; code?: string | undefined; cause?: unknown }) {
    super(message, { cause: facts.cause });
    this.path = facts.path;
    this.code = facts.code;
  }
}

/** A listing that lacks what is provably there; taken at its word it would end the living. */
export class IncompleteListingError extends ProcError {}

/** The process ended: ENOENT when its directory is gone, ESRCH when it went between open and read. */
export const isGone = (error: unknown): boolean => {
  const code = errnoName(error);
  return code === 'ENOENT' || code === 'ESRCH';
};

/** It is there, but not for this user (hidepid=1, or a stricter security module). */
export const isPermissionDenied = (error: unknown): boolean => {
  const code = errnoName(error);
  return code === 'EPERM' || code === 'EACCES';
};

/** The machine, or churntop's own limits, ran out of something: the sweep is void, and a later one may well succeed. */
export const isTransient = (error: unknown): error is ProcError =>
  error instanceof IncompleteListingError ||
  (error instanceof ProcError && transientCodes.has(error.code ?? ''));

/** What a read gives, or undefined where it fails: for what is worth showing, but no end. */
export const tryRead = <T>(read: () => T): T | undefined => {
  try {
    return read();
  } catch (error) {
    if (error instanceof ProcError) return undefined;
    throw error;
  }
};

const transientCodes = new Set(['EMFILE', 'ENFILE', 'ENOMEM', 'EIO', 'EAGAIN', 'EINTR']);

/** No descriptor left, in this process or on the machine. */
export const isOutOfDescriptors = (error: unknown): boolean => {
  const code = errnoName(error);
  return code === 'EMFILE' || code === 'ENFILE';
};
