import type { Direction, ReplayStatus } from '../../../domain/source/replay-control.ts';
import { commQuery, findEvent, pidQuery } from '../files/search.ts';
import type { ReplayFile } from '../files/trace-file.ts';
import type { TraceIndex } from '../index/trace-index.ts';
import { clampToSpan, type NavigationCommand } from './command-queue.ts';
import type { Playhead } from './playhead.ts';
import type { Seeker } from './seeker.ts';
import type { SeekTarget } from './target.ts';

/** All up to some record of a trace, and the time of that record or later. */
export type Position = { playhead: Playhead; atNs: bigint };

export type NavigationContext = {
  files: readonly ReplayFile[];
  index: TraceIndex;
  seeker: Seeker;
  from: Position;
  /** The trace as far as it is known. */
  span: { fromNs: bigint; toNs: bigint };
  isCancelled: () => boolean;
  /** Hears what takes a moment. */
  setBusy: (what: ReplayStatus['busy']) => void;
};

/** What was looked for and is not there. */
export type NotFound = { what: string; direction: Direction };

type NavigationResult = Promise<Position | NotFound | undefined>;

type CommandHandlers = {
  [K in NavigationCommand['kind']]: (
    errand: Extract<NavigationCommand, { kind: K }>,
    by: NavigationContext,
  ) => NavigationResult;
};

const seekTo = async (
  target: SeekTarget,
  { seeker, index, isCancelled, setBusy }: NavigationContext,
): NavigationResult => {
  setBusy('seeking');
  const playhead = await seeker.seek(target, isCancelled);
  if (!playhead) return undefined;
  const { atNs } = playhead.state;
  // Where the trace ended before, and nobody knew yet, it is the end.
  const isPastLastRecord =
    target.kind === 'time' && target.atNs > atNs && (index.progress.done || !playhead.atEnd);
  return { playhead, atNs: isPastLastRecord ? target.atNs : atNs };
};

const commandHandlers: CommandHandlers = {
  step: async ({ events }, by) => {
    const { playhead } = by.from;
    const until = playhead.state.events + events;
    if (events <= 0) return seekTo(until > 0 ? { kind: 'event', events: until } : { kind: 'opening' }, by);
    await playhead.advance({ kind: 'event', events: until }, { isCancelled: by.isCancelled });
    return { playhead, atNs: playhead.state.atNs };
  },
  time: async ({ atNs }, by) => {
    if (atNs <= by.span.fromNs) return seekTo({ kind: 'opening' }, by);
    // What is not indexed yet is not known to be outside: it is read until there.
    return seekTo({ kind: 'time', atNs: by.index.progress.done ? clampToSpan(atNs, by.span) : atNs }, by);
  },
  find: async (errand, by) => {
    const { direction } = errand;
    if (errand.type !== 'landmark') return findNext(errand, by);
    const gap = by.index.nearestLandmark(by.from.playhead.state.events, direction);
    return gap
      ? seekTo({ kind: 'event', events: gap.events }, by)
      : { what: 'gap, note or alert', direction };
  },
};

const findNext = async (
  errand: NavigationCommand & { kind: 'find'; type: 'comm' | 'pid' },
  by: NavigationContext,
): NavigationResult => {
  const { direction } = errand;
  const { files, from, isCancelled, setBusy } = by;
  const query = errand.type === 'comm' ? commQuery(errand.comm) : pidQuery(errand.pid);
  const nearbyEvent = from.playhead.nearestEvent(direction, query.matches);
  if (nearbyEvent !== undefined) return seekTo({ kind: 'event', events: nearbyEvent }, by);
  setBusy('searching');
  const { chunk } = from.playhead;
  const position = await findEvent(
    files,
    direction > 0 ? chunk.to : chunk.from,
    direction,
    query,
    isCancelled,
  );
  if (position) return seekTo({ kind: 'spot', position }, by);
  if (isCancelled()) return undefined;
  return { what: `event of ${errand.type === 'comm' ? errand.comm : errand.pid}`, direction };
};

/** Do what is asked: gives where it led, or what is not there; undefined when it was cancelled. */
export const navigate = (errand: NavigationCommand, by: NavigationContext): NavigationResult =>
  (commandHandlers[errand.kind] as (errand: NavigationCommand, by: NavigationContext) => NavigationResult)(
    errand,
    by,
  );
