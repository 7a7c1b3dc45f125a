import type { CompiledFilter } from '../../domain/filter/filter.ts';
import { type FilterSubject as Judged, ProcessSubject } from '../../domain/filter/subject.ts';
import { countExits } from '../../domain/processes/exit-history.ts';
import type { SystemState } from '../../domain/processes/system-state.ts';
import {
  buildTree,
  type ExitGroupNode,
  exitNodeParentKey,
  type TreeOptions as FlattenOptions,
  flattenTree,
  type LiveNode,
  type Tree,
  type TreeNode,
  type TreeRow,
} from '../../domain/views/process-tree.ts';
import type { Order } from '../actions/view-id.ts';
import { compareProcesses, type ProcessColumnId } from './process-columns.ts';
import type { RowList, RowTarget } from './row-list.ts';
import type { TreeSort } from './tree-columns.ts';

/** Which nodes were opened or closed by hand: `true` is folded. */
export type CollapsedNodes = ReadonlyMap<string, boolean>;

/** How the tree view is looked at. */
export type TreeOptions = { filter: CompiledFilter; collapsed: CollapsedNodes; order: Order };

const byProcess = (by: ProcessColumnId) => {
  const compare = compareProcesses({ by, reversed: false });
  return (a: LiveNode, b: LiveNode) => compare(a.process, b.process);
};

const siblingComparators: Readonly<Record<TreeSort, (a: LiveNode, b: LiveNode) => number>> = {
  age: (a, b) => a.process.arrivalIndex - b.process.arrivalIndex,
  ended: (a, b) =>
    countExits(b.exitGroups) - countExits(a.exitGroups) || a.process.arrivalIndex - b.process.arrivalIndex,
  tree: byProcess('comm'),
  pid: byProcess('pid'),
};

/** Undefined is the order in which they are found. */
const compareSiblings = ({ by, reversed }: Order): FlattenOptions['compare'] => {
  if (by === 'age' && !reversed) return undefined;
  const compare = siblingComparators[by as TreeSort];
  return reversed ? (a, b) => compare(b, a) : compare;
};

/** Kernel threads are many, and nobody's churn. */
const isCollapsedByDefault = (node: TreeNode): boolean => node.kind === 'alive' && node.process.kthread;

/** A tree, and its rows as far as they are unfolded, top to bottom. */
export type TreeRows = { tree: Tree; rows: readonly TreeRow[] };

export const buildTreeRows = (world: SystemState, { filter, collapsed, order }: TreeOptions): TreeRows => {
  const passes = (node: TreeNode) =>
    node.kind === 'alive'
      ? filter.matches(new ProcessSubject(node.process, world.ancestry, world.guest, world.nowNs))
      : node.kind === 'ended' && filter.matches(exitedGroupSubject(node));
  const tree = buildTree(world);
  const rows = flattenTree(tree, {
    compare: compareSiblings(order),
    isCollapsed: (node) =>
      (collapsed.size > 0 ? collapsed.get(node.key) : undefined) ?? isCollapsedByDefault(node),
    matches: filter.text === '' ? undefined : passes,
  });
  return { tree, rows };
};

/** What is known of many that ended. */
const exitedGroupSubject = ({ group, parent }: ExitGroupNode): Judged => ({
  pid: -1,
  comm: group.comm,
  ppid: parent?.process.pid,
  uid: undefined,
  user: undefined,
  cgroup: undefined,
  ageNs: undefined,
  lifetimeNs: group.shortestNs,
  event: 'exited',
  isDescendantOf: (root) => {
    for (let at = parent; at; at = at.parent) if (at.process.pid === root) return true;
    return false;
  },
});

/** Whoever is folded away is stood for by the nearest one above that is on show. */
export const treeList = ({ tree, rows }: TreeRows): RowList => {
  let cachedIndex: ReadonlyMap<string, number> | undefined;
  const indexByKey = () => {
    cachedIndex ??= new Map(rows.map(({ node }, index) => [node.key, index]));
    return cachedIndex;
  };
  return {
    length: rows.length,
    indexOfKey: (wanted) => {
      for (let key: string | undefined = wanted; key !== undefined; key = parentKey(key, tree)) {
        const place = indexByKey().get(key);
        if (place !== undefined) return place;
      }
      return -1;
    },
    indexOfComm: (comm) => rows.findIndex(({ node }) => targetOf(node).comm === comm),
    targetAt: (index) => targetOf((rows[index] as TreeRow).node),
  };
};

const targetOf = (node: TreeNode): RowTarget => {
  const { key } = node;
  if (node.kind === 'alive') return { key, comm: node.process.comm, pid: node.process.pid };
  return { key, comm: node.kind === 'ended' ? node.group.comm : undefined, pid: undefined };
};

const parentKey = (key: string, { liveByPid }: Tree): string | undefined => {
  const node = liveByPid.get(Number.parseInt(key, 10));
  if (node?.key === key) return node.parent?.key;
  return exitNodeParentKey(key);
};
