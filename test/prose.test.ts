import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { bannedTerms } from './support/fixtures/banned-terms.ts';

const sourceFolders = ['src', 'test', 'scripts', 'bench', 'examples'];
const ignored = /node_modules|golden|(?:banned-terms|prose\.test)\.ts$|^test\/published/;

const filesIn = (folder: string, pattern: RegExp) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((file) => `${folder}/${file}`)
    .filter((file) => pattern.test(file) && !ignored.test(file));

/** A comment, a string, or a regular expression literal, which is skipped. */
const token =
  /\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\[\s\S]|[^`\\])*`|(?<=[=(,:!&|?;{}[]\s*)\/(?![*/])(?:\\.|\[(?:\\.|[^\]\n])*\]|[^/\n\\[])+\/[a-z]*/g;

/** Returns the prose of a source file: its comments, and its strings of several words. */
const proseOf = (source: string): { text: string; at: number }[] =>
  [...source.matchAll(token)].flatMap(({ 0: text, index }) => {
    if (text.startsWith('//') || text.startsWith('/*')) return [{ text, at: index }];
    return /^['"`]/.test(text) && /\w \w/.test(text) ? [{ text, at: index }] : [];
  });

/** Returns the prose of a page: everything but code. */
const proseOfPage = (page: string): { text: string; at: number }[] => [
  {
    text: page.replaceAll(/^```[\s\S]*?^```|`[^`\n]*`|\]\([^)]*\)/gm, (code) =>
      code.replaceAll(/[^\n]/g, '.'),
    ),
    at: 0,
  },
];

const complaintsIn = (file: string): string[] => {
  const content = readFileSync(file, 'utf8');
  const lineAt = (index: number) => content.slice(0, index).split('\n').length;
  const prose = file.endsWith('.md') ? proseOfPage(content) : proseOf(content);
  return prose.flatMap(({ text, at }) =>
    bannedTerms.flatMap(({ pattern, use }) =>
      [...text.matchAll(pattern)].map((found) => `${file}:${lineAt(at + found.index)} "${found[0]}": ${use}`),
    ),
  );
};

describe('prose uses plain terms', () => {
  test.each([
    ...sourceFolders.flatMap((folder) => filesIn(folder, /\.(?:tsx?|js|cjs)$/)),
    ...filesIn('docs', /\.md$/),
    ...readdirSync('.').filter((file) => file.endsWith('.md')),
  ])('%s', (file) => {
    expect(complaintsIn(file)).toEqual([]);
  });
});

test('a banned word is found in comments, messages and pages, and not in code', () => {
  const source = "const told = 1; /** Told. */ const text = 'as told before'; const re = /told/;";
  expect(proseOf(source).map(({ text }) => text)).toEqual(['/** Told. */', "'as told before'"]);
  expect(proseOfPage('Use `told` here')[0]?.text).toBe('Use ...... here');
});
