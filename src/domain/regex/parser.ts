/** What of a regular expression decides whether it matches; groups and lazy quantifiers leave no trace. */
export type Pattern =
  | { kind: 'one'; source: string }
  | { kind: 'assert'; what: Assertion }
  | { kind: 'sequence'; parts: readonly Pattern[] }
  | { kind: 'either'; parts: readonly Pattern[] }
  | { kind: 'repeat'; part: Pattern; min: number; max: number };

export type Assertion = '^' | '$' | '\\b' | '\\B';

/** A construct that no machine can run in linear time, or more of it than is allowed. */
export class PatternError extends Error {
  override readonly name = 'PatternError';
  /** Where in the source, in UTF-16 units. */
  readonly column: number;

  constructor(message: string, column: number) {
    super(message);
    this.column = column;
  }
}

const maxDepth = 50;

const assertions: ReadonlySet<string> = new Set<Assertion>(['^', '$', '\\b', '\\B']);

// One escape, one class or any other character, as the u flag reads them; a surrogate pair of escapes is one character.
const atom =
  /\\(?:u\{[^}]*\}|u[dD][89abAB]..\\u[dD][c-fC-F]..|u.{4}|x..|c.|[pP]\{[^}]*\}|[\s\S])|\[(?:\\[\s\S]|[^\]\\])*\]|[\s\S]/uy;

const quantifier = /(?:([*+?])|\{(\d+)(,?)(\d*)\})\??/y;
const opening = /\((?:\?:|\?<(?![=!])[^>]*>)?/y;

const simple: Readonly<Record<string, readonly [min: number, max: number]>> = {
  '*': [0, Number.POSITIVE_INFINITY],
  '+': [1, Number.POSITIVE_INFINITY],
  '?': [0, 1],
};

/**
 * Take a source apart that `new RegExp(source, 'u')` has accepted: its syntax is known to be right.
 * @throws PatternError for lookaround, backreferences and modifiers
 */
export const parsePattern = (source: string): Pattern => {
  let at = 0;
  let depth = 0;

  const take = (expression: RegExp): RegExpExecArray | null => {
    expression.lastIndex = at;
    const found = expression.exec(source);
    if (found) at += found[0].length;
    return found;
  };

  const either = (): Pattern => {
    const parts = [sequence()];
    while (source[at] === '|') {
      at++;
      parts.push(sequence());
    }
    return parts.length === 1 ? (parts[0] as Pattern) : { kind: 'either', parts };
  };

  const sequence = (): Pattern => {
    const parts: Pattern[] = [];
    while (at < source.length && source[at] !== '|' && source[at] !== ')') parts.push(repeated(one()));
    return { kind: 'sequence', parts };
  };

  const one = (): Pattern => {
    if (source[at] === '(') return group();
    const start = at;
    const [text] = take(atom) as RegExpExecArray;
    if (assertions.has(text)) return { kind: 'assert', what: text as Assertion };
    if (/^\\[1-9k]/.test(text)) throw new PatternError('backreferences are not supported', start);
    return { kind: 'one', source: text };
  };

  const group = (): Pattern => {
    const start = at;
    const [text] = take(opening) as RegExpExecArray;
    if (text === '(' && source[at] === '?')
      throw new PatternError('lookaround and modifiers are not supported', start);
    if (++depth > maxDepth) throw new PatternError(`more than ${maxDepth} groups in each other`, start);
    const inner = either();
    depth--;
    at++;
    return inner;
  };

  const repeated = (part: Pattern): Pattern => {
    const found = take(quantifier);
    if (!found) return part;
    const [, sign, least, comma, most] = found;
    if (sign !== undefined) {
      const [min, max] = simple[sign] as readonly [number, number];
      return { kind: 'repeat', part, min, max };
    }
    const min = Number(least);
    return {
      kind: 'repeat',
      part,
      min,
      max: most ? Number(most) : comma ? Number.POSITIVE_INFINITY : min,
    };
  };

  return either();
};
