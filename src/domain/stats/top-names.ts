const maxNames = 8;

/**
 * The most frequent of many names in a few places: exact while there are no more names than places; beyond that the
 * rarest gives its place and its count to the newcomer (space saving), so the frequent ones stay.
 */
export class TopNames {
  #names: string[] = [];
  #counts: number[] = [];

  add(name: string, times = 1): void {
    const place = this.#names.indexOf(name);
    if (place >= 0) {
      this.#counts[place] = (this.#counts[place] as number) + times;
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

  /** The most frequent name, undefined when nothing is counted. */
  mostFrequent(): { name: string; count: number } | undefined {
    let best = -1;
    this.#counts.forEach((count, index) => {
      if (count > 0 && (best < 0 || count > (this.#counts[best] as number))) best = index;
    });
    return best < 0 ? undefined : { name: this.#names[best] as string, count: this.#counts[best] as number };
  }
}
