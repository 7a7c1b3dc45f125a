import type { CompiledFilter } from '../../domain/filter/filter.ts';
import { emptySubject, type FilterSubject, ProcessSubject } from '../../domain/filter/subject.ts';
import { countExits } from '../../domain/processes/exit-groups.ts';
import type { SystemState } from '../../domain/processes/system-state.ts';
import { buildTree, type LiveNode, type Tree } from '../../domain/views/process-tree.ts';
import {
  type ExitGroupNode,
  exitNodeParentKey,
  flattenTree,
  type TreeNode,
  type TreeOptions,
  type TreeRow,
} from '../../domain/views/tree-rows.ts';
import type { Order } from '../actions/view-id.ts';
import { compareProcesses, type ProcessColumnId } from './process-columns.ts';
import type { RowList, RowTarget } from './row-list.ts';
import type { TreeSort } from './tree-columns.ts';

/** Nodes that the user has closed (true) or opened (false), by key. */
export type CollapsedNodes = ReadonlyMap<string, boolean>;

/** The parts of the view state that determine the rows of the tree. */
export type TreeViewOptions = { filter: CompiledFilter; collapsed: CollapsedNodes; order: Order };

const byProcess = (by: ProcessColumnId) => {
  const compare = compareProcesses({ by, reversed: false });
  return (a: LiveNode, b: LiveNode) => compare(a.process, b.process);
};

const siblingComparators: Readonly<Record<TreeSort, (a: LiveNode, b: LiveNode) => number>> = {
  age: (a, b) => a.process.arrivalIndex - b.process.arrivalIndex,
  exited: (a, b) =>
    countExits(b.exitGroups) - countExits(a.exitGroups) || a.process.arrivalIndex - b.process.arrivalIndex,
  tree: byProcess('command'),
  pid: byProcess('pid'),
};

/** Returns the comparison of siblings; undefined keeps the order of the tree, oldest first. */
const compareSiblings = ({ by, reversed }: Order): TreeOptions['compare'] => {
  if (by === 'age' && !reversed) return undefined;
  const compare = siblingComparators[by as TreeSort];
  return reversed ? (a, b) => compare(b, a) : compare;
};

/** Returns whether the node is a kernel thread, because there are many of them and they rarely spawn. */
const isCollapsedByDefault = (node: TreeNode): boolean => node.kind === 'live' && node.process.kthread;

/** A process tree, and its rows without the children of collapsed nodes. */
export type TreeRows = { tree: Tree; rows: readonly TreeRow[] };

/** Builds the rows of the tree view. */
export const buildTreeRows = (
  system: SystemState,
  { filter, collapsed, order }: TreeViewOptions,
): TreeRows => {
  const matches = (node: TreeNode) =>
    node.kind === 'live'
      ? filter.matches(new ProcessSubject(node.process, system))
      : node.kind === 'exitGroup' && filter.matches(exitedGroupSubject(node));
  const tree = buildTree(system);
  const rows = flattenTree(tree, {
    compare: compareSiblings(order),
    isCollapsed: (node) =>
      (collapsed.size > 0 ? collapsed.get(node.key) : undefined) ?? isCollapsedByDefault(node),
    matches: filter.text === '' ? undefined : matches,
  });
  return { tree, rows };
};

/** Returns the filter subject of an exit group. */
const exitedGroupSubject = ({ group, parent }: ExitGroupNode): FilterSubject => ({
  ...emptySubject,
  comm: group.comm,
  args: group.args,
  ppid: parent?.process.pid,
  lifetimeNs: group.shortestNs,
  event: 'exited',
  isDescendantOf: (root) => {
    for (let node = parent; node; node = node.parent) if (node.process.pid === root) return true;
    return false;
  },
});

/**
 * Returns the row list of the tree. For a key inside a collapsed node, it finds the nearest visible ancestor. `textOf`
 * returns the text that a search looks in. Default: the comm.
 */
export const treeList = (
  { tree, rows }: TreeRows,
  textOf = (node: TreeNode) => targetOf(node).comm ?? '',
): RowList => {
  let cachedIndex: ReadonlyMap<string, number> | undefined;
  const indexByKey = () => {
    cachedIndex ??= new Map(rows.map(({ node }, index) => [node.key, index]));
    return cachedIndex;
  };
  return {
    length: rows.length,
    indexOfKey: (wanted) => {
      for (let key: string | undefined = wanted; key !== undefined; key = parentKey(key, tree)) {
        const index = indexByKey().get(key);
        if (index !== undefined) return index;
      }
      return -1;
    },
    indexOfComm: (comm) => rows.findIndex(({ node }) => targetOf(node).comm === comm),
    targetAt: (index) => targetOf((rows[index] as TreeRow).node),
    textAt: (index) => textOf((rows[index] as TreeRow).node),
  };
};

const targetOf = (node: TreeNode): RowTarget => {
  const { key } = node;
  if (node.kind === 'live') return { key, comm: node.process.comm, pid: node.process.pid };
  return { key, comm: node.kind === 'exitGroup' ? node.group.comm : undefined, pid: undefined };
};

const parentKey = (key: string, { liveByPid }: Tree): string | undefined => {
  const node = liveByPid.get(Number.parseInt(key, 10));
  if (node?.key === key) return node.parent?.key;
  return exitNodeParentKey(key);
};
