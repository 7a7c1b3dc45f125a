import { bindingsOf, pausableSources } from './binding.ts';
import { quitBinding, redrawBinding, suspendBinding } from './input-bindings.ts';

/** Number of alerts in a page. */
const page = 10;

/** Bindings in the alert list. */
export const alertBindings = bindingsOf('alerts', [
  { keys: ['escape', '!'], footer: 'back', help: 'back', action: { type: 'closeAlerts' } },
  {
    keys: ['enter'],
    footer: 'go to',
    help: 'go to the process, or to its group in churn',
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
  { keys: ['pagedown', 'ctrl-f'], help: 'down one page', action: { type: 'moveAlert', rows: page } },
  { keys: ['pageup', 'ctrl-b'], help: 'up one page', action: { type: 'moveAlert', rows: -page } },
  redrawBinding,
  suspendBinding,
  { keys: ['?'], footer: 'help', alwaysInFooter: true, help: 'this help', action: { type: 'openHelp' } },
  quitBinding,
]);
