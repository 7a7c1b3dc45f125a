import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseFilter } from '../../src/domain/filter.ts';

const names = ['nginx', 'NGINX', 'ng', 'postgres', '', 'a/b', '!x', '(sd-pam)'];

const passed = (text: string) => {
  const filter = parseFilter(text);
  if (!filter.ok) throw new Error(filter.error);
  return names.filter(filter.matches);
};

test.each([
  ['', names],
  ['!', names],
  ['/', names],
  ['//', names],
  ['!//', names],
  ['ng', ['nginx', 'NGINX', 'ng']],
  ['NG', ['NGINX']],
  ['nG', []],
  ['!ng', ['postgres', '', 'a/b', '!x', '(sd-pam)']],
  ['!!x', names.filter((name) => name !== '!x')],
  ['(', ['(sd-pam)']],
  ['a/', ['a/b']],
  ['/^ng', ['nginx', 'NGINX', 'ng']],
  ['/^ng/', ['nginx', 'NGINX', 'ng']],
  ['/^NG/', ['NGINX']],
  ['/a\\//', ['a/b']],
  ['!/n|s/', ['', 'a/b', '!x']],
  ['/^$/', ['']],
])('%j lets through %j', (text, wanted) => {
  expect(passed(text)).toEqual(wanted);
});

describe('a text that does not compile', () => {
  test.each([
    ['/(/', 'Unterminated group'],
    ['/(', 'Unterminated group'],
    ['!/[/', 'Unterminated character class'],
    ['/*', 'Nothing to repeat'],
    // Only V8's reason is shown: none of the text typed may reach the screen through it.
    ['/a: (/', 'Unterminated group'],
    ['/\n(', 'Unterminated group'],
    ['/\u2028\x1bc(', 'Unterminated group'],
  ])('%j says %s', (text, error) => {
    expect(parseFilter(text)).toEqual({ ok: false, text, error });
  });
});

const comm = fc.string({ unit: 'binary', maxLength: 16 });

test('never throws, keeps the text, and answers the same twice', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        comm,
        comm.map((text) => `/${text}`),
      ),
      comm,
      (text, name) => {
        const filter = parseFilter(text);
        expect(filter.text).toBe(text);
        if (filter.ok) expect(filter.matches(name)).toBe(filter.matches(name));
        else expect(filter.error).not.toBe('');
      },
    ),
  );
});

test('! is the exact opposite', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1, maxLength: 4 }), comm, (text, name) => {
      fc.pre(!text.startsWith('!') && !/^\/\/?$/.test(text));
      const plain = parseFilter(text);
      const negated = parseFilter(`!${text}`);
      if (plain.ok && negated.ok) expect(negated.matches(name)).toBe(!plain.matches(name));
      else expect(negated.ok).toBe(plain.ok);
    }),
  );
});

test('a name finds itself', () => {
  fc.assert(
    fc.property(comm, (name) => {
      fc.pre(!/^[!/]/.test(name));
      const filter = parseFilter(name);
      expect(filter.ok && filter.matches(name)).toBe(true);
    }),
  );
});
