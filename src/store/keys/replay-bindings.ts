import type { Direction, ReplayCommand } from '../../domain/source/replay-control.ts';
import type { Action } from '../actions/action.ts';
import { type Binding, type BindingEntry, bindingsOf } from './binding.ts';
import { textInputBindings } from './input-bindings.ts';

export const replayCommand = (command: ReplayCommand): Action => ({ type: 'replay', command });
const findEvent = (field: 'comm' | 'pid', direction: Direction): Action => ({
  type: 'findEvent',
  field,
  direction,
});

const normalEntries: readonly Omit<BindingEntry, 'sourceKinds'>[] = [
  {
    keys: ['p', 'space'],
    footer: 'pause',
    help: 'play or pause the replay',
    action: replayCommand({ type: 'togglePlay' }),
  },
  {
    keys: ['.'],
    footer: 'step',
    help: 'one event forward',
    action: replayCommand({ type: 'step', events: 1 }),
  },
  { keys: [','], help: 'one event back', action: replayCommand({ type: 'step', events: -1 }) },
  { keys: ['>'], help: 'faster, up to 64x', action: replayCommand({ type: 'changeSpeed', steps: 1 }) },
  { keys: ['<'], help: 'slower, down to 1/8x', action: replayCommand({ type: 'changeSpeed', steps: -1 }) },
  {
    keys: ['i'],
    help: 'skip idle time, or stop skipping',
    action: replayCommand({ type: 'toggleSkipIdle' }),
  },
  {
    keys: ['right'],
    help: 'forward by 1% of the trace',
    action: replayCommand({ type: 'scrubBy', share: 0.01 }),
  },
  {
    keys: ['left'],
    help: 'back by 1% of the trace',
    action: replayCommand({ type: 'scrubBy', share: -0.01 }),
  },
  { keys: ['0'], help: 'go to the start', action: replayCommand({ type: 'scrubTo', share: 0 }) },
  {
    keys: ['t'],
    footer: 'time',
    help: 'go to a time: 12:03:04.5, +30s, -5m, 50%',
    action: { type: 'openInput', mode: 'jump' },
  },
  {
    keys: [']'],
    help: 'next alert, failure, note or gap',
    action: replayCommand({ type: 'seekLandmark', direction: 1 }),
  },
  {
    keys: ['['],
    help: 'previous alert, failure, note or gap',
    action: replayCommand({ type: 'seekLandmark', direction: -1 }),
  },
  {
    keys: ['}'],
    help: 'next burst of spawns and exits',
    action: replayCommand({ type: 'seekBurst', direction: 1 }),
  },
  {
    keys: ['{'],
    help: 'previous burst of spawns and exits',
    action: replayCommand({ type: 'seekBurst', direction: -1 }),
  },
  { keys: ['w'], help: 'overview of the whole trace', action: { type: 'openOverview' } },
  { keys: ['n'], help: 'next event of this comm', action: findEvent('comm', 1) },
  { keys: ['N'], help: 'previous event of this comm', action: findEvent('comm', -1) },
  { keys: ['e'], help: 'next event of this PID', action: findEvent('pid', 1) },
  { keys: ['E'], help: 'previous event of this PID', action: findEvent('pid', -1) },
];

/** Bindings that are active in a replay only. */
export const replayBindings: readonly Binding[] = [
  ...bindingsOf(
    'normal',
    normalEntries.map((entry) => ({ sourceKinds: ['replay'], ...entry })),
  ),
  ...textInputBindings('jump', 'replay', {
    keys: ['enter'],
    footer: 'go',
    help: 'go to the time',
    action: { type: 'jump' },
  }),
];
