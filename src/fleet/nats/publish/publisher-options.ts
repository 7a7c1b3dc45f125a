import type { Connection } from '../server/connection.ts';
import type { GuestClock } from './published-state.ts';

export type PublisherOptions = {
  /** The recorder's path. */
  path: string;
  connection: Connection;
  /** Whether to publish every record, or only counters. */
  events: boolean;
  /** Interval of the counters, ms. */
  pulseMs: number;
  gzip: boolean;
  /** Whether a fault of the setup before the first acknowledgement ends it. Otherwise it is retried. */
  failsEarly: boolean;
  /** Ends the publisher at once. What is not published remains in the file. */
  signal: AbortSignal;
  /** Receives what has happened, one sentence each. */
  onReport: (text: string) => void;
  clock?: GuestClock;
  /** How long to wait for an acknowledgement, ms. Default: 5000. */
  acknowledgeTimeoutMs?: number;
};

export type PublisherStatus = {
  /** Number of acknowledged records of the newest recorder, or records that the counters include. */
  published: number;
  /** Records that were deleted before they were published. */
  missing: number;
  /** Time of the last acknowledgement, or of the start, ms of the monotonic clock. */
  acknowledgedMs: number;
  /** Why nothing is acknowledged. */
  problem: string | undefined;
};
