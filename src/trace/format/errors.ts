/** An error in a trace. `file` and `line` are undefined where the position is not known yet. */
export class TraceError extends Error {
  override readonly name = 'TraceError';
  readonly file: string | undefined;
  readonly line: number | undefined;

  constructor(message: string, details: { file?: string; line?: number; cause?: unknown } = {}) {
    super(message, { cause: details.cause });
    this.file = details.file;
    this.line = details.line;
  }
}

/** A message about a line of a trace, shown as `file:line: message`. */
export type Diagnostic = { file: string; line: number; message: string };
