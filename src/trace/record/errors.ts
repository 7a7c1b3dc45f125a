import type { FileKind } from '../../util/file-kind.ts';

/** The error of a recording that cannot start. Its details are plain values, so that they can be posted to a thread. */
export class RecordError extends Error {
  override readonly name = 'RecordError';
  readonly details: RecordErrorDetails;

  constructor(details: RecordErrorDetails, cause?: unknown) {
    super(`${details.path}: ${details.code ?? details.reason}`, { cause });
    this.details = details;
  }
}

export type RecordErrorDetails = {
  reason: RecordErrorReason;
  path: string;
  /** Errno name, for `failed`. */
  code?: string | undefined;
  /** PID of the other recorder, for `busy`, if it answered. */
  pid?: number | undefined;
};

/** Why a path cannot be recorded to. */
export type RecordErrorReason =
  | 'exists'
  | FileKind
  /** The file does not begin with a trace line, so nothing may be appended to it or cut off. */
  | 'not-a-trace'
  /** Another recorder writes the file. */
  | 'busy'
  /** A system call failed. */
  | 'failed';
