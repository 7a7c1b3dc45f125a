import { bindingsOf } from './binding.ts';
import { editingBindings } from './input-bindings.ts';

/** Bindings in the search input line. */
export const searchBindings = bindingsOf('search', [
  {
    keys: ['enter'],
    footer: 'keep',
    help: 'keep the search; n and N go to matches',
    action: { type: 'keepSearch' },
  },
  { keys: ['escape'], footer: 'cancel', help: 'end the search', action: { type: 'endSearch' } },
  {
    keys: ['down', 'f3'],
    footer: 'next',
    help: 'next match',
    action: { type: 'nextSearchMatch', direction: 1 },
  },
  { keys: ['up'], help: 'previous match', action: { type: 'nextSearchMatch', direction: -1 } },
  ...editingBindings((what) => ({ type: 'eraseSearch', what })),
]);

/** Bindings in the lists after a search. They replace those of the lists until the search ends. */
export const foundBindings = bindingsOf('found', [
  {
    keys: ['n'],
    footer: 'next',
    help: 'next match; in the log, the next older one',
    action: { type: 'nextSearchMatch', direction: 1 },
  },
  {
    keys: ['N'],
    footer: 'previous',
    help: 'previous match; in the log, the next newer one',
    action: { type: 'nextSearchMatch', direction: -1 },
  },
  { keys: ['escape'], footer: 'end', help: 'end the search', action: { type: 'endSearch' } },
]);
