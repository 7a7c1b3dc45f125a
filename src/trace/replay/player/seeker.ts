import {
  type CursorOptions,
  defaultChunkBytes,
  type FilePosition,
  isBefore,
  type ResumePoint,
  TraceCursor,
} from '../files/cursor.ts';
import type { ReplayFile } from '../files/replay-file.ts';
import type { TraceIndex } from '../index/trace-index.ts';
import { unpackState } from '../state/pack.ts';
import { TraceState } from '../state/trace-state.ts';
import { Playhead } from './playhead.ts';
import { type SeekTarget, seekRuleOf } from './target.ts';

export type SeekerOptions = {
  files: readonly ReplayFile[];
  index: TraceIndex;
  /** Number of log entries to retain. */
  history: number;
} & Pick<CursorOptions, 'chunkBytes' | 'onTruncatedFile'>;

/** A complete state at the start of a chunk, including the log. */
type CachedState = { resumePoint: ResumePoint; state: TraceState };

/** Maximum number of cached states, from which a step back has to read only a few chunks. */
const maxCachedStates = 4;
/** Number of chunks between two cached states. They are not closer, because a copy takes as long as applying a chunk. */
const chunksPerCachedState = 8;

/** Maximum number of bytes of discovery that are read before the first frame. */
const maxOpeningBytes = 1 << 24;

/**
 * Seeks to any position of a trace: applies the records from the nearest cached state or checkpoint. A checkpoint has no
 * log, so it must be far enough before the target that the log is full there. The result is the same as if all records
 * from the start were applied.
 */
export class Seeker {
  readonly #options: SeekerOptions;
  #cachedStates: CachedState[] = [];

  constructor(options: SeekerOptions) {
    this.#options = options;
  }

  /** Returns a playhead at the first byte. */
  atStart(): Playhead {
    return this.#playheadAt(new TraceState(this.#options.history), this.#cursor());
  }

  /** Returns a playhead at the target, or at the end of the trace if that is earlier; undefined if canceled. */
  async seek(target: SeekTarget, signal?: AbortSignal): Promise<Playhead | undefined> {
    const { chunkBytes } = this.#options;
    const playhead = this.#nearestPlayhead(target);
    const result = await playhead.advance(target, {
      signal,
      ...(target.kind === 'start' && {
        maxChunks: Math.ceil(maxOpeningBytes / (chunkBytes ?? defaultChunkBytes)),
      }),
    });
    if (result === 'stopped' && target.kind !== 'start') return undefined;
    return playhead;
  }

  #nearestPlayhead(target: SeekTarget): Playhead {
    const { index, history } = this.#options;
    const { isBeforeTarget } = seekRuleOf(target);
    const checkpoint = index.lastCheckpoint(isBeforeTarget, history);
    const cached = this.#cachedStates
      .filter(({ resumePoint, state }) =>
        isBeforeTarget({ resumePoint, atNs: state.atNs, events: state.events }),
      )
      .reduce<CachedState | undefined>(
        (best, next) => (!best || isBefore(best.resumePoint, next.resumePoint) ? next : best),
        undefined,
      );
    if (cached && !isBeforeOptional(cached.resumePoint, checkpoint?.resumePoint))
      return this.#playheadAt(cached.state.clone(), this.#cursor(cached.resumePoint));
    if (!checkpoint?.packed) return this.atStart();
    const { resumePoint, packed, events } = checkpoint;
    const state = TraceState.restore(unpackState(packed), history);
    return this.#playheadAt(state, this.#cursor(resumePoint), events + history);
  }

  #cursor(resumeFrom?: ResumePoint): TraceCursor {
    const { files, chunkBytes, onTruncatedFile } = this.#options;
    return new TraceCursor(files, { resumeFrom, chunkBytes, onTruncatedFile });
  }

  /** Creates a playhead that caches states. Its log is complete once it has applied `logCompleteFrom` events. */
  #playheadAt(initialState: TraceState, cursor: TraceCursor, logCompleteFrom = 0): Playhead {
    let chunks = 0;
    return new Playhead(initialState, cursor, (resumePoint, state) => {
      if (state.events < logCompleteFrom || chunks++ % chunksPerCachedState !== 0) return;
      const isCached = this.#cachedStates.some(
        (cached) => !isBefore(cached.resumePoint, resumePoint) && !isBefore(resumePoint, cached.resumePoint),
      );
      if (isCached) return;
      this.#cachedStates = [
        ...this.#cachedStates.slice(1 - maxCachedStates),
        { resumePoint, state: state.clone() },
      ];
    });
  }
}

const isBeforeOptional = (one: FilePosition, other: FilePosition | undefined): boolean =>
  other !== undefined && isBefore(one, other);
