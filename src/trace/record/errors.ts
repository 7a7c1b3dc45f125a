import type { FileKind } from '../../util/file-kind.ts';

/** Recording cannot begin. Plain facts, so that they cross a thread boundary. */
export class RecordError extends Error {
  override readonly name = 'RecordError';
  readonly details: RecordErrorDetails;

  constructor(facts: RecordErrorDetails, cause?: unknown) {
    super(`${facts.path}: ${facts.code ?? facts.reason}`, { cause });
    this.details = facts;
  }
}

export type RecordErrorDetails = {
  reason: RecordErrorReason;
  path: string;
  code?: string | undefined;
  /** The process that holds it, where it told. */
  pid?: number | undefined;
};

/** Why a path was refused as a trace to be written. */
export type RecordErrorReason =
  | 'exists'
  | FileKind
  /** Not begun by a trace line: nothing of it may be cut or added to. */
  | 'foreign'
  /** Another recorder writes it. */
  | 'busy'
  /** The system said no, with an errno. */
  | 'failed';
