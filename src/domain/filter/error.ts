/** Why a text is no filter. */
export type SyntaxIssue = {
  error: string;
  /** Where, in UTF-16 units from 0; the text's length points behind its end. */
  column: number;
  /** The text may become a filter by typing on. */
  incomplete: boolean;
};

/** Ends a parse from any depth; it never leaves the folder. */
export class FilterError extends Error {
  override readonly name = 'FilterError';
  readonly column: number;
  readonly incomplete: boolean;

  constructor(message: string, column: number, incomplete = false) {
    super(message);
    this.column = column;
    this.incomplete = incomplete;
  }
}

/** The text with its error below, under a caret. */
export const showErrorPosition = (
  text: string,
  { error, column }: Pick<SyntaxIssue, 'error' | 'column'>,
): string => `${text}\n${' '.repeat(column)}^ ${error}`;
