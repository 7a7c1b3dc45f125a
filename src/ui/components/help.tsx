import { type HelpLine, helpColumns, helpKeyWidth, helpRows } from '../../store/keys/help.ts';
import type { LegendLine } from '../../store/keys/help-legend.ts';
import { keyLabel } from '../../store/keys/key-names.ts';
import { keysOf } from '../../store/keys/keymap.ts';
import type { Snapshot } from '../../store/snapshot.ts';
import { fit, joinEnds, widthOf } from '../text/cells.ts';
import { useTheme } from '../theme/context.ts';
import type { Theme } from '../theme/theme.ts';
import { footerKeys } from './footer.tsx';
import { Rows } from './row.tsx';
import { samplerLine } from './sampler-line.ts';

/** The help screen, generated from the binding table. On wide screens it has two columns. */
export const Help = ({ snapshot }: { snapshot: Snapshot }) => {
  const theme = useTheme();
  const { view } = snapshot;
  const { size, helpTop, sourceKind } = view;
  const { width, lines } = helpColumns(sourceKind, size.columns);
  const [left = [], right = []] = lines.map((column) => column.map((line) => helpLine(line, view, theme)));
  const height = Math.max(left.length, right.length);
  const rows = helpRows(size.rows);
  const top = Math.max(0, Math.min(helpTop, height - rows));
  const shown = Array.from({ length: rows }, (_, row) =>
    sideBySide(left[top + row], right[top + row], width),
  );
  const position = height > rows ? `${top + 1}–${Math.min(height, top + rows)} of ${height}` : '';
  const keys = footerKeys(view, { columns: size.columns - position.length - 1, theme });
  const { status, system } = snapshot;
  const sampler = status ? samplerLine({ status, system }, size.columns, theme) : '';
  const footer = joinEnds(keys, theme.paint('dim', position), size.columns);
  return <Rows lines={[...shown, sampler, footer]} rows={size.rows} />;
};

const sideBySide = (left = '', right = '', width: number): string =>
  right === '' ? left : left + ' '.repeat(Math.max(0, width - widthOf(left))) + right;

const helpLine = (
  { kind, text, binding, sign }: HelpLine,
  { keyOverrides }: Snapshot['view'],
  { paint }: Theme,
): string => {
  if (kind === 'title') return paint('title', text);
  if (kind === 'note') return paint('dim', text);
  if (sign) return `${signCell(sign, paint)}  ${text}`;
  const keys = binding ? keysOf(binding, keyOverrides).map(keyLabel).join(' ') : '';
  return `${paint('key', fit(keys, helpKeyWidth, 'right'))}  ${text}`;
};

/** Formats a sign as it looks on the screen. */
const signCell = ({ sign, paint: role = 'label' }: LegendLine, paint: Theme['paint']): string =>
  ' '.repeat(Math.max(0, helpKeyWidth - widthOf(sign))) + paint(role, sign);
