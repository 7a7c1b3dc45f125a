import { processKey } from '../events/process-id.ts';
import type { ExitGroups } from '../processes/exit-groups.ts';
import { noParent } from '../processes/exit-history.ts';
import { startedBefore } from '../processes/process-origin.ts';
import type { ProcessEntry } from '../processes/process-table.ts';
import type { SystemState } from '../processes/system-state.ts';

/** A live process in the process tree. */
export type LiveNode = {
  kind: 'live';
  key: string;
  process: ProcessEntry;
  /** The node of its nearest living ancestor; of a zombie, the node of the parent that has to reap it. */
  parent: LiveNode | undefined;
  /** Names of the exited processes between it and that ancestor, its own parent first. */
  exitedBetween: readonly string[];
  children: readonly LiveNode[];
  descendantCount: number;
  exitGroups: ExitGroups | undefined;
  /** Whether it spawned within the last second. */
  isRecent: boolean;
};

export type Tree = {
  roots: readonly LiveNode[];
  /** Exits without a living ancestor. */
  orphanExits: ExitGroups | undefined;
  liveByPid: ReadonlyMap<number, LiveNode>;
};

/** Until this age a process is shown in the exit group of its name, if there is one, so that rows do not flicker. */
const recentSpawnNs = 1_000_000_000n;

const noItems: readonly never[] = [];

/** A node under construction. Each frame creates thousands, so keys are computed on demand and empty lists are shared. */
class MutableLiveNode implements LiveNode {
  readonly kind = 'live';
  readonly process: ProcessEntry;
  readonly isRecent: boolean;
  parent: MutableLiveNode | undefined = undefined;
  exitedBetween: readonly string[] = noItems;
  children: readonly MutableLiveNode[] = noItems;
  descendantCount = 0;
  exitGroups: ExitGroups | undefined = undefined;

  constructor(process: ProcessEntry, recentSinceNs: bigint) {
    this.process = process;
    this.isRecent = !process.initial && !process.zombie && process.firstSeenNs > recentSinceNs;
  }

  get key(): string {
    return processKey(this.process);
  }

  addChild(child: MutableLiveNode): void {
    child.parent = this;
    // A literal, because the first push() would reserve room for 17 elements and most nodes have one child.
    if (this.children.length === 0) this.children = [child];
    else (this.children as MutableLiveNode[]).push(child);
  }
}

/**
 * Builds the tree of live processes. An orphan is attached to its nearest living ancestor, not to its new parent. A zombie
 * is attached to the parent that has to reap it, if that is known.
 */
export const buildTree = (state: SystemState): Tree => {
  const liveByPid = new Map<number, MutableLiveNode>();
  const recentSinceNs = state.nowNs - recentSpawnNs;
  for (const process of state.table.live())
    liveByPid.set(process.pid, new MutableLiveNode(process, recentSinceNs));
  for (const [key, exitGroups] of state.exitHistory.entries()) {
    const node = liveByPid.get(Number.parseInt(key, 10));
    if (node?.key === key) node.exitGroups = exitGroups;
  }
  const roots: MutableLiveNode[] = [];
  for (const node of liveByPid.values()) {
    attachToParent(node, liveByPid, state);
    if (!node.parent) roots.push(node);
  }
  countDescendants(roots);
  return { roots, orphanExits: state.exitHistory.get(noParent), liveByPid };
};

const attachToParent = (
  node: MutableLiveNode,
  liveByPid: ReadonlyMap<number, MutableLiveNode>,
  state: SystemState,
): void => {
  const { process } = node;
  const reaper = process.zombie ? state.reaperOf(process) : undefined;
  if (reaper && reaper.pid !== process.ppid) {
    const origin = state.ancestry.find(process);
    if (origin) node.exitedBetween = state.nearestLivingAncestor(origin).exitedBetween;
    addChildUnlessCycle(liveByPid.get(reaper.pid) as MutableLiveNode, node);
    return;
  }
  if (!process.ppid) return;
  const spawner = liveByPid.get(process.ppid);
  if (spawner && startedBefore(spawner.process, process)) {
    addChildUnlessCycle(spawner, node);
    return;
  }
  const origin = state.ancestry.find(process);
  if (!origin) return;
  const { ancestor, exitedBetween } = state.nearestLivingAncestor(origin);
  node.exitedBetween = exitedBetween;
  const parent = ancestor && liveByPid.get(ancestor.pid);
  if (parent) addChildUnlessCycle(parent, node);
};

/** Leaves the node without a parent if it would close a cycle, because a hostile trace can contain cycles. */
const addChildUnlessCycle = (parent: MutableLiveNode, node: MutableLiveNode): void => {
  if (parent === node) return;
  // A node without children cannot be an ancestor of its parent.
  if (node.children.length > 0) {
    for (let ancestor: MutableLiveNode | undefined = parent; ancestor; ancestor = ancestor.parent)
      if (ancestor === node) return;
  }
  parent.addChild(node);
};

const countDescendants = (roots: readonly MutableLiveNode[]): void => {
  const topDown = [...roots];
  for (const node of topDown) for (const child of node.children) topDown.push(child);
  for (let index = topDown.length - 1; index >= 0; index--) {
    const { parent, descendantCount } = topDown[index] as MutableLiveNode;
    if (parent) parent.descendantCount += descendantCount + 1;
  }
};
