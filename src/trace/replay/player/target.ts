import { isEvent } from '../../../domain/events/record.ts';
import { before, type Spot } from '../files/cursor.ts';
import type { Stop } from '../state/trace-state.ts';

/** Where to be in a trace. */
export type Target =
  /** What was found alive, before the first event. */
  | { kind: 'opening' }
  /** Everything up to a moment of the timeline. */
  | { kind: 'time'; atNs: bigint }
  /** Right behind the n-th event. */
  | { kind: 'event'; events: number }
  /** Everything before a place in the bytes. */
  | { kind: 'spot'; spot: Spot };

/** A state from which one may go on: how far it is. */
export type Reached = { place: Spot; atNs: bigint; events: number };

type Rule = {
  /** Before which record to stop. */
  stop: Stop;
  /** Is a state on the way to it? */
  leads: (reached: Reached) => boolean;
  until: Spot | undefined;
};

type Rules = { [K in Target['kind']]: (target: Extract<Target, { kind: K }>) => Rule };

const rules: Rules = {
  opening: () => ({ stop: (record) => isEvent(record), leads: () => false, until: undefined }),
  time: ({ atNs }) => ({
    stop: (_, time) => time > atNs,
    leads: (reached) => reached.atNs <= atNs,
    until: undefined,
  }),
  event: ({ events }) => ({
    stop: (_, __, taken) => taken >= events,
    // One that stands at the very event may have taken more behind it.
    leads: (reached) => reached.events < events,
    until: undefined,
  }),
  spot: ({ spot }) => ({
    stop: () => false,
    leads: ({ place }) => !before(spot, place),
    until: spot,
  }),
};

export const ruleOf = (target: Target): Rule => (rules[target.kind] as (target: Target) => Rule)(target);
