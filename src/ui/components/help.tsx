import { type HelpLine, helpColumns, helpKeyWidth, helpRows } from '../../store/keys/help.ts';
import { keyLabel } from '../../store/keys/key-names.ts';
import { keysOf } from '../../store/keys/keymap.ts';
import type { Snapshot } from '../../store/store.ts';
import { fit, joinEnds, visibleWidth } from '../text/cells.ts';
import { useTheme } from '../theme/context.ts';
import type { Theme } from '../theme/theme.ts';
import { footerKeys } from './footer.tsx';
import { Rows } from './row.tsx';

/** The help screen, drawn from the key table; in two columns where there is room. */
export const Help = ({ snapshot }: { snapshot: Snapshot }) => {
  const { theme } = useTheme();
  const { view } = snapshot;
  const { size, helpTop, sourceKind } = view;
  const { width, lines } = helpColumns(sourceKind, size.columns);
  const [left = [], right = []] = lines.map((column) => column.map((line) => helpLine(line, view, theme)));
  const height = Math.max(left.length, right.length);
  const rows = helpRows(size.rows);
  const top = Math.max(0, Math.min(helpTop, height - rows));
  const shown = Array.from({ length: rows }, (_, row) => beside(left[top + row], right[top + row], width));
  const place = height > rows ? `${top + 1}–${Math.min(height, top + rows)} of ${height}` : '';
  const keys = footerKeys(view, size.columns - place.length - 1, theme);
  return (
    <Rows lines={[...shown, joinEnds(keys, theme.paint('dim', place), size.columns)]} rows={size.rows} />
  );
};

const beside = (left = '', right = '', width: number): string =>
  right === '' ? left : left + ' '.repeat(Math.max(0, width - visibleWidth(left))) + right;

const helpLine = (
  { kind, text, binding }: HelpLine,
  { keyOverrides }: Snapshot['view'],
  { paint }: Theme,
): string => {
  if (kind === 'title') return paint('title', text);
  if (kind === 'note') return paint('dim', text);
  const keys = binding ? keysOf(binding, keyOverrides).map(keyLabel).join(' ') : '';
  return `${paint('key', fit(keys, helpKeyWidth, 'right'))}  ${text}`;
};
