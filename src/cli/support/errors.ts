import { NatsError } from '../../fleet/nats/server/errors.ts';
import type { Diagnostic } from '../../trace/format/errors.ts';
import type { Diagnostics } from '../../trace/read/diagnostics.ts';
import { RecordError, type RecordErrorDetails } from '../../trace/record/errors.ts';
import { ReplayError, type ReplayErrorDetails } from '../../trace/replay/files/errors.ts';
import { errnoName } from '../../util/errno.ts';
import { printable } from '../../util/printable.ts';

/** An invalid command line or configuration file. Exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** A failure with a message for the user. Exit code 1. */
export class CliError extends Error {
  override readonly name = 'CliError';
}

const errnoTexts: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'operation not permitted',
  ENOENT: 'no such file or directory',
  ENOTDIR: 'not a directory',
  EISDIR: 'is a directory',
  EEXIST: 'already exists',
  ENOSPC: 'no space left on the device',
  EROFS: 'read-only file system',
  EMFILE: 'too many open files',
  ELOOP: 'symbolic links are not followed',
  EDQUOT: 'disk quota exceeded',
  EIO: 'input/output error',
  EFBIG: 'file size limit reached',
};

/** Returns a value from the user in quotes, safe to print. */
export const quoteValue = (text: string): string => `"${printable(text)}"`;

/** Describes a system error by its errno: `no space left on the device (ENOSPC)`. */
export const describeError = (error: unknown): string => {
  const code = errnoName(error);
  const text = code === undefined ? undefined : errnoTexts[code];
  return text ? `${text} (${code})` : (code ?? (error as Error).message);
};

const recordErrorTexts: Readonly<
  Record<RecordErrorDetails['reason'], (details: RecordErrorDetails) => string>
> = {
  exists: () => 'already exists (--append appends to a trace)',
  symlink: () => 'is a symbolic link (expected a file)',
  directory: () => 'is a directory (expected a file)',
  fifo: () => 'is a FIFO (expected a file; --ndjson writes to a pipe)',
  device: () => 'is a device (expected a file; --ndjson writes to stdout)',
  socket: () => 'is a socket (expected a file)',
  'not-a-trace': () => 'is not a trace; nothing was appended',
  busy: ({ pid }) => `is already being recorded${pid === undefined ? '' : ` by process ${pid}`}`,
  failed: ({ code }) => describeError(Object.assign(new Error('cannot be written'), { code })),
};

/** Describes why a trace cannot be recorded to a path. */
const describeRecordError = ({ details }: RecordError): string =>
  `${printable(details.path)}: ${recordErrorTexts[details.reason](details)}`;

const replayErrorTexts: Readonly<Record<ReplayErrorDetails['reason'], string>> = {
  directory: 'is a directory (expected a file)',
  fifo: 'is a FIFO, which cannot be rewound (view - < FIFO follows it)',
  device: 'is a device (expected a file)',
  socket: 'is a socket (expected a file)',
  empty: 'is empty',
  'not-a-trace': 'no trace record',
};

/** Formats the first invalid line of a trace: ` (line 1: not JSON)`. Empty if there is none. */
const lineText = (diagnostic: Diagnostic | undefined): string =>
  diagnostic ? ` (line ${diagnostic.line}: ${diagnostic.message})` : '';

/** Describes why a trace cannot be replayed. */
const describeReplayError = ({ details: { reason, path, firstDiagnostic } }: ReplayError): string =>
  printable(`${path}: ${replayErrorTexts[reason]}${lineText(firstDiagnostic)}`);

/** Returns the error for files without a record, with the first of their invalid lines. */
export const noRecordError = (files: readonly string[], skipped: Diagnostics): CliError =>
  new CliError(`${files.join(', ')}: ${replayErrorTexts['not-a-trace']}${lineText(skipped.first[0])}`);

/** Returns the message for an error that is neither a UsageError nor a ProcError. */
export const describeFailure = (error: unknown): string => {
  if (error instanceof RecordError) return describeRecordError(error);
  if (error instanceof ReplayError) return describeReplayError(error);
  if (error instanceof CliError || error instanceof NatsError) return error.message;
  // Anything can be thrown, even undefined.
  const { message, syscall } = (error ?? {}) as NodeJS.ErrnoException;
  return syscall
    ? `cannot ${syscall}: ${describeError(error)}`
    : `unexpected error: ${message ?? String(error)}`;
};
