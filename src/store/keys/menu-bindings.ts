import { bindingsOf } from './binding.ts';
import { quitBinding, redrawBinding, suspendBinding } from './input-bindings.ts';

/** Bindings in the sort menu. */
export const sortBindings = bindingsOf('sort', [
  { keys: ['enter'], footer: 'sort', help: 'sort by this column', action: { type: 'chooseSort' } },
  { keys: ['r'], footer: 'reverse', help: 'reverse order', action: { type: 'reverseSort' } },
  { keys: ['j', 'down'], footer: 'down', help: 'next column', action: { type: 'moveMenu', rows: 1 } },
  { keys: ['k', 'up'], footer: 'up', help: 'previous column', action: { type: 'moveMenu', rows: -1 } },
  {
    keys: ['g', 'home', 'pageup'],
    help: 'first column',
    action: { type: 'moveMenu', rows: Number.NEGATIVE_INFINITY },
  },
  {
    keys: ['G', 'end', 'pagedown'],
    help: 'last column',
    action: { type: 'moveMenu', rows: Number.POSITIVE_INFINITY },
  },
  { keys: ['escape', 'o', 'f6'], footer: 'cancel', help: 'cancel', action: { type: 'closeMenu' } },
  redrawBinding,
  suspendBinding,
  quitBinding,
]);

/** Bindings in the full-screen log, besides those of the lists. */
export const logBindings = bindingsOf('log', [
  { keys: ['escape', 'L'], footer: 'back', help: 'back to the view', action: { type: 'toggleFullLog' } },
]);
