let engine: typeof import('re2js') | undefined;

/** Loads the regular expression engine. It has 147 KiB and takes about 10 ms of CPU time, and few filters use it. */
export const loadRegexEngine = async (): Promise<void> => {
  engine ??= await import('re2js');
};

/** A compiled regular expression, or the reason why the source is invalid. `column` is in UTF-16 units from 0. */
export type CompiledRegex =
  | { ok: true; test: (text: string) => boolean }
  | { ok: false; error: string; column: number };

/** Maximum number of steps of an expression: the cost of matching one character of text. `x{500}` has 500. */
export const maxSteps = 1_000;

/**
 * Compiles a regular expression in RE2 syntax, which has no lookaround and no backreferences. It matches in time linear in
 * the text. V8 backtracks, so `(x+x+)+y` would block the screen on a long cgroup path. Every expression is invalid until
 * `loadRegexEngine` has resolved.
 */
export const compileRegex = (
  source: string,
  { ignoreCase = false }: { ignoreCase?: boolean } = {},
): CompiledRegex => {
  if (!engine) return { ok: false, error: 'still loading', column: 0 };
  const { RE2JS, RE2JSSyntaxException } = engine;
  // RE2 accepts larger expressions, but takes seconds to compile them.
  if (countSteps(source) > maxSteps)
    return { ok: false, error: `too large: more than ${maxSteps} steps`, column: 0 };
  try {
    const regex = RE2JS.compile(source, ignoreCase ? RE2JS.CASE_INSENSITIVE : 0);
    return { ok: true, test: (text) => regex.test(text) };
  } catch (error) {
    if (!(error instanceof RE2JSSyntaxException)) throw error;
    const fragment = error.getPattern() ?? '';
    return {
      ok: false,
      error: errorText(error.getDescription(), fragment),
      column: columnOf(source, fragment),
    };
  }
};

// The start of a group, an escape, a class, a bounded repetition or any other character.
const token =
  /\((?:\?(?:P?<\w*>|[imsU-]*:?))?|\\(?:[pPx]\{[^}]*\}|[\s\S])|\[\^?\]?(?:\\[\s\S]|[^\]\\])*\]|\{(\d+)(?:,(\d*))?\}|[\s\S]/g;

/** Counts the steps of an expression. Nested repetitions multiply: `(?:a{50}){20}` has 1,000. */
const countSteps = (source: string): number => {
  const groups = [{ steps: 0, last: 0 }];
  for (const [text, min, max] of source.matchAll(token)) {
    const group = groups.at(-1) as { steps: number; last: number };
    if (text.startsWith('(')) {
      groups.push({ steps: 0, last: 0 });
    } else if (text === ')' && groups.length > 1) {
      groups.pop();
      const outer = groups.at(-1) as { steps: number; last: number };
      outer.last = Math.max(1, group.steps);
      outer.steps += outer.last;
    } else if (min !== undefined) {
      const times = Math.max(1, Number(min), Number(max ?? 0));
      group.steps += group.last * (times - 1);
      group.last *= times;
    } else {
      group.last = 1;
      group.steps++;
    }
  }
  return groups.reduce((sum, { steps }) => sum + steps, 0);
};

/** Texts for errors of RE2. A pattern matches `description: fragment`. */
const errorTexts: readonly (readonly [error: RegExp, text: string])[] = [
  [/: \(\?<?[=!]/, 'lookaround is not supported'],
  [/^invalid escape sequence: \\[1-9k]/, 'backreferences are not supported'],
  [/^invalid escape sequence: \\u/, '\\u is not supported (type the character, or write \\x{1F600})'],
  [/^invalid escape sequence: \\c/, '\\c is not supported (write \\x0A)'],
  [/^invalid repeat count/, 'invalid repeat count (at most 1000, nested counts multiplied)'],
];

/** Returns the text of an error, without the fragment, which may contain control characters. */
const errorText = (description: string, fragment: string): string =>
  errorTexts.find(([error]) => error.test(`${description}: ${fragment}`))?.[1] ?? description;

/** Returns the position of the fragment that an error quotes, not within an escape; 0 if it is not found. */
const columnOf = (source: string, fragment: string): number => {
  if (fragment === '') return 0;
  for (const { index } of source.matchAll(/\\[\s\S]|[\s\S]/g))
    if (source.startsWith(fragment, index)) return index;
  return 0;
};
