import fc from 'fast-check';
import { RE2JS } from 're2js';
import { describe, expect, test } from 'vitest';
import { compileRegex, maxSteps } from '../../../src/domain/filter/regex.ts';
import { affordableLength, anyPattern, maxTextLength } from '../../support/fixtures/regex-patterns.ts';

const compiled = (source: string, ignoreCase = false) => {
  const regex = compileRegex(source, { ignoreCase });
  if (!regex.ok) throw new Error(`${source}: ${regex.error}`);
  return regex;
};

const letters = fc.constantFrom('a', 'b', 'c', 'A', '_', '-', ' ', '0', '\n', 'ſ', 'é', '😀', '\ud83d', '.');
const texts = fc.array(letters, { maxLength: maxTextLength });

/** V8 backtracks. Above this number of steps, a comparison uses the start of the text. */
const maxV8Steps = 20_000;

describe('compileRegex matches what V8 matches', () => {
  test.each([
    ['', ''],
    ['^$', ''],
    ['^ng', 'nginx'],
    ['(a*)*b', 'aaab'],
    ['(^|a)*b', 'xb'],
    ['\\bfoo\\b', 'a foo-b'],
    ['x{2,3}$', 'axxxx'],
    ['(?<name>a)|b', 'b'],
    ['[^\\]]?', ']'],
  ])('/%s/ on %j', (source, text) => {
    expect(compiled(source).test(text)).toBe(new RegExp(source, 'u').test(text));
  });

  test('for any expression and text, with and without case', () => {
    fc.assert(
      fc.property(anyPattern, fc.boolean(), fc.array(texts), (pattern, ignoreCase, lists) => {
        const { source } = pattern;
        const length = affordableLength(pattern, maxV8Steps);
        const all = lists.map((characters) => characters.slice(0, length).join(''));
        // V8 lets an unanchored search start inside a surrogate pair, where no character starts; RE2 does not.
        const v8 = new RegExp(`^[^]*?(?:${source})`, ignoreCase ? 'iu' : 'u');
        fc.pre(compileRegex(source, { ignoreCase }).ok);
        // If V8 ignores case, its \w and \b accept the letter ſ, which folds to s. In RE2 they are always ASCII.
        fc.pre(!(ignoreCase && /\\[wb]/i.test(source) && all.join('').includes('ſ')));
        const { test } = compiled(source, ignoreCase);
        // Twice, because the engine caches states from one text to the next.
        for (const text of [...all, ...all]) expect(test(text)).toBe(v8.test(text));
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('compileRegex uses RE2 syntax', () => {
  test.each([
    ['\\x{1F600}', '😀', true],
    ['(?P<name>a)', 'a', true],
    ['(?i)NGINX', 'nginx', true],
    ['[[:alpha:]]$', 'a', true],
    ['a{', 'a{', true],
    ['[^]]?', ']', true],
    ['\\s', '\u00a0', false],
    ['.', '\u2028', true],
  ])('/%s/ on %j: %s', (source, text, expected) => {
    expect(compiled(source).test(text)).toBe(expected);
  });
});

test('compileRegex compiles any text or returns an error in it', () => {
  const parts = fc.constantFrom(...'()[]{}?*\\<=!:1ku|');
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.string({ unit: parts })), (source) => {
      const regex = compileRegex(source);
      if (regex.ok) return;
      expect(regex.error).not.toBe('');
      expect(regex.column).toBeGreaterThanOrEqual(0);
      expect(regex.column).toBeLessThanOrEqual(source.length);
    }),
    { numRuns: 2_000 },
  );
});

describe('compileRegex rejects', () => {
  test.each([
    ['a(?=b)', 1, 'lookaround is not supported'],
    ['a(?!b)', 1, 'lookaround is not supported'],
    ['(?<!b)a', 0, 'lookaround is not supported'],
    ['(a)\\1', 3, 'backreferences are not supported'],
    ['\\\\1(a)\\1', 6, 'backreferences are not supported'],
    ['(?<n>a)\\k<n>', 7, 'backreferences are not supported'],
    ['x\\u{61}', 1, '\\u is not supported (type the character, or write \\x{1F600})'],
    ['x\\cJ', 1, '\\c is not supported (write \\x0A)'],
    ['a{2,1}', 1, 'invalid repeat count (at most 1000, nested counts multiplied)'],
    ['a{2001}', 0, 'too large: more than 1000 steps'],
    ['(?:(?:a{50}){50}){50}', 0, 'too large: more than 1000 steps'],
    ['(?:(?:(?:){1000}){1000}){1000}', 0, 'too large: more than 1000 steps'],
    [`${'a'.repeat(4)}${'(b{999})'.repeat(400)}`, 0, 'too large: more than 1000 steps'],
    ['(', 0, 'missing closing )'],
    ['ab)', 0, 'unexpected )'],
    ['a**', 1, 'invalid nested repetition operator'],
    ['a{999}{9}', 0, 'too large: more than 1000 steps'],
    ['x*{9}', 1, 'invalid nested repetition operator'],
    ['x[b-a]', 2, 'invalid character class range'],
    ['\\', 0, 'trailing backslash at end of expression'],
  ])('%s', (source, column, error) => {
    expect(compileRegex(source)).toEqual({ ok: false, column, error });
  });

  test('groups nested deeper than RE2 allows', () => {
    expect(compileRegex(`${'('.repeat(1_100)}${')'.repeat(1_100)}`)).toMatchObject({ ok: false });
  });
});

describe('compileRegex takes linear time', () => {
  // A backtracking engine would not finish these within a lifetime.
  test.each([['(a+)+$'], ['(a|a)*b'], ['(x+x+)+y'], ['(.*)*#'], ['(a?){40}a{40}b']])('/%s/', (source) => {
    const { test } = compiled(source);
    const text = `${'a'.repeat(50_000)}${'x'.repeat(50_000)}`;
    expect(test(text)).toBe(false);
  });

  test('because the size of an expression is bounded', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(anyPattern, fc.integer({ min: 1, max: 1_000 })), { maxLength: 3 }),
        (parts) => {
          const source = parts.map(([{ source }, times]) => `(?:${source}){${times}}`).join('');
          if (!compileRegex(source).ok) return;
          // A group has instructions of its own, and an alternative or optional part has one more.
          expect(RE2JS.compile(source).programSize()).toBeLessThanOrEqual(4 * maxSteps);
        },
      ),
    );
  });

  test('and does not fill the memory when all characters are new', () => {
    const { test } = compiled('[^a]{3}a$');
    for (let code = 0x4e00; code < 0x4e00 + 15_000; code++)
      expect(test(String.fromCodePoint(code, code))).toBe(false);
    expect(test('xyza')).toBe(true);
  });
});
