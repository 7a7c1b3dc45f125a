import type { FileKind } from '../../util/file-kind.ts';

/** The error when a recording cannot start. Its details are plain values, so that a thread can post them. */
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

/** The reason why a path cannot be recorded to. */
export type RecordErrorReason =
  | 'exists'
  | FileKind
  /** The file does not begin with a trace line, so nothing may be appended to it or cut off. */
  | 'not-a-trace'
  /** Another recorder writes the file. */
  | 'busy'
  /** A system call failed. */
  | 'failed';
