import type { Density } from '../../../domain/source/replay-control.ts';
import { type Checkpoint, type CheckpointLimits, Checkpoints } from './checkpoints.ts';
import type { Landmark } from './landmarks.ts';
import type { IndexMessage, IndexProgress } from './protocol.ts';

const emptyDensity: Density = { fromNs: 0n, bucketNs: 1n, spawns: [], exits: [], gaps: [] };

const initialProgress: IndexProgress = {
  indexed: 0,
  toNs: 0n,
  events: 0,
  density: emptyDensity,
  landmarks: [],
  landmarkCount: 0,
  skipped: 0,
  diagnostics: [],
  done: false,
};

/** What is known of a trace so far, on the side that plays it. */
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

  /** The last checkpoint for which `holds`, with `lead` events more before it; it must hold for all before one. */
  lastCheckpoint(matches: (checkpoint: Checkpoint) => boolean, leadEvents: number): Checkpoint | undefined {
    const { retained } = this.#checkpoints;
    const nearest = retained[partitionPoint(retained, matches) - 1];
    if (!nearest) return undefined;
    return retained[partitionPoint(retained, ({ events }) => events <= nearest.events - leadEvents) - 1];
  }

  /** The first gap behind a moment, or the last one before it. */
  nearestLandmark(events: number, direction: 1 | -1): Landmark | undefined {
    const { landmarks } = this.#progress;
    if (direction > 0) return landmarks[partitionPoint(landmarks, (gap) => gap.events <= events)];
    return landmarks[partitionPoint(landmarks, (gap) => gap.events < events) - 1];
  }
}

/** How many at the start of a sorted list hold. */
const partitionPoint = <T>(list: readonly T[], holds: (value: T) => boolean): number => {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(list[middle] as T)) low = middle + 1;
    else high = middle;
  }
  return low;
};
