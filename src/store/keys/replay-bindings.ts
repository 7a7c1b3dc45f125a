import type { Direction, ReplayCommand } from '../../domain/source/replay-control.ts';
import type { Action } from '../actions/action.ts';
import type { Binding } from './binding.ts';
import { textInputBindings } from './input-bindings.ts';

type Entry = Pick<Binding, 'keys' | 'help' | 'footer'> & { action: Action };

const replayCommand = (command: ReplayCommand): Action => ({ type: 'replay', command });
const findEvent = (by: 'comm' | 'pid', direction: Direction): Action => ({ type: 'find', by, direction });

const normalEntries: readonly Entry[] = [
  {
    keys: ['p', 'space'],
    footer: 'pause',
    help: 'play or pause the replay',
    action: replayCommand({ do: 'togglePlay' }),
  },
  {
    keys: ['.'],
    footer: 'step',
    help: 'one event forward',
    action: replayCommand({ do: 'step', events: 1 }),
  },
  { keys: [','], help: 'one event back', action: replayCommand({ do: 'step', events: -1 }) },
  { keys: ['>'], help: 'faster, up to 64x', action: replayCommand({ do: 'speed', steps: 1 }) },
  { keys: ['<'], help: 'slower, down to 1/8x', action: replayCommand({ do: 'speed', steps: -1 }) },
  { keys: ['i'], help: 'skip idle time or not', action: replayCommand({ do: 'toggleSkipIdle' }) },
  {
    keys: ['right'],

    help: 'forward by 1% of the trace',
    action: replayCommand({ do: 'scrub', share: 0.01 }),
  },
  { keys: ['left'], help: 'back by 1% of the trace', action: replayCommand({ do: 'scrub', share: -0.01 }) },
  {
    keys: ['0'],
    help: 'to the start',
    action: replayCommand({ do: 'moveTo', share: 0 }),
  },
  {
    keys: ['t'],
    footer: 'time',
    help: 'to a time: 12:03:04.5, +30s, -5m, 50%',
    action: { type: 'openLine', line: 'jump' },
  },
  { keys: [']'], help: 'to the next gap, note or alert', action: replayCommand({ do: 'gap', direction: 1 }) },
  { keys: ['['], help: 'to the one before', action: replayCommand({ do: 'gap', direction: -1 }) },
  { keys: ['n'], help: 'to the next event of this comm', action: findEvent('comm', 1) },
  { keys: ['N'], help: 'to the previous event of this comm', action: findEvent('comm', -1) },
  { keys: ['e'], help: 'to the next event of this PID', action: findEvent('pid', 1) },
  { keys: ['E'], help: 'to the previous event of this PID', action: findEvent('pid', -1) },
];

/** Keys that travel in time. */
export const replayBindings: readonly Binding[] = [
  ...normalEntries.map((entry): Binding => ({ mode: 'normal', sourceKinds: 'replay', ...entry })),
  ...textInputBindings('replay', {
    mode: 'jump',
    keys: ['enter'],
    footer: 'go',
    help: 'go to the time',
    action: { type: 'jump' },
  }),
];
