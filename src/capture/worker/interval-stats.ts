/** Quarter octaves from 1/64 ms on: the last of them is beyond 17 minutes. */
const bucketsPerOctave = 4;
const smallestMs = 1 / 64;
const bucketCount = 104;

/**
 * How far apart the looks were, and so which lives they could not miss. A life of L falls wholly between two looks
 * that are G apart with probability (G - L) / (all time), when it begins at a random moment.
 */
export const createIntervalStats = () => {
  const counts = new Float64Array(bucketCount);
  const sums = new Float64Array(bucketCount);
  let totalMs = 0;
  let longestMs = 0;

  return {
    add(ms: number): void {
      const octaves = Math.log2(ms / smallestMs);
      const bucket = octaves > 0 ? Math.min(bucketCount - 1, Math.floor(octaves * bucketsPerOctave)) : 0;
      counts[bucket] = (counts[bucket] as number) + 1;
      sums[bucket] = (sums[bucket] as number) + ms;
      totalMs += ms;
      if (ms > longestMs) longestMs = ms;
    },
    longestMs() {
      return longestMs;
    },
    /** The shortest life, ms, of which no more than `missable` was missed; undefined before the second look. */
    shortestLifetimeMs(missedShare = 0.01): number | undefined {
      if (totalMs === 0) return undefined;
      let beyondMs = 0;
      let beyond = 0;
      for (let bucket = bucketCount - 1; bucket >= 0; bucket--) {
        beyondMs += sums[bucket] as number;
        beyond += counts[bucket] as number;
        // Looks in the buckets from this one on leave `beyondMs - beyond * life` unwatched.
        const life = (beyondMs - missedShare * totalMs) / Math.max(1, beyond);
        const edge = smallestMs * 2 ** (bucket / bucketsPerOctave);
        if (life >= edge || bucket === 0) return Math.max(0, life);
      }
      return undefined;
    },
    reset(): void {
      counts.fill(0);
      sums.fill(0);
      totalMs = 0;
      longestMs = 0;
    },
  };
};
