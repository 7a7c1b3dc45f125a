import type { ResumePoint } from '../files/cursor.ts';

/** Where a replay can begin: the packed fold of everything before a place. */
export type Checkpoint = {
  resumePoint: ResumePoint;
  /** Bytes before it, over all files. */
  traceOffset: number;
  atNs: bigint;
  events: number;
  bytes: number;
  /** Absent where only the spacing matters (on the thread that made it). */
  packed: Uint8Array | undefined;
};

export type CheckpointLimits = {
  count: number;
  /** Of all that is packed. */
  bytes: number;
  /** Bytes of trace between two, at first. */
  spacing: number;
};

/** Closer together they save nothing: to fill the log, more than this is read in any case. */
const minSpacingBytes = 1 << 20;

/** Limits for a trace of so many bytes: the spacing that will do for all of it, so that none is made to be thrown away. */
export const checkpointLimitsFor = (traceBytes: number): CheckpointLimits => ({
  count: 1024,
  bytes: 48 << 20,
  spacing: Math.max(minSpacingBytes, Math.ceil(traceBytes / 768)),
});

/**
 * A bounded number of checkpoints at equal distances, in bytes of trace: when they grow too many or too large, every other one
 * goes and the distance doubles. What is held depends only on what was added, so two threads agree without a word.
 */
export class Checkpoints {
  readonly #limits: CheckpointLimits;
  #retained: Checkpoint[] = [];
  #bytes = 0;
  #spacing: number;

  constructor(limits: CheckpointLimits) {
    this.#limits = limits;
    this.#spacing = limits.spacing;
  }

  get retained(): readonly Checkpoint[] {
    return this.#retained;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Is it far enough from the last one? */
  isDue(position: number): boolean {
    return position - (this.#retained.at(-1)?.traceOffset ?? 0) >= this.#spacing;
  }

  add(checkpoint: Checkpoint): void {
    this.#retained.push(checkpoint);
    this.#bytes += checkpoint.bytes;
    while (
      this.#retained.length > this.#limits.count ||
      (this.#bytes > this.#limits.bytes && this.#retained.length > 1)
    )
      this.#dropEveryOther();
  }

  #dropEveryOther(): void {
    this.#spacing *= 2;
    this.#retained = this.#retained.filter((_, index) => index % 2 === 1);
    this.#bytes = this.#retained.reduce((sum, { bytes }) => sum + bytes, 0);
  }
}
