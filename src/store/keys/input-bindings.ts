import type { Action, EraseUnit } from '../actions/action.ts';
import { type Binding, type BindingEntry, bindingsOf, type Mode, type SourceKind } from './binding.ts';

export const redrawBinding: BindingEntry = {
  keys: ['ctrl-l'],
  help: 'redraw the screen',
  action: { type: 'redraw' },
};
export const suspendBinding: BindingEntry = {
  keys: ['ctrl-z'],
  help: 'suspend to the shell',
  action: { type: 'suspend' },
};

/** Ctrl-C only: in an input line `q` is text. */
const inputQuitBinding: BindingEntry = { keys: ['ctrl-c'], help: 'quit', action: { type: 'quit' } };
export const quitBinding: BindingEntry = {
  keys: ['q', 'f10', 'ctrl-c'],
  footer: 'quit',
  help: 'quit',
  action: { type: 'quit' },
};

/** Returns the bindings that erase text, redraw, suspend and quit in an input line. */
export const editingBindings = (erase: (what: EraseUnit) => Action): readonly BindingEntry[] => [
  { keys: ['backspace', 'delete'], help: 'delete the last character', action: erase('character') },
  { keys: ['ctrl-w'], help: 'delete the last word', action: erase('word') },
  { keys: ['ctrl-u'], help: 'delete all', action: erase('all') },
  redrawBinding,
  suspendBinding,
  inputQuitBinding,
];

/** Bindings in the filter input line. */
export const filterBindings = bindingsOf('filter', [
  { keys: ['enter'], footer: 'keep', help: 'keep the filter', action: { type: 'keepFilter' } },
  { keys: ['escape'], footer: 'clear', help: 'clear the filter', action: { type: 'clearFilter' } },
  {
    keys: ['tab'],
    footer: 'complete',
    help: 'complete the word; again: next option',
    action: { type: 'completeFilter' },
  },
  {
    keys: ['up'],
    footer: 'earlier',
    help: 'previous filter in the history',
    action: { type: 'recallFilter', direction: -1 },
  },
  { keys: ['down'], help: 'next filter in the history', action: { type: 'recallFilter', direction: 1 } },
  ...editingBindings((what) => ({ type: 'eraseFilter', what })),
]);

/** Returns the bindings of an input line for a time or a note. `submit` is the one that accepts the text. */
export const textInputBindings = (
  mode: Mode,
  sourceKind: SourceKind,
  submit: BindingEntry,
): readonly Binding[] => {
  const entries = [
    submit,
    { keys: ['escape'], footer: 'cancel', help: 'cancel', action: { type: 'closeInput' } as const },
    ...editingBindings((what) => ({ type: 'eraseInput', what })),
  ];
  return bindingsOf(
    mode,
    entries.map((entry) => ({ sourceKinds: [sourceKind], ...entry })),
  );
};

/** Bindings in the note input line. */
export const noteBindings = textInputBindings('note', 'live', {
  keys: ['enter'],
  footer: 'add',
  help: 'add the note to the log and the recording',
  action: { type: 'note' },
});
