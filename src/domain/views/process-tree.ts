import { keyOf } from '../events/process-id.ts';
import { wasThere } from '../processes/ancestry.ts';
import { type Brood, type EndedKind, outside } from '../processes/exit-history.ts';
import type { LiveProcess } from '../processes/process-table.ts';
import type { World } from '../processes/system-state.ts';

/** A living process in the tree of who spawned whom. */
export type Alive = {
  kind: 'alive';
  key: string;
  process: LiveProcess;
  /** Its nearest living ancestor. */
  above: Alive | undefined;
  /** Names of the ended between it and that ancestor, nearest first: its own spawner and so on. */
  between: readonly string[];
  children: readonly Alive[];
  /** Living processes below it. */
  below: number;
  brood: Brood | undefined;
  /** Born within the last second. */
  young: boolean;
};

/** Ended children of one name, and how many young ones are about to join them (with all below those). */
export type Ended = {
  kind: 'ended';
  key: string;
  ended: EndedKind;
  alive: number;
  above: Alive | undefined;
};

/** Ended ones whose names are not told apart. */
export type Untold = { kind: 'untold'; key: string; count: number; above: Alive | undefined };

export type TreeNode = Alive | Ended | Untold;

/** A node where it stands: depth 0 has nobody above. */
export type TreeRow = {
  node: TreeNode;
  depth: number;
  /** Whether its children are hidden; undefined where it has none. */
  folded: boolean | undefined;
  /** It stands there for what is below it: the filter does not let it through itself. */
  context: boolean;
};

export type Tree = {
  roots: readonly Alive[];
  /** Of those that came and went with nobody seen above them. */
  strays: Brood | undefined;
  /** By PID. */
  alive: ReadonlyMap<number, Alive>;
};

/** Until then a process stands with its ended kind, if there is one: rows of their own would flicker. */
const youngNs = 1_000_000_000n;

/** How the rows of a tree are laid out. */
export type TreeLook = {
  compare: ((a: Alive, b: Alive) => number) | undefined;
  isFolded: (node: TreeNode) => boolean;
  /** Undefined: all are shown. */
  passes: ((node: TreeNode) => boolean) | undefined;
};

const none: readonly never[] = [];

// Thousands are made a frame: keys are asked for by few, most have no child, and nearly all others one.
class LivingNode implements Alive {
  readonly kind = 'alive';
  readonly process: LiveProcess;
  readonly young: boolean;
  above: LivingNode | undefined = undefined;
  between: readonly string[] = none;
  children: readonly LivingNode[] = none;
  below = 0;
  brood: Brood | undefined = undefined;

  constructor(process: LiveProcess, youngSinceNs: bigint) {
    this.process = process;
    this.young = !process.initial && !process.zombie && process.seenNs > youngSinceNs;
  }

  get key(): string {
    return keyOf(this.process);
  }

  adopt(child: LivingNode): void {
    child.above = this;
    // An array that is pushed to is given room for sixteen more.
    if (this.children.length === 0) this.children = [child];
    else (this.children as LivingNode[]).push(child);
  }
}

/** Who spawned whom among the living. An orphan hangs under its nearest ancestor that lives, whoever adopted it. */
export const treeOf = (world: World): Tree => {
  const alive = new Map<number, LivingNode>();
  const youngSinceNs = world.nowNs - youngNs;
  for (const process of world.table.live()) alive.set(process.pid, new LivingNode(process, youngSinceNs));
  for (const [key, brood] of world.offspring.all()) {
    const node = alive.get(Number.parseInt(key, 10));
    if (node?.key === key) node.brood = brood;
  }
  const roots: LivingNode[] = [];
  for (const node of alive.values()) hang(node, alive, world);
  for (const node of alive.values()) if (!node.above) roots.push(node);
  for (const root of roots) countBelow(root);
  return { roots, strays: world.offspring.of(outside), alive };
};

const hang = (node: LivingNode, alive: ReadonlyMap<number, LivingNode>, world: World): void => {
  const { process } = node;
  if (!process.ppid) return;
  const spawner = alive.get(process.ppid);
  if (spawner && wasThere(spawner.process, process)) {
    adopt(spawner, node);
    return;
  }
  const kin = world.ancestry.find(process);
  if (!kin) return;
  const { ancestor, between } = world.livingAbove(kin);
  node.between = between;
  const above = ancestor && alive.get(ancestor.pid);
  if (above) adopt(above, node);
};

