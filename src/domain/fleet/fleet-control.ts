import type { GuestDetails } from './guest-details.ts';
import type { GuestSummary } from './guest-summary.ts';

/** Controls a source of several guests. No call blocks. */
export type FleetControl = {
  /**
   * Returns the guests in the order in which they were given or found: the same list until a figure changes, then one with
   * new rows.
   */
  guests(): readonly GuestSummary[];
  /** Returns what else is known of a guest; undefined if there is no such guest. */
  details(id: string): GuestDetails | undefined;
  /** The guest whose processes are on screen; undefined while all guests are. */
  readonly focused: string | undefined;
  /**
   * Shows the processes of one guest, or of none. The listener receives `onSystemState` with the state of the guest, and
   * batches of its records only. Without a focus, the state has a log only, the merged one: the source adds entries with
   * `from` to it, and calls `onFleet`. There are no batches then, because a record names no guest.
   */
  focus(id: string | undefined): void;
};
