import { ignoresCase } from '../../util/smart-case.ts';

const styleSequence = /(\x1b\[[\d;]*m)/;

/**
 * Paints the occurrences of a text in a painted line. Those that are painted in several pieces are not found. Lower case
 * matches upper case as well.
 */
export const highlight = (line: string, text: string, paintFound: (text: string) => string): string => {
  if (text === '') return line;
  return line
    .split(styleSequence)
    .map((part) => (part.startsWith('\x1b') ? part : highlightPlain(part, { text, paintFound })))
    .join('');
};

type Search = { text: string; paintFound: (text: string) => string };

const highlightPlain = (part: string, { text, paintFound }: Search): string => {
  const lower = part.toLowerCase();
  // In some scripts the lower case has another length, so that positions differ.
  const searched = ignoresCase(text) && lower.length === part.length ? lower : part;
  let painted = '';
  let from = 0;
  for (let at = searched.indexOf(text); at >= 0; at = searched.indexOf(text, from)) {
    const end = at + text.length;
    painted += part.slice(from, at) + paintFound(part.slice(at, end));
    from = end;
  }
  return painted + part.slice(from);
};

/** Returns a painted line without its styles. */
export const withoutStyles = (line: string): string =>
  line
    .split(styleSequence)
    .filter((part) => !part.startsWith('\x1b'))
    .join('');
