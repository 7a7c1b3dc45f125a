import { useMemo } from 'react';
import type { TreeNode, TreeRow } from '../../domain/views/process-tree.ts';
import { treeShown } from '../../store/navigation/selectors.ts';
import type { Snapshot } from '../../store/store.ts';
import { windowOf } from '../../store/views/row-list.ts';
import { type CellContext, type PlacedColumn, placedIn } from '../../store/views/table-column.ts';
import { type TreeColumn, treeColumns, treeNote } from '../../store/views/tree-columns.ts';
import { treeList } from '../../store/views/tree-list.ts';
import { printable } from '../../util/text.ts';
import { Rows } from '../components/row.tsx';
import { placeNote, rowLine, titleLine } from '../components/table.ts';
import { inCells, widthOf } from '../text/cells.ts';
import { useLook } from '../theme/context.ts';
import type { Role, Theme } from '../theme/theme.ts';
import { emptyText, mark, newForNs, rowRole } from './process-table.tsx';

type Columns = readonly PlacedColumn<TreeColumn>[];

/** Who spawned whom: the living, and below them, by name, the children that ended. */
export const TreeView = ({ snapshot, rows, width }: { snapshot: Snapshot; rows: number; width: number }) => {
  const { theme } = useLook();
  const { world, view, info, userName } = snapshot;
  const { filter, folds, orders } = view;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a world changes in place; the snapshot tells when.
  const shown = useMemo(() => treeShown(world, view), [snapshot, filter, folds, orders.tree]);
  const list = treeList(shown);
  const { top, chosen } = windowOf(list, view.choice, rows);
  const columns = placedIn(treeColumns, width);
  const context: CellContext = {
    nowNs: world.nowNs,
    bootOffsetNs: info.bootOffsetNs,
    userName,
    state: () => '',
  };
  const guides = guidesOf(shown.rows, top, rows);
  const lines = shown.rows.slice(top, top + rows).map((row, index) => {
    const marked = view.marks.includes(row.node.key);
    const line = { row, guide: guides[index] as string, chosen: top + index === chosen, marked };
    return treeLine(line, columns, context, width, theme);
  });
  if (lines.length === 0) lines.push(theme.paint('dim', inCells(emptyText(snapshot), width)));
  const place = placeNote(top, rows, shown.rows.length, shown.rows.length);
  const titles = titleLine(
    {
      // The tree takes all there is: only within its own title is there room for a note.
      titles: columns.map(({ column: { id, title, align }, own }) => ({
        text: inCells(id === 'tree' ? `${title}  ${place}` : title, own, align),
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
  const role = row.context ? 'dim' : roleOf(row.node, context.nowNs);
  const cells = columns.map(({ column, own }) => {
    const text = column.cell(row, context);
    if (column.id === 'tree') return nameCell(line, text, role, own, theme);
    const cell = inCells(text, own, column.align);
    return chosen ? cell : paint(row.context ? 'dim' : 'value', cell);
  });
  const [sign, signRole] = signOf(row.node, context.nowNs);
  return rowLine(chosen ? sign : paint(signRole, sign), marked, cells, chosen, width, theme);
};

/** The lines, whether more is folded away, the name, and a word on it. */
const nameCell = ({ row, guide, chosen }: Line, name: string, role: Role, own: number, theme: Theme) => {
  const paint: Theme['paint'] = chosen ? (_, text) => text : theme.paint;
  const lead = row.folded ? `${guide}▸ ` : guide;
  const shown = inCells(name, Math.min(own - widthOf(lead), widthOf(printable(name))));
  const note = inCells(`  ${treeNote(row.node)}`, Math.max(0, own - widthOf(lead) - widthOf(shown)));
  return paint('dim', lead) + paint(role, shown) + paint('dim', note);
};

const signOf = (node: TreeNode, nowNs: bigint): [string, Role] => {
  if (node.kind === 'alive') return [mark(node.process, nowNs), rowRole(node.process, nowNs)];
  return node.kind === 'ended' && node.alive > 0 ? ['+', 'spawn'] : ['-', 'exit'];
};

const roleOf = (node: TreeNode, nowNs: bigint): Role => {
  if (node.kind === 'alive') return rowRole(node.process, nowNs);
  if (node.kind === 'untold') return 'dim';
  return nowNs - node.ended.lastNs < newForNs ? 'exit' : 'dim';
};

/** Deeper down the far end of the lines is cut: names must stay on the screen. */
const mostLevels = 12;

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
  return levels.length > mostLevels ? `… ${levels.slice(1 - mostLevels).join('')}` : levels.join('');
};
