/**
 * The connection to a guest: `live` receives records, `silent` has received none for a while, `reconnecting` was lost,
 * `failed` is given up until the reason is mended, `ended` has delivered a complete trace.
 */
export const linkStates = ['connecting', 'live', 'silent', 'reconnecting', 'failed', 'ended'] as const;
export type LinkState = (typeof linkStates)[number];

/** One guest of a fleet: the figures of its row in the hosts view. Undefined is unknown. */
export type GuestSummary = {
  /** Identifies the guest within the fleet: the name under which it was given, or its host name. */
  id: string;
  state: LinkState;
  /** Why it is not live, in one sentence. */
  reason: string | undefined;
  alive: number | undefined;
  zombies: number | undefined;
  /** Spawns, exits and failed exits per second, over the last seconds. */
  spawnRate: number | undefined;
  exitRate: number | undefined;
  failureRate: number | undefined;
  /** Number of restart loops with a raised alert. */
  loops: number | undefined;
  /** Number of raised alerts. */
  alerts: number | undefined;
  /** Tasks missed and records lost since the start of its recorder. */
  missed: number | undefined;
  lost: number;
  /** Wall clock of the guest minus that of the viewer, ns. At least this: the delay of the line is unknown. */
  skewNs: bigint | undefined;
  /** Time since the newest record of the guest, by the viewer's clock, ns: how late what is shown is. */
  lagNs: bigint | undefined;
  /** Time since the last bytes arrived, ns. */
  heardNs: bigint | undefined;
  /** Whether it sends counters instead of events, so that there is no process to show. */
  pulsesOnly: boolean;
};
