/** A compiled filter, or why the text is none. */
export type Filter =
  | { ok: true; text: string; matches: (comm: string) => boolean }
  | { ok: false; text: string; error: string };

const everything = () => true;

const not =
  (matches: (comm: string) => boolean): ((comm: string) => boolean) =>
  (comm) =>
    !matches(comm);

/** Lower-case letters match both cases, one capital makes it exact. */
const substring = (word: string): ((comm: string) => boolean) =>
  word === word.toLowerCase() ? (comm) => comm.toLowerCase().includes(word) : (comm) => comm.includes(word);

/** V8 says "Invalid regular expression: /(/u: Unterminated group"; only the end of it is news. */
const reason = (error: unknown): string => (error as SyntaxError).message.replace(/^.*: /s, '');

/**
 * `ngin` substring, smart case · `/^ng/` regular expression · a leading `!` negates either · empty matches all.
 * A text that does not compile filters nothing away: the caller shows `error` and keeps what it had.
 */
export const parseFilter = (text: string): Filter => {
  const negated = text.startsWith('!');
  const body = negated ? text.slice(1) : text;
  if (body === '') return { ok: true, text, matches: everything };

  if (!body.startsWith('/')) {
    const matches = substring(body);
    return { ok: true, text, matches: negated ? not(matches) : matches };
  }
  // A pattern still being typed has no closing slash yet; it counts all the same.
  const pattern = body.length > 1 && body.endsWith('/') ? body.slice(1, -1) : body.slice(1);
  if (pattern === '') return { ok: true, text, matches: everything };
  try {
    const expression = new RegExp(pattern, pattern === pattern.toLowerCase() ? 'iu' : 'u');
    const matches = (comm: string) => expression.test(comm);
    return { ok: true, text, matches: negated ? not(matches) : matches };
  } catch (error) {
    return { ok: false, text, error: reason(error) };
  }
};

export const noFilter: Filter & { ok: true } = { ok: true, text: '', matches: everything };
