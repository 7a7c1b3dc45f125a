import { filterFields } from '../../domain/filter/fields.ts';
import type { Binding, SourceKind } from './binding.ts';
import { type LegendLine, legend } from './help-legend.ts';
import { bindingsFor } from './keymap.ts';

/** The titles of the help sections, in order: one section for each mode and layer. */
const helpTitles: Readonly<Record<Binding['mode'], string>> = {
  normal: 'Keys',
  fleet: 'While all guests are on screen',
  guest: 'While one guest of several is on screen',
  found: 'After a search',
  log: 'In the full-screen log',
  sort: 'In the sort menu',
  alerts: 'In the alert list',
  overview: 'In the overview',
  details: 'In the details',
  filter: 'In the filter line',
  search: 'In the search line',
  jump: 'In the time line',
  note: 'In the note line',
  help: 'In this help',
};

/** Notes below the key sections. */
const helpNotes: readonly string[] = [
  'mouse: click a row or a column title, scroll; --no-mouse leaves the mouse to the terminal',
  'filter: text (smart case) · /regex/ · ! · and, or, ( ) · user=root age<5s',
  `fields: ${filterFields.map(({ name }) => name).join(' ')}`,
  'times are UTC; data is read from /proc and is not attested by the kernel',
];

/** The modes whose sections omit the keys that do the same in the views. */
const briefModes: readonly Binding['mode'][] = ['alerts', 'overview', 'details'];

/** Returns whether a binding of another part of the screen does the same in the views. */
const isListedAlready = ({ mode, keys, help }: Binding, bindings: readonly Binding[]): boolean =>
  briefModes.includes(mode) &&
  bindings.some(
    (other) => other.mode === 'normal' && other.help === help && other.keys.join() === keys.join(),
  );

/** Returns the sections of the help: title and bindings of each mode that has any. */
export const helpSections = (sourceKind: SourceKind): { title: string; keys: Binding[] }[] =>
  (Object.keys(helpTitles) as Binding['mode'][])
    .map((mode) => ({
      title: helpTitles[mode],
      keys: bindingsFor(sourceKind).filter(
        (binding) =>
          binding.mode === mode && binding.help !== '' && !isListedAlready(binding, bindingsFor(sourceKind)),
      ),
    }))
    .filter(({ keys }) => keys.length > 0);

/** A line of the help. A `continuation` is the rest of a wrapped description; an empty `note` separates sections. */
export type HelpLine = {
  kind: 'title' | 'note' | 'continuation' | 'key' | 'legend';
  text: string;
  binding?: Binding;
  sign?: LegendLine;
};

/** Width of the key column, in cells. Keys are right-aligned, two spaces and the description follow. */
export const helpKeyWidth = 16;

/** Wraps the description of a key or a sign. */
const wrapped = (text: string, columns: number, first: Omit<HelpLine, 'text'>): HelpLine[] =>
  wrapWords(text, columns - helpKeyWidth - 2).map((line, index) =>
    index === 0 ? { ...first, text: line } : { kind: 'continuation', text: line },
  );

/** Returns the lines of each section, at most `columns` wide: legend, keys, notes. */
const helpSectionLines = (sourceKind: SourceKind, columns: number): HelpLine[][] => [
  [
    { kind: 'title', text: 'On the screen' },
    ...legend
      .filter(({ fleetOnly }) => !fleetOnly || sourceKind === 'fleet')
      .flatMap((sign) => wrapped(sign.text, columns, { kind: 'legend', sign })),
    { kind: 'note', text: '' },
  ],
  ...helpSections(sourceKind).map(({ title, keys }): HelpLine[] => [
    { kind: 'title', text: title },
    ...keys.flatMap((binding) => wrapped(binding.help, columns, { kind: 'key', binding })),
    { kind: 'note', text: '' },
  ]),
  helpNotes.flatMap((note) => wrapWords(note, columns).map((text): HelpLine => ({ kind: 'note', text }))),
];

/** Wraps an ASCII text at single spaces. Runs of several spaces are kept. */
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

/** Returns the lines of the help in one column or, on a wide screen, in two, and the width of a column in cells. */
export const helpColumns = (
  sourceKind: SourceKind,
  columns: number,
): { width: number; lines: HelpLine[][] } => {
  const width = columns < minTwoColumnWidth ? columns : Math.floor(columns / 2);
  const sections = helpSectionLines(sourceKind, width);
  if (width === columns) return { width, lines: [sections.flat()] };
  const splits = sections.map((_, at) =>
    [sections.slice(0, at), sections.slice(at)].map((column) => withoutBlankEnd(column.flat())),
  );
  return { width, lines: splits.reduce((best, split) => (heightOf(split) < heightOf(best) ? split : best)) };
};

/** Removes the empty line that separates sections from the end of a column. */
const withoutBlankEnd = (lines: HelpLine[]): HelpLine[] =>
  lines.at(-1)?.text === '' ? lines.slice(0, -1) : lines;

const heightOf = (lines: readonly HelpLine[][]): number => Math.max(...lines.map(({ length }) => length));

/** Returns the number of lines of the help. */
export const helpHeight = (sourceKind: SourceKind, columns: number): number =>
  heightOf(helpColumns(sourceKind, columns).lines);

/** Returns how many help lines a screen shows. The last screen rows have the sampler and the keys. */
export const helpRows = (rows: number): number => rows - 2;
