import type { ResumePoint } from '../files/cursor.ts';

/** A point from which a replay can resume: the packed state of all records before it. */
export type Checkpoint = {
  resumePoint: ResumePoint;
  /** Number of bytes before it, in all files of the trace. */
  traceOffset: number;
  atNs: bigint;
  events: number;
  /** Length of `packed`, in bytes. */
  bytes: number;
  /** The packed state. Undefined on the index thread, which uses only the spacing. */
  packed: Uint8Array | undefined;
};

export type CheckpointLimits = {
  /** Maximum number of checkpoints. */
  count: number;
  /** Maximum bytes of all packed states. */
  bytes: number;
  /** Initial distance of two checkpoints, in bytes of trace. */
  spacing: number;
};

/** Minimum spacing. Closer checkpoints are of no use, because a seek reads more than this to fill the log. */
const minSpacingBytes = 1 << 20;

/** Returns limits for a trace of `traceBytes`. Their spacing fits the trace, so that no checkpoint is dropped later. */
export const checkpointLimitsFor = (traceBytes: number): CheckpointLimits => ({
  count: 1024,
  bytes: 48 << 20,
  spacing: Math.max(minSpacingBytes, Math.ceil(traceBytes / 768)),
});

/**
 * Checkpoints at equal distances in bytes of the trace. Beyond a limit, every other one is dropped and the spacing doubles.
 * The result depends only on the added checkpoints, so that two threads retain the same ones.
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

  /** Returns whether an offset is far enough from the last checkpoint. */
  isDue(traceOffset: number): boolean {
    return traceOffset - (this.#retained.at(-1)?.traceOffset ?? 0) >= this.#spacing;
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
