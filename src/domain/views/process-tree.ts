import { processKey } from '../events/process-id.ts';
import { startedBefore } from '../processes/ancestry.ts';
import { type ExitGroup, type ExitGroups, noParent } from '../processes/exit-history.ts';
import type { ProcessEntry } from '../processes/process-table.ts';
import type { SystemState } from '../processes/system-state.ts';

/** A living process in the tree of who spawned whom. */
export type LiveNode = {
  kind: 'alive';
  key: string;
  process: ProcessEntry;
  /** Its nearest living ancestor. */
  parent: LiveNode | undefined;
  /** Names of the ended between it and that ancestor, nearest first: its own spawner and so on. */
  exitedBetween: readonly string[];
  children: readonly LiveNode[];
  /** Living processes below it. */
  descendantCount: number;
  exitGroups: ExitGroups | undefined;
  /** Born within the last second. */
  isRecent: boolean;
};

/** Ended children of one name, and how many young ones are about to join them (with all below those). */
export type ExitGroupNode = {
  kind: 'ended';
  key: string;
  group: ExitGroup;
  liveCount: number;
  parent: LiveNode | undefined;
};

/** Ended ones whose names are not told apart. */
export type OtherExitsNode = { kind: 'untold'; key: string; count: number; parent: LiveNode | undefined };

export type TreeNode = LiveNode | ExitGroupNode | OtherExitsNode;

/** A node where it stands: depth 0 has nobody above. */
export type TreeRow = {
  node: TreeNode;
  depth: number;
  /** Whether its children are hidden; undefined where it has none. */
  collapsed: boolean | undefined;
  /** It stands there for what is below it: the filter does not let it through itself. */
  ancestorOnly: boolean;
};

export type Tree = {
  roots: readonly LiveNode[];
  /** Of those that came and went with nobody seen above them. */
  orphanExits: ExitGroups | undefined;
  /** By PID. */
  liveByPid: ReadonlyMap<number, LiveNode>;
};

/** Until then a process stands with its ended kind, if there is one: rows of their own would flicker. */
const recentSpawnNs = 1_000_000_000n;

/** How the rows of a tree are laid out. */
export type TreeOptions = {
  compare: ((a: LiveNode, b: LiveNode) => number) | undefined;
  isCollapsed: (node: TreeNode) => boolean;
  /** Undefined: all are shown. */
  matches: ((node: TreeNode) => boolean) | undefined;
};

const noNodes: readonly never[] = [];

// Thousands are made a frame: keys are asked for by few, most have no child, and nearly all others one.
class MutableLiveNode implements LiveNode {
  readonly kind = 'alive';
  readonly process: ProcessEntry;
  readonly isRecent: boolean;
  parent: MutableLiveNode | undefined = undefined;
  exitedBetween: readonly string[] = noNodes;
  children: readonly MutableLiveNode[] = noNodes;
  descendantCount = 0;
  exitGroups: ExitGroups | undefined = undefined;

  constructor(process: ProcessEntry, youngSinceNs: bigint) {
    this.process = process;
    this.isRecent = !process.initial && !process.zombie && process.firstSeenNs > youngSinceNs;
  }

  get key(): string {
    return processKey(this.process);
  }

  addChild(child: MutableLiveNode): void {
    child.parent = this;
    // An array that is pushed to is given room for sixteen more.
    if (this.children.length === 0) this.children = [child];
    else (this.children as MutableLiveNode[]).push(child);
  }
}

/** Who spawned whom among the living. An orphan hangs under its nearest ancestor that lives, whoever adopted it. */
export const buildTree = (world: SystemState): Tree => {
  const liveByPid = new Map<number, MutableLiveNode>();
  const youngSinceNs = world.nowNs - recentSpawnNs;
  for (const process of world.table.live())
    liveByPid.set(process.pid, new MutableLiveNode(process, youngSinceNs));
  for (const [key, brood] of world.exitHistory.entries()) {
    const node = liveByPid.get(Number.parseInt(key, 10));
    if (node?.key === key) node.exitGroups = brood;
  }
  const roots: MutableLiveNode[] = [];
  for (const node of liveByPid.values()) attachToParent(node, liveByPid, world);
  for (const node of liveByPid.values()) if (!node.parent) roots.push(node);
  for (const root of roots) countDescendants(root);
  return { roots, orphanExits: world.exitHistory.get(noParent), liveByPid };
};

const attachToParent = (
  node: MutableLiveNode,
  alive: ReadonlyMap<number, MutableLiveNode>,
  world: SystemState,
): void => {
  const { process } = node;
  if (!process.ppid) return;
  const spawner = alive.get(process.ppid);
  if (spawner && startedBefore(spawner.process, process)) {
    addChildUnlessCycle(spawner, node);
    return;
  }
  const kin = world.ancestry.find(process);
  if (!kin) return;
  const { ancestor, between } = world.nearestLivingAncestor(kin);
  node.exitedBetween = between;
  const above = ancestor && alive.get(ancestor.pid);
  if (above) addChildUnlessCycle(above, node);
};

