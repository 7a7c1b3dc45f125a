import {
  type AnnotationRecord,
  applyExec,
  type ChurnRecord,
  isProbeEvent,
  type SpawnedEvent,
} from '../events/event.ts';
/**
 * Who was born while there was no room for the record of it. What follows of such a process is not told either, and
 * when there is room again those still alive are: so a receiver never hears the end of one it does not know, and
 * never keeps one for alive that has ended.
 */
export const createSpawnDrops = () => {
  const droppedSpawns = new Map<number, SpawnedEvent>();

  return {
    get size() {
      return droppedSpawns.size;
    },

    /**
     * What becomes of a record. `full`: there is no room for what can be done without; ends of those the receiver
     * knows are told all the same, they are no more than it knows.
     * @returns whether to tell it, and how many records are lost for good if not.
     */
    admit(record: ChurnRecord, full: boolean): 'tell' | number {
      if (!isProbeEvent(record)) return full && !isAlwaysEmitted(record) ? 1 : 'tell';
      const { guest_pid: pid } = record;
      const birth = droppedSpawns.get(pid);
      switch (record.probe_source) {
        case 'process.spawned':
          if (!full) return 'tell';
          droppedSpawns.set(pid, record);
          return 0;
        case 'process.exec':
          if (birth) droppedSpawns.set(pid, applyExec(birth, record));
          return birth || full ? 1 : 'tell';
        case 'process.zombie':
          return birth || full ? 1 : 'tell';
        case 'process.exited':
          // Its birth and its end.
          return droppedSpawns.delete(pid) ? 2 : 'tell';
        default:
          return record satisfies never;
      }
    },

    /** The births of those still alive, as of now: born at some time since the look before their first sight. */
    takeLateSpawns(nowNs: bigint): SpawnedEvent[] {
      const late = [...droppedSpawns.values()].map((birth) => ({
        ...birth,
        guest_monotonic_ns: nowNs,
        window_ns: nowNs - birth.guest_monotonic_ns + (birth.window_ns ?? 0n),
      }));
      droppedSpawns.clear();
      return late;
    },
  };
};

/** Told even where there is no room: the word for the loss itself, and notes and alerts, of which there are not many. */
const isAlwaysEmitted = (aside: AnnotationRecord): boolean =>
  aside.probe_source !== 'trace.gap' || aside.reason === 'dropped';
