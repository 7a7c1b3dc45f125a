import type { FileKind } from '../../../util/file-kind.ts';
import type { Remark } from '../../format/errors.ts';

/** In this no time can be travelled. */
export class ReplayError extends Error {
  override readonly name = 'ReplayError';
  readonly facts: ReplayRefusal;

  constructor(facts: ReplayRefusal) {
    super(`${facts.path}: ${facts.reason}`);
    this.facts = facts;
  }
}

export type ReplayRefusal = {
  /** `foreign`: no line of it is a record. */
  reason: Exclude<FileKind, 'symlink'> | 'empty' | 'foreign';
  path: string;
  /** The first line that is none. */
  first?: Remark | undefined;
};
