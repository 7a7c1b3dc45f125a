import type { ProcessOrigin } from './process-origin.ts';

/** The latest exited processes, by PID. Beyond `maxSize` the oldest is evicted. */
export class ExitedProcesses {
  readonly maxSize: number;
  #byPid: Map<number, ProcessOrigin>;
  /** Iterates over the processes, oldest first, as they are evicted. */
  #evictionOrder: IterableIterator<number> | undefined;
  #evicted: number;

  constructor(maxSize: number, origins: Iterable<ProcessOrigin> = [], evicted = 0) {
    this.maxSize = maxSize;
    this.#byPid = new Map(Array.from(origins, (origin) => [origin.pid, origin]));
    this.#evicted = evicted;
  }

  /** Number of processes that were evicted. */
  get evicted(): number {
    return this.#evicted;
  }

  get(pid: number): ProcessOrigin | undefined {
    return this.#byPid.get(pid);
  }

  values(): MapIterator<ProcessOrigin> {
    return this.#byPid.values();
  }

  /** Adds a process. It replaces an earlier one with the same PID. */
  add(origin: ProcessOrigin): void {
    if (this.#byPid.delete(origin.pid)) this.#evicted++;
    this.#byPid.set(origin.pid, origin);
    if (this.#byPid.size <= this.maxSize) return;
    this.#byPid.delete(this.#oldestPid());
    this.#evicted++;
  }

  /** Replaces the origin of a process. */
  replace(origin: ProcessOrigin): void {
    this.#byPid.set(origin.pid, origin);
  }

  /** Continues one iterator, because a new one would step over the slots of all deleted entries each time. */
  #oldestPid(): number {
    this.#evictionOrder ??= this.#byPid.keys();
    return this.#evictionOrder.next().value as number;
  }
}
