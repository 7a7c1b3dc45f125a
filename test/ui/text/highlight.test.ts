import { expect, test } from 'vitest';
import { highlight, withoutStyles } from '../../../src/ui/text/highlight.ts';

const marked = (line: string, text: string) => highlight(line, text, (found) => `<${found}>`);

test('each occurrence is painted, lower case matches upper case', () => {
  expect(marked('cron Cron acron', 'cron')).toBe('<cron> <Cron> a<cron>');
  expect(marked('cron Cron', 'Cron')).toBe('cron <Cron>');
});

test('styles around an occurrence stay, and their numbers are not found', () => {
  expect(marked('\x1b[32mcron 32\x1b[39m', '32')).toBe('\x1b[32mcron <32>\x1b[39m');
});

test('an empty text paints nothing', () => {
  expect(marked('cron', '')).toBe('cron');
});

test('a line without styles has the same text', () => {
  expect(withoutStyles('\x1b[2m12:00\x1b[22m cron')).toBe('12:00 cron');
});
