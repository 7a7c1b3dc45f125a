import {
  type ChurnRecord,
  isProbeEvent,
  type ProbeEvent,
  type SpawnedEvent,
} from '../../domain/events/event.ts';
import { startedBefore } from '../../domain/processes/process-origin.ts';

/** Records of a backlog are buffered for at most this long, and at most this many: the outbox posts every 50 ms. */
const maxBufferMs = 50;
const maxBuffered = 4096;

/** How much earlier than observed a spawn is dated. The lifetime in the exit record grows by as much. */
type Correction = { startTicks: number | undefined; byNs: bigint };

/**
 * Puts records in an order in which each spawn follows that of its parent. The sampler opens the newest PIDs first, so a
 * child is often found before its parent. The samples of one backlog are ordered together.
 */
export class RecordOrder {
  #buffered: ChurnRecord[] = [];
  #bufferedSinceMs = 0;
  readonly #corrections = new Map<number, Correction>();

  /** Adds the records of a sample. Returns those to deliver now; none while a backlog lasts. */
  add(records: readonly ChurnRecord[], isBacklog: boolean, nowMs: number): readonly ChurnRecord[] {
    if (this.#buffered.length === 0) {
      if (!isBacklog || records.length === 0) return this.#order(records);
      this.#bufferedSinceMs = nowMs;
    }
    this.#buffered = this.#buffered.concat(records);
    const isDue = nowMs - this.#bufferedSinceMs >= maxBufferMs || this.#buffered.length >= maxBuffered;
    return isBacklog && !isDue ? [] : this.take();
  }

  /** Removes and returns the buffered records. */
  take(): readonly ChurnRecord[] {
    const buffered = this.#buffered;
    this.#buffered = [];
    return this.#order(buffered);
  }

  #order(records: readonly ChurnRecord[]): readonly ChurnRecord[] {
    const ordered = parentsFirst(records);
    if (ordered === records && this.#corrections.size === 0) return records;
    return this.#withMonotonicTimes(ordered);
  }

  /**
   * Returns the records with times that never go back. A parent that was found after its child was already alive when
   * the child was found, so its spawn is dated back to that time.
   */
  #withMonotonicTimes(records: readonly ChurnRecord[]): ChurnRecord[] {
    const dated = [...records];
    let latestNs: bigint | undefined;
    for (let index = dated.length - 1; index >= 0; index--) {
      const record = dated[index] as ChurnRecord;
      if (!isProbeEvent(record)) continue;
      const { guest_monotonic_ns: atNs } = record;
      if (latestNs !== undefined && atNs > latestNs) dated[index] = this.#earlier(record, atNs - latestNs);
      else latestNs = atNs;
    }
    return dated.map((record) =>
      record.probe_source === 'process.exited' ? this.#withLifetime(record) : record,
    );
  }

  #earlier(event: ProbeEvent, byNs: bigint): ProbeEvent {
    const { guest_pid: pid, start_ticks: startTicks, window_ns: windowNs } = event;
    const moved = {
      ...event,
      guest_monotonic_ns: event.guest_monotonic_ns - byNs,
      ...(windowNs !== undefined && { window_ns: windowNs > byNs ? windowNs - byNs : 0n }),
    };
    if (event.probe_source === 'process.spawned' && !event.initial)
      this.#corrections.set(pid, { startTicks, byNs });
    if (moved.probe_source !== 'process.exited' || moved.lifetime_ns === undefined) return moved;
    return { ...moved, lifetime_ns: moved.lifetime_ns > byNs ? moved.lifetime_ns - byNs : 0n };
  }

  #withLifetime<E extends ProbeEvent & { probe_source: 'process.exited' }>(event: E): E {
    const correction = this.#corrections.get(event.guest_pid);
    if (!correction || correction.startTicks !== event.start_ticks) return event;
    this.#corrections.delete(event.guest_pid);
    return event.lifetime_ns === undefined
      ? event
      : { ...event, lifetime_ns: event.lifetime_ns + correction.byNs };
  }
}

/**
 * Returns the records in an order in which each spawn follows that of its parent, and the records of one PID keep their
 * order. Returns the same array if it is in such an order.
 */
export const parentsFirst = (records: readonly ChurnRecord[]): readonly ChurnRecord[] => {
  const spawns = spawnsByPid(records);
  if (!spawns || !hasLateParent(records, spawns)) return records;
  const previous = previousOfPid(records);
  const ordered: ChurnRecord[] = [];
  /** 0: not reached, 1: waits for others, 2: done. */
  const states = new Uint8Array(records.length);
  const stack: number[] = [];
  for (let start = 0; start < records.length; start++) {
    stack.push(start);
    for (let index = stack.at(-1); index !== undefined; index = stack.at(-1)) {
      const record = records[index] as ChurnRecord;
      const before = [previous[index] ?? -1, parentOf(record, records, spawns)];
      // A record that is reached again waits for itself: the order of such records does not matter.
      const next = states[index] === 0 ? before.filter((other) => other >= 0 && states[other] === 0) : [];
      if (states[index] === 0) states[index] = 1;
      if (next.length > 0) {
        stack.push(...next);
        continue;
      }
      stack.pop();
      if (states[index] === 2) continue;
      states[index] = 2;
      ordered.push(record);
    }
  }
  return keepsOrder(ordered, records, previous) ? ordered : records;
};

/** Returns whether the records of each PID kept their order. They do not if processes are their own ancestors. */
const keepsOrder = (
  ordered: readonly ChurnRecord[],
  records: readonly ChurnRecord[],
  previous: readonly (number | undefined)[],
): boolean => {
  const places = new Map(ordered.map((record, place) => [record, place]));
  const placeOf = (index: number) => places.get(records[index] as ChurnRecord) as number;
  return previous.every((before, index) => before === undefined || placeOf(before) < placeOf(index));
};

type SpawnIndexes = ReadonlyMap<number, readonly number[]>;

/** Returns the indexes of the spawns of each PID; undefined if at most one PID has a spawn. */
const spawnsByPid = (records: readonly ChurnRecord[]): SpawnIndexes | undefined => {
  if (records.length < 2) return undefined;
  const spawns = new Map<number, number[]>();
  records.forEach((record, index) => {
    if (record.probe_source !== 'process.spawned') return;
    const indexes = spawns.get(record.guest_pid);
    if (indexes) indexes.push(index);
    else spawns.set(record.guest_pid, [index]);
  });
  return spawns.size > 1 ? spawns : undefined;
};

/** Returns the index of the parent's spawn; -1 if it is not among the records. */
const parentOf = (record: ChurnRecord, records: readonly ChurnRecord[], spawns: SpawnIndexes): number => {
  if (record.probe_source !== 'process.spawned' || record.guest_ppid === undefined) return -1;
  const child = { startTicks: record.start_ticks };
  return (
    spawns
      .get(record.guest_ppid)
      ?.findLast((index) =>
        startedBefore({ startTicks: (records[index] as SpawnedEvent).start_ticks }, child),
      ) ?? -1
  );
};

const hasLateParent = (records: readonly ChurnRecord[], spawns: SpawnIndexes): boolean =>
  records.some((record, index) => parentOf(record, records, spawns) > index);

/** Returns, for each record, the index of the previous record of the same PID. */
const previousOfPid = (records: readonly ChurnRecord[]): (number | undefined)[] => {
  const latest = new Map<number, number>();
  return records.map((record, index) => {
    if (!isProbeEvent(record)) return undefined;
    const previous = latest.get(record.guest_pid);
    latest.set(record.guest_pid, index);
    return previous;
  });
};
