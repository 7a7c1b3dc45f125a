import type { Density, Direction } from '../../../domain/source/replay-control.ts';

/** Number of spans that a trace is divided into to find bursts. */
const maxSpans = 200;
/** Number of quiet spans that separate two bursts. */
const minQuietSpans = 2;
/** Minimum number of events by which a burst exceeds the median. */
const minExcess = 3;
/** Number of standard deviations of chance by which it exceeds the median. */
const minDeviations = 4;

/**
 * Returns the times at which bursts start, in order. A burst is a span with more spawns and exits than the median span, by
 * more than chance explains.
 */
export const findBursts = ({ fromNs, bucketNs, spawns, exits }: Density): bigint[] => {
  const counts = spawns.map((count, bucket) => count + (exits[bucket] ?? 0));
  const bucketsPerSpan = Math.max(1, Math.ceil(counts.length / maxSpans));
  const spans: number[] = [];
  for (let from = 0; from < counts.length; from += bucketsPerSpan)
    spans.push(sumOf(counts.slice(from, from + bucketsPerSpan)));
  const median = spans.toSorted((a, b) => a - b)[Math.floor(spans.length / 2)] ?? 0;
  const limit = median + minDeviations * Math.sqrt(median) + minExcess;
  const starts: bigint[] = [];
  let quietSpans = minQuietSpans;
  for (const [span, count] of spans.entries()) {
    if (count < limit) {
      quietSpans++;
      continue;
    }
    if (quietSpans >= minQuietSpans)
      starts.push(fromNs + BigInt(firstBusyBucket(counts, span * bucketsPerSpan)) * bucketNs);
    quietSpans = 0;
  }
  return starts;
};

const sumOf = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count, 0);

const firstBusyBucket = (counts: readonly number[], from: number): number => {
  let bucket = from;
  while (counts[bucket] === 0) bucket++;
  return bucket;
};

/** Returns the start of the first burst after a time, or of the last one before it. */
export const nearestBurst = (density: Density, atNs: bigint, direction: Direction): bigint | undefined => {
  const starts = findBursts(density);
  return direction > 0
    ? starts.find((startNs) => startNs > atNs)
    : starts.findLast((startNs) => startNs < atNs);
};
