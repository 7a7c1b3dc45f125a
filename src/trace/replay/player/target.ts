import { isLogged } from '../../../domain/events/record.ts';
import { type FilePosition, isBefore } from '../files/cursor.ts';
import type { StopPredicate } from '../state/trace-state.ts';

/** Where to be in a trace. */
export type SeekTarget =
  /** What was found alive, before the first event. */
  | { kind: 'opening' }
  /** Everything up to a moment of the timeline. */
  | { kind: 'time'; atNs: bigint }
  /** Right behind the n-th event. */
  | { kind: 'event'; events: number }
  /** Everything before a place in the bytes. */
  | { kind: 'spot'; position: FilePosition };

/** A state from which one may go on: how far it is. */
export type ReachedState = { resumePoint: FilePosition; atNs: bigint; events: number };

type SeekRule = {
  /** Before which record to stop. */
  stop: StopPredicate;
  /** Is a state on the way to it? */
  isBeforeTarget: (reached: ReachedState) => boolean;
  until: FilePosition | undefined;
};

type SeekRules = { [K in SeekTarget['kind']]: (target: Extract<SeekTarget, { kind: K }>) => SeekRule };

const seekRules: SeekRules = {
  opening: () => ({ stop: (record) => isLogged(record), isBeforeTarget: () => false, until: undefined }),
  time: ({ atNs }) => ({
    stop: (_, time) => time > atNs,
    isBeforeTarget: (reached) => reached.atNs <= atNs,
    until: undefined,
  }),
  event: ({ events }) => ({
    stop: (_, __, taken) => taken >= events,
    // One that stands at the very event may have taken more behind it.
    isBeforeTarget: (reached) => reached.events < events,
    until: undefined,
  }),
  spot: ({ position }) => ({
    stop: () => false,
    isBeforeTarget: ({ resumePoint }) => !isBefore(position, resumePoint),
    until: position,
  }),
};

export const seekRuleOf = (target: SeekTarget): SeekRule =>
  (seekRules[target.kind] as (target: SeekTarget) => SeekRule)(target);