/** A hostile stream can name parents in a circle: whoever would close it hangs nowhere. Only one that has children can. */
const adopt = (above: LivingNode, node: LivingNode): void => {
  if (above === node) return;
  if (node.children.length > 0) {
    for (let at: LivingNode | undefined = above; at; at = at.above) if (at === node) return;
  }
  above.adopt(node);
};

const countBelow = (root: LivingNode): void => {
  const order: LivingNode[] = [root];
  for (const node of order) for (const child of node.children) order.push(child);
  for (let index = order.length - 1; index > 0; index--) {
    const { above, below } = order[index] as LivingNode;
    if (above) above.below += below + 1;
  }
};

/** What is on show, top to bottom: each node before its children, the living before the ended. */
export const treeRows = ({ roots, strays }: Tree, look: TreeLook): TreeRow[] => {
  const rows: TreeRow[] = [];
  /** The last one is the next. */
  const pending: TreeRow[] = [];
  const open = (nodes: readonly TreeNode[], depth: number) => {
    for (let index = nodes.length - 1; index >= 0; index--)
      pending.push({ node: nodes[index] as TreeNode, depth, folded: undefined, context: false });
  };
  open(below(undefined, roots, strays, look), 0);
  for (let row = pending.pop(); row; row = pending.pop()) {
    const { node, depth } = row;
    const children = below(node, node.kind === 'alive' ? node.children : none, broodOf(node), look);
    // With a filter everything is open: what it lets through must not hide.
    if (children.length > 0) row.folded = !look.passes && look.isFolded(node);
    rows.push(row);
    if (!row.folded) open(children, depth + 1);
  }
  return look.passes ? passing(rows, look.passes) : rows;
};

/** What stands below a node, or, of no node, at the top. */
const below = (
  node: TreeNode | undefined,
  living: readonly Alive[],
  brood: Brood | undefined,
  { compare }: TreeLook,
): readonly TreeNode[] => {
  const inOrder = (nodes: readonly Alive[]) => (compare ? nodes.toSorted(compare) : nodes);
  if (!brood) return inOrder(living);
  const isOfKind = ({ young, process }: Alive) => young && brood.kinds.has(process.comm);
  const above = node?.kind === 'alive' ? node : node?.above;
  const ended = endedIn(brood, node?.key ?? '', living.filter(isOfKind), above);
  return [...inOrder(living.filter((child) => !isOfKind(child))), ...ended];
};

/** Those that pass, and whoever stands above one that does. */
const passing = (rows: readonly TreeRow[], passes: (node: TreeNode) => boolean): TreeRow[] => {
  const kept: TreeRow[] = [];
  /** The next depth at which someone stands above what was kept. */
  let wanted = -1;
  for (let index = rows.length - 1; index >= 0; index--) {
    const row = rows[index] as TreeRow;
    const passed = passes(row.node);
    const needed = row.depth <= wanted;
    if (passed || needed) {
      kept.push(passed ? row : { ...row, context: true });
      wanted = row.depth - 1;
    }
  }
  return kept.reverse();
};

const endedIn = (
  brood: Brood,
  parent: string,
  young: readonly Alive[],
  above: Alive | undefined,
): (Ended | Untold)[] => {
  const nodes: (Ended | Untold)[] = [];
  for (const ended of brood.kinds.values()) {
    let alive = 0;
    for (const { process, below } of young) if (process.comm === ended.comm) alive += 1 + below;
    nodes.push({ kind: 'ended', key: `${parent}\0${ended.comm}`, ended, alive, above });
  }
  if (brood.untold > 0) nodes.push({ kind: 'untold', key: `${parent}\0\0`, count: brood.untold, above });
  return nodes;
};

export const broodOf = (node: TreeNode): Brood | undefined => {
  if (node.kind === 'alive') return node.brood;
  return node.kind === 'ended' ? node.ended.brood : undefined;
};

/** The key of the node above one that ended; undefined of other keys. */
export const parentOfEnded = (key: string): string | undefined => {
  const end = key.replace(/\0+[^\0]*$/, '');
  return end === key || end === '' ? undefined : end;
};
