import type { EventSource } from '../../domain/source/event-source.ts';
import { FleetSource } from '../core/fleet-source.ts';
import { FileLink } from './file-link.ts';
import type { GuestFiles } from './guest-files.ts';

export { groupByGuest } from './guest-files.ts';

/** Opens the recordings of several guests as one source, which reads them to their ends. */
export const openGuestFiles = (guests: readonly GuestFiles[]): EventSource =>
  new FleetSource(new FileLink(guests));
