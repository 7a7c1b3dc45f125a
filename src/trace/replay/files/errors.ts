import type { FileKind } from '../../../util/file-kind.ts';
import type { Diagnostic } from '../../format/errors.ts';

/** The error when files cannot be replayed. */
export class ReplayError extends Error {
  override readonly name = 'ReplayError';
  readonly details: ReplayErrorDetails;

  constructor(details: ReplayErrorDetails) {
    super(`${details.path}: ${details.reason}`);
    this.details = details;
  }
}

export type ReplayErrorDetails = {
  /** The reason. `not-a-trace` means that no line is a record. */
  reason: Exclude<FileKind, 'symlink'> | 'empty' | 'not-a-trace';
  path: string;
  /** The first line that is not a record, for `not-a-trace`. */
  firstDiagnostic?: Diagnostic | undefined;
};
