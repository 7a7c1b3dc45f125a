import { views } from '../views/views.ts';
import { bindingsOf, openAlertsBinding, pausableSources, showFailuresBinding } from './binding.ts';
import { quitBinding, redrawBinding, suspendBinding } from './input-bindings.ts';

/** Bindings while the details of a row are on screen. */
export const detailsBindings = bindingsOf('details', [
  { keys: ['escape', 'enter'], footer: 'back', help: 'back', action: { type: 'closeDetails' } },
  {
    keys: ['n'],
    footer: 'next',
    help: 'details of the next row',
    action: { type: 'nextDetails', direction: 1 },
  },
  {
    keys: ['N'],
    footer: 'previous',
    help: 'details of the previous row',
    action: { type: 'nextDetails', direction: -1 },
  },
  {
    keys: ['f'],
    footer: 'filter',
    help: 'go back and filter by this comm',
    action: { type: 'filterBy', what: 'comm' },
  },
  {
    keys: ['u'],
    footer: 'subtree',
    help: 'go back and filter by this process and its descendants',
    action: { type: 'filterBy', what: 'subtree' },
  },
  { keys: ['y'], footer: 'copy', help: 'copy the PID to the clipboard (OSC 52)', action: { type: 'copy' } },
  {
    keys: ['p', 'space'],
    sourceKinds: pausableSources,
    help: 'pause or resume the view',
    action: { type: 'togglePause' },
  },
  { keys: ['j', 'down'], help: 'scroll down', action: { type: 'scrollDetails', rows: 1 } },
  { keys: ['k', 'up'], help: 'scroll up', action: { type: 'scrollDetails', rows: -1 } },
  {
    keys: ['pagedown', 'ctrl-f'],
    help: 'next page',
    action: { type: 'scrollDetailsPage', pages: 1 },
  },
  { keys: ['pageup', 'ctrl-b'], help: 'previous page', action: { type: 'scrollDetailsPage', pages: -1 } },
  { keys: ['ctrl-d'], help: 'half a page down', action: { type: 'scrollDetailsPage', pages: 0.5 } },
  { keys: ['ctrl-u'], help: 'half a page up', action: { type: 'scrollDetailsPage', pages: -0.5 } },
  {
    keys: ['g', 'home'],
    help: 'start of the details',
    action: { type: 'scrollDetails', rows: Number.NEGATIVE_INFINITY },
  },
  {
    keys: ['G', 'end'],
    help: 'end of the details',
    action: { type: 'scrollDetails', rows: Number.POSITIVE_INFINITY },
  },
  ...views.map(({ id, title, fleetOnly }, index) => ({
    ...(fleetOnly && { sourceKinds: ['fleet'] as const }),
    keys: [String(index)],
    help: `back, and show ${title}`,
    action: { type: 'showView' as const, view: id },
  })),
  { keys: ['?', 'f1', 'h'], footer: 'help', help: 'help', action: { type: 'openHelp' } },
  openAlertsBinding,
  showFailuresBinding,
  redrawBinding,
  suspendBinding,
  quitBinding,
]);

/** Bindings on the help screen. */
export const helpBindings = bindingsOf('help', [
  { keys: ['?', 'escape', 'enter', 'f1', 'h'], footer: 'back', help: 'back', action: { type: 'closeHelp' } },
  {
    keys: ['space', 'pagedown', 'ctrl-f'],
    footer: 'page',
    help: 'next page',
    action: { type: 'scrollHelpPage', pages: 1 },
  },
  { keys: ['b', 'pageup', 'ctrl-b'], help: 'previous page', action: { type: 'scrollHelpPage', pages: -1 } },
  { keys: ['ctrl-d'], help: 'half a page down', action: { type: 'scrollHelpPage', pages: 0.5 } },
  { keys: ['ctrl-u'], help: 'half a page up', action: { type: 'scrollHelpPage', pages: -0.5 } },
  { keys: ['j', 'down'], footer: 'down', help: 'scroll down', action: { type: 'scrollHelp', rows: 1 } },
  { keys: ['k', 'up'], footer: 'up', help: 'scroll up', action: { type: 'scrollHelp', rows: -1 } },
  {
    keys: ['g', 'home'],
    help: 'start of the help',
    action: { type: 'scrollHelp', rows: Number.NEGATIVE_INFINITY },
  },
  {
    keys: ['G', 'end'],
    help: 'end of the help',
    action: { type: 'scrollHelp', rows: Number.POSITIVE_INFINITY },
  },
  showFailuresBinding,
  redrawBinding,
  suspendBinding,
  quitBinding,
]);
