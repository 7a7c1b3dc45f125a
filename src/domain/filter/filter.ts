import { compile, type Matches } from './compile.ts';
import { type Complaint, FilterError } from './error.ts';
import { parse } from './parse.ts';

/** A filter ready to judge, or why the text is none: then a caller says so, and filters nothing away. */
export type Filter = { ok: true; text: string; matches: Matches } | ({ ok: false; text: string } & Complaint);

/** A filter that judges. */
export type Accepts = Filter & { ok: true };

/**
 * The filter language (docs/filter.md): `ngin` substring of comm, smart case · `/^ng/` regular expression ·
 * `user=root age<5s` facts · `!`, `and`, `or`, parentheses. Empty matches all. Total, and linear in the text.
 */
export const parseFilter = (text: string): Filter => {
  const parsed = parse(text);
  if (!parsed.ok) {
    const { error, column, incomplete } = parsed;
    return { ok: false, text, error, column, incomplete };
  }
  try {
    return { ok: true, text, matches: compile(parsed.expression, text.length) };
  } catch (error) {
    if (!(error instanceof FilterError)) throw error;
    const { message, column, incomplete } = error;
    return { ok: false, text, error: message, column, incomplete };
  }
};

export const noFilter: Accepts = { ok: true, text: '', matches: () => true };
