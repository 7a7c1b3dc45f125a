import type { Action } from '../actions/action.ts';
import { type ViewId, viewIds } from '../actions/view-id.ts';
import { views } from '../views/views.ts';
import type { Binding, KeyOverrides, Mode, SourceKind } from './binding.ts';
import { detailsBindings, textInputBindings } from './input-bindings.ts';
import { isCharacter, keyLabel } from './key-names.ts';
import { replayBindings } from './replay-bindings.ts';

const zoomIn: Action = { type: 'zoom', by: 1 };
const zoomOut: Action = { type: 'zoom', by: -1 };

/** Every key there is. Help, footer and README are drawn from this table. */
export const bindings: readonly Binding[] = [
  {
    mode: 'normal',
    sourceKinds: 'now',
    keys: ['p', 'space'],
    footer: 'pause',
    help: 'pause or resume the view; capture goes on',
    action: { type: 'togglePause' },
  },
  ...replayBindings,
  {
    mode: 'normal',
    keys: ['/'],
    footer: 'filter',
    help: 'filter by comm and more, as you type',
    action: { type: 'openFilter' },
  },
  {
    mode: 'normal',
    keys: ['enter'],
    footer: 'info',
    help: 'all that is known of what is chosen',
    action: { type: 'openDetails' },
  },
  {
    mode: 'normal',
    sourceKinds: 'live',
    keys: ['e'],
    help: 'note something down, for log, recording and dump',
    action: { type: 'openLine', line: 'note' },
  },
  ...views.map(({ id, title, help }, index) => ({
    mode: 'normal' as const,
    keys: [String(index + 1)],
    help: `${title}: ${help}`,
    action: { type: 'show' as const, view: id },
  })),
  { mode: 'normal', keys: ['v'], footer: 'view', help: 'the next view', action: { type: 'nextView' } },
  {
    mode: 'normal',
    keys: ['s'],
    footer: 'sort',
    help: 'sort by the next column',
    action: { type: 'nextSort' },
  },
  { mode: 'normal', keys: ['r'], help: 'the other way round', action: { type: 'reverseSort' } },
  {
    mode: 'normal',
    keys: ['b'],
    footer: 'group',
    views: ['churn'],
    help: 'churn by comm, by parent or by user',
    action: { type: 'nextGrouping' },
  },
  {
    mode: 'normal',
    keys: ['+', '='],
    footer: 'open',
    views: ['tree'],
    help: 'tree: open what is chosen',
    action: zoomIn,
  },
  {
    mode: 'normal',
    keys: ['-'],
    footer: 'close',
    views: ['tree'],
    help: 'tree: close it, then go to its parent',
    action: zoomOut,
  },
  {
    mode: 'normal',
    keys: ['+', '='],
    footer: 'nearer',
    views: ['timeline'],
    help: 'timeline: a shorter span',
    action: zoomIn,
  },
  {
    mode: 'normal',
    keys: ['-'],
    footer: 'farther',
    views: ['timeline'],
    help: 'timeline: a longer span',
    action: zoomOut,
  },
  {
    mode: 'normal',
    keys: ['tab'],
    footer: 'pane',
    views: ['live'],
    help: 'move between table and log',
    action: { type: 'nextPane' },
  },
  {
    mode: 'normal',
    keys: ['d'],
    footer: 'dump',
    help: 'dump the (filtered) events held, as NDJSON',
    action: { type: 'dump' },
  },
  {
    mode: 'normal',
    sourceKinds: 'live',
    keys: ['R'],
    footer: 'record',
    help: 'record a trace from now on, or end the recording',
    action: { type: 'record' },
  },
  { mode: 'normal', keys: ['j', 'down'], help: 'down one row', action: { type: 'move', rows: 1 } },
  { mode: 'normal', keys: ['k', 'up'], help: 'up one row', action: { type: 'move', rows: -1 } },
  {
    mode: 'normal',
    keys: ['pagedown', 'ctrl-f'],
    help: 'down one page',
    action: { type: 'movePage', pages: 1 },
  },
  {
    mode: 'normal',
    keys: ['pageup', 'ctrl-b'],
    help: 'up one page',
    action: { type: 'movePage', pages: -1 },
  },
  { mode: 'normal', keys: ['g', 'home'], help: 'first row', action: { type: 'moveTo', end: 'first' } },
  {
    mode: 'normal',
    keys: ['G', 'end'],
    help: 'last row; the log follows again',
    action: { type: 'moveTo', end: 'last' },
  },
  {
    mode: 'normal',
    keys: ['F'],
    help: 'follow the newest event, or hold the log still',
    action: { type: 'toggleFollow' },
  },
  {
    mode: 'normal',
    keys: ['f'],
    help: 'filter to the comm of the chosen row; again: all',
    action: { type: 'filterBy', what: 'comm' },
  },
  {
    mode: 'normal',
    keys: ['u'],
    help: 'filter to the chosen process and all below it; again: all',
    action: { type: 'filterBy', what: 'subtree' },
  },
  { mode: 'normal', keys: ['m'], help: 'mark the chosen row, or unmark it', action: { type: 'toggleMark' } },
  {
    mode: 'normal',
    sourceKinds: 'now',
    keys: ['n'],
    help: 'to the next marked row; without marks, of this comm',
    action: { type: 'nextMatch', by: 1 },
  },
  {
    mode: 'normal',
    sourceKinds: 'now',
    keys: ['N'],
    help: 'to the one before',
    action: { type: 'nextMatch', by: -1 },
  },
  {
    mode: 'normal',
    keys: ['y'],
    help: 'copy the PID to the clipboard (OSC 52)',
    action: { type: 'copy' },
  },
  { mode: 'normal', keys: ['escape'], help: 'clear the filter', action: { type: 'clearFilter' } },
  { mode: 'normal', keys: ['ctrl-l'], help: 'redraw the screen', action: { type: 'redraw' } },
  { mode: 'normal', keys: ['ctrl-z'], help: 'suspend to the shell', action: { type: 'suspend' } },
  {
    mode: 'normal',
    keys: ['?'],
    footer: 'help',
    alwaysInFooter: true,
    help: 'this help',
    action: { type: 'openHelp' },
  },
  {
    mode: 'normal',
    keys: ['q', 'ctrl-c'],
    footer: 'quit',
    alwaysInFooter: true,
    help: 'quit',
    action: { type: 'quit' },
  },
  {
    mode: 'filter',
    keys: ['enter'],
    footer: 'keep',
    help: 'keep the filter',
    action: { type: 'keepFilter' },
  },
  {
    mode: 'filter',
    keys: ['escape'],
    footer: 'clear',
    help: 'clear the filter',
    action: { type: 'clearFilter' },
  },
  {
    mode: 'filter',
    keys: ['tab'],
    footer: 'complete',
    help: 'complete what is typed; again: the next of several',
    action: { type: 'completeFilter' },
  },
  {
    mode: 'filter',
    keys: ['up'],
    footer: 'earlier',
    help: 'the filter kept before this one',
    action: { type: 'recallFilter', by: -1 },
  },
  {
    mode: 'filter',
    keys: ['down'],
    help: 'the one kept after it, back to what was typed',
    action: { type: 'recallFilter', by: 1 },
  },
  {
    mode: 'filter',
    keys: ['backspace', 'delete'],
    help: 'delete the last character',
    action: { type: 'eraseFilter', what: 'character' },
  },
  {
    mode: 'filter',
    keys: ['ctrl-w'],
    help: 'delete the last word',
    action: { type: 'eraseFilter', what: 'word' },
  },
  { mode: 'filter', keys: ['ctrl-u'], help: 'delete all', action: { type: 'eraseFilter', what: 'all' } },
  { mode: 'filter', keys: ['ctrl-l'], help: 'redraw the screen', action: { type: 'redraw' } },
  { mode: 'filter', keys: ['ctrl-z'], help: 'suspend to the shell', action: { type: 'suspend' } },
  { mode: 'filter', keys: ['ctrl-c'], help: 'quit', action: { type: 'quit' } },
  ...textInputBindings('live', {
    mode: 'note',
    keys: ['enter'],
    footer: 'note it',
    help: 'put it into log and recording',
    action: { type: 'note' },
  }),
  ...detailsBindings,
  {
    mode: 'help',
    keys: ['?', 'escape', 'enter'],
    footer: 'back',
    help: 'back',
    action: { type: 'closeHelp' },
  },
  {
    mode: 'help',
    keys: ['j', 'down'],
    footer: 'down',
    help: 'scroll down',
    action: { type: 'scrollHelp', rows: 1 },
  },
  {
    mode: 'help',
    keys: ['k', 'up'],
    footer: 'up',
    help: 'scroll up',
    action: { type: 'scrollHelp', rows: -1 },
  },
  { mode: 'help', keys: ['ctrl-l'], help: 'redraw the screen', action: { type: 'redraw' } },
  { mode: 'help', keys: ['ctrl-z'], help: 'suspend to the shell', action: { type: 'suspend' } },
  { mode: 'help', keys: ['q', 'ctrl-c'], footer: 'quit', help: 'quit', action: { type: 'quit' } },
];

