import type { Density } from '../../../domain/source/replay-control.ts';
import { type Checkpoint, type CheckpointLimits, Checkpoints } from './checkpoints.ts';
import { DensityCounter } from './density.ts';
import type { Landmark } from './landmarks.ts';
import type { IndexMessage, IndexProgress } from './protocol.ts';

const emptyDensity: Density = new DensityCounter().density;

const initialProgress: IndexProgress = {
  indexed: 0,
  toNs: 0n,
  events: 0,
  density: emptyDensity,
  wallSteps: [],
  landmarks: [],
  landmarkCount: 0,
  skipped: 0,
  diagnostics: [],
  done: false,
};

/** The index of a trace as received from the index thread so far. */
export class TraceIndex {
  #progress = initialProgress;
  readonly #checkpoints: Checkpoints;

  constructor(limits: CheckpointLimits) {
    this.#checkpoints = new Checkpoints(limits);
  }

  get progress(): IndexProgress {
    return this.#progress;
  }

  get checkpoints(): readonly Checkpoint[] {
    return this.#checkpoints.retained;
  }

  add(message: Extract<IndexMessage, { type: 'checkpoint' | 'progress' }>): void {
    if (message.type === 'checkpoint') this.#checkpoints.add(message.checkpoint);
    else this.#progress = message.progress;
  }

  /**
   * Returns the last checkpoint that is at least `leadEvents` events before the last one that matches. The checkpoints that
   * match must precede all others.
   */
  lastCheckpoint(matches: (checkpoint: Checkpoint) => boolean, leadEvents: number): Checkpoint | undefined {
    const { retained } = this.#checkpoints;
    const nearest = retained[partitionPoint(retained, matches) - 1];
    if (!nearest) return undefined;
    return retained[partitionPoint(retained, ({ events }) => events <= nearest.events - leadEvents) - 1];
  }

  /** Returns the first landmark after a number of events, or the last one before it. */
  nearestLandmark(events: number, direction: 1 | -1): Landmark | undefined {
    const { landmarks } = this.#progress;
    if (direction > 0) return landmarks[partitionPoint(landmarks, (landmark) => landmark.events <= events)];
    return landmarks[partitionPoint(landmarks, (landmark) => landmark.events < events) - 1];
  }
}

/** Returns how many items at the start of a partitioned list match, by binary search. */
const partitionPoint = <T>(list: readonly T[], matches: (value: T) => boolean): number => {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (matches(list[middle] as T)) low = middle + 1;
    else high = middle;
  }
  return low;
};
