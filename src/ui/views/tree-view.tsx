import { useMemo } from 'react';
import type { TreeNode, TreeRow } from '../../domain/views/process-tree.ts';
import { treeRowsOf } from '../../store/navigation/selectors.ts';
import type { Snapshot } from '../../store/store.ts';
import { visibleWindow } from '../../store/views/row-list.ts';
import { type CellContext, layoutColumns, type PlacedColumn } from '../../store/views/table-column.ts';
import { nodeNote, type TreeColumn, treeColumns } from '../../store/views/tree-columns.ts';
import { treeList } from '../../store/views/tree-list.ts';
import { printable } from '../../util/text.ts';
import { Rows } from '../components/row.tsx';
import { positionText, rowLine, titleLine } from '../components/table.ts';
import { fit, widthOf } from '../text/cells.ts';
import { useTheme } from '../theme/context.ts';
import type { Role, Theme } from '../theme/theme.ts';
import { newProcessNs, noProcessText, processRole, statusMark } from './process-table.tsx';

type Columns = readonly PlacedColumn<TreeColumn>[];

/** Who spawned whom: the living, and below them, by name, the children that ended. */
export const TreeView = ({ snapshot, rows, width }: { snapshot: Snapshot; rows: number; width: number }) => {
  const { theme } = useTheme();
  const { system, view, info, userName } = snapshot;
  const { filter, collapsed, orders } = view;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a world changes in place; the snapshot tells when.
  const shown = useMemo(() => treeRowsOf(system, view), [snapshot, filter, collapsed, orders.tree]);
  const list = treeList(shown);
  const { top, selected } = visibleWindow(list, view.selection, rows);
  const columns = layoutColumns(treeColumns, width);
  const context: CellContext = {
    nowNs: system.nowNs,
    bootOffsetNs: info.bootOffsetNs,
    userName,
    state: () => '',
  };
  const guides = guidesOf(shown.rows, top, rows);
  const lines = shown.rows.slice(top, top + rows).map((row, index) => {
    const marked = view.marks.includes(row.node.key);
    const line = { row, guide: guides[index] as string, chosen: top + index === selected, marked };
    return treeLine(line, columns, context, width, theme);
  });
  if (lines.length === 0) lines.push(theme.paint('dim', fit(noProcessText(snapshot), width)));
  const place = positionText(top, rows, shown.rows.length, shown.rows.length);
  const titles = titleLine(
    {
      // The tree takes all there is: only within its own title is there room for a note.
      titles: columns.map(({ column: { id, title, align }, columnWidth }) => ({
        text: fit(id === 'tree' ? `${title}  ${place}` : title, columnWidth, align),
        sorted: id === orders.tree.by,
      })),
      reversed: orders.tree.reversed,
      focused: true,
      note: '',
      width,
    },
    theme,
  );
  return <Rows lines={[titles, ...lines]} rows={rows + 1} />;
};

type Line = { row: TreeRow; guide: string; chosen: boolean; marked: boolean };

const treeLine = (
  line: Line,
  columns: Columns,
  context: CellContext,
  width: number,
  theme: Theme,
): string => {
  const { paint } = theme;
  const { row, chosen, marked } = line;
  const role = row.ancestorOnly ? 'dim' : roleOf(row.node, context.nowNs);
  const cells = columns.map(({ column, columnWidth }) => {
    const text = column.cell(row, context);
    if (column.id === 'tree') return nameCell(line, text, role, columnWidth, theme);
    const cell = fit(text, columnWidth, column.align);
    return chosen ? cell : paint(row.ancestorOnly ? 'dim' : 'value', cell);
  });
  const [sign, signRole] = signOf(row.node, context.nowNs);
  return rowLine(chosen ? sign : paint(signRole, sign), marked, cells, chosen, width, theme);
};

/** The lines, whether more is folded away, the name, and a word on it. */
const nameCell = ({ row, guide, chosen }: Line, name: string, role: Role, own: number, theme: Theme) => {
  const paint: Theme['paint'] = chosen ? (_, text) => text : theme.paint;
  const lead = row.collapsed ? `${guide}▸ ` : guide;
  const shown = fit(name, Math.min(own - widthOf(lead), widthOf(printable(name))));
  const note = fit(`  ${nodeNote(row.node)}`, Math.max(0, own - widthOf(lead) - widthOf(shown)));
  return paint('dim', lead) + paint(role, shown) + paint('dim', note);
};

const signOf = (node: TreeNode, nowNs: bigint): [string, Role] => {
  if (node.kind === 'alive') return [statusMark(node.process, nowNs), processRole(node.process, nowNs)];
  return node.kind === 'ended' && node.liveCount > 0 ? ['+', 'spawn'] : ['-', 'exit'];
};

const roleOf = (node: TreeNode, nowNs: bigint): Role => {
  if (node.kind === 'alive') return processRole(node.process, nowNs);
  if (node.kind === 'untold') return 'dim';
  return nowNs - node.group.lastExitNs < newProcessNs ? 'exit' : 'dim';
};

/** Deeper down the far end of the lines is cut: names must stay on the screen. */
const maxGuideLevels = 12;

/** The lines before `count` rows from `top` on: two cells a generation. */
export const guidesOf = (rows: readonly TreeRow[], top: number, count: number): string[] => {
  const guides: string[] = [];
  /** By depth: whether a sibling follows below. */
  const follows: boolean[] = [];
  for (let index = rows.length - 1; index >= top; index--) {
    const { depth } = rows[index] as TreeRow;
    if (index < top + count) guides.push(guideOf(depth, follows));
    follows.length = depth + 1;
    follows[depth] = true;
  }
  return guides.reverse();
};

const guideOf = (depth: number, follows: readonly boolean[]): string => {
  if (depth === 0) return '';
  const levels: string[] = [];
  for (let level = 1; level < depth; level++) levels.push(follows[level] ? '│ ' : '  ');
  levels.push(follows[depth] ? '├─' : '└─');
  return levels.length > maxGuideLevels ? `… ${levels.slice(1 - maxGuideLevels).join('')}` : levels.join('');
};
