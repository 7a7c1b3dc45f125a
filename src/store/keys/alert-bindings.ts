import { bindingsOf, pausableSources } from './binding.ts';
import { quitBinding, redrawBinding, suspendBinding } from './input-bindings.ts';

const page = 10;

/** Bindings in the alert list. */
export const alertBindings = bindingsOf('alerts', [
  { keys: ['escape', '!'], footer: 'back', help: 'back', action: { type: 'closeAlerts' } },
  {
    keys: ['enter'],
    footer: 'go to',
    help: 'go to the process or, if it has exited, to its group in the churn view',
    action: { type: 'showCulprit' },
  },
  { keys: ['j', 'down'], footer: 'down', help: 'next alert', action: { type: 'moveAlert', rows: 1 } },
  { keys: ['k', 'up'], footer: 'up', help: 'previous alert', action: { type: 'moveAlert', rows: -1 } },
  {
    keys: ['p', 'space'],
    sourceKinds: pausableSources,
    footer: 'pause',
    help: 'pause or resume the view',
    action: { type: 'togglePause' },
  },
  {
    keys: ['p', 'space'],
    sourceKinds: ['replay'],
    footer: 'pause',
    help: 'play or pause the replay',
    action: { type: 'replay', command: { type: 'togglePlay' } },
  },
  // The keys of every part of the screen are not listed again.
  { keys: ['pagedown', 'ctrl-f'], help: '', action: { type: 'moveAlert', rows: page } },
  { keys: ['pageup', 'ctrl-b'], help: '', action: { type: 'moveAlert', rows: -page } },
  { ...redrawBinding, help: '' },
  { ...suspendBinding, help: '' },
  { keys: ['?'], footer: 'help', alwaysInFooter: true, help: '', action: { type: 'openHelp' } },
  { ...quitBinding, help: '' },
]);
