/** A moment to jump to: after how many events, and when. */
export type Landmark = { atNs: bigint; events: number };

export const maxLandmarks = 4096;

/** Marks in order of time, at most `limit`: when they are more, those that stand close together count as one. */
export class Landmarks {
  readonly #maxRetained: number;
  #retained: Landmark[] = [];
  #minDistanceNs = 0n;
  #count = 0;

  constructor(limit = maxLandmarks) {
    this.#maxRetained = limit;
  }

  /** How many there were, held or not. */
  get count(): number {
    return this.#count;
  }

  get retained(): readonly Landmark[] {
    return this.#retained;
  }

  add(landmark: Landmark): void {
    this.#count++;
    const last = this.#retained.at(-1);
    if (last && landmark.atNs - last.atNs < this.#minDistanceNs) return;
    this.#retained.push(landmark);
    while (this.#retained.length > this.#maxRetained) this.#thin();
  }

  #thin(): void {
    this.#minDistanceNs = this.#minDistanceNs === 0n ? 1_000_000n : this.#minDistanceNs * 2n;
    let last: bigint | undefined;
    this.#retained = this.#retained.filter(({ atNs }) => {
      if (last !== undefined && atNs - last < this.#minDistanceNs) return false;
      last = atNs;
      return true;
    });
  }
}
