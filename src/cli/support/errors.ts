import { ProcError } from '../../proc/errors.ts';
import { RecordError, type RecordErrorDetails } from '../../trace/record/errors.ts';
import { ReplayError, type ReplayErrorDetails } from '../../trace/replay/files/errors.ts';
import { errnoName } from '../../util/errno.ts';
import { printable } from '../../util/text.ts';

/** A call that cannot be meant. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** A refusal of the outside world that needs no more than its sentence. */
export class CliError extends Error {
  override readonly name = 'Refusal';
}

/** Every exit code there is; the README shows this table. */
export const exitCodes = {
  ok: { code: 0, when: 'an orderly end: `q`, end of output, SIGINT, SIGTERM, SIGHUP' },
  failure: { code: 1, when: 'something failed; one line on stderr says what' },
  usage: { code: 2, when: 'a flag or value that cannot be meant' },
  proc: { code: 3, when: 'the proc root cannot be read, or this is not Linux' },
} as const;

const errnoTexts: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'not permitted',
  ENOENT: 'no such file or directory',
  ENOTDIR: 'not a directory',
  EISDIR: 'is a directory',
  EEXIST: 'exists already',
  ENOSPC: 'no space left on the device',
  EROFS: 'read-only file system',
  EMFILE: 'too many open files',
  ELOOP: 'a symbolic link, not followed',
  EDQUOT: 'disk quota exceeded',
  EIO: 'input/output error',
  EFBIG: 'file size limit reached',
};

/** An errno name in words: `no space left on the device (ENOSPC)`. */
export const describeError = (error: unknown): string => {
  const code = errnoName(error);
  const words = code === undefined ? undefined : errnoTexts[code];
  return words ? `${words} (${code})` : (code ?? (error as Error).message);
};

const recordErrorTexts: Readonly<
  Record<RecordErrorDetails['reason'], (facts: RecordErrorDetails) => string>
> = {
  exists: () => 'exists already; --append goes on behind a trace',
  symlink: () => 'is a symbolic link, which is not followed',
  directory: () => 'is a directory',
  fifo: () => 'is a FIFO; a trace is recorded to a file (for a pipe there is --ndjson)',
  device: () => 'is a device; a trace is recorded to a file (for anything else there is --ndjson)',
  socket: () => 'is a socket; a trace is recorded to a file',
  foreign: () => 'is not a trace, so nothing is appended to it',
  busy: ({ pid }) => `is being recorded by another churntop${pid === undefined ? '' : `, process ${pid}`}`,
  failed: ({ code }) => describeError(Object.assign(new Error('cannot be written'), { code })),
};

/** Why a path was refused as a trace. */
export const describeRecordError = ({ details }: RecordError): string =>
  `${printable(details.path)}: ${recordErrorTexts[details.reason](details)}`;

const replayErrorTexts: Readonly<Record<ReplayErrorDetails['reason'], string>> = {
  directory: 'is a directory',
  fifo: 'is a FIFO, in which there is no way back; view - < FIFO follows it',
  device: 'is a device, not a file',
  socket: 'is a socket, not a file',
  empty: 'is empty',
  foreign: 'no trace record in it',
};

/** Why nothing can be viewed. */
export const describeReplayError = ({ details: { reason, path, firstDiagnostic } }: ReplayError): string => {
  const line = firstDiagnostic ? ` (line ${firstDiagnostic.line}: ${firstDiagnostic.message})` : '';
  return printable(`${path}: ${replayErrorTexts[reason]}${line}`);
};

/** One clear sentence and an exit code for anything that was thrown. */
export const toExitError = (error: unknown): { sentence: string; code: number } => {
  if (error instanceof UsageError)
    return { sentence: `${error.message}; see churntop --help`, code: exitCodes.usage.code };
  if (error instanceof ProcError) {
    const why = error.code === undefined ? error.message : `${error.message}: ${describeError(error)}`;
    return { sentence: `${error.path}: ${why}`, code: exitCodes.proc.code };
  }
  if (error instanceof RecordError)
    return { sentence: describeRecordError(error), code: exitCodes.failure.code };
  if (error instanceof ReplayError)
    return { sentence: describeReplayError(error), code: exitCodes.failure.code };
  if (error instanceof CliError) return { sentence: error.message, code: exitCodes.failure.code };
  // Anything can be thrown, undefined included.
  const { message, syscall } = (error ?? {}) as NodeJS.ErrnoException;
  if (syscall)
    return { sentence: `cannot ${syscall}: ${describeError(error)}`, code: exitCodes.failure.code };
  return { sentence: `unexpected: ${message ?? String(error)}`, code: exitCodes.failure.code };
};
