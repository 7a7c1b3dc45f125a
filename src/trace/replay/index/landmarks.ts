/** An alert, failure, note or gap to seek to: its time, and the number of events up to and including it. */
export type Landmark = { atNs: bigint; events: number };

const defaultMaxRetained = 4096;

/** Landmarks in order of time. Beyond the maximum number, those that are close to the previous one are dropped. */
export class Landmarks {
  readonly #maxRetained: number;
  #retained: Landmark[] = [];
  #minDistanceNs = 0n;
  #count = 0;

  constructor(maxRetained = defaultMaxRetained) {
    this.#maxRetained = maxRetained;
  }

  /** Number of landmarks added, retained or not. */
  get count(): number {
    return this.#count;
  }

  get retained(): readonly Landmark[] {
    return this.#retained;
  }

  /** Adds a landmark. One that repeats an earlier one is only counted. */
  add(landmark: Landmark, isRepeated = false): void {
    this.#count++;
    if (isRepeated) return;
    const last = this.#retained.at(-1);
    if (last && landmark.atNs - last.atNs < this.#minDistanceNs) return;
    this.#retained.push(landmark);
    while (this.#retained.length > this.#maxRetained) this.#thin();
  }

  /** Doubles the minimum distance and drops landmarks that are closer to the previous one. */
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
