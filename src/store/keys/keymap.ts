import type { Action } from '../actions/action.ts';
import { type ViewId, viewIds } from '../actions/view-id.ts';
import { views } from '../views/views.ts';
import { alertBindings } from './alert-bindings.ts';
import type { Binding, KeyOverrides, Mode, SourceKind } from './binding.ts';
import { fleetBindings, guestBindings } from './fleet-bindings.ts';
import { filterBindings, noteBindings } from './input-bindings.ts';
import { isCharacter, keyLabel } from './key-names.ts';
import { logBindings, sortBindings } from './menu-bindings.ts';
import { normalBindings, pauseBinding } from './normal-bindings.ts';
import { detailsBindings, helpBindings } from './overlay-bindings.ts';
import { overviewBindings } from './overview-bindings.ts';
import { replayBindings } from './replay-bindings.ts';
import { foundBindings, searchBindings } from './search-bindings.ts';

/** All key bindings. Help screen, footer, man page and documentation are generated from this table. */
export const bindings: readonly Binding[] = [
  pauseBinding,
  ...replayBindings,
  ...normalBindings,
  ...fleetBindings,
  ...guestBindings,
  ...foundBindings,
  ...logBindings,
  ...sortBindings,
  ...filterBindings,
  ...searchBindings,
  ...noteBindings,
  ...detailsBindings,
  ...alertBindings,
  ...overviewBindings,
  ...helpBindings,
];

/** Returns the bindings that are active for a source kind. */
export const bindingsFor = (sourceKind: SourceKind): readonly Binding[] =>
  bindings.filter(({ sourceKinds }) => sourceKinds?.includes(sourceKind) ?? true);

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
  fleet: lookupFor('fleet'),
};

/** The actions that insert text, in modes with an input line. Every printable character is text there. */
const textActions: Readonly<Partial<Record<Binding['mode'], (text: string) => Action>>> = {
  filter: (text) => ({ type: 'typeFilter', text }),
  search: (text) => ({ type: 'typeSearch', text }),
  jump: (text) => ({ type: 'typeInput', text }),
  note: (text) => ({ type: 'typeInput', text }),
};

/** Returns whether characters are text in the mode. */
export const isTyping = (mode: Binding['mode']): boolean => textActions[mode] !== undefined;

/** Returns the action for pasted text; undefined in modes without an input line. */
export const pasteAction = (mode: Mode, text: string): Action | undefined => textActions[mode]?.(text);

/** The parts of the view state that determine what a key does. */
export type KeyContext = {
  mode: Mode;
  sourceKind: SourceKind;
  keyOverrides: KeyOverrides;
  activeView: ViewId;
  /** The searched text; empty while nothing is searched. */
  searchText?: string;
  /** Whether the log fills the screen. */
  fullLog?: boolean;
  /** The guest of a fleet whose processes are on screen. */
  focusedGuest?: string | undefined;
};

/** Returns the modes whose bindings are active, those that take precedence first. */
export const activeModes = ({
  mode,
  sourceKind,
  searchText,
  fullLog,
  focusedGuest,
}: Omit<KeyContext, 'activeView' | 'keyOverrides'>): readonly Binding['mode'][] => {
  // The other keys of the views work in the overview, too.
  if (mode === 'overview') return ['overview', 'normal'];
  if (mode !== 'normal') return [mode];
  return [
    ...(searchText ? (['found'] as const) : []),
    ...(fullLog ? (['log'] as const) : []),
    ...(sourceKind === 'fleet' ? ([focusedGuest === undefined ? 'fleet' : 'guest'] as const) : []),
    'normal',
  ];
};

/** Returns the key that a user-defined key replaces, or the key itself. */
export const pressedKey = (key: string, keyOverrides: KeyOverrides): string => keyOverrides.get(key) ?? key;

/** Returns the action of a key; undefined for a key without one. */
export const actionFor = (key: string, context: Omit<KeyContext, 'activeView'>): Action | undefined => {
  const { mode, sourceKind, keyOverrides } = context;
  const insertText = textActions[mode];
  if (!insertText) {
    const pressed = pressedKey(key, keyOverrides);
    const found = activeModes(context).find((each) => lookups[sourceKind].has(`${each} ${pressed}`));
    return found && lookups[sourceKind].get(`${found} ${pressed}`);
  }
  const action = lookups[sourceKind].get(`${mode} ${key}`);
  if (action) return action;
  const character = key === 'space' ? ' ' : key;
  return isCharacter(character) ? insertText(character) : undefined;
};

/** Returns a notice that names the views of a key, if the key has no binding in the active view but has one in others. */
export const wrongViewNotice = (
  key: string,
  { mode, sourceKind, keyOverrides, activeView }: KeyContext,
): Action | undefined => {
  if (isTyping(mode)) return undefined;
  const boundKey = pressedKey(key, keyOverrides);
  const matching = bindingsFor(sourceKind).filter(
    (binding) => binding.mode === mode && binding.keys.includes(boundKey),
  );
  const ids = matching.flatMap((binding) => binding.views ?? viewIds);
  if (matching.length === 0 || ids.includes(activeView)) return undefined;
  const titles = views.flatMap(({ id, title }, index) => (ids.includes(id) ? `${title} (${index})` : []));
  const text = `${keyLabel(key)} works in ${titles.join(' and ')} only`;
  return { type: 'notify', text, tone: 'info' };
};

/** Returns the keys of a binding, user-defined keys first. */
export const keysOf = ({ mode, keys }: Binding, keyOverrides: KeyOverrides): readonly string[] => {
  if (keyOverrides.size === 0 || isTyping(mode)) return keys;
  const userKeys = [...keyOverrides].filter(([, original]) => keys.includes(original)).map(([key]) => key);
  return [...userKeys, ...keys.filter((key) => !keyOverrides.has(key))];
};
