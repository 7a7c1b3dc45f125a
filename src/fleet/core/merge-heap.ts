import type { LogEntry } from '../../domain/processes/system-state.ts';

/** An entry that waits for those of other guests. `atNs` is its corrected wall time, `arrival` breaks ties. */
export type WaitingEntry = { atNs: number; arrival: number; guest: string; entry: LogEntry };

const isBefore = (a: WaitingEntry, b: WaitingEntry): boolean =>
  a.atNs < b.atNs || (a.atNs === b.atNs && a.arrival < b.arrival);

/**
 * A binary heap of the entries of all guests, the earliest first. The times of one guest must not decrease, so that its
 * entries stay in order.
 */
export class MergeHeap {
  readonly #items: WaitingEntry[] = [];
  #arrivals = 0;

  get size(): number {
    return this.#items.length;
  }

  /** Time of the earliest entry; undefined if there is none. */
  get earliestNs(): number | undefined {
    return this.#items[0]?.atNs;
  }

  push(guest: string, atNs: number, entry: LogEntry): void {
    const items = this.#items;
    const item = { atNs, arrival: this.#arrivals++, guest, entry };
    let at = items.length;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = items[parent] as WaitingEntry;
      if (!isBefore(item, above)) break;
      items[at] = above;
      at = parent;
    }
    items[at] = item;
  }

  /** Removes and returns the earliest entry; undefined if there is none. */
  pop(): WaitingEntry | undefined {
    const items = this.#items;
    const [first] = items;
    const last = items.pop();
    if (!last || items.length === 0) return first;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= items.length) break;
      if (
        child + 1 < items.length &&
        isBefore(items[child + 1] as WaitingEntry, items[child] as WaitingEntry)
      )
        child++;
      if (!isBefore(items[child] as WaitingEntry, last)) break;
      items[at] = items[child] as WaitingEntry;
      at = child;
    }
    items[at] = last;
    return first;
  }

  /** Returns the waiting entries of a guest, in order. */
  of(guest: string): LogEntry[] {
    return this.#items
      .filter((item) => item.guest === guest)
      .toSorted((a, b) => a.arrival - b.arrival)
      .map(({ entry }) => entry);
  }
}
