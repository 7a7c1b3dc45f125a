import { applyExec, type ProbeEvent, type SpawnedEvent, type ZombieEvent } from '../events/event.ts';

/**
 * Who is alive, kept as the very records that told of it: cheap enough for the sampling thread, and all that a trace
 * needs to begin at any moment.
 */
export class LiveRecords {
  readonly #spawns = new Map<number, SpawnedEvent>();
  readonly #zombies = new Map<number, ZombieEvent>();

  get size(): number {
    return this.#spawns.size;
  }

  apply(event: ProbeEvent): void {
    const { guest_pid: pid } = event;
    const birth = this.#spawns.get(pid);
    switch (event.probe_source) {
      case 'process.spawned':
        // Behind all others: the order is that of arrival.
        if (birth) this.#spawns.delete(pid);
        this.#spawns.set(pid, event);
        if (this.#zombies.size > 0) this.#zombies.delete(pid);
        return;
      case 'process.exec':
        if (birth) this.#spawns.set(pid, applyExec(birth, event));
        return;
      case 'process.zombie':
        if (birth) this.#zombies.set(pid, event);
        return;
      case 'process.exited':
        this.#spawns.delete(pid);
        if (this.#zombies.size > 0) this.#zombies.delete(pid);
        return;
      default:
        event satisfies never;
    }
  }

  /** The records by which a first look would find them. */
  snapshotRecords(nowNs: bigint): ProbeEvent[] {
    const records: ProbeEvent[] = [];
    for (const [pid, { window_ns: _, ...birth }] of this.#spawns) {
      records.push({ ...birth, guest_monotonic_ns: nowNs, initial: true });
      const zombie = this.#zombies.get(pid);
      if (!zombie) continue;
      const { window_ns: __, ...dead } = zombie;
      records.push({ ...dead, guest_monotonic_ns: nowNs });
    }
    return records;
  }
}
