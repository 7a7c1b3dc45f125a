import { fields } from '../domain/filter/fields.ts';
import { bindings, type Mode } from './keys.ts';

/** The help's parts, one for each mode: a title, the mode's keys, an empty line. */
export const helpTitles: Readonly<Record<Mode, string>> = {
  normal: 'Keys',
  filter: 'In the filter line',
  help: 'In this help',
};

/** They stand below the keys. */
export const helpNotes: readonly string[] = [
  '+ born within the last second   - ended within it   z zombie   > exec   ! gap',
  'filter: text (smart case) · /regex/ · ! · and, or, ( ) · user=root age<5s',
  `fields: ${fields.map(({ name }) => name).join(' ')}`,
  'times are UTC; what is shown was seen from /proc, not attested by the kernel',
];

/** How many lines it has. */
export const helpLength = bindings.length + 2 * Object.keys(helpTitles).length + helpNotes.length;

/** How many of them a screen of so many rows shows; its last row closes it. */
export const helpRows = (rows: number): number => rows - 1;
