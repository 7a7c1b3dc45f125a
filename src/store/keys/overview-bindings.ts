import { bindingsOf } from './binding.ts';
import { replayCommand } from './replay-bindings.ts';

/** Bindings in the overview of a replay. The keys of the views work as well. */
export const overviewBindings = bindingsOf(
  'overview',
  [
    {
      keys: ['enter', 'space', 'p'],
      footer: 'play',
      help: 'play from the cursor',
      action: { type: 'playFromHere' } as const,
    },
    {
      keys: ['left'],
      footer: 'back',
      help: 'back by 1% of the trace',
      action: replayCommand({ type: 'scrubBy', share: -0.01 }),
    },
    {
      keys: ['right'],
      footer: 'forward',
      help: 'forward by 1% of the trace',
      action: replayCommand({ type: 'scrubBy', share: 0.01 }),
    },
    {
      keys: ['}'],
      footer: 'burst',
      help: 'next burst of spawns and exits; { the previous one',
      action: replayCommand({ type: 'seekBurst', direction: 1 }),
    },
    {
      keys: [']'],
      footer: 'event',
      help: 'next alert, failure, note or gap; [ the previous one',
      action: replayCommand({ type: 'seekLandmark', direction: 1 }),
    },
    {
      keys: ['escape', 'w'],
      footer: 'views',
      help: 'show the views at the cursor; so do 1 to 5',
      action: { type: 'closeOverview' } as const,
    },
    {
      keys: ['?'],
      footer: 'help',
      alwaysInFooter: true as const,
      help: 'this help',
      action: { type: 'openHelp' } as const,
    },
    {
      keys: ['q', 'ctrl-c'],
      footer: 'quit',
      alwaysInFooter: true as const,
      help: 'quit',
      action: { type: 'quit' } as const,
    },
  ].map((entry) => ({ sourceKinds: ['replay'] as const, ...entry })),
);
