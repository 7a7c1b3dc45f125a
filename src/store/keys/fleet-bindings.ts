import type { Action } from '../actions/action.ts';
import { type BindingEntry, bindingsOf } from './binding.ts';

const forFleet = (entries: readonly BindingEntry[]): BindingEntry[] =>
  entries.map((entry) => ({ ...entry, sourceKinds: ['fleet'] }));

const openGuest: Action = { type: 'openDetails' };

/** Bindings while all guests are on screen, besides those of the lists. */
export const fleetBindings = bindingsOf(
  'fleet',
  forFleet([
    {
      keys: ['enter'],
      footer: 'guest',
      help: 'show the guest of the selected row in all views; elsewhere: select one in hosts',
      action: openGuest,
    },
    {
      keys: ['b'],
      views: ['churn'],
      footer: 'group',
      help: 'churn: by comm over all guests, or by host',
      action: { type: 'nextGrouping' },
    },
    {
      keys: ['d'],
      help: 'no dump of all guests, because a record names none: select one first',
      action: {
        type: 'notify',
        text: 'a dump has the events of one guest: select it in hosts (0)',
        tone: 'error',
      },
    },
    {
      keys: ['R'],
      help: 'no recording of all guests either',
      action: {
        type: 'notify',
        text: 'a recording has the records of one guest: select it in hosts (0)',
        tone: 'error',
      },
    },
  ]),
);

/** Bindings while one guest of several is on screen, besides those of the lists. */
export const guestBindings = bindingsOf(
  'guest',
  forFleet([
    {
      keys: ['enter'],
      views: ['hosts'],
      footer: 'guest',
      help: 'hosts: show the selected guest instead',
      action: openGuest,
    },
    {
      keys: ['O'],
      help: 'recordings: replay that of this guest, with a time axis',
      action: { type: 'replayGuest' },
    },
    {
      keys: ['escape'],
      footer: 'all guests',
      help: 'clear the filter or, without one, show all guests again',
      action: { type: 'leaveGuest' },
    },
  ]),
);
