import { Matcher } from './matcher.ts';
import { compileNfa } from './nfa.ts';
import { PatternError, parsePattern } from './parser.ts';

/** A regular expression ready to run, or why the source is none; `column` where that is known. */
export type Regex =
  | { ok: true; test: (text: string) => boolean; visits: () => number }
  | { ok: false; error: string; column: number };

/** V8 says "Invalid regular expression: /(/u: Unterminated group"; only the end of it is news. */
const reason = (error: unknown): string => (error as SyntaxError).message.replace(/^.*: /s, '');

/**
 * JavaScript's own syntax (flag u) in linear time. V8's engine backtracks: on sixteen letters `(x+x+)+y` is quick, on
 * a cgroup path it never ends, and it would stop the screen. So V8 judges the syntax and what a single character
 * matches, where nothing can run away, and a machine that never goes back does the rest. What cannot be had in
 * linear time (lookaround, backreferences) is refused.
 */
export const compileRegex = (source: string, flags: 'u' | 'iu' = 'u'): Regex => {
  try {
    // For its syntax errors alone: it is never run.
    new RegExp(source, flags);
  } catch (error) {
    return { ok: false, error: reason(error), column: 0 };
  }
  try {
    const machine = new Matcher(compileNfa(parsePattern(source)), flags);
    return { ok: true, test: (text) => machine.test(text), visits: () => machine.visits };
  } catch (error) {
    if (error instanceof PatternError) return { ok: false, error: error.message, column: error.column };
    throw error;
  }
};
