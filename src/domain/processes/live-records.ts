import { type ProbeEvent, renamed, type SpawnedEvent, type ZombieEvent } from '../events/event.ts';

/**
 * Who is alive, kept as the very records that told of it: cheap enough for the sampling thread, and all that a trace
 * needs to begin at any moment.
 */
export class Alive {
  readonly #births = new Map<number, SpawnedEvent>();
  readonly #zombies = new Map<number, ZombieEvent>();

  get size(): number {
    return this.#births.size;
  }

  apply(event: ProbeEvent): void {
    const { guest_pid: pid } = event;
    const birth = this.#births.get(pid);
    switch (event.probe_source) {
      case 'process.spawned':
        // Behind all others: the order is that of arrival.
        if (birth) this.#births.delete(pid);
        this.#births.set(pid, event);
        if (this.#zombies.size > 0) this.#zombies.delete(pid);
        return;
      case 'process.exec':
        if (birth) this.#births.set(pid, renamed(birth, event));
        return;
      case 'process.zombie':
        if (birth) this.#zombies.set(pid, event);
        return;
      case 'process.exited':
        this.#births.delete(pid);
        if (this.#zombies.size > 0) this.#zombies.delete(pid);
        return;
      default:
        event satisfies never;
    }
  }

  /** The records by which a first look would find them. */
  discovery(nowNs: bigint): ProbeEvent[] {
    const records: ProbeEvent[] = [];
    for (const [pid, { window_ns: _, ...birth }] of this.#births) {
      records.push({ ...birth, guest_monotonic_ns: nowNs, initial: true });
      const zombie = this.#zombies.get(pid);
      if (!zombie) continue;
      const { window_ns: __, ...dead } = zombie;
      records.push({ ...dead, guest_monotonic_ns: nowNs });
    }
    return records;
  }
}
