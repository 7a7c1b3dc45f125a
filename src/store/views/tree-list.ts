import type { Accepts } from '../../domain/filter/filter.ts';
import { type Subject as Judged, RowSubject } from '../../domain/filter/subject.ts';
import { endedOf } from '../../domain/processes/exit-history.ts';
import type { World } from '../../domain/processes/system-state.ts';
import {
  type Alive,
  type Ended,
  parentOfEnded,
  type Tree,
  type TreeLook,
  type TreeNode,
  type TreeRow,
  treeOf,
  treeRows,
} from '../../domain/views/process-tree.ts';
import type { Order } from '../actions/view-id.ts';
import { comparing, type SortId } from './process-columns.ts';
import type { List, Subject } from './row-list.ts';
import type { TreeSort } from './tree-columns.ts';

/** Which nodes were opened or closed by hand: `true` is folded. */
export type Folds = ReadonlyMap<string, boolean>;

/** How the tree view is looked at. */
export type TreeLookedAt = { filter: Accepts; folds: Folds; order: Order };

const ofProcess = (by: SortId) => {
  const compare = comparing({ by, reversed: false });
  return (a: Alive, b: Alive) => compare(a.process, b.process);
};

const compares: Readonly<Record<TreeSort, (a: Alive, b: Alive) => number>> = {
  age: (a, b) => a.process.order - b.process.order,
  ended: (a, b) => endedOf(b.brood) - endedOf(a.brood) || a.process.order - b.process.order,
  tree: ofProcess('comm'),
  pid: ofProcess('pid'),
};

/** Undefined is the order in which they are found. */
const siblings = ({ by, reversed }: Order): TreeLook['compare'] => {
  if (by === 'age' && !reversed) return undefined;
  const compare = compares[by as TreeSort];
  return reversed ? (a, b) => compare(b, a) : compare;
};

/** Kernel threads are many, and nobody's churn. */
const isFoldedAtFirst = (node: TreeNode): boolean => node.kind === 'alive' && node.process.kthread;

/** A tree, and its rows as far as they are unfolded, top to bottom. */
export type TreeOnShow = { tree: Tree; rows: readonly TreeRow[] };

export const treeOnShow = (world: World, { filter, folds, order }: TreeLookedAt): TreeOnShow => {
  const passes = (node: TreeNode) =>
    node.kind === 'alive'
      ? filter.matches(new RowSubject(node.process, world.ancestry, world.guest, world.nowNs))
      : node.kind === 'ended' && filter.matches(endedSubject(node));
  const tree = treeOf(world);
  const rows = treeRows(tree, {
    compare: siblings(order),
    isFolded: (node) => (folds.size > 0 ? folds.get(node.key) : undefined) ?? isFoldedAtFirst(node),
    passes: filter.text === '' ? undefined : passes,
  });
  return { tree, rows };
};

/** What is known of many that ended. */
const endedSubject = ({ ended, above }: Ended): Judged => ({
  pid: -1,
  comm: ended.comm,
  ppid: above?.process.pid,
  uid: undefined,
  user: undefined,
  cgroup: undefined,
  ageNs: undefined,
  lifetimeNs: ended.shortestNs,
  event: 'exited',
  isUnder: (root) => {
    for (let at = above; at; at = at.above) if (at.process.pid === root) return true;
    return false;
  },
});

/** Whoever is folded away is stood for by the nearest one above that is on show. */
export const treeList = ({ tree, rows }: TreeOnShow): List => {
  let found: ReadonlyMap<string, number> | undefined;
  const places = () => {
    found ??= new Map(rows.map(({ node }, index) => [node.key, index]));
    return found;
  };
  return {
    length: rows.length,
    find: (wanted) => {
      for (let key: string | undefined = wanted; key !== undefined; key = keyAbove(key, tree)) {
        const place = places().get(key);
        if (place !== undefined) return place;
      }
      return -1;
    },
    findComm: (comm) => rows.findIndex(({ node }) => subjectOf(node).comm === comm),
    subject: (index) => subjectOf((rows[index] as TreeRow).node),
  };
};

const subjectOf = (node: TreeNode): Subject => {
  const { key } = node;
  if (node.kind === 'alive') return { key, comm: node.process.comm, pid: node.process.pid };
  return { key, comm: node.kind === 'ended' ? node.ended.comm : undefined, pid: undefined };
};

const keyAbove = (key: string, { alive }: Tree): string | undefined => {
  const node = alive.get(Number.parseInt(key, 10));
  if (node?.key === key) return node.above?.key;
  return parentOfEnded(key);
};
