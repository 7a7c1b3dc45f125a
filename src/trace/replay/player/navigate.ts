import type { Direction, ReplayStatus } from '../../../domain/source/replay-control.ts';
import type { ReplayFile } from '../files/replay-file.ts';
import { commQuery, findEvent, pidQuery } from '../files/search.ts';
import { nearestBurst } from '../index/bursts.ts';
import type { TraceIndex } from '../index/trace-index.ts';
import { clampToSpan, type NavigationCommand } from './command-queue.ts';
import type { Playhead } from './playhead.ts';
import type { Seeker } from './seeker.ts';
import type { SeekTarget } from './target.ts';

/** A position in a trace: a playhead, and a time on the timeline that is not before its last record. */
export type Position = { playhead: Playhead; atNs: bigint };

export type NavigationContext = {
  files: readonly ReplayFile[];
  index: TraceIndex;
  seeker: Seeker;
  from: Position;
  /** The indexed part of the trace. */
  span: { fromNs: bigint; toNs: bigint };
  signal: AbortSignal;
  /** Receives the kind of work that is in progress, if it may take a while. */
  setBusy: (busy: ReplayStatus['busy']) => void;
};

/** The result of a search without a match. */
export type NotFound = { subject: string; direction: Direction };

type NavigationResult = Promise<Position | NotFound | undefined>;

type CommandHandlers = {
  [K in NavigationCommand['kind']]: (
    command: Extract<NavigationCommand, { kind: K }>,
    context: NavigationContext,
  ) => NavigationResult;
};

const seekTo = async (
  target: SeekTarget,
  { seeker, index, signal, setBusy }: NavigationContext,
): NavigationResult => {
  setBusy('seeking');
  const playhead = await seeker.seek(target, signal);
  if (!playhead) return undefined;
  const { atNs } = playhead.state;
  // The time may be after the last record, but not after the end of a trace that is not indexed yet.
  const isPastLastRecord =
    target.kind === 'time' && target.atNs > atNs && (index.progress.done || !playhead.atEnd);
  return { playhead, atNs: isPastLastRecord ? target.atNs : atNs };
};

const commandHandlers: CommandHandlers = {
  step: async ({ events }, context) => {
    const { playhead } = context.from;
    const until = playhead.state.events + events;
    if (events <= 0) return seekTo(until > 0 ? { kind: 'event', events: until } : { kind: 'start' }, context);
    await playhead.advance({ kind: 'event', events: until }, { signal: context.signal });
    return { playhead, atNs: playhead.state.atNs };
  },
  time: async ({ atNs }, context) => {
    const { span, index } = context;
    if (atNs <= span.fromNs) return seekTo({ kind: 'start' }, context);
    // Until the trace is indexed, its end is unknown, so the trace is read up to the time.
    return seekTo({ kind: 'time', atNs: index.progress.done ? clampToSpan(atNs, span) : atNs }, context);
  },
  find: async (command, context) => {
    const { direction } = command;
    if (command.type === 'seekBurst') return seekBurst(direction, context);
    if (command.type !== 'seekLandmark') return findNext(command, context);
    const landmark = context.index.nearestLandmark(context.from.playhead.state.events, direction);
    return landmark
      ? seekTo({ kind: 'event', events: landmark.events }, context)
      : { subject: 'alert, failure, note or gap', direction };
  },
};

const seekBurst = async (direction: Direction, context: NavigationContext): NavigationResult => {
  const { index, from } = context;
  const atNs = nearestBurst(index.progress.density, from.atNs, direction);
  return atNs === undefined ? { subject: 'burst', direction } : seekTo({ kind: 'time', atNs }, context);
};

const findNext = async (
  command: NavigationCommand & { kind: 'find'; type: 'seekComm' | 'seekPid' },
  context: NavigationContext,
): NavigationResult => {
  const { direction } = command;
  const { files, from, signal, setBusy } = context;
  const query = command.type === 'seekComm' ? commQuery(command.comm) : pidQuery(command.pid);
  const nearbyEvent = from.playhead.nearestEvent(direction, query.matches);
  if (nearbyEvent !== undefined) return seekTo({ kind: 'event', events: nearbyEvent }, context);
  setBusy('searching');
  const { chunk } = from.playhead;
  const start = direction > 0 ? chunk.to : chunk.from;
  const position = await findEvent({ files, from: start, direction, query, signal });
  if (position) return seekTo({ kind: 'position', position }, context);
  if (signal.aborted) return undefined;
  return { subject: `event of ${command.type === 'seekComm' ? command.comm : command.pid}`, direction };
};

/** Executes a command. Resolves to the new position, to `NotFound`, or to undefined if it was canceled. */
export const navigate = (command: NavigationCommand, context: NavigationContext): NavigationResult => {
  const handler = commandHandlers[command.kind] as (
    command: NavigationCommand,
    context: NavigationContext,
  ) => NavigationResult;
  return handler(command, context);
};
