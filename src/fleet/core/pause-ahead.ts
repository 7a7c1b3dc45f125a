import type { FleetLink } from '../../domain/fleet/fleet-link.ts';
import type { FleetGuest } from './fleet-guest.ts';

/** A guest of a recording with more entries than this, which wait for other guests, is paused. */
const maxAhead = 2000;

/** Pauses the guests whose recordings are ahead of the others, so that few entries wait. Continues the others. */
export const pauseAhead = (guests: Iterable<FleetGuest>, link: FleetLink): void => {
  for (const guest of guests) {
    const paused = guest.waiting.length > (guest.paused ? maxAhead / 2 : maxAhead);
    if (paused === guest.paused) continue;
    guest.paused = paused;
    link.pause?.(guest.id, paused);
  }
};
