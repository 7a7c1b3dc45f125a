import { type EndedKind, endedOf, lastEndOf } from '../../domain/processes/exit-history.ts';
import { ageNs } from '../../domain/processes/process-table.ts';
import { broodOf, type TreeNode, type TreeRow } from '../../domain/views/process-tree.ts';
import { grouped, shortDuration } from '../../util/format.ts';
import type { CellContext, Placed } from './table-column.ts';
export type TreeColumn = Placed & {
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
    from: 0,
    cell: ({ node }) => (node.kind === 'alive' ? String(node.process.pid) : ''),
  },
  {
    id: 'user',
    title: 'USER',
    width: 8,
    align: 'left',
    from: 100,
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
    from: 60,
    cell: ({ node }) => {
      const alive = node.kind === 'alive' ? node.below : node.kind === 'ended' ? node.alive : 0;
      return alive > 0 ? grouped(alive) : '';
    },
  },
  {
    id: 'ended',
    title: 'ENDED',
    width: 7,
    align: 'right',
    from: 0,
    cell: ({ node }) => {
      const ended = endedOf(broodOf(node));
      return ended > 0 ? grouped(ended) : '';
    },
  },
  {
    id: 'last',
    title: 'LAST',
    width: 6,
    align: 'right',
    from: 50,
    cell: ({ node }, { nowNs }) => {
      const lastNs = node.kind === 'ended' ? node.ended.lastNs : lastEndOf(broodOf(node));
      return lastNs === undefined ? '' : shortDuration(nowNs > lastNs ? nowNs - lastNs : 0n);
    },
  },
  {
    id: 'age',
    title: 'AGE',
    width: 6,
    align: 'right',
    from: 46,
    cell: ({ node }, { nowNs, bootOffsetNs }) =>
      node.kind === 'alive' ? shortDuration(ageNs(node.process, nowNs, bootOffsetNs)) : '',
  },
  {
    id: 'tree',
    title: 'WHO SPAWNED WHOM',
    width: undefined,
    align: 'left',
    from: 0,
    cell: ({ node }) => treeName(node),
  },
];

/** `s` goes round in this order; it sorts children of the same parent, the oldest first to begin with. */
export const treeSorts = ['age', 'ended', 'tree', 'pid'] as const satisfies TreeColumn['id'][];
export type TreeSort = (typeof treeSorts)[number];

/** What stands behind the lines of the tree. */
export const treeName = (node: TreeNode): string => {
  if (node.kind === 'untold') return `others ×${grouped(node.count)}`;
  // Its members were counted before, elsewhere.
  if (node.kind === 'ended')
    return node.ended.count > 0 ? `${node.ended.comm} ×${grouped(node.ended.count)}` : node.ended.comm;
  const { comm, kthread, startTicks } = node.process;
  return kthread ? `[${comm}]` : startTicks === undefined ? '?' : comm;
};

/** What is said of it behind its name. */
export const treeNote = (node: TreeNode): string => {
  if (node.kind === 'ended') return livedNote(node.ended);
  if (node.kind !== 'alive' || node.between.length === 0) return '';
  const [spawner, ...others] = node.between;
  return `of ${spawner}${others.length > 0 ? ` and ${others.length} more` : ''}, ended`;
};

const livedNote = ({ shortestNs, longestNs }: EndedKind): string => {
  if (shortestNs === undefined || longestNs === undefined) return '';
  const [from, to] = [shortDuration(shortestNs), shortDuration(longestNs)];
  return `lived ${from === to ? from : `${from}–${to}`}`;
};
