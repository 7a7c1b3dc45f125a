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

/** Something about a line: `file:line: why`. */
export type Diagnostic = { file: string; line: number; message: string };
