import { appendToLog } from '../../domain/fleet/guest-log.ts';
import { type LogEntry, SystemState } from '../../domain/processes/system-state.ts';
import { RingBuffer } from '../../util/ring-buffer.ts';
import type { FleetGuest } from './fleet-guest.ts';
import { MergeHeap } from './merge-heap.ts';

/** The log of all guests in the order of wall time, and the entries that wait until the log is complete up to them. */
export class MergedLog {
  readonly #heap = new MergeHeap();
  readonly #guests: ReadonlyMap<string, FleetGuest>;
  readonly state: SystemState;

  constructor(guests: ReadonlyMap<string, FleetGuest>, capacity?: number) {
    this.#guests = guests;
    this.state = new SystemState(capacity);
  }

  add(guest: FleetGuest, atNs: number, entry: LogEntry): void {
    guest.waiting++;
    this.#heap.push(guest.id, atNs, entry);
  }

  /** Appends the entries up to a wall time, ns, to the log and returns them. Beyond `maxWaiting`, the earliest do not wait. */
  release(untilNs: number, maxWaiting: number): LogEntry[] {
    const released: LogEntry[] = [];
    let earliestNs = this.#heap.earliestNs;
    let lastNs = Number(this.state.nowNs);
    while (earliestNs !== undefined && (earliestNs <= untilNs || this.#heap.size > maxWaiting)) {
      const { guest, entry } = this.#heap.pop() as { guest: string; entry: LogEntry };
      const sender = this.#guests.get(guest);
      if (sender) sender.waiting--;
      released.push(entry);
      lastNs = Math.max(lastNs, earliestNs);
      earliestNs = this.#heap.earliestNs;
    }
    const nowNs = Number.isFinite(untilNs) ? Math.max(lastNs, untilNs) : lastNs;
    appendToLog(this.state, released, BigInt(Math.trunc(nowNs)));
    return released;
  }

  /** Returns the retained entries of a guest as a log of its own, those that wait included. */
  logOf(guest: FleetGuest): RingBuffer<LogEntry> {
    const log = new RingBuffer<LogEntry>(this.state.log.capacity);
    for (const entry of [...this.state.log, ...this.#heap.of(guest.id)]) {
      if (!guest.owns(entry)) continue;
      const { from: _, ...own } = entry;
      log.push(own);
    }
    return log;
  }
}
