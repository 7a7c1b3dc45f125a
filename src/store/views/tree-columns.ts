import { countExits, type ExitGroup, latestExitNs } from '../../domain/processes/exit-history.ts';
import { ageNs } from '../../domain/processes/process-table.ts';
import { exitGroupsOf, type TreeNode, type TreeRow } from '../../domain/views/process-tree.ts';
import { formatDuration, groupDigits } from '../../util/format.ts';
import type { CellContext, TableColumn } from './table-column.ts';
export type TreeColumn = TableColumn & {
  id: 'pid' | 'user' | 'tree' | 'alive' | 'ended' | 'last' | 'age';
  title: string;
  cell: (row: TreeRow, context: CellContext) => string;
};

/** The columns of the tree view, left to right: the tree takes what is left, and no name stands far from its numbers. */
export const treeColumns: readonly TreeColumn[] = [
  {
    id: 'pid',
    title: 'PID',
    width: 7,
    align: 'right',
    minTableWidth: 0,
    cell: ({ node }) => (node.kind === 'alive' ? String(node.process.pid) : ''),
  },
  {
    id: 'user',
    title: 'USER',
    width: 8,
    align: 'left',
    minTableWidth: 100,
    cell: ({ node }, { userName }) => {
      if (node.kind !== 'alive') return '';
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
      const alive = node.kind === 'alive' ? node.descendantCount : node.kind === 'ended' ? node.liveCount : 0;
      return alive > 0 ? groupDigits(alive) : '';
    },
  },
  {
    id: 'ended',
    title: 'ENDED',
    width: 7,
    align: 'right',
    minTableWidth: 0,
    cell: ({ node }) => {
      const ended = countExits(exitGroupsOf(node));
      return ended > 0 ? groupDigits(ended) : '';
    },
  },
  {
    id: 'last',
    title: 'LAST',
    width: 6,
    align: 'right',
    minTableWidth: 50,
    cell: ({ node }, { nowNs }) => {
      const lastNs = node.kind === 'ended' ? node.group.lastExitNs : latestExitNs(exitGroupsOf(node));
      return lastNs === undefined ? '' : formatDuration(nowNs > lastNs ? nowNs - lastNs : 0n);
    },
  },
  {
    id: 'age',
    title: 'AGE',
    width: 6,
    align: 'right',
    minTableWidth: 46,
    cell: ({ node }, { nowNs, bootOffsetNs }) =>
      node.kind === 'alive' ? formatDuration(ageNs(node.process, nowNs, bootOffsetNs)) : '',
  },
  {
    id: 'tree',
    title: 'WHO SPAWNED WHOM',
    width: undefined,
    align: 'left',
    minTableWidth: 0,
    cell: ({ node }) => nodeLabel(node),
  },
];

/** `s` goes round in this order; it sorts children of the same parent, the oldest first to begin with. */
export const treeSorts = ['age', 'ended', 'tree', 'pid'] as const satisfies TreeColumn['id'][];
export type TreeSort = (typeof treeSorts)[number];

/** What stands behind the lines of the tree. */
export const nodeLabel = (node: TreeNode): string => {
  if (node.kind === 'untold') return `others ×${groupDigits(node.count)}`;
  // Its members were counted before, elsewhere.
  if (node.kind === 'ended')
    return node.group.count > 0 ? `${node.group.comm} ×${groupDigits(node.group.count)}` : node.group.comm;
  const { comm, kthread, startTicks } = node.process;
  return kthread ? `[${comm}]` : startTicks === undefined ? '?' : comm;
};

/** What is said of it behind its name. */
export const nodeNote = (node: TreeNode): string => {
  if (node.kind === 'ended') return lifetimeNote(node.group);
  if (node.kind !== 'alive' || node.exitedBetween.length === 0) return '';
  const [spawner, ...others] = node.exitedBetween;
  return `of ${spawner}${others.length > 0 ? ` and ${others.length} more` : ''}, ended`;
};

const lifetimeNote = ({ shortestNs, longestNs }: ExitGroup): string => {
  if (shortestNs === undefined || longestNs === undefined) return '';
  const [from, to] = [formatDuration(shortestNs), formatDuration(longestNs)];
  return `lived ${from === to ? from : `${from}–${to}`}`;
};
