import type { LogEntry } from '../../domain/processes/system-state.ts';

/** An entry with its wall time, ns. */
export type DatedEntry = { atNs: number; entry: LogEntry };

/**
 * The log entries of one guest that wait for those of other guests. Their times must not decrease, so that the entries up
 * to a time are the first ones. Times are in an array of numbers, because an object for each entry that waits would
 * outlive the space for new objects.
 */
export class WaitingEntries {
  readonly #times: number[] = [];
  readonly #entries: LogEntry[] = [];

  get length(): number {
    return this.#entries.length;
  }

  /** Wall times in order, ns. */
  get times(): readonly number[] {
    return this.#times;
  }

  push(atNs: number, entry: LogEntry): void {
    this.#times.push(atNs);
    this.#entries.push(entry);
  }

  /** Moves the entries up to a time, ns, to `released`. */
  release(untilNs: number, released: DatedEntry[]): void {
    let count = 0;
    for (let atNs = this.#times[0]; atNs !== undefined && atNs <= untilNs; atNs = this.#times[++count])
      released.push({ atNs, entry: this.#entries[count] as LogEntry });
    this.#times.splice(0, count);
    this.#entries.splice(0, count);
  }

  [Symbol.iterator](): IterableIterator<LogEntry> {
    return this.#entries.values();
  }
}
