/** Maximum number of names that are counted at once. */
const maxNames = 8;

/**
 * Counts the most frequent names with the Space-Saving algorithm. Counts are exact up to `maxNames` names. Beyond that, a
 * new name replaces the rarest one and takes over its count, so that frequent names stay.
 */
export class TopNames {
  #names: string[] = [];
  #counts: number[] = [];

  /** Adds `times` to the count of a name. A negative number takes back what was counted. */
  add(name: string, times = 1): void {
    const known = this.#names.indexOf(name);
    if (known >= 0) {
      this.#counts[known] = (this.#counts[known] as number) + times;
      return;
    }
    if (times < 0) return;
    if (this.#names.length < maxNames) {
      this.#names.push(name);
      this.#counts.push(times);
      return;
    }
    let rarest = 0;
    for (let index = 1; index < maxNames; index++) {
      if ((this.#counts[index] as number) < (this.#counts[rarest] as number)) rarest = index;
    }
    this.#names[rarest] = name;
    this.#counts[rarest] = Math.max(0, this.#counts[rarest] as number) + times;
  }

  clone(): TopNames {
    const copy = new TopNames();
    copy.#names = this.#names.slice();
    copy.#counts = this.#counts.slice();
    return copy;
  }

  merge(other: TopNames): void {
    other.#names.forEach((name, index) => {
      this.add(name, Math.max(0, other.#counts[index] as number));
    });
  }

  /** Returns the most frequent names, the most frequent first. */
  ranked(limit: number): { name: string; count: number }[] {
    return this.#names
      .map((name, index) => ({ name, count: this.#counts[index] as number }))
      .filter(({ count }) => count > 0)
      .toSorted((a, b) => b.count - a.count)
      .slice(0, limit);
  }

  /** Returns the most frequent name; undefined if nothing is counted. */
  mostFrequent(): { name: string; count: number } | undefined {
    let best = -1;
    this.#counts.forEach((count, index) => {
      if (count > 0 && (best < 0 || count > (this.#counts[best] as number))) best = index;
    });
    return best < 0 ? undefined : { name: this.#names[best] as string, count: this.#counts[best] as number };
  }
}
