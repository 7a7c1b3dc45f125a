import { fields } from '../domain/filter/fields.ts';
import { type Binding, bindingsFor, type Mode, type Watched } from './keys.ts';

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
  'filter: text (smart case) · /regex/ · ! · and, or, ( ) · user=root age<5s',
  `fields: ${fields.map(({ name }) => name).join(' ')}`,
  'times are UTC; what is shown was seen from /proc, not attested by the kernel',
];

/** Its parts: the keys of each mode in which there are any. */
export const helpParts = (watched: Watched): { title: string; keys: Binding[] }[] =>
  (Object.keys(helpTitles) as Mode[])
    .map((mode) => ({
      title: helpTitles[mode],
      keys: bindingsFor(watched).filter((binding) => binding.mode === mode && binding.help !== ''),
    }))
    .filter(({ keys }) => keys.length > 0);

/** How many lines it has. */
export const helpLength = (watched: Watched): number =>
  helpParts(watched).reduce((lines, { keys }) => lines + keys.length + 2, helpNotes.length);

/** How many of them a screen of so many rows shows; its last row closes it. */
export const helpRows = (rows: number): number => rows - 1;
