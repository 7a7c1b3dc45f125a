import type { EventList } from './event-list.ts';
import { churnTrack } from './tracks.ts';

const secondNs = 1_000_000_000n;

/** Spawns and exits a second. */
export class Counters {
  readonly #list: EventList;
  #second: { startNs: bigint; spawned: number; exited: number } | undefined;

  constructor(list: EventList) {
    this.#list = list;
  }

  count(atNs: bigint, what: 'spawned' | 'exited'): void {
    const before = this.#second;
    if (before && atNs < before.startNs + secondNs) {
      before[what]++;
      return;
    }
    const startNs = atNs - (atNs % secondNs);
    this.flush();
    // The viewer draws a value on until the next one.
    if (before && startNs > before.startNs + secondNs) this.#tell(before.startNs + secondNs, 0, 0);
    this.#second = { startNs, spawned: 0, exited: 0, [what]: 1 };
  }

  /** The second under way ends here. */
  flush(): void {
    if (this.#second) this.#tell(this.#second.startNs, this.#second.spawned, this.#second.exited);
    this.#second = undefined;
  }

  #tell(at: bigint, spawns: number, exits: number): void {
    this.#list.add({ ph: 'C', name: 'spawns/s', pid: churnTrack, at, args: { spawns } });
    this.#list.add({ ph: 'C', name: 'exits/s', pid: churnTrack, at, args: { exits } });
  }
}
