import { isLogged } from '../../../domain/events/record.ts';
import { type FilePosition, isBefore } from '../files/cursor.ts';
import type { StopPredicate } from '../state/trace-state.ts';

/** A target position in a trace. */
export type SeekTarget =
  /** After discovery, before the first event. */
  | { kind: 'start' }
  /** After all records up to a time on the timeline. */
  | { kind: 'time'; atNs: bigint }
  /** After the n-th event. */
  | { kind: 'event'; events: number }
  /** After all records before a position in the files. */
  | { kind: 'position'; position: FilePosition };

/** The position of a state, for comparison with a target. */
export type ReachedState = { resumePoint: FilePosition; atNs: bigint; events: number };

type SeekRule = {
  /** Returns whether to stop before a record. */
  stop: StopPredicate;
  /** Returns whether the target can be reached from a state. */
  isBeforeTarget: (reached: ReachedState) => boolean;
  /** The position up to which records are read; undefined for the end of the trace. */
  until: FilePosition | undefined;
};

type SeekRules = { [K in SeekTarget['kind']]: (target: Extract<SeekTarget, { kind: K }>) => SeekRule };

const seekRules: SeekRules = {
  start: () => ({ stop: (record) => isLogged(record), isBeforeTarget: () => false, until: undefined }),
  time: ({ atNs }) => ({
    stop: (_, time) => time > atNs,
    isBeforeTarget: (reached) => reached.atNs <= atNs,
    until: undefined,
  }),
  event: ({ events }) => ({
    stop: (_, __, applied) => applied >= events,
    // A state with exactly this number of events may include records after the event.
    isBeforeTarget: (reached) => reached.events < events,
    until: undefined,
  }),
  position: ({ position }) => ({
    stop: () => false,
    isBeforeTarget: ({ resumePoint }) => !isBefore(position, resumePoint),
    until: position,
  }),
};

export const seekRuleOf = (target: SeekTarget): SeekRule =>
  (seekRules[target.kind] as (target: SeekTarget) => SeekRule)(target);
