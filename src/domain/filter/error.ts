/** The reason why a text is not a valid filter or rule. */
export type SyntaxIssue = {
  error: string;
  /** Position in UTF-16 units from 0. At most the length of the text, which is its end. */
  column: number;
  /** Whether more text can make it valid. */
  incomplete: boolean;
};

/** A syntax error inside the parser. `parseExpression` and `parseFilter` return it as a `SyntaxIssue`. */
export class FilterError extends Error {
  override readonly name = 'FilterError';
  readonly column: number;
  readonly incomplete: boolean;

  constructor(message: string, column: number, { incomplete = false }: { incomplete?: boolean } = {}) {
    super(message);
    this.column = column;
    this.incomplete = incomplete;
  }
}
