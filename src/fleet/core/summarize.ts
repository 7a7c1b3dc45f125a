import type { GuestSummary } from '../../domain/fleet/guest-summary.ts';
import { formatDuration } from '../../util/format.ts';
import type { FleetClock } from './fleet-clock.ts';
import type { FleetGuest } from './fleet-guest.ts';

/**
 * A live guest without bytes for this long, ns, is silent. Its clock pairs come every 10 s. Rows are computed once a second,
 * so that it is marked within 15 s.
 */
const silentNs = 14_000_000_000n;
/** Rates end this long before now, ns, because later records are still on their way. */
const onTheirWayNs = 500_000_000n;

/** Reasons of a guest whose bytes are not read. */
const obstacles = {
  format: 'its churntop has another trace format: one of the two is older',
  lines: 'it sends something else than a trace',
} as const;

/** What is not known of a guest that sends nothing. */
const unknownRates = { spawnRate: undefined, exitRate: undefined, failureRate: undefined };

const atLeast = (a: bigint, b: bigint): bigint => (a > b ? a : b);

/** Returns the row of a guest. Without a clock, its records are a recording. */
export const summarize = (guest: FleetGuest, clock: FleetClock | undefined): GuestSummary => {
  const { id, fold, skew, wallNs } = guest;
  const { obstacle } = guest.reader;
  const link = obstacle
    ? ({ state: 'failed', reason: obstacles[obstacle] } as const)
    : { state: guest.state, reason: guest.reason };
  if (!clock)
    return {
      id,
      ...link,
      ...fold.figures(fold.nowNs),
      skewNs: undefined,
      lagNs: undefined,
      heardNs: undefined,
    };
  const nowNs = clock.nowNs();
  const heardNs = guest.heardNs === undefined ? undefined : nowNs - guest.heardNs;
  const state = link.state === 'live' && guest.hasEnded ? 'ended' : link.state;
  const isSilent = state === 'live' && heardNs !== undefined && heardNs > silentNs;
  const correctedNs = wallNs === undefined ? undefined : wallNs - skew.correctionNs(nowNs);
  return {
    id,
    state: isSilent ? 'silent' : state,
    reason: isSilent ? `no records for ${formatDuration(heardNs)}` : link.reason,
    ...fold.figures(atLeast(fold.nowNs, guest.estimatedNowNs(clock) - onTheirWayNs)),
    ...(state === 'live' && !isSilent ? {} : unknownRates),
    skewNs: skew.ns,
    lagNs: correctedNs === undefined ? undefined : atLeast(clock.wallNs() - correctedNs, 0n),
    heardNs,
  };
};
