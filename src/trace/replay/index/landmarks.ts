/** A moment to jump to: after how many events, and when. */
export type Mark = { atNs: bigint; events: number };

export const markLimit = 4096;

/** Marks in order of time, at most `limit`: when they are more, those that stand close together count as one. */
export class Marks {
  readonly #limit: number;
  #held: Mark[] = [];
  #apartNs = 0n;
  #count = 0;

  constructor(limit = markLimit) {
    this.#limit = limit;
  }

  /** How many there were, held or not. */
  get count(): number {
    return this.#count;
  }

  get held(): readonly Mark[] {
    return this.#held;
  }

  add(mark: Mark): void {
    this.#count++;
    const last = this.#held.at(-1);
    if (last && mark.atNs - last.atNs < this.#apartNs) return;
    this.#held.push(mark);
    while (this.#held.length > this.#limit) this.#thin();
  }

  #thin(): void {
    this.#apartNs = this.#apartNs === 0n ? 1_000_000n : this.#apartNs * 2n;
    let last: bigint | undefined;
    this.#held = this.#held.filter(({ atNs }) => {
      if (last !== undefined && atNs - last < this.#apartNs) return false;
      last = atNs;
      return true;
    });
  }
}
