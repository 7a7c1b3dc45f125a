/** The offsets between the clocks of a guest since `fromNs`, when they were found to have changed. CLOCK_MONOTONIC ns. */
export type ClockOffsets = { fromNs: bigint; wallOffsetNs: bigint; bootOffsetNs: bigint };

/** The part of a source that converts monotonic times to wall times. */
export type WallClock = {
  /** Wall clock minus monotonic clock, ns. It changes when the wall clock is set. */
  wallOffsetNs: bigint;
  /** The offsets before the wall clock was set, oldest first, each with the monotonic time until which it was valid. */
  earlierOffsets?: readonly { untilNs: bigint; wallOffsetNs: bigint }[];
};

/** Minimum change of the wall clock offset that counts as a clock step, ns. Smaller changes are slewing. */
const minClockStepNs = 100_000_000n;
/** Maximum number of earlier offsets. Times before the oldest one use its offset. */
const maxEarlierOffsets = 32;

export const isClockStep = (beforeNs: bigint, afterNs: bigint): boolean =>
  afterNs - beforeNs >= minClockStepNs || beforeNs - afterNs >= minClockStepNs;

/** Returns the wall clock minus the monotonic clock at a monotonic time, ns. */
export const wallOffsetAt = ({ wallOffsetNs, earlierOffsets = [] }: WallClock, monotonicNs: bigint): bigint =>
  earlierOffsets.find(({ untilNs }) => monotonicNs <= untilNs)?.wallOffsetNs ?? wallOffsetNs;

/** Returns the wall time of a monotonic time, as the clock showed it then, ns since the epoch. */
export const wallTimeNs = (clock: WallClock, monotonicNs: bigint): bigint =>
  monotonicNs + wallOffsetAt(clock, monotonicNs);

/** Returns the facts about a guest after its clocks changed. */
export const withOffsets = <Info extends WallClock & { bootOffsetNs: bigint }>(
  info: Info,
  { fromNs, wallOffsetNs, bootOffsetNs }: ClockOffsets,
): Info => {
  if (wallOffsetNs === info.wallOffsetNs) return { ...info, bootOffsetNs };
  const earlier = { untilNs: fromNs, wallOffsetNs: info.wallOffsetNs };
  const earlierOffsets = [...(info.earlierOffsets ?? []), earlier].slice(-maxEarlierOffsets);
  return { ...info, wallOffsetNs, bootOffsetNs, earlierOffsets };
};
