import {
  type AnnotationRecord,
  applyExec,
  applyUser,
  type ChurnRecord,
  isProbeEvent,
  type SpawnedEvent,
} from '../events/event.ts';

/**
 * Tracks processes whose spawn record was dropped because the queue was full. Their later records are dropped too. Once
 * there is room, spawn records are emitted for those still alive. A receiver thus never gets an exit without the spawn,
 * and never keeps a process that has exited.
 */
export class SpawnDrops {
  readonly #spawns = new Map<number, SpawnedEvent>();

  /** Number of live processes whose spawn record was dropped. */
  get size(): number {
    return this.#spawns.size;
  }

  /**
   * Decides whether to emit a record when the queue is `full` or not. Exits of processes whose spawn was emitted are
   * always emitted; they are bounded by the number of these processes.
   * @returns `'emit'`, or the number of records that are lost because this one is dropped.
   */
  admit(record: ChurnRecord, full: boolean): 'emit' | number {
    if (!isProbeEvent(record)) return full && !isAlwaysEmitted(record) ? 1 : 'emit';
    const { guest_pid: pid } = record;
    const spawn = this.#spawns.get(pid);
    switch (record.probe_source) {
      case 'process.spawned':
        if (!full) return 'emit';
        this.#spawns.set(pid, record);
        return 0;
      case 'process.exec':
        if (spawn) this.#spawns.set(pid, applyExec(spawn, record));
        return spawn || full ? 1 : 'emit';
      case 'process.user':
        if (spawn) this.#spawns.set(pid, applyUser(spawn, record));
        return spawn || full ? 1 : 'emit';
      case 'process.zombie':
        return spawn || full ? 1 : 'emit';
      case 'process.exited':
        // Two records are lost: spawn and exit.
        return this.#spawns.delete(pid) ? 2 : 'emit';
      default:
        return record satisfies never;
    }
  }

  /** Returns spawn records, dated now, for the processes still alive. Their window extends to before the spawn. */
  takeLateSpawns(nowNs: bigint): SpawnedEvent[] {
    const late = [...this.#spawns.values()].map((spawn) => ({
      ...spawn,
      guest_monotonic_ns: nowNs,
      window_ns: nowNs - spawn.guest_monotonic_ns + (spawn.window_ns ?? 0n),
    }));
    this.#spawns.clear();
    return late;
  }
}

/** Returns whether a record is emitted despite a full queue: notes, alerts and the gaps that are few. */
const isAlwaysEmitted = (annotation: AnnotationRecord): boolean =>
  annotation.probe_source !== 'trace.gap' || ['dropped', 'source'].includes(annotation.reason);
