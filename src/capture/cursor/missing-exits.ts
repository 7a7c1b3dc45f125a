import type { PidCounts } from './pid-counts.ts';
import type { PidResolver } from './pid-resolver.ts';

/** An exit can be counted shortly before it can be read: a second scan follows before a walk is requested. */
const maxEmptyScans = 2;

export type MissingExitsOptions = {
  counts: PidCounts;
  resolver: PidResolver;
  /** Whether the task count includes this PID namespace only, so that the number of exits is exact. */
  ownTaskCount: boolean;
};

/** Counts the exits that were not found yet: spawns, minus the change of the task count, minus the exits found. */
export class MissingExits {
  readonly #counts: PidCounts;
  readonly #resolver: PidResolver;
  readonly #ownTaskCount: boolean;
  #exits = 0;
  #missedBefore = 0;
  #emptyScans = 0;
  #spawnedBefore: number;

  constructor({ counts, resolver, ownTaskCount }: MissingExitsOptions) {
    this.#counts = counts;
    this.#resolver = resolver;
    this.#ownTaskCount = ownTaskCount;
    this.#spawnedBefore = this.#spawned();
  }

  /** Returns how many exits are missing. A pending or missed PID explains one: that task has exited. */
  count(): number {
    return this.#exits - this.#resolver.pending - (this.#missed() - this.#missedBefore);
  }

  /** Returns whether the recent processes should be scanned for exits. */
  shouldScan(): boolean {
    return this.#emptyScans < maxEmptyScans && this.count() > 0;
  }

  /** Updates the count after the loadavg numbers changed and the new PIDs were counted. */
  countersRead(taskCountChange: number): void {
    const spawned = this.#spawned();
    this.#exits += spawned - this.#spawnedBefore - taskCountChange;
    this.#spawnedBefore = spawned;
    // Spawns in other PID namespaces can hide exits in this one: any change may have been an exit.
    if (!this.#ownTaskCount && this.count() < 1) this.#exits += 1 - this.count();
    this.#emptyScans = 0;
  }

  /**
   * Subtracts exits that a scan found. `complete`: whether all recent processes were read.
   * @returns whether older processes must have exited, so that a walk is needed.
   */
  exitsFound(exits: number, complete: boolean): boolean {
    this.#exits -= exits;
    if (!complete || this.count() <= 0) return false;
    this.#emptyScans++;
    return this.#emptyScans >= maxEmptyScans;
  }

  /** Resets the count after a walk, which finds every exit. */
  reset(): void {
    this.#missedBefore = this.#missed();
    this.#exits = this.#resolver.pending;
    this.#emptyScans = 0;
  }

  /** Returns how many PIDs were never observed. A PID without a spawn counts as a spawn and an exit here. */
  #missed(): number {
    return this.#counts.missed + this.#counts.notSpawned;
  }

  #spawned(): number {
    return this.#counts.allocated - this.#counts.alreadyInUse;
  }
}
