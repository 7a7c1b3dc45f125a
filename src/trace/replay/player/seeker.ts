import {
  type CursorOptions,
  defaultChunkBytes,
  type FilePosition,
  isBefore,
  type ResumePoint,
  TraceCursor,
} from '../files/cursor.ts';
import type { ReplayFile } from '../files/trace-file.ts';
import type { TraceIndex } from '../index/trace-index.ts';
import { unpackState } from '../state/pack.ts';
import { TraceState } from '../state/trace-state.ts';
import { Playhead } from './playhead.ts';
import { type SeekTarget, seekRuleOf } from './target.ts';

export type SeekerOptions = {
  files: readonly ReplayFile[];
  index: TraceIndex;
  /** Entries of the log. */
  history: number;
} & Pick<CursorOptions, 'chunkBytes' | 'onTruncatedFile'>;

/** A whole state at the start of a chunk, log included. */
type CachedState = { resumePoint: ResumePoint; state: TraceState };

/** Steps back are short: with these they read a few chunks. */
const maxCachedStates = 4;
/** Chunks between two: making one costs as much as folding one. */
const chunksPerCachedState = 8;

/** Discovery that is longer does not hold up the first frame. */
const maxOpeningBytes = 1 << 24;

/**
 * To be anywhere in a trace: the nearest state kept, and a fold from there. A checkpoint has no log, so the one to begin
 * with is far enough back that the log is full again on arrival: what is shown is what a straight fold would show.
 */
export class Seeker {
  readonly #options: SeekerOptions;
  #cachedStates: CachedState[] = [];

  constructor(options: SeekerOptions) {
    this.#options = options;
  }

  /** At the first byte. */
  atStart(): Playhead {
    return this.#playheadAt(new TraceState(this.#options.history), this.#cursor());
  }

  /** A new playhead at the target, or at the end of the trace before it; undefined when it was cancelled. */
  async seek(target: SeekTarget, isCancelled: () => boolean = () => false): Promise<Playhead | undefined> {
    const { chunkBytes } = this.#options;
    const head = this.#nearestPlayhead(target);
    const arrival = await head.advance(target, {
      isCancelled,
      ...(target.kind === 'opening' && {
        maxChunks: Math.ceil(maxOpeningBytes / (chunkBytes ?? defaultChunkBytes)),
      }),
    });
    if (arrival === 'short' && target.kind !== 'opening') return undefined;
    return head;
  }

  #nearestPlayhead(target: SeekTarget): Playhead {
    const { index, history } = this.#options;
    const { isBeforeTarget } = seekRuleOf(target);
    const checkpoint = index.lastCheckpoint(isBeforeTarget, history);
    const anchor = this.#cachedStates
      .filter(({ resumePoint, state }) =>
        isBeforeTarget({ resumePoint, atNs: state.atNs, events: state.events }),
      )
      .reduce<CachedState | undefined>(
        (best, next) => (!best || isBefore(best.resumePoint, next.resumePoint) ? next : best),
        undefined,
      );
    if (anchor && !isBeforeOptional(anchor.resumePoint, checkpoint?.resumePoint))
      return this.#playheadAt(anchor.state.clone(), this.#cursor(anchor.resumePoint));
    if (!checkpoint?.packed) return this.atStart();
    const { resumePoint, packed, events } = checkpoint;
    const fold = TraceState.restore(unpackState(packed), history);
    return this.#playheadAt(fold, this.#cursor(resumePoint), events + history);
  }

  #cursor(resumeFrom?: ResumePoint): TraceCursor {
    const { files, chunkBytes, onTruncatedFile } = this.#options;
    return new TraceCursor(files, { resumeFrom, chunkBytes, onTruncatedFile });
  }

  /** Its log is whole from so many events on: before, it is no state to come back to. */
  #playheadAt(fold: TraceState, cursor: TraceCursor, logCompleteFrom = 0): Playhead {
    let chunks = 0;
    return new Playhead(fold, cursor, (resumePoint, at) => {
      if (at.events < logCompleteFrom || chunks++ % chunksPerCachedState !== 0) return;
      if (
        this.#cachedStates.some(
          (held) => !isBefore(held.resumePoint, resumePoint) && !isBefore(resumePoint, held.resumePoint),
        )
      )
        return;
      this.#cachedStates = [
        ...this.#cachedStates.slice(1 - maxCachedStates),
        { resumePoint, state: at.clone() },
      ];
    });
  }
}

const isBeforeOptional = (one: FilePosition, other: FilePosition | undefined): boolean =>
  other !== undefined && isBefore(one, other);
