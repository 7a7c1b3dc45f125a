import { errnoName } from '../util/errno.ts';

/** An error while reading the proc root. The command line derives its message and exit code from the fields. */
export class ProcError extends Error {
  override readonly name = 'ProcError';
  readonly path: string;
  /** The errno name, if it is a system error. */
  readonly code: string | undefined;

  constructor(message: string, details: { path: string; code?: string | undefined; cause?: unknown }) {
    super(message, { cause: details.cause });
    this.path = details.path;
    this.code = details.code;
  }
}

/** A listing of /proc that omits existing processes. Without this error, they would be reported as exited. */
export class IncompleteListingError extends ProcError {}

/** Returns whether the process has exited: ENOENT before the file is opened, ESRCH between open and read. */
export const isGone = (error: unknown): boolean => {
  const code = errnoName(error);
  return code === 'ENOENT' || code === 'ESRCH';
};

/** Returns whether the process exists, but this user may not read it (hidepid=1, or a security module). */
export const isPermissionDenied = (error: unknown): boolean => {
  const code = errnoName(error);
  return code === 'EPERM' || code === 'EACCES';
};

/** Returns whether something else is mounted over the file: a FIFO or a socket cannot be read from its start. */
export const isNotProcFile = (error: unknown): boolean => {
  const code = errnoName(error);
  return code === 'ESPIPE' || code === 'EISDIR' || code === 'ENXIO';
};

const transientCodes = new Set(['EMFILE', 'ENFILE', 'ENOMEM', 'EIO', 'EAGAIN', 'EINTR']);

/**
 * Returns whether a later sample may succeed: the error is an incomplete listing, an interruption, an I/O error, or a
 * lack of resources.
 */
export const isTransient = (error: unknown): error is ProcError =>
  error instanceof IncompleteListingError ||
  (error instanceof ProcError && transientCodes.has(error.code ?? ''));

/** Returns what `read` returns, or undefined if it throws a ProcError. For optional data. */
export const tryRead = <T>(read: () => T): T | undefined => {
  try {
    return read();
  } catch (error) {
    if (error instanceof ProcError) return undefined;
    throw error;
  }
};

/** Returns whether this process or the machine has run out of file descriptors. */
export const isOutOfFds = (error: unknown): boolean => {
  const code = errnoName(error);
  return code === 'EMFILE' || code === 'ENFILE';
};
