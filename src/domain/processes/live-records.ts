import {
  applyExec,
  applyUser,
  type ProbeEvent,
  type SpawnedEvent,
  type ZombieEvent,
  zombieSinceNs,
} from '../events/event.ts';

/**
 * The live processes, kept as their spawn and zombie events. This is cheap enough for the sampling thread, and a trace
 * can start with these records at any time.
 */
export class LiveRecords {
  readonly #maxProcesses: number;
  readonly #spawns = new Map<number, SpawnedEvent>();
  readonly #zombies = new Map<number, ZombieEvent>();

  /** Beyond `maxProcesses`, the oldest is removed. Default: 262,144, because a guest could make up any number of PIDs. */
  constructor(maxProcesses = 1 << 18) {
    this.#maxProcesses = maxProcesses;
  }

  get size(): number {
    return this.#spawns.size;
  }

  /** Number of zombies among them. */
  get zombies(): number {
    return this.#zombies.size;
  }

  /** Returns the spawn event of a live process, with its current name and user. */
  get(pid: number): SpawnedEvent | undefined {
    return this.#spawns.get(pid);
  }

  apply(event: ProbeEvent): void {
    const { guest_pid: pid } = event;
    const spawn = this.#spawns.get(pid);
    switch (event.probe_source) {
      case 'process.spawned':
        // Deletes first, so that the entry moves to the end: the order is that of arrival.
        if (spawn) this.#spawns.delete(pid);
        this.#spawns.set(pid, event);
        if (this.#zombies.size > 0) this.#zombies.delete(pid);
        if (this.#spawns.size > this.#maxProcesses) this.#removeOldest();
        return;
      case 'process.exec':
        if (spawn) this.#spawns.set(pid, applyExec(spawn, event));
        return;
      case 'process.user':
        if (spawn) this.#spawns.set(pid, applyUser(spawn, event));
        return;
      case 'process.zombie':
        if (spawn) this.#zombies.set(pid, event);
        return;
      case 'process.children':
        if (spawn) this.#spawns.set(pid, { ...spawn, children_cpu_ns: event.children_cpu_ns });
        return;
      case 'process.exited':
        this.#spawns.delete(pid);
        if (this.#zombies.size > 0) this.#zombies.delete(pid);
        return;
      default:
        event satisfies never;
    }
  }

  #removeOldest(): void {
    const [oldest] = this.#spawns.keys();
    this.#spawns.delete(oldest as number);
    this.#zombies.delete(oldest as number);
  }

  /** Returns the live processes as initial records, as discovery at `nowNs` would emit them. */
  snapshotRecords(nowNs: bigint): ProbeEvent[] {
    const records: ProbeEvent[] = [];
    for (const [pid, { window_ns: _, ...spawn }] of this.#spawns) {
      records.push({ ...spawn, guest_monotonic_ns: nowNs, initial: true });
      const zombie = this.#zombies.get(pid);
      if (!zombie) continue;
      const { window_ns: __, ...withoutWindow } = zombie;
      records.push({ ...withoutWindow, guest_monotonic_ns: nowNs, zombie_ns: nowNs - zombieSinceNs(zombie) });
    }
    return records;
  }
}