/** A hostile stream can name parents in a circle: whoever would close it hangs nowhere. Only one that has children can. */
const addChildUnlessCycle = (above: MutableLiveNode, node: MutableLiveNode): void => {
  if (above === node) return;
  if (node.children.length > 0) {
    for (let at: MutableLiveNode | undefined = above; at; at = at.parent) if (at === node) return;
  }
  above.addChild(node);
};

const countDescendants = (root: MutableLiveNode): void => {
  const order: MutableLiveNode[] = [root];
  for (const node of order) for (const child of node.children) order.push(child);
  for (let index = order.length - 1; index > 0; index--) {
    const { parent, descendantCount } = order[index] as MutableLiveNode;
    if (parent) parent.descendantCount += descendantCount + 1;
  }
};

/** What is on show, top to bottom: each node before its children, the living before the ended. */
export const flattenTree = ({ roots, orphanExits }: Tree, look: TreeOptions): TreeRow[] => {
  const rows: TreeRow[] = [];
  /** The last one is the next. */
  const pending: TreeRow[] = [];
  const open = (nodes: readonly TreeNode[], depth: number) => {
    for (let index = nodes.length - 1; index >= 0; index--)
      pending.push({ node: nodes[index] as TreeNode, depth, collapsed: undefined, ancestorOnly: false });
  };
  open(childNodes(undefined, roots, orphanExits, look), 0);
  for (let row = pending.pop(); row; row = pending.pop()) {
    const { node, depth } = row;
    const children = childNodes(
      node,
      node.kind === 'alive' ? node.children : noNodes,
      exitGroupsOf(node),
      look,
    );
    // With a filter everything is open: what it lets through must not hide.
    if (children.length > 0) row.collapsed = !look.matches && look.isCollapsed(node);
    rows.push(row);
    if (!row.collapsed) open(children, depth + 1);
  }
  return look.matches ? filterRows(rows, look.matches) : rows;
};

/** What stands below a node, or, of no node, at the top. */
const childNodes = (
  node: TreeNode | undefined,
  living: readonly LiveNode[],
  brood: ExitGroups | undefined,
  { compare }: TreeOptions,
): readonly TreeNode[] => {
  const inOrder = (nodes: readonly LiveNode[]) => (compare ? nodes.toSorted(compare) : nodes);
  if (!brood) return inOrder(living);
  const isOfKind = ({ isRecent, process }: LiveNode) => isRecent && brood.byComm.has(process.comm);
  const above = node?.kind === 'alive' ? node : node?.parent;
  const ended = exitNodes(brood, node?.key ?? '', living.filter(isOfKind), above);
  return [...inOrder(living.filter((child) => !isOfKind(child))), ...ended];
};

/** Those that pass, and whoever stands above one that does. */
const filterRows = (rows: readonly TreeRow[], passes: (node: TreeNode) => boolean): TreeRow[] => {
  const kept: TreeRow[] = [];
  /** The next depth at which someone stands above what was kept. */
  let wanted = -1;
  for (let index = rows.length - 1; index >= 0; index--) {
    const row = rows[index] as TreeRow;
    const passed = passes(row.node);
    const needed = row.depth <= wanted;
    if (passed || needed) {
      kept.push(passed ? row : { ...row, ancestorOnly: true });
      wanted = row.depth - 1;
    }
  }
  return kept.reverse();
};

const exitNodes = (
  brood: ExitGroups,
  parent: string,
  young: readonly LiveNode[],
  above: LiveNode | undefined,
): (ExitGroupNode | OtherExitsNode)[] => {
  const nodes: (ExitGroupNode | OtherExitsNode)[] = [];
  for (const group of brood.byComm.values()) {
    let liveCount = 0;
    for (const { process, descendantCount } of young)
      if (process.comm === group.comm) liveCount += 1 + descendantCount;
    nodes.push({ kind: 'ended', key: `${parent}\0${group.comm}`, group, liveCount, parent: above });
  }
  if (brood.others > 0)
    nodes.push({ kind: 'untold', key: `${parent}\0\0`, count: brood.others, parent: above });
  return nodes;
};

export const exitGroupsOf = (node: TreeNode): ExitGroups | undefined => {
  if (node.kind === 'alive') return node.exitGroups;
  return node.kind === 'ended' ? node.group.exitGroups : undefined;
};

/** The key of the node above one that ended; undefined of other keys. */
export const exitNodeParentKey = (key: string): string | undefined => {
  const end = key.replace(/\0+[^\0]*$/, '');
  return end === key || end === '' ? undefined : end;
};
