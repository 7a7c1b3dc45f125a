import type { Action } from '../actions/action.ts';
import { keyLabel } from './key-names.ts';
import { type KeyContext, pressedKey } from './keymap.ts';

const noSignals = 'churntop sends no signals; y copies the PID';
const noPriorities = 'churntop does not change priorities';
const settings = 'settings: --columns, --theme and other flags, or ~/.config/churntop/config';
const sortMenu = 'sort: o lists the columns';

/** What to do here instead of a key of top, htop, btop or less that has no action. */
const hints: Readonly<Record<string, string>> = {
  f2: settings,
  f7: noPriorities,
  f8: noPriorities,
  f9: noSignals,
  t: 'tree: 3 or F5',
  l: 'log: L',
  w: 'whole command: Enter',
  z: 'colors: --theme NAME',
  B: 'colors: --theme NAME',
  C: settings,
  H: 'threads are not listed, only processes',
  I: 'reverse order: r',
  K: 'without kernel threads: filter !under=2',
  M: sortMenu,
  P: sortMenu,
  T: sortMenu,
  Q: 'quit: q',
  U: 'unmark: m on the marked row',
  W: settings,
  ':': 'filter: /',
};

/** Returns a notice for a key of another tool that has no action here; undefined for other keys. */
export const foreignKeyNotice = (key: string, context: KeyContext): Action | undefined => {
  const { mode, keyOverrides } = context;
  const hint = mode === 'normal' ? hints[pressedKey(key, keyOverrides)] : undefined;
  return hint === undefined ? undefined : { type: 'notify', text: `${keyLabel(key)}: ${hint}`, tone: 'info' };
};
