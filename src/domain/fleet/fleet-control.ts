import type { GuestSummary } from './guest-summary.ts';

/** Controls a source of several guests. No call blocks. */
export type FleetControl = {
  /** Returns the guests in the order in which they were given or found. */
  guests(): readonly GuestSummary[];
  /** The guest whose processes are on screen; undefined while all guests are. */
  readonly focused: string | undefined;
  /**
   * Shows the processes of one guest, or of none. The listener receives `onSystemState` with the state of the guest, and
   * batches of its records only; without a focus, the merged log of all guests.
   */
  focus(id: string | undefined): void;
};
