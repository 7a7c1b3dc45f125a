/** Zombies by the parent that has to reap them. They get another parent when that one exits. */
export class ZombieParents<T> {
  readonly #zombies = new Map<number, Set<T>>();
  #orphaned: T[] = [];

  /** How many zombies have lost their parent and were not taken since. */
  get orphaned(): number {
    return this.#orphaned.length;
  }

  /** Removes and returns the zombies that have lost their parent. Some may have been reaped since. */
  takeOrphaned(): T[] {
    const taken = this.#orphaned;
    this.#orphaned = [];
    return taken;
  }

  add(parentPid: number | undefined, zombie: T): void {
    if (parentPid === undefined) return;
    const zombies = this.#zombies.get(parentPid);
    if (zombies) zombies.add(zombie);
    else this.#zombies.set(parentPid, new Set([zombie]));
  }

  remove(parentPid: number | undefined, zombie: T): void {
    if (parentPid === undefined || this.#zombies.size === 0) return;
    const zombies = this.#zombies.get(parentPid);
    if (zombies?.delete(zombie) && zombies.size === 0) this.#zombies.delete(parentPid);
  }

  /** Marks the zombies of a parent as orphaned. A process loses its children when it becomes a zombie, or exits. */
  orphan(parentPid: number): void {
    if (this.#zombies.size === 0) return;
    const zombies = this.#zombies.get(parentPid);
    if (zombies) this.#orphaned = this.#orphaned.concat(...zombies);
  }
}
