/**
 * Assigns each lifespan of one name to the lowest free lane, so that there are as many lanes as processes alive at
 * once.
 */
export class LaneAllocator {
  /** Free lanes, the lowest last. */
  #free: number[] = [];
  /** By lane: end of its last lifespan, ns. */
  #freeSinceNs: bigint[] = [];
  #busy = 0;

  get size(): number {
    return this.#freeSinceNs.length;
  }

  get busy(): number {
    return this.#busy;
  }

  /** Allocates the lowest lane that is free from `fromNs` on. */
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

  /** Frees a lane from `untilNs` on; without `untilNs`, from the same time on as before its allocation. */
  release(lane: number, untilNs?: bigint): void {
    this.#busy--;
    if (untilNs !== undefined) this.#freeSinceNs[lane] = untilNs;
    let low = 0;
    let high = this.#free.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#free[middle] as number) > lane) low = middle + 1;
      else high = middle;
    }
    this.#free.splice(low, 0, lane);
  }
}
