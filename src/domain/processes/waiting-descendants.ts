import type { ProcessId } from '../events/process-id.ts';

/** Maximum number of waiting processes. Beyond it all are dropped, because no ancestor is reported so late. */
const maxWaiting = 4_096;

/** The content as plain values: waiting processes by the PID of the ancestor. */
export type WaitingSnapshot = [ancestorPid: number, waiting: ProcessId[]][];

/** The processes whose last known ancestor has not been reported, by the PID of that ancestor. */
export class WaitingDescendants {
  #byAncestor = new Map<number, ProcessId[]>();
  #size = 0;

  add(ancestorPid: number, { pid, startTicks }: ProcessId): void {
    if (this.#size >= maxWaiting) {
      this.#byAncestor.clear();
      this.#size = 0;
    }
    const waiting = this.#byAncestor.get(ancestorPid);
    if (waiting) waiting.push({ pid, startTicks });
    else this.#byAncestor.set(ancestorPid, [{ pid, startTicks }]);
    this.#size++;
  }

  /** Removes and returns the processes that wait for an ancestor. */
  take(ancestorPid: number): readonly ProcessId[] {
    const waiting = this.#byAncestor.get(ancestorPid);
    if (!waiting) return [];
    this.#byAncestor.delete(ancestorPid);
    this.#size -= waiting.length;
    return waiting;
  }

  snapshot(): WaitingSnapshot {
    return [...this.#byAncestor].map(([pid, waiting]) => [pid, waiting.slice()]);
  }

  static restore(snapshot: WaitingSnapshot): WaitingDescendants {
    const restored = new WaitingDescendants();
    for (const [pid, waiting] of snapshot) {
      restored.#byAncestor.set(pid, waiting.slice());
      restored.#size += waiting.length;
    }
    return restored;
  }
}
