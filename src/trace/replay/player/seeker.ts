import {
  before,
  type CursorOptions,
  chunkBytes,
  type Place,
  type Spot,
  TraceCursor,
} from '../files/cursor.ts';
import type { TraceFile } from '../files/trace-file.ts';
import type { TraceIndex } from '../index/trace-index.ts';
import { unpack } from '../state/pack.ts';
import { Fold } from '../state/trace-state.ts';
import { Playhead } from './playhead.ts';
import { ruleOf, type Target } from './target.ts';

export type SeekerOptions = {
  files: readonly TraceFile[];
  index: TraceIndex;
  /** Entries of the log. */
  history: number;
} & Pick<CursorOptions, 'chunk' | 'onShort'>;

/** A whole state at the start of a chunk, log included. */
type Anchor = { place: Place; fold: Fold };

/** Steps back are short: with these they read a few chunks. */
const anchorLimit = 4;
/** Chunks between two: making one costs as much as folding one. */
const anchorEvery = 8;

/** Discovery that is longer does not hold up the first frame. */
const openingBytes = 1 << 24;

/**
 * To be anywhere in a trace: the nearest state kept, and a fold from there. A checkpoint has no log, so the one to begin
 * with is far enough back that the log is full again on arrival: what is shown is what a straight fold would show.
 */
export class Seeker {
  readonly #options: SeekerOptions;
  #anchors: Anchor[] = [];

  constructor(options: SeekerOptions) {
    this.#options = options;
  }

  /** At the first byte. */
  start(): Playhead {
    return this.#playhead(new Fold(this.#options.history), this.#cursor());
  }

  /** A new playhead at the target, or at the end of the trace before it; undefined when it was cancelled. */
  async to(target: Target, cancelled: () => boolean = () => false): Promise<Playhead | undefined> {
    const { chunk } = this.#options;
    const head = this.#begin(target);
    const arrival = await head.advance(target, {
      cancelled,
      ...(target.kind === 'opening' && { chunks: Math.ceil(openingBytes / (chunk ?? chunkBytes)) }),
    });
    if (arrival === 'short' && target.kind !== 'opening') return undefined;
    return head;
  }

  #begin(target: Target): Playhead {
    const { index, history } = this.#options;
    const { leads } = ruleOf(target);
    const checkpoint = index.last(leads, history);
    const anchor = this.#anchors
      .filter(({ place, fold }) => leads({ place, atNs: fold.atNs, events: fold.events }))
      .reduce<Anchor | undefined>(
        (best, next) => (!best || before(best.place, next.place) ? next : best),
        undefined,
      );
    if (anchor && !isBefore(anchor.place, checkpoint?.place))
      return this.#playhead(anchor.fold.freeze(), this.#cursor(anchor.place));
    if (!checkpoint?.packed) return this.start();
    const { place, packed, events } = checkpoint;
    const fold = Fold.restore(unpack(packed), history);
    return this.#playhead(fold, this.#cursor(place), events + history);
  }

  #cursor(place?: Place): TraceCursor {
    const { files, chunk, onShort } = this.#options;
    return new TraceCursor(files, { place, chunk, onShort });
  }

  /** Its log is whole from so many events on: before, it is no state to come back to. */
  #playhead(fold: Fold, cursor: TraceCursor, wholeFrom = 0): Playhead {
    let chunks = 0;
    return new Playhead(fold, cursor, (place, at) => {
      if (at.events < wholeFrom || chunks++ % anchorEvery !== 0) return;
      if (this.#anchors.some((held) => !before(held.place, place) && !before(place, held.place))) return;
      this.#anchors = [...this.#anchors.slice(1 - anchorLimit), { place, fold: at.freeze() }];
    });
  }
}

const isBefore = (one: Spot, other: Spot | undefined): boolean => other !== undefined && before(one, other);
