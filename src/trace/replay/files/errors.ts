import type { FileKind } from '../../../util/file-kind.ts';
import type { Diagnostic } from '../../format/errors.ts';

/** In this no time can be travelled. */
export class ReplayError extends Error {
  override readonly name = 'ReplayError';
  readonly details: ReplayErrorDetails;

  constructor(facts: ReplayErrorDetails) {
    super(`${facts.path}: ${facts.reason}`);
    this.details = facts;
  }
}

export type ReplayErrorDetails = {
  /** `foreign`: no line of it is a record. */
  reason: Exclude<FileKind, 'symlink'> | 'empty' | 'foreign';
  path: string;
  /** The first line that is none. */
  firstDiagnostic?: Diagnostic | undefined;
};
