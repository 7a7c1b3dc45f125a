import { filterFields } from '../../domain/filter/fields.ts';
import type { Binding, Mode, SourceKind } from './binding.ts';
import { bindingsFor } from './keymap.ts';

/** The help's parts, one for each mode: a title, the mode's keys, an empty line. */
const helpTitles: Readonly<Record<Mode, string>> = {
  normal: 'Keys',
  details: 'In the details',
  filter: 'In the filter line',
  jump: 'In the time line',
  note: 'In the note line',
  help: 'In this help',
};

/** They stand below the keys. */
export const helpNotes: readonly string[] = [
  '+ born, - ended within the last second   z zombie   > exec   ! gap, alert   # note',
  'mouse: press a row or a title, turn the wheel; --no-mouse leaves it to the terminal',
  'filter: text (smart case) · /regex/ · ! · and, or, ( ) · user=root age<5s',
  `fields: ${filterFields.map(({ name }) => name).join(' ')}`,
  'times are UTC; what is shown was seen from /proc, not attested by the kernel',
];

/** Its parts: the keys of each mode in which there are any. */
export const helpSections = (watched: SourceKind): { title: string; keys: Binding[] }[] =>
  (Object.keys(helpTitles) as Mode[])
    .map((mode) => ({
      title: helpTitles[mode],
      keys: bindingsFor(watched).filter((binding) => binding.mode === mode && binding.help !== ''),
    }))
    .filter(({ keys }) => keys.length > 0);

/** A line of the help: a title, a key with its words, more words of the same key, a note, or nothing. */
export type HelpLine = { kind: 'title' | 'note' | 'words' | 'key'; text: string; binding?: Binding };

/** Keys stand at the right of so many cells, their words behind two blanks. */
export const helpKeyWidth = 16;

/** The help as a text of so many columns. */
const helpSectionLines = (watched: SourceKind, columns: number): HelpLine[][] => [
  ...helpSections(watched).map(({ title, keys }): HelpLine[] => [
    { kind: 'title', text: title },
    ...keys.flatMap((binding): HelpLine[] =>
      wrapWords(binding.help, columns - helpKeyWidth - 2).map((text, index) =>
        index === 0 ? { kind: 'key', text, binding } : { kind: 'words', text },
      ),
    ),
    { kind: 'note', text: '' },
  ]),
  helpNotes.flatMap((note) => wrapWords(note, columns).map((text): HelpLine => ({ kind: 'note', text }))),
];

/** Broken at blanks. */
const wrapWords = (text: string, columns: number): string[] => {
  const lines: string[] = [];
  for (const word of text.split(/(?<=\S) (?=\S)/)) {
    const line = lines.at(-1);
    if (line !== undefined && line.length + 1 + word.length <= columns)
      lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines;
};

const minTwoColumnWidth = 160;

/** The help's columns, two where there is room for them, and how wide each is. */
export const helpColumns = (watched: SourceKind, columns: number): { width: number; lines: HelpLine[][] } => {
  const width = columns < minTwoColumnWidth ? columns : Math.floor(columns / 2);
  const parts = helpSectionLines(watched, width);
  if (width === columns) return { width, lines: [parts.flat()] };
  const splits = parts.map((_, at) => [parts.slice(0, at).flat(), parts.slice(at).flat()]);
  return { width, lines: splits.reduce((best, split) => (heightOf(split) < heightOf(best) ? split : best)) };
};

const heightOf = (lines: readonly HelpLine[][]): number => Math.max(...lines.map(({ length }) => length));

/** How many rows it has. */
export const helpHeight = (watched: SourceKind, columns: number): number =>
  heightOf(helpColumns(watched, columns).lines);

/** How many of them a screen of so many rows shows; its last row closes it. */
export const helpRows = (rows: number): number => rows - 1;
