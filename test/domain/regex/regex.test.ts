import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { maxSteps } from '../../../src/domain/regex/nfa.ts';
import { compileRegex } from '../../../src/domain/regex/regex.ts';

const compiled = (source: string, flags: 'u' | 'iu' = 'u') => {
  const regex = compileRegex(source, flags);
  if (!regex.ok) throw new Error(`${source}: ${regex.error}`);
  return regex;
};

const letters = fc.constantFrom('a', 'b', 'c', 'A', '_', '-', ' ', '0', '\n', 'ſ', 'é', '😀', '\ud83d', '.');
const texts = fc.string({ unit: letters, maxLength: 12 });

const atoms = fc.constantFrom(
  ...['a', 'b', 'A', '.', '\\w', '\\W', '\\d', '\\s', '\\.', '[ab]', '[^a]', '[a-z\\d]', '[\\]a]', '\\p{L}'],
  ...['\\u{1F600}', '\\uD83D\\uDE00', '\\uD83D', '\\x61', '\\cJ', '😀', 'é', '-', '\\/', '\\0'],
);
const marks = fc.constantFrom('', '', '', '*', '+', '?', '*?', '+?', '{2}', '{0,2}', '{1,}', '{0}');
const { pattern } = fc.letrec<{ pattern: string; term: string }>((tie) => ({
  pattern: fc
    .array(fc.array(tie('term'), { maxLength: 3 }), { minLength: 1, maxLength: 2 })
    .map((ways) => ways.map((terms) => terms.join('')).join('|')),
  term: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.tuple(atoms, marks).map(([atom, mark]) => atom + mark),
    fc.constantFrom('^', '$', '\\b', '\\B'),
    fc
      .tuple(fc.constantFrom('(', '(?:'), tie('pattern'), marks)
      .map(([open, inner, mark]) => `${open}${inner})${mark}`),
  ),
}));

/** V8 backtracks: with more of them in each other it may not answer within a lifetime, on a text of twelve letters. */
const repeatedGroups = (source: string): number => source.match(/\)(?:[*+]|\{1,\})/g)?.length ?? 0;

describe('is what V8 says', () => {
  test.each([
    ['', ''],
    ['^$', ''],
    ['^ng', 'nginx'],
    ['(a*)*b', 'aaab'],
    ['(^|a)*b', 'xb'],
    ['\\bfoo\\b', 'a foo-b'],
    ['x{2,3}$', 'axxxx'],
    ['(?<name>a)|b', 'b'],
    ['[^]]?', ']'],
  ])('/%s/ on %j', (source, text) => {
    let own: RegExp;
    try {
      own = new RegExp(source, 'u');
    } catch {
      return expect(compileRegex(source).ok).toBe(false);
    }
    return expect(compiled(source).test(text)).toBe(own.test(text));
  });

  test('for any expression and text, with and without case', () => {
    fc.assert(
      fc.property(
        pattern,
        fc.constantFrom('u' as const, 'iu' as const),
        fc.array(texts),
        (source, flags, all) => {
          // V8 lets an unanchored search begin inside a surrogate pair, where no character begins; this does not.
          const own = new RegExp(`^[^]*?(?:${source})`, flags);
          const regex = compileRegex(source, flags);
          fc.pre(regex.ok && repeatedGroups(source) <= 2);
          const { test } = compiled(source, flags);
          // Twice: what was learnt from one text must be right for the next.
          for (const text of [...all, ...all]) expect(test(text)).toBe(own.test(text));
        },
      ),
      { numRuns: 2_000 },
    );
  });
});

test('any text compiles or says why, and refuses what V8 refuses', () => {
  const parts = fc.constantFrom(
    '(',
    ')',
    '[',
    ']',
    '{',
    '}',
    '?',
    '*',
    '\\',
    '<',
    '=',
    '!',
    ':',
    '1',
    'k',
    'u',
    '|',
  );
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.string({ unit: parts })), (source) => {
      const regex = compileRegex(source);
      let valid = true;
      try {
        new RegExp(source, 'u');
      } catch {
        valid = false;
      }
      if (!valid) expect(regex.ok).toBe(false);
      if (!regex.ok) expect(regex.error).not.toBe('');
    }),
    { numRuns: 2_000 },
  );
});

describe('what cannot be had in linear time is refused', () => {
  test.each([
    ['a(?=b)', 1, 'lookaround'],
    ['(?<!b)a', 0, 'lookaround'],
    ['(a)\\1', 3, 'backreferences'],
    ['(?<n>a)\\k<n>', 7, 'backreferences'],
    ['(?:(?:a{50}){50}){50}', 0, 'too large'],
    ['(?:(?:(?:){1000}){1000}){1000}', 0, 'too large'],
    [`${'('.repeat(60)}${')'.repeat(60)}`, 50, 'groups in each other'],
  ])('%s', (source, column, words) => {
    expect(compileRegex(source)).toMatchObject({ ok: false, column, error: expect.stringContaining(words) });
  });

  test.each([['('], ['a**'], ['[b-a]'], ['\\']])('V8 names what is wrong with %s', (source) => {
    expect(compileRegex(source)).toMatchObject({ ok: false, error: expect.stringMatching(/^[A-Z\\][^/]+$/) });
  });
});

describe('no text makes it go back', () => {
  test.each([['(a+)+$'], ['(a|a)*b'], ['(x+x+)+y'], ['(.*)*\\1?'.replace('\\1?', '#')], ['(a?){40}a{40}b']])(
    '/%s/ visits each step at most once a character',
    (source) => {
      const { test, visits } = compiled(source);
      for (const length of [100, 4_000]) {
        const before = visits();
        test(`${'a'.repeat(length / 2)}${'x'.repeat(length / 2)}`);
        expect(visits() - before).toBeLessThanOrEqual((length + 1) * (maxSteps + 1));
      }
    },
  );

  test('twice the text costs at most twice the visits, whatever the expression', () => {
    fc.assert(
      fc.property(pattern, texts, (source, text) => {
        const cost = (times: number) => {
          const { test, visits } = compiled(source);
          test(text.repeat(times));
          return visits();
        };
        // The first character and the end are met once in both.
        expect(cost(32)).toBeLessThanOrEqual(2 * cost(16) + 2 * maxSteps);
      }),
    );
  });

  test('texts without end of new characters do not fill the memory', () => {
    const { test } = compiled('[^a]{3}a$');
    for (let code = 0x4e00; code < 0x4e00 + 15_000; code++)
      expect(test(String.fromCodePoint(code, code))).toBe(false);
    expect(test('xyza')).toBe(true);
  });
});
