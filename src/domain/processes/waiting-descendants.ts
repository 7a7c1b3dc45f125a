import type { ProcessId } from '../events/process-id.ts';
import type { NameHistory, ProcessOrigin } from './process-origin.ts';

/** Maximum number of waiting processes. Beyond it all are dropped, because no ancestor is reported so late. */
const maxWaiting = 4_096;

/** The content as plain values: waiting processes by the PID of the ancestor. */
export type WaitingSnapshot = [ancestorPid: number, waiting: ProcessId[]][];

/** Processes whose ancestors were completed. The key is the history that all origins of a process share. */
export type CompletedOrigins = ReadonlyMap<NameHistory, ProcessOrigin>;

/** Returns an origin with the ancestors of its process, if they were completed. */
export const withAncestors = (origin: ProcessOrigin, completed: CompletedOrigins): ProcessOrigin => {
  const latest = completed.get(origin.nameHistory);
  return latest ? { ...origin, ancestors: latest.ancestors } : origin;
};

const noOrigins: CompletedOrigins = new Map();

/** The processes whose last known ancestor has not been reported, by the PID of that ancestor. */
export class WaitingDescendants {
  #byAncestor = new Map<number, ProcessId[]>();
  #size = 0;
  /** Processes that were completed since `takeCompleted`, with their latest origins. */
  #completed = new Map<NameHistory, ProcessOrigin>();

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

  addCompleted(origin: ProcessOrigin): void {
    this.#completed.set(origin.nameHistory, origin);
  }

  /** Removes and returns the processes that were completed since the last call, with their latest origins. */
  takeCompleted(): CompletedOrigins {
    if (this.#completed.size === 0) return noOrigins;
    const completed = this.#completed;
    this.#completed = new Map();
    return completed;
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