/** The keys there are for what is watched. */
export const bindingsFor = (sourceKind: SourceKind): readonly Binding[] =>
  bindings.filter(
    (binding) =>
      binding.sourceKinds === undefined ||
      binding.sourceKinds === sourceKind ||
      (binding.sourceKinds === 'now' && sourceKind !== 'replay'),
  );

const lookupFor = (sourceKind: SourceKind) =>
  new Map(
    bindingsFor(sourceKind).flatMap(({ mode, keys, action }) =>
      keys.map((key) => [`${mode} ${key}`, action] as const),
    ),
  );

const lookups: Readonly<Record<SourceKind, ReadonlyMap<string, Action>>> = {
  live: lookupFor('live'),
  pipe: lookupFor('pipe'),
  replay: lookupFor('replay'),
};

/** In these modes every printable character is text. */
const textActions: Readonly<Partial<Record<Mode, (text: string) => Action>>> = {
  filter: (text) => ({ type: 'typeFilter', text }),
  jump: (text) => ({ type: 'typeLine', text }),
  note: (text) => ({ type: 'typeLine', text }),
};

/** What a paste does in a mode: it is text for a line, and nothing anywhere else. */
export const pasteAction = (mode: Mode, text: string): Action | undefined => textActions[mode]?.(text);
const noOverrides: KeyOverrides = new Map();

