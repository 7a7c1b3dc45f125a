import { secondOf } from '../../domain/processes/rate-counter.ts';
import { type LogEntry, SystemState } from '../../domain/processes/system-state.ts';
import { MinHeap } from '../../util/min-heap.ts';
import { RingBuffer } from '../../util/ring-buffer.ts';
import type { FleetGuest } from './fleet-guest.ts';

/** An entry that waits for those of other guests. `atNs` is its wall time, `arrival` breaks ties. */
type WaitingEntry = { atNs: number; arrival: number; guest: FleetGuest; entry: LogEntry };

const isBefore = (a: WaitingEntry, b: WaitingEntry): boolean =>
  a.atNs < b.atNs || (a.atNs === b.atNs && a.arrival < b.arrival);

/** The log of all guests in the order of wall time, and the entries that wait until the log is complete up to them. */
export class MergedLog {
  readonly #waiting = new MinHeap(isBefore);
  readonly state = new SystemState();
  #arrivals = 0;

  /** Adds an entry. The times of one guest must not decrease, so that its entries stay in order. */
  add(guest: FleetGuest, atNs: number, entry: LogEntry): void {
    guest.waiting++;
    this.#waiting.push({ atNs, arrival: this.#arrivals++, guest, entry });
  }

  /**
   * Appends the entries up to a wall time, ns, to the log. Beyond `maxWaiting`, the earliest do not wait. Returns how many
   * were appended.
   */
  release(untilNs: number, maxWaiting: number): number {
    const released: WaitingEntry[] = [];
    let lastNs = Number(this.state.nowNs);
    for (
      let first = this.#waiting.first;
      first && (first.atNs <= untilNs || this.#waiting.size > maxWaiting);
      first = this.#waiting.first
    ) {
      this.#waiting.pop();
      first.guest.waiting--;
      released.push(first);
      lastNs = Math.max(lastNs, first.atNs);
    }
    const nowNs = Number.isFinite(untilNs) ? Math.max(lastNs, untilNs) : lastNs;
    this.#append(released, BigInt(Math.trunc(nowNs)));
    return released.length;
  }

  /** Appends entries to the log, whose clock is the wall clock, and counts their rates and losses. */
  #append(entries: readonly WaitingEntry[], nowNs: bigint): void {
    const { state } = this;
    const { log, spawns, exits, lostByReason } = state;
    if (nowNs > state.nowNs) state.nowNs = nowNs;
    for (const { atNs, entry } of entries) {
      const { record } = entry;
      const second = Math.floor(atNs / 1e9);
      log.push(entry);
      if (record.probe_source === 'process.spawned') spawns.add(second);
      else if (record.probe_source === 'process.exited') exits.add(second);
      else if (record.probe_source === 'trace.gap') {
        const { reason, tasks, events } = record;
        lostByReason.set(reason, (lostByReason.get(reason) ?? 0) + (tasks ?? events ?? 0));
      }
    }
    const second = secondOf(state.nowNs);
    spawns.advance(second);
    exits.advance(second);
  }

  /** Returns the retained entries of a guest as a log of its own, those that wait included. */
  logOf(guest: FleetGuest): RingBuffer<LogEntry> {
    const log = new RingBuffer<LogEntry>(this.state.log.capacity);
    const waiting = [...this.#waiting].filter((each) => each.guest === guest);
    const entries = waiting.toSorted((a, b) => a.arrival - b.arrival).map(({ entry }) => entry);
    for (const entry of [...this.state.log, ...entries]) {
      if (!guest.owns(entry)) continue;
      const { from: _, ...own } = entry;
      log.push(own);
    }
    return log;
  }
}
