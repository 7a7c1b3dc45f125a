import type { World } from '../domain/world.ts';

/** Rings when there is an alert that was not there before: once, however many were raised at the same time. */
export const openBell = (write: (text: string) => void): ((world: World) => void) => {
  let heard = 0;
  return ({ raised }) => {
    if (raised.count > heard) write('\x07');
    // A view that is paused looks at a copy, which counts anew.
    heard = Math.max(heard, raised.count);
  };
};
