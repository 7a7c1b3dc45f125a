import type { FileKind } from '../../../util/file-kind.ts';
import type { Diagnostic } from '../../format/errors.ts';

/** The error of files that cannot be replayed. */
export class ReplayError extends Error {
  override readonly name = 'ReplayError';
  readonly details: ReplayErrorDetails;

  constructor(details: ReplayErrorDetails) {
    super(`${details.path}: ${details.reason}`);
    this.details = details;
  }
}

export type ReplayErrorDetails = {
  /** Why it cannot be replayed; `not-a-trace`: no line is a record. */
  reason: Exclude<FileKind, 'symlink'> | 'empty' | 'not-a-trace';
  path: string;
  /** The first line that is not a record, for `not-a-trace`. */
  firstDiagnostic?: Diagnostic | undefined;
};
