import type { FileKind } from '../../util/file-kind.ts';
import type { Remark } from '../read/reader.ts';

/** What is wrong with a trace, as facts: where it stands is added by whoever knows the file. */
export class TraceError extends Error {
  override readonly name = 'TraceError';
  readonly file: string | undefined;
  readonly line: number | undefined;

  constructor(message: string, facts: { file?: string; line?: number; cause?: unknown } = {}) {
    super(message, { cause: facts.cause });
    this.file = facts.file;
    this.line = facts.line;
  }
}

/** Why a path was refused as a trace to be written. */
export type RefusalReason =
  | 'exists'
  | FileKind
  /** Not begun by a trace line: nothing of it may be cut or added to. */
  | 'foreign'
  /** Another recorder writes it. */
  | 'busy'
  /** The system said no, with an errno. */
  | 'failed';

export type RecordRefusal = {
  reason: RefusalReason;
  path: string;
  code?: string | undefined;
  /** The process that holds it, where it told. */
  pid?: number | undefined;
};

/** Recording cannot begin. Plain facts, so that they cross a thread boundary. */
export class RecordError extends Error {
  override readonly name = 'RecordError';
  readonly facts: RecordRefusal;

  constructor(facts: RecordRefusal, cause?: unknown) {
    super(`${facts.path}: ${facts.code ?? facts.reason}`, { cause });
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

/** In this no time can be travelled. */
export class ReplayError extends Error {
  override readonly name = 'ReplayError';
  readonly facts: ReplayRefusal;

  constructor(facts: ReplayRefusal) {
    super(`${facts.path}: ${facts.reason}`);
    this.facts = facts;
  }
}
