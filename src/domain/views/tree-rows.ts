import type { ExitGroup, ExitGroups } from '../processes/exit-groups.ts';
import type { LiveNode, Tree } from './process-tree.ts';

/** A node for the exited children of one parent that have the same name. */
export type ExitGroupNode = {
  kind: 'exitGroup';
  key: string;
  group: ExitGroup;
  /** Recently spawned processes of that name, and their descendants, which are shown in this row. */
  liveCount: number;
  parent: LiveNode | undefined;
};

/** A node for the exited children of one parent that are not counted by name. */
export type OtherExitsNode = { kind: 'otherExits'; key: string; count: number; parent: LiveNode | undefined };

export type TreeNode = LiveNode | ExitGroupNode | OtherExitsNode;

export type TreeRow = {
  node: TreeNode;
  /** 0 for a root. */
  depth: number;
  /** Whether its children are hidden; undefined if it has none. */
  collapsed: boolean | undefined;
  /** Whether the row does not match the filter itself, but is an ancestor of a row that does. */
  ancestorOnly: boolean;
};

export type TreeOptions = {
  /** Order of siblings; undefined for the order of arrival. */
  compare: ((a: LiveNode, b: LiveNode) => number) | undefined;
  isCollapsed: (node: TreeNode) => boolean;
  /** Undefined without a filter. */
  matches: ((node: TreeNode) => boolean) | undefined;
};

/** Flattens a tree to rows, top to bottom: each node before its children, live children before exit groups. */
export const flattenTree = ({ roots, orphanExits }: Tree, options: TreeOptions): TreeRow[] => {
  const rows: TreeRow[] = [];
  /** The rows that are still to be visited, as a stack. */
  const pending: TreeRow[] = [];
  const pushAll = (nodes: readonly TreeNode[], depth: number) => {
    for (let index = nodes.length - 1; index >= 0; index--)
      pending.push({ node: nodes[index] as TreeNode, depth, collapsed: undefined, ancestorOnly: false });
  };
  pushAll(topLevelNodes(roots, orphanExits, options), 0);
  for (let row = pending.pop(); row; row = pending.pop()) {
    const { node, depth } = row;
    const children = childNodes(node, options);
    // With a filter all nodes are expanded, so that no matching row is hidden.
    if (children.length > 0) row.collapsed = !options.matches && options.isCollapsed(node);
    rows.push(row);
    if (!row.collapsed) pushAll(children, depth + 1);
  }
  return options.matches ? filterRows(rows, options.matches) : rows;
};

const noChildren: readonly never[] = [];

const topLevelNodes = (
  roots: readonly LiveNode[],
  exitGroups: ExitGroups | undefined,
  { compare }: TreeOptions,
): readonly TreeNode[] => {
  if (!exitGroups) return sorted(roots, compare);
  return joinExits(roots, { exitGroups, parentKey: '', parent: undefined, compare });
};

const childNodes = (node: TreeNode, { compare }: TreeOptions): readonly TreeNode[] => {
  const live = node.kind === 'live' ? node.children : noChildren;
  const exitGroups = exitGroupsOf(node);
  if (!exitGroups) return sorted(live, compare);
  const parent = node.kind === 'live' ? node : node.parent;
  return joinExits(live, { exitGroups, parentKey: node.key, parent, compare });
};

const sorted = (nodes: readonly LiveNode[], compare: TreeOptions['compare']): readonly LiveNode[] =>
  compare ? nodes.toSorted(compare) : nodes;

type Siblings = {
  exitGroups: ExitGroups;
  parentKey: string;
  parent: LiveNode | undefined;
  compare: TreeOptions['compare'];
};

/** Returns the live nodes in order, then the exit groups. Recently spawned processes are counted in their group. */
const joinExits = (
  live: readonly LiveNode[],
  { exitGroups, parentKey, parent, compare }: Siblings,
): readonly TreeNode[] => {
  const isInGroup = ({ isRecent, process }: LiveNode) => isRecent && exitGroups.byComm.has(process.comm);
  const recent = live.filter(isInGroup);
  const others = live.filter((node) => !isInGroup(node));
  const nodes: TreeNode[] = [...sorted(others, compare)];
  for (const group of exitGroups.byComm.values()) {
    let liveCount = 0;
    for (const { process, descendantCount } of recent)
      if (process.comm === group.comm) liveCount += 1 + descendantCount;
    nodes.push({ kind: 'exitGroup', key: `${parentKey}\0${group.comm}`, group, liveCount, parent });
  }
  if (exitGroups.others > 0)
    nodes.push({ kind: 'otherExits', key: `${parentKey}\0\0`, count: exitGroups.others, parent });
  return nodes;
};

/** Returns the rows that match and their ancestors. */
const filterRows = (rows: readonly TreeRow[], matches: (node: TreeNode) => boolean): TreeRow[] => {
  const kept: TreeRow[] = [];
  /** Depth of the next ancestor of the row kept last, going upwards. */
  let ancestorDepth = -1;
  for (let index = rows.length - 1; index >= 0; index--) {
    const row = rows[index] as TreeRow;
    const matched = matches(row.node);
    if (!matched && row.depth > ancestorDepth) continue;
    kept.push(matched ? row : { ...row, ancestorOnly: true });
    ancestorDepth = row.depth - 1;
  }
  return kept.reverse();
};

/** Returns the exited children of a node. */
export const exitGroupsOf = (node: TreeNode): ExitGroups | undefined => {
  if (node.kind === 'live') return node.exitGroups;
  return node.kind === 'exitGroup' ? node.group.exitGroups : undefined;
};

/** Returns the key of the parent of an exit node; undefined for the key of a live or a top-level node. */
export const exitNodeParentKey = (key: string): string | undefined => {
  const parentKey = key.replace(/\0+[^\0]*$/, '');
  return parentKey === key || parentKey === '' ? undefined : parentKey;
};
