import { secondOf } from '../../domain/processes/rate-counter.ts';
import { type LogEntry, SystemState } from '../../domain/processes/system-state.ts';
import { RingBuffer } from '../../util/ring-buffer.ts';
import type { FleetGuest } from './fleet-guest.ts';
import type { DatedEntry } from './waiting-entries.ts';

/** The log of all guests in the order of wall time, and the guests with entries that wait until the log is complete up to them. */
export class MergedLog {
  readonly state = new SystemState();
  readonly #waiting = new Set<FleetGuest>();

  /** Adds an entry. The times of one guest, ns, must not decrease, so that its entries stay in order. */
  add(guest: FleetGuest, atNs: number, entry: LogEntry): void {
    if (guest.waiting.length === 0) this.#waiting.add(guest);
    guest.waiting.push(atNs, entry);
  }

  /**
   * Appends the entries up to a wall time, ns, to the log. Beyond `maxWaiting`, the earliest do not wait. Returns the
   * number of entries.
   */
  release(untilNs: number, maxWaiting: number): number {
    let released = this.#take(untilNs);
    let waiting = 0;
    for (const guest of this.#waiting) waiting += guest.waiting.length;
    if (waiting > maxWaiting) released = released.concat(this.#take(this.#timeOf(waiting - maxWaiting)));
    const lastNs = Math.max(Number(this.state.nowNs), released.at(-1)?.atNs ?? 0);
    this.#append(released, Number.isFinite(untilNs) ? Math.max(lastNs, untilNs) : lastNs);
    return released.length;
  }

  /** Removes and returns the entries up to a wall time, ns, in order. */
  #take(untilNs: number): DatedEntry[] {
    const taken: DatedEntry[] = [];
    for (const guest of this.#waiting) {
      guest.waiting.release(untilNs, taken);
      if (guest.waiting.length === 0) this.#waiting.delete(guest);
    }
    return taken.sort((a, b) => a.atNs - b.atNs);
  }

  /** Returns the wall time of the `count`-th entry that waits, ns. */
  #timeOf(count: number): number {
    const times = Array.from(this.#waiting, ({ waiting }) => waiting.times).flat();
    return times.sort((a, b) => a - b)[count - 1] as number;
  }

  /** Appends entries to the log, whose clock is the wall clock, and counts their rates and losses. */
  #append(entries: readonly DatedEntry[], nowNs: number): void {
    const { state } = this;
    const { log, spawns, exits, lostByReason } = state;
    state.nowNs = BigInt(Math.trunc(nowNs));
    for (const { atNs, entry } of entries) {
      const { record } = entry;
      log.push(entry);
      if (record.probe_source === 'process.spawned') spawns.add(secondOf(atNs));
      else if (record.probe_source === 'process.exited') exits.add(secondOf(atNs));
      else if (record.probe_source === 'trace.gap') {
        const { reason, tasks, events } = record;
        lostByReason.set(reason, (lostByReason.get(reason) ?? 0) + (tasks ?? events ?? 0));
      }
    }
    const second = secondOf(nowNs);
    spawns.advance(second);
    exits.advance(second);
  }

  /** Returns the retained entries of a guest as a log of its own, those that wait included. */
  logOf(guest: FleetGuest): RingBuffer<LogEntry> {
    const log = new RingBuffer<LogEntry>(this.state.log.capacity);
    for (const entry of [...this.state.log, ...guest.waiting]) {
      if (!guest.owns(entry)) continue;
      const { from: _, ...own } = entry;
      log.push(own);
    }
    return log;
  }
}
