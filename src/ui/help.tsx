import { helpNotes, helpParts, helpRows } from '../store/help.ts';
import { keyLabel } from '../store/key-names.ts';
import { keysOf } from '../store/keys.ts';
import type { Snapshot } from '../store/store.ts';
import { inCells, justify } from './cells.ts';
import { useLook } from './context.ts';
import { Rows } from './row.tsx';
import type { Theme } from './theme.ts';

const keyColumns = 16;

/** The help screen, drawn from the key table. */
export const Help = ({ snapshot }: { snapshot: Snapshot }) => {
  const { theme } = useLook();
  const { size, helpTop } = snapshot.view;
  const lines = helpLines(snapshot.view, theme);
  const rows = helpRows(size.rows);
  const top = Math.max(0, Math.min(helpTop, lines.length - rows));
  const more =
    lines.length > rows ? `${top + 1}–${Math.min(lines.length, top + rows)} of ${lines.length}` : '';
  const closing = justify(
    theme.paint('dim', ' ? or Esc: back   j k: scroll   q: quit'),
    theme.paint('dim', more),
    size.columns,
  );
  return <Rows lines={[...padded(lines.slice(top, top + rows), rows), closing]} rows={size.rows} />;
};

const padded = (lines: string[], rows: number): string[] => [
  ...lines,
  ...new Array<string>(Math.max(0, rows - lines.length)).fill(''),
];

const helpLines = ({ watched, rebound, size: { columns } }: Snapshot['view'], { paint }: Theme): string[] =>
  helpParts(watched)
    .flatMap(({ title, keys: bindings }) => [
      paint('title', title),
      ...bindings.map((binding) => {
        const { help } = binding;
        const names = paint(
          'key',
          inCells(keysOf(binding, rebound).map(keyLabel).join(' '), keyColumns, 'right'),
        );
        return `${names}  ${inCells(help, columns - keyColumns - 2)}`;
      }),
      '',
    ])
    .concat(helpNotes.map((note) => paint('dim', inCells(note, columns))));
