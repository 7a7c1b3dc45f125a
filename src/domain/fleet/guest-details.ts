import type { AlertRecord, CaptureMode } from '../events/event.ts';
import type { ExitStatus } from '../events/exit-status.ts';
import type { PulseComm } from '../events/record.ts';

/** Counts of one comm on one guest, since the viewer or, with counters only, the recorder of the guest was started. */
export type GuestComm = PulseComm & {
  /** Exits with a known status; absent if it is not counted. */
  known?: number;
  /** The newest exit that is known to have failed: its status, and its time by the guest's wall clock, ns. */
  lastFailure?: { status: ExitStatus; wallNs: bigint };
};

/** What is known of one guest besides its row in the hosts view. Undefined is unknown. */
export type GuestDetails = {
  /** Host name in its header, which can differ from the name under which it was given. */
  host: string | undefined;
  recorder: string | undefined;
  captureMode: CaptureMode | undefined;
  /** Monotonic time of its newest record, ns, and the wall clock minus the monotonic clock. */
  nowNs: bigint;
  wallOffsetNs: bigint;
  /** Bounded, in no order. */
  comms: readonly GuestComm[];
  /** Alerts that are raised, the newest first. Empty if the guest sends counters only. */
  alerts: readonly AlertRecord[];
};