/** What a key does in a mode. */
export const actionFor = (
  mode: Mode,
  key: string,
  sourceKind: SourceKind = 'live',
  keyOverrides = noOverrides,
): Action | undefined => {
  const type = textActions[mode];
  const bound = lookups[sourceKind].get(`${mode} ${type ? key : (keyOverrides.get(key) ?? key)}`);
  if (bound || !type) return bound;
  const character = key === 'space' ? ' ' : key;
  return isCharacter(character) ? type(character) : undefined;
};

/** Whether letters are text in a mode. */
export const isTyping = (mode: Mode): boolean => textActions[mode] !== undefined;

type KeyContext = { sourceKind: SourceKind; keyOverrides: KeyOverrides; activeView: ViewId };

/** What is said where a key does nothing in the view that is shown: in which it does. */
export const wrongViewNotice = (
  mode: Mode,
  key: string,
  { sourceKind, keyOverrides, activeView }: KeyContext,
): Action | undefined => {
  if (isTyping(mode)) return undefined;
  const as = keyOverrides.get(key) ?? key;
  const rows = bindingsFor(sourceKind).filter(
    (binding) => binding.mode === mode && binding.keys.includes(as),
  );
  const of = rows.flatMap((binding) => binding.views ?? viewIds);
  if (rows.length === 0 || of.includes(activeView)) return undefined;
  const places = views.flatMap(({ id, title }, index) => (of.includes(id) ? `${title} (${index + 1})` : []));
  return { type: 'notify', text: `${keyLabel(key)} is a key of ${places.join(' and ')}`, tone: 'info' };
};

/** The keys a row stands for, the user's own first. */
export const keysOf = ({ mode, keys }: Binding, keyOverrides: KeyOverrides): readonly string[] => {
  if (keyOverrides.size === 0 || textActions[mode]) return keys;
  const own = [...keyOverrides].filter(([, as]) => keys.includes(as)).map(([key]) => key);
  return [...own, ...keys.filter((key) => !keyOverrides.has(key))];
};
