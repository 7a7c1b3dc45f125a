import type { Action } from '../actions/action.ts';
import { views } from '../views/views.ts';
import { type Binding, bindingsOf, openAlertsBinding, pausableSources } from './binding.ts';
import { quitBinding, redrawBinding, suspendBinding } from './input-bindings.ts';

const zoomIn: Action = { type: 'zoom', direction: 1 };
const zoomOut: Action = { type: 'zoom', direction: -1 };

/** The pause key of live capture and pipes. A replay has its own. */
export const pauseBinding: Binding = {
  mode: 'normal',
  sourceKinds: pausableSources,
  keys: ['p', 'space'],
  footer: 'pause',
  help: 'pause or resume the view; capture continues',
  action: { type: 'togglePause' },
};

/** Bindings in the lists of all views. */
export const normalBindings = bindingsOf('normal', [
  {
    keys: ['/', 'f4'],
    footer: 'filter',
    help: 'filter as you type: command, user, age and more',
    action: { type: 'openFilter' },
  },
  {
    keys: ['S', 'f3'],
    footer: 'search',
    help: 'search in names and in the log; all rows stay',
    action: { type: 'openSearch' },
  },
  {
    keys: ['enter'],
    footer: 'info',
    help: 'details of the selected row, or of the first one',
    action: { type: 'openDetails' },
  },
  openAlertsBinding,
  {
    keys: ['e'],
    sourceKinds: ['live'],
    help: 'add a note to the log, the recording and dumps',
    action: { type: 'openInput', mode: 'note' },
  },
  ...views.map(({ id, title, help, key, fleetOnly }, index) => ({
    ...(fleetOnly && { sourceKinds: ['fleet'] as const }),
    keys: [String(index), ...(key === undefined ? [] : [key])],
    help: `${title}: ${help}`,
    action: { type: 'showView' as const, view: id },
  })),
  { keys: ['v'], footer: 'view', help: 'next view', action: { type: 'nextView' } },
  { keys: ['s'], footer: 'sort', help: 'sort by the next column', action: { type: 'nextSort' } },
  { keys: ['o', 'f6'], help: 'sort menu: the columns', action: { type: 'openSortMenu' } },
  { keys: ['r'], help: 'reverse order', action: { type: 'reverseSort' } },
  {
    keys: ['b'],
    views: ['churn'],
    footer: 'group',
    help: 'churn: next grouping: comm, command, …, unit',
    action: { type: 'nextGrouping' },
  },
  {
    keys: ['B'],
    views: ['churn'],
    help: 'churn: previous grouping; from comm: unit',
    action: { type: 'previousGrouping' },
  },
  { keys: ['+', '='], views: ['tree'], footer: 'open', help: 'tree: open the selected node', action: zoomIn },
  {
    keys: ['-'],
    views: ['tree'],
    footer: 'close',
    help: 'tree: close it, then go to its parent',
    action: zoomOut,
  },
  { keys: ['+', '='], views: ['timeline'], footer: 'zoom in', help: 'timeline: zoom in', action: zoomIn },
  { keys: ['-'], views: ['timeline'], footer: 'zoom out', help: 'timeline: zoom out', action: zoomOut },
  { keys: ['L'], footer: 'log', help: 'log on the whole screen', action: { type: 'toggleFullLog' } },
  {
    keys: ['tab'],
    views: ['live'],
    footer: 'pane',
    help: 'switch between table and log',
    action: { type: 'nextPane' },
  },
  {
    keys: ['c'],
    footer: 'command',
    help: 'show commands with arguments, with the path, or as comm only',
    action: { type: 'nextCommandStyle' },
  },
  {
    keys: ['d'],
    footer: 'dump',
    help: 'dump the retained events that match the filter, as NDJSON',
    action: { type: 'dump' },
  },
  {
    keys: ['R'],
    sourceKinds: ['live', 'fleet'],
    footer: 'record',
    help: 'start or stop recording a trace',
    action: { type: 'record' },
  },
  { keys: ['j', 'down'], help: 'down one row', action: { type: 'move', rows: 1 } },
  { keys: ['k', 'up'], help: 'up one row', action: { type: 'move', rows: -1 } },
  { keys: ['pagedown', 'ctrl-f'], help: 'down one page', action: { type: 'movePage', pages: 1 } },
  { keys: ['pageup', 'ctrl-b'], help: 'up one page', action: { type: 'movePage', pages: -1 } },
  { keys: ['ctrl-d'], help: 'down half a page', action: { type: 'movePage', pages: 0.5 } },
  { keys: ['ctrl-u'], help: 'up half a page', action: { type: 'movePage', pages: -0.5 } },
  { keys: ['g', 'home'], help: 'first row', action: { type: 'moveTo', end: 'first' } },
  {
    keys: ['G', 'end'],
    help: 'last row; the log follows new events',
    action: { type: 'moveTo', end: 'last' },
  },
  { keys: ['F'], help: 'follow new events in the log, or stop following', action: { type: 'toggleFollow' } },
  {
    keys: ['f'],
    help: 'filter by the comm of the selected row; again: clear',
    action: { type: 'filterBy', what: 'comm' },
  },
  {
    keys: ['u'],
    help: 'filter by the selected process and descendants; again: clear',
    action: { type: 'filterBy', what: 'subtree' },
  },
  { keys: ['m'], help: 'mark or unmark the selected row', action: { type: 'toggleMark' } },
  {
    keys: ['n'],
    sourceKinds: pausableSources,
    help: 'next marked row or, without marks, next row of this comm',
    action: { type: 'nextMatch', direction: 1 },
  },
  {
    keys: ['N'],
    sourceKinds: pausableSources,
    help: 'the previous one',
    action: { type: 'nextMatch', direction: -1 },
  },
  { keys: ['y'], help: 'copy the PID to the clipboard (OSC 52)', action: { type: 'copy' } },
  { keys: ['escape'], help: 'clear the filter', action: { type: 'clearFilter' } },
  redrawBinding,
  suspendBinding,
  {
    keys: ['?', 'f1', 'h'],
    footer: 'help',
    alwaysInFooter: true,
    help: 'this help',
    action: { type: 'openHelp' },
  },
  { ...quitBinding, alwaysInFooter: true },
]);
