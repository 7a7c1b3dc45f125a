/** Lanes of one comm: a life takes the lowest one that is free, so that there are no more than were alive at once. */
export class LaneAllocator {
  /** Free lanes, the lowest last. */
  #free: number[] = [];
  /** When the last life in each lane ended. */
  #freeSinceNs: bigint[] = [];
  #busy = 0;

  get size(): number {
    return this.#freeSinceNs.length;
  }

  get busy(): number {
    return this.#busy;
  }

  /** A lane where nothing lies behind `fromNs`. */
  allocate(fromNs: bigint): number {
    this.#busy++;
    for (let index = this.#free.length - 1; index >= 0; index--) {
      const lane = this.#free[index] as number;
      if ((this.#freeSinceNs[lane] as bigint) <= fromNs) {
        this.#free.splice(index, 1);
        return lane;
      }
    }
    return this.#freeSinceNs.push(fromNs) - 1;
  }

  /** The lane is free again from `untilNs` on; undefined leaves it as unused as it was. */
  release(lane: number, untilNs?: bigint): void {
    this.#busy--;
    if (untilNs !== undefined) this.#freeSinceNs[lane] = untilNs;
    let from = 0;
    let to = this.#free.length;
    while (from < to) {
      const middle = (from + to) >> 1;
      if ((this.#free[middle] as number) > lane) from = middle + 1;
      else to = middle;
    }
    this.#free.splice(from, 0, lane);
  }
}
