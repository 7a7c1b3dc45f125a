import { graphemes } from '../domain/graphemes.ts';
import { glyphs } from './glyphs.ts';
import widthOf from './width.ts';

/** A composed line in ASCII, as wide as before; what has no likeness is a `?` a cell. */
export const inAscii = (line: string): string =>
  line
    .replaceAll('≤ ', '<=')
    .replaceAll('≥ ', '>=')
    .replaceAll(/[^\x00-\x7f]+/g, (run) =>
      Array.from(graphemes(run), ({ segment }) => glyphs[segment] ?? '?'.repeat(widthOf(segment))).join(''),
    );

/** Whether the locale's characters are not UTF-8: the first of these that is set says so (locale(7)). */
export const wantsAscii = ({ LC_ALL, LC_CTYPE, LANG }: NodeJS.ProcessEnv): boolean =>
  !/utf-?8/i.test(LC_ALL || LC_CTYPE || LANG || '');
