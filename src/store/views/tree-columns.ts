import { countExits, type ExitGroup, latestExitNs } from '../../domain/processes/exit-groups.ts';
import { ageNs } from '../../domain/processes/process-table.ts';
import { commandOfExitGroup } from '../../domain/views/commands.ts';
import { exitGroupsOf, type TreeNode, type TreeRow } from '../../domain/views/tree-rows.ts';
import { formatCountWithin, formatDuration, groupDigits } from '../../util/format.ts';
import type { CellContext, TableColumn } from './table-column.ts';

/** A column of the tree view. */
export type TreeColumn = TableColumn & {
  id: 'pid' | 'user' | 'tree' | 'alive' | 'exited' | 'last' | 'cpu' | 'age';
  title: string;
  cell: (row: TreeRow, context: CellContext) => string;
};

/** The columns of the tree view, left to right. The tree takes the remaining width. */
export const treeColumns: readonly TreeColumn[] = [
  {
    id: 'pid',
    title: 'PID',
    width: 7,
    align: 'right',
    minTableWidth: 0,
    cell: ({ node }) => (node.kind === 'live' ? String(node.process.pid) : ''),
  },
  {
    id: 'user',
    title: 'USER',
    width: 8,
    align: 'left',
    minTableWidth: 100,
    cell: ({ node }, { userName }) => {
      if (node.kind !== 'live') return '';
      return node.process.uid === undefined ? '?' : userName(node.process.uid);
    },
  },
  {
    id: 'alive',
    title: 'ALIVE',
    width: 5,
    align: 'right',
    minTableWidth: 60,
    cell: ({ node }) => {
      const alive =
        node.kind === 'live' ? node.descendantCount : node.kind === 'exitGroup' ? node.liveCount : 0;
      return alive > 0 ? formatCountWithin(alive, 5) : '';
    },
  },
  {
    id: 'exited',
    title: 'EXITED',
    width: 7,
    align: 'right',
    minTableWidth: 0,
    cell: ({ node }) => {
      const exited = countExits(exitGroupsOf(node));
      return exited > 0 ? formatCountWithin(exited, 7) : '';
    },
  },
  {
    id: 'last',
    title: 'LAST',
    width: 6,
    align: 'right',
    minTableWidth: 50,
    cell: ({ node }, { nowNs }) => {
      const lastNs = node.kind === 'exitGroup' ? node.group.lastExitNs : latestExitNs(exitGroupsOf(node));
      return lastNs === undefined ? '' : formatDuration(nowNs > lastNs ? nowNs - lastNs : 0n);
    },
  },
  {
    id: 'cpu',
    title: 'CPU',
    width: 6,
    align: 'right',
    minTableWidth: 80,
    cell: ({ node }, { childrenCpu }) => {
      const cpuNs = node.kind === 'live' ? childrenCpu.seenNs(node.process.pid) : undefined;
      return cpuNs === undefined ? '' : formatDuration(cpuNs);
    },
  },
  {
    id: 'age',
    title: 'AGE',
    width: 6,
    align: 'right',
    minTableWidth: 46,
    cell: ({ node }, { nowNs, bootOffsetNs }) =>
      node.kind === 'live' ? formatDuration(ageNs(node.process, nowNs, bootOffsetNs)) : '',
  },
  {
    id: 'tree',
    title: 'PROCESS TREE',
    width: undefined,
    align: 'left',
    minTableWidth: 0,
    cell: ({ node }, { command, commandStyle }) => nodeLabel(node, { command, commandStyle }),
  },
];

/** The orders of siblings, in the order in which `s` selects them. */
export const treeSorts = ['age', 'exited', 'tree', 'pid'] as const satisfies TreeColumn['id'][];
export type TreeSort = (typeof treeSorts)[number];

/** Returns the text that follows the guide lines. */
const nodeLabel = (
  node: TreeNode,
  { command, commandStyle }: Pick<CellContext, 'command' | 'commandStyle'>,
): string => {
  if (node.kind === 'otherExits') return `others ×${groupDigits(node.count)}`;
  if (node.kind === 'live') return command(node.process);
  const { group } = node;
  // A group can be empty while its children are counted in another group.
  return commandOfExitGroup(group, commandStyle) + (group.count > 0 ? ` ×${groupDigits(group.count)}` : '');
};

/** Returns the note after a node's label: the lifetimes of exited processes, or the exited ancestors of a live one. */
export const nodeNote = (node: TreeNode): string => {
  if (node.kind === 'exitGroup') return lifetimeNote(node.group);
  if (node.kind !== 'live' || node.exitedBetween.length === 0) return '';
  const [spawner, ...others] = node.exitedBetween;
  return `via ${spawner}${others.length > 0 ? ` and ${others.length} more` : ''} (exited)`;
};

const lifetimeNote = ({ shortestNs, longestNs }: ExitGroup): string => {
  if (shortestNs === undefined || longestNs === undefined) return '';
  const [from, to] = [formatDuration(shortestNs), formatDuration(longestNs)];
  return `lived ${from === to ? from : `${from}–${to}`}`;
};
