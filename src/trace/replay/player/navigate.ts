import type { Direction, ReplayStatus } from '../../../domain/source/replay-control.ts';
import { commQuery, findEvent, pidQuery } from '../files/search.ts';
import type { TraceFile } from '../files/trace-file.ts';
import type { TraceIndex } from '../index/trace-index.ts';
import { type Errand, within } from './command-queue.ts';
import type { Playhead } from './playhead.ts';
import type { Seeker } from './seeker.ts';
import type { Target } from './target.ts';

/** All up to some record of a trace, and the time of that record or later. */
export type Moment = { head: Playhead; atNs: bigint };

export type Travelling = {
  files: readonly TraceFile[];
  index: TraceIndex;
  seeker: Seeker;
  from: Moment;
  /** The trace as far as it is known. */
  span: { fromNs: bigint; toNs: bigint };
  cancelled: () => boolean;
  /** Hears what takes a moment. */
  busy: (what: ReplayStatus['busy']) => void;
};

/** What was looked for and is not there. */
export type Missing = { what: string; direction: Direction };

type Outcome = Promise<Moment | Missing | undefined>;

type Carriers = { [K in Errand['kind']]: (errand: Extract<Errand, { kind: K }>, by: Travelling) => Outcome };

const jump = async (target: Target, { seeker, index, cancelled, busy }: Travelling): Outcome => {
  busy('seeking');
  const head = await seeker.to(target, cancelled);
  if (!head) return undefined;
  const { atNs } = head.fold;
  // Where the trace ended before, and nobody knew yet, it is the end.
  const quiet = target.kind === 'time' && target.atNs > atNs && (index.progress.done || !head.atEnd);
  return { head, atNs: quiet ? target.atNs : atNs };
};

const carriers: Carriers = {
  step: async ({ events }, by) => {
    const { head } = by.from;
    const until = head.fold.events + events;
    if (events <= 0) return jump(until > 0 ? { kind: 'event', events: until } : { kind: 'opening' }, by);
    await head.advance({ kind: 'event', events: until }, { cancelled: by.cancelled });
    return { head, atNs: head.fold.atNs };
  },
  time: async ({ atNs }, by) => {
    if (atNs <= by.span.fromNs) return jump({ kind: 'opening' }, by);
    // What is not indexed yet is not known to be outside: it is read until there.
    return jump({ kind: 'time', atNs: by.index.progress.done ? within(atNs, by.span) : atNs }, by);
  },
  find: async (errand, by) => {
    const { direction } = errand;
    if (errand.do !== 'gap') return find(errand, by);
    const gap = by.index.gap(by.from.head.fold.events, direction);
    return gap ? jump({ kind: 'event', events: gap.events }, by) : { what: 'gap, note or alert', direction };
  },
};

const find = async (errand: Errand & { kind: 'find'; do: 'comm' | 'pid' }, by: Travelling): Outcome => {
  const { direction } = errand;
  const { files, from, cancelled, busy } = by;
  const query = errand.do === 'comm' ? commQuery(errand.comm) : pidQuery(errand.pid);
  const near = from.head.near(direction, query.matches);
  if (near !== undefined) return jump({ kind: 'event', events: near }, by);
  busy('searching');
  const { chunk } = from.head;
  const spot = await findEvent(files, direction > 0 ? chunk.to : chunk.from, direction, query, cancelled);
  if (spot) return jump({ kind: 'spot', spot }, by);
  if (cancelled()) return undefined;
  return { what: `event of ${errand.do === 'comm' ? errand.comm : errand.pid}`, direction };
};

/** Do what is asked: gives where it led, or what is not there; undefined when it was cancelled. */
export const travel = (errand: Errand, by: Travelling): Outcome =>
  (carriers[errand.kind] as (errand: Errand, by: Travelling) => Outcome)(errand, by);
