import { startedBefore } from '../processes/process-origin.ts';
import type { GroupStats, ProcessName } from './group-stats.ts';
import { type BoundedGroups, unknownKey } from './groups.ts';
import type { IndexedProcess, ProcessIndex } from './process-index.ts';

/** Returns the comm of a parent that is not tracked. PID 0 is the kernel. */
const missingParentComm = (ppid: number): string => (ppid === 0 ? 'kernel' : unknownKey);

/**
 * The host of a guest, and the prefix of its parent keys, so that equal PIDs of two guests are two parents. `group` counts
 * the guest, if several are recorded at the same time.
 */
export type GuestLabel = { host: string; keyPrefix: string; group?: GroupStats | undefined };

/** Finds the group of a process's children. Its key is the PID and start ticks, because PIDs are reused. */
export class ChildGroups {
  readonly #index: ProcessIndex;
  readonly #groups: BoundedGroups;
  readonly #guest: GuestLabel | undefined;

  constructor(index: ProcessIndex, groups: BoundedGroups, guest: GuestLabel | undefined) {
    this.#index = index;
    this.#groups = groups;
    this.#guest = guest;
  }

  /** Assigns to a process the group of its children that were reported before it. */
  adopt(parent: IndexedProcess): void {
    const { keyPrefix = '' } = this.#guest ?? {};
    const group = this.#groups.find(`${keyPrefix}${parent.name.pid}@${unknownKey}`);
    if (!group) return;
    const hasChild = (child: IndexedProcess) => child.parentGroup === group && startedBefore(parent, child);
    if (![...this.#index].some(hasChild)) return;
    this.#groups.rename(group, `${keyPrefix}${parent.name.pid}@${parent.startTicks ?? unknownKey}`);
    group.lineage = this.#index.lineageOf(parent);
    parent.childGroup = group;
    for (const descendant of this.#index.clearLineagesBelow(parent))
      if (descendant.childGroup) descendant.childGroup.lineage = this.#index.lineageOf(descendant);
  }

  /** Returns the group of the children of a parent, known or not. */
  groupOf(ppid: number | undefined): GroupStats {
    const parent = ppid === undefined ? undefined : this.#index.get(ppid);
    if (parent?.childGroup && !parent.childGroup.mergedInto) return parent.childGroup;
    if (!parent) {
      const lineage = ppid === undefined ? undefined : [{ pid: ppid, comm: missingParentComm(ppid) }];
      return this.#findOrCreate(`${ppid ?? unknownKey}@${unknownKey}`, lineage);
    }
    const key = `${ppid}@${parent.startTicks ?? unknownKey}`;
    parent.childGroup = this.#findOrCreate(key, this.#index.lineageOf(parent));
    return parent.childGroup;
  }

  #findOrCreate(key: string, lineage: readonly ProcessName[] | undefined): GroupStats {
    const { host, keyPrefix = '' } = this.#guest ?? {};
    return this.#groups.findOrCreate(keyPrefix + key, lineage, host);
  }
}
