import type { Density } from '../../../domain/source/replay-control.ts';
import { type Checkpoint, type CheckpointLimits, Checkpoints } from './checkpoints.ts';
import type { Mark } from './landmarks.ts';
import type { IndexMessage, IndexProgress } from './protocol.ts';

const nothing: Density = { fromNs: 0n, widthNs: 1n, spawns: [], exits: [], gaps: [] };

const before: IndexProgress = {
  indexed: 0,
  toNs: 0n,
  events: 0,
  density: nothing,
  gaps: [],
  gapCount: 0,
  skipped: 0,
  remarks: [],
  done: false,
};

/** What is known of a trace so far, on the side that plays it. */
export class TraceIndex {
  #progress = before;
  readonly #checkpoints: Checkpoints;

  constructor(limits: CheckpointLimits) {
    this.#checkpoints = new Checkpoints(limits);
  }

  get progress(): IndexProgress {
    return this.#progress;
  }

  get checkpoints(): readonly Checkpoint[] {
    return this.#checkpoints.held;
  }

  add(message: Extract<IndexMessage, { type: 'checkpoint' | 'progress' }>): void {
    if (message.type === 'checkpoint') this.#checkpoints.add(message.checkpoint);
    else this.#progress = message.progress;
  }

  /** The last checkpoint for which `holds`, with `lead` events more before it; it must hold for all before one. */
  last(holds: (checkpoint: Checkpoint) => boolean, lead: number): Checkpoint | undefined {
    const { held } = this.#checkpoints;
    const nearest = held[count(held, holds) - 1];
    if (!nearest) return undefined;
    return held[count(held, ({ events }) => events <= nearest.events - lead) - 1];
  }

  /** The first gap behind a moment, or the last one before it. */
  gap(events: number, direction: 1 | -1): Mark | undefined {
    const { gaps } = this.#progress;
    if (direction > 0) return gaps[count(gaps, (gap) => gap.events <= events)];
    return gaps[count(gaps, (gap) => gap.events < events) - 1];
  }
}

/** How many at the start of a sorted list hold. */
const count = <T>(list: readonly T[], holds: (value: T) => boolean): number => {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(list[middle] as T)) low = middle + 1;
    else high = middle;
  }
  return low;
};
