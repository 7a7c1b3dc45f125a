import type { Action } from '../actions/action.ts';
import { type BindingEntry, bindingsOf } from './binding.ts';

const forFleet = (entry: BindingEntry): BindingEntry => ({ ...entry, sourceKinds: ['fleet'] });

const openGuest: Action = { type: 'openDetails' };

/** Bindings while all guests are on screen, besides those of the lists. */
export const fleetBindings = bindingsOf('fleet', [
  forFleet({
    keys: ['enter'],
    views: ['hosts', 'churn', 'failures'],
    footer: 'show guest',
    help: 'show the guest of the selected row in all views; of several: list them',
    action: openGuest,
  }),
  forFleet({
    keys: ['enter'],
    views: ['live', 'tree', 'timeline'],
    footer: 'hosts',
    help: 'live, tree, timeline and log: select a guest in hosts',
    action: openGuest,
  }),
  forFleet({
    keys: ['b'],
    views: ['churn'],
    footer: 'group',
    help: 'churn: by comm over all guests, or by host',
    action: { type: 'nextGrouping' },
  }),
]);

/** Bindings while one guest of several is on screen, besides those of the lists. */
export const guestBindings = bindingsOf('guest', [
  forFleet({
    keys: ['enter'],
    views: ['hosts'],
    footer: 'show guest',
    help: 'hosts: show the selected guest instead',
    action: openGuest,
  }),
  forFleet({
    keys: ['escape'],
    footer: 'all guests',
    help: 'clear the filter or, without one, show all guests again',
    action: { type: 'leaveGuest' },
  }),
]);
