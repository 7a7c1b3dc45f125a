import type { ProcessEntry } from '../../domain/processes/process-table.ts';
import { commandOfNode, commandOfProcess } from '../../domain/views/commands.ts';
import type { TreeNode, TreeRow } from '../../domain/views/tree-rows.ts';
import { foundTextOf } from '../../store/navigation/search.ts';
import { treeRowsOf } from '../../store/navigation/selectors.ts';
import { visibleWindow } from '../../store/views/row-list.ts';
import {
  type CellContext,
  layoutColumns,
  type PlacedColumn,
  userWidths,
} from '../../store/views/table-column.ts';
import { nodeNote, type TreeColumn, treeColumns } from '../../store/views/tree-columns.ts';
import { treeList } from '../../store/views/tree-list.ts';
import { printable } from '../../util/printable.ts';
import { Rows } from '../components/row.tsx';
import { positionText, rowLine, titleLine } from '../components/table.ts';
import type { ListViewProps } from '../components/view-props.ts';
import { fit, fitCommand, widthOf } from '../text/cells.ts';
import { useTheme } from '../theme/context.ts';
import type { Role, Theme } from '../theme/theme.ts';
import { newProcessNs, noProcessLines, processRole, statusMark } from './process-table.tsx';

type Columns = readonly PlacedColumn<TreeColumn>[];

/** The tree view: live processes by parent, and below them their exited children, grouped by comm. */
export const TreeView = ({ snapshot, rows, width, frame }: ListViewProps) => {
  const theme = useTheme();
  const { system, view, info, userName } = snapshot;
  const { orders } = view;
  const tree = treeRowsOf(system, view);
  const command = (process: ProcessEntry) => commandOfProcess(process, system, view.commandStyle);
  const list = treeList(tree, (node) => commandOfNode(node, system, view.commandStyle));
  const { top, selected } = visibleWindow(list, view.selection, rows);
  const columns = layoutColumns(treeColumns, width, {
    contentWidths: userWidths(system),
  });
  const context: CellContext = {
    nowNs: system.nowNs,
    bootOffsetNs: info.bootOffsetNs,
    userName,
    state: () => '',
    usage: system.usage,
    childrenCpu: system.childrenCpu,
    command,
    commandStyle: view.commandStyle,
  };
  const guides = guidesOf(tree.rows, top, rows);
  const lines = tree.rows.slice(top, top + rows).map((row, index) => {
    const line = {
      row,
      guide: guides[index] as string,
      marked: view.marks.includes(row.node.key),
      selected: top + index === selected,
      foundText: foundTextOf(list, top + index, view.searchText),
    };
    return treeLine(line, { columns, context, width, theme });
  });
  if (lines.length === 0) lines.push(...noProcessLines(snapshot, { rows, width, theme }));
  const position = positionText({ top, rows, count: tree.rows.length, total: tree.rows.length });
  const header = titleLine(
    {
      columns,
      // The position is part of the tree's title, because the tree takes the remaining width.
      titleOf: ({ id, title }) => (id === 'tree' ? `${title}  ${position}` : title),
      order: orders.tree,
      focused: true,
      notes: [],
      width,
    },
    theme,
  );
  const target = selected === undefined ? undefined : list.targetAt(selected);
  return frame(<Rows lines={[header, ...lines]} rows={rows + 1} />, target);
};

type Line = { row: TreeRow; guide: string; marked: boolean; selected: boolean; foundText: string };
type LineOptions = { columns: Columns; context: CellContext; width: number; theme: Theme };

const treeLine = (line: Line, { columns, context, width, theme }: LineOptions): string => {
  const { paint } = theme;
  const { row, selected, marked, foundText } = line;
  const role = row.ancestorOnly ? 'dim' : roleOf(row.node, context.nowNs);
  const cells = columns.map(({ column, columnWidth }) => {
    const text = column.cell(row, context);
    if (column.id === 'tree') return nodeCell(line, { label: text, role, columnWidth, theme });
    const cell = fit(text, columnWidth, column.align);
    return selected ? cell : paint(row.ancestorOnly ? 'dim' : 'value', cell);
  });
  const [plainSign, signRole] = signOf(row.node, context.nowNs);
  const sign = selected ? plainSign : paint(signRole, plainSign);
  return rowLine({ sign, marked, selected, cells, width, foundText }, theme);
};

type NodeCell = { label: string; role: Role; columnWidth: number; theme: Theme };

/** Formats a node: guide lines, an arrow if it is collapsed, its label and its note. */
const nodeCell = ({ row, guide, selected }: Line, { label, role, columnWidth, theme }: NodeCell): string => {
  const paint: Theme['paint'] = selected ? (_, text) => text : theme.paint;
  const lead = row.collapsed ? `${guide}▸ ` : guide;
  const shown = fitCommand(label, Math.min(columnWidth - widthOf(lead), widthOf(printable(label))));
  const note = fit(`  ${nodeNote(row.node)}`, Math.max(0, columnWidth - widthOf(lead) - widthOf(shown)));
  return paint('dim', lead) + paint(role, shown) + paint('dim', note);
};

const signOf = (node: TreeNode, nowNs: bigint): [string, Role] => {
  if (node.kind === 'live') return [statusMark(node.process, nowNs), processRole(node.process, nowNs)];
  return node.kind === 'exitGroup' && node.liveCount > 0 ? ['+', 'spawn'] : ['-', 'exit'];
};

const roleOf = (node: TreeNode, nowNs: bigint): Role => {
  if (node.kind === 'live') return processRole(node.process, nowNs);
  if (node.kind === 'otherExits') return 'dim';
  return nowNs - node.group.lastExitNs < newProcessNs ? 'exit' : 'dim';
};

/** Guide lines of deeper levels are truncated, so that labels stay on the screen. */
const maxGuideLevels = 12;

/** Returns the guide lines of `count` rows from `top` on, two cells for each level. */
const guidesOf = (rows: readonly TreeRow[], top: number, count: number): string[] => {
  const guides: string[] = [];
  /** By depth: whether a sibling follows. */
  const hasNext: boolean[] = [];
  let depthBelow = 0;
  for (let index = rows.length - 1; index >= top; index--) {
    const { depth } = rows[index] as TreeRow;
    for (let level = depthBelow + 1; level <= depth; level++) hasNext[level] = false;
    if (index < top + count) guides.push(guideOf(depth, hasNext));
    hasNext[depth] = true;
    depthBelow = depth;
  }
  return guides.reverse();
};

const guideOf = (depth: number, hasNext: readonly boolean[]): string => {
  if (depth === 0) return '';
  const levels: string[] = [];
  for (let level = 1; level < depth; level++) levels.push(hasNext[level] ? '│ ' : '  ');
  levels.push(hasNext[depth] ? '├─' : '└─');
  return levels.length > maxGuideLevels ? `… ${levels.slice(1 - maxGuideLevels).join('')}` : levels.join('');
};
