import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { collectComparisons, formatExpression, quote } from '../../../src/domain/filter/ast.ts';
import { complete } from '../../../src/domain/filter/completion.ts';
import { parseFilter } from '../../../src/domain/filter/filter.ts';
import { parseExpression } from '../../../src/domain/filter/parser.ts';
import type { FilterSubject } from '../../../src/domain/filter/subject.ts';
import { anyFilter, anySubject, anyText } from '../../support/fixtures/subjects.ts';

const matches = (text: string) => {
  const filter = parseFilter(text);
  if (!filter.ok) throw new Error(`${text}: ${filter.error}`);
  return filter.matches;
};

const same = (a: string, b: string, subject: FilterSubject): void => {
  expect(matches(a)(subject)).toBe(matches(b)(subject));
};

test('parseFilter accepts any text or returns an error in it', () => {
  fc.assert(
    fc.property(anyText, anySubject, (text, subject) => {
      const filter = parseFilter(text);
      if (filter.ok) expect(typeof filter.matches(subject)).toBe('boolean');
      else {
        expect(filter.error).not.toBe('');
        expect(filter.column).toBeGreaterThanOrEqual(0);
        expect(filter.column).toBeLessThanOrEqual(text.length);
      }
    }),
    { numRuns: 3_000 },
  );
});

test('parseFilter and complete never throw while a filter is typed', () => {
  fc.assert(
    fc.property(anyFilter, (text) => {
      for (let end = 0; end <= text.length; end++) {
        parseFilter(text.slice(0, end));
        complete(text.slice(0, end));
      }
    }),
  );
});

test('a formatted expression parses to the same meaning', () => {
  fc.assert(
    fc.property(fc.oneof(anyFilter, anyText), anySubject, (text, subject) => {
      const parsed = parseExpression(text);
      fc.pre(parsed.ok && parseFilter(text).ok);
      if (!parsed.ok) return;
      const formatted = formatExpression(parsed.expression);
      same(text, formatted, subject);
      const again = parseExpression(formatted);
      expect(again.ok && formatExpression(again.expression)).toBe(formatted);
    }),
    { numRuns: 2_000 },
  );
});

describe('connectives follow the laws of logic', () => {
  const law = (
    name: string,
    left: (a: string, b: string) => string,
    right: (a: string, b: string) => string,
  ) =>
    test(name, () => {
      fc.assert(
        fc.property(anyFilter, anyFilter, anySubject, (a, b, subject) =>
          same(left(a, b), right(a, b), subject),
        ),
      );
    });

  law(
    'de Morgan, or',
    (a, b) => `!((${a}) or (${b}))`,
    (a, b) => `!(${a}) and !(${b})`,
  );
  law(
    'de Morgan, and',
    (a, b) => `!((${a}) and (${b}))`,
    (a, b) => `!(${a}) or !(${b})`,
  );
  law(
    'double negation',
    (a) => `!!(${a})`,
    (a) => a,
  );
  law(
    'a space means and',
    (a, b) => `(${a}) (${b})`,
    (a, b) => `(${a}) and (${b})`,
  );
  law(
    '& means and',
    (a, b) => `(${a})&(${b})`,
    (a, b) => `(${a}) and (${b})`,
  );
  law(
    '| means or',
    (a, b) => `(${a})|(${b})`,
    (a, b) => `(${a}) or (${b})`,
  );
  law(
    'and binds tighter than or',
    (a, b) => `(${a}) or (${b}) x`,
    (a, b) => `(${a}) or ((${b}) and x)`,
  );

  test('! negates', () => {
    fc.assert(
      fc.property(anyFilter, anySubject, (text, subject) => {
        expect(matches(`!(${text})`)(subject)).toBe(!matches(text)(subject));
      }),
    );
  });
});

const word = fc.string({ unit: fc.constantFrom(...'abcXYZ09-_.'), minLength: 1, maxLength: 4 });
const comms = fc.string({ unit: fc.constantFrom(...'abcxyzABCXYZ09-_.'), maxLength: 15 });

test('a word ignores case unless it has an upper-case letter', () => {
  fc.assert(
    fc.property(word, comms, anySubject, (text, comm, subject) => {
      const exact = comm.includes(text);
      const loose = comm.toLowerCase().includes(text);
      const found = matches(text)({ ...subject, comm });
      expect(found).toBe(text === text.toLowerCase() ? loose : exact);
    }),
  );
});

test('a word matches if the comm or the command contains it, and its negation otherwise', () => {
  const anyArgs = fc.option(fc.array(comms, { maxLength: 3 }), { nil: undefined });
  fc.assert(
    fc.property(word, comms, anyArgs, anySubject, (text, comm, args, subject) => {
      const known = { ...subject, comm, args };
      const expected = matches(`comm~${text}`)(known) || matches(`cmd~${text}`)(known);
      expect(matches(text)(known)).toBe(expected);
      expect(matches(`!${text}`)(known)).toBe(!expected);
    }),
    { numRuns: 1_000 },
  );
});

test('any name in quotes matches itself', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 16 }), anySubject, (comm, subject) => {
      for (const text of [quote(comm), `comm=${quote(comm)}`, `comm!=x,${quote(`${comm}y`)}`])
        expect(matches(text)({ ...subject, comm })).toBe(comm !== 'x' || !text.includes('!='));
    }),
  );
});

test('a match reads a bounded number of fields per comparison, so its cost is linear in the text', () => {
  fc.assert(
    fc.property(anyFilter, anySubject, (text, subject) => {
      let reads = 0;
      const counting = new Proxy(subject, {
        get: (target, name) => {
          reads++;
          return target[name as keyof FilterSubject];
        },
      });
      matches(text)(counting);
      const parsed = parseExpression(text);
      const comparisons = parsed.ok ? collectComparisons(parsed.expression) : [];
      // A user is two fields: the name and the UID. A command is five reads.
      const limit = comparisons.reduce((sum, { field }) => sum + (field === 'cmd' ? 5 : 2), 0);
      expect(reads).toBeLessThanOrEqual(limit);
      // A bare word is two comparisons.
      expect(comparisons.length).toBeLessThanOrEqual(2 * text.length);
    }),
  );
});
