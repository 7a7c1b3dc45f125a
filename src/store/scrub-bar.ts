import type { ReplayStatus } from '../domain/source/replay-control.ts';
import { roundNs } from '../util/time.ts';

/** A cell of the scrub bar. */
export type ScrubCell = {
  /** Number of events, scaled to 0 to 8; 8 is the busiest cell. */
  level: number;
  /** Whether it contains a gap. */
  gap: boolean;
  /** Whether the index covers it. */
  indexed: boolean;
};

const maxLevel = 8;

/** Returns the cell of a time, in ns since the start of the trace. */
export const cellOf = (ns: bigint, spanNs: bigint, cellCount: number): number =>
  spanNs <= 0n ? 0 : Math.max(0, Math.min(cellCount - 1, Number((ns * BigInt(cellCount)) / spanNs)));

/** Returns the length of the trace. It is estimated from the indexed part while the index is built. */
export const estimatedSpanNs = ({ fromNs, toNs, indexedShare }: ReplayStatus): bigint => {
  const knownNs = toNs - fromNs;
  return indexedShare > 0 && indexedShare < 1 ? roundNs(Number(knownNs) / indexedShare) : knownNs;
};

/** Returns the cells of the scrub bar, and the index of the cell with the position on screen. */
export const scrubCells = (
  status: ReplayStatus,
  cellCount: number,
): { cells: ScrubCell[]; cursor: number } => {
  const { fromNs, toNs, positionNs, density, indexedShare } = status;
  const spanNs = estimatedSpanNs(status);
  const lastIndexed = indexedShare >= 1 ? cellCount - 1 : cellOf(toNs - fromNs, spanNs, cellCount) - 1;
  const counts = new Array<number>(cellCount).fill(0);
  const gaps = new Array<boolean>(cellCount).fill(false);
  for (let bucket = 0; bucket < density.spawns.length; bucket++) {
    const atNs = density.fromNs + BigInt(bucket) * density.bucketNs - fromNs;
    const cell = cellOf(atNs, spanNs, cellCount);
    counts[cell] = (counts[cell] as number) + (density.spawns[bucket] ?? 0) + (density.exits[bucket] ?? 0);
    if ((density.gaps[bucket] ?? 0) > 0) gaps[cell] = true;
  }
  const maxCount = Math.max(1, ...counts);
  return {
    cells: counts.map((count, index) => ({
      level: Math.ceil((count / maxCount) * maxLevel),
      gap: gaps[index] as boolean,
      indexed: index <= lastIndexed,
    })),
    cursor: cellOf(positionNs - fromNs, spanNs, cellCount),
  };
};
