import type { ReplayStatus } from '../domain/source/replay-control.ts';

/** One cell of the timeline bar. */
export type ScrubCell = {
  /** Churn in it, 0 to 8, the busiest cell being 8. */
  level: number;
  gap: boolean;
  /** Indexed already. */
  indexed: boolean;
};

const maxLevel = 8;

/** A position within the trace as a number of cells. */
const cellOf = (ns: bigint, spanNs: bigint, cells: number): number =>
  spanNs <= 0n ? 0 : Math.max(0, Math.min(cells - 1, Number((ns * BigInt(cells)) / spanNs)));

/** While it is indexed, the whole is estimated by the part that is known. */
const estimatedSpanNs = ({ fromNs, toNs, indexedShare }: ReplayStatus): bigint => {
  const knownNs = toNs - fromNs;
  return indexedShare > 0 && indexedShare < 1 ? BigInt(Math.round(Number(knownNs) / indexedShare)) : knownNs;
};

/** The timeline in so many cells, and which of them the moment on screen is in. */
export const scrubCells = (status: ReplayStatus, cells: number): { cells: ScrubCell[]; cursor: number } => {
  const { fromNs, toNs, positionNs, density, indexedShare } = status;
  const spanNs = estimatedSpanNs(status);
  const known = indexedShare >= 1 ? cells - 1 : cellOf(toNs - fromNs, spanNs, cells) - 1;
  const counts = new Array<number>(cells).fill(0);
  const gaps = new Array<boolean>(cells).fill(false);
  for (let bucket = 0; bucket < density.spawns.length; bucket++) {
    const atNs = density.fromNs + BigInt(bucket) * density.bucketNs - fromNs;
    const cell = cellOf(atNs, spanNs, cells);
    counts[cell] = (counts[cell] as number) + (density.spawns[bucket] ?? 0) + (density.exits[bucket] ?? 0);
    if ((density.gaps[bucket] ?? 0) > 0) gaps[cell] = true;
  }
  const most = Math.max(1, ...counts);
  return {
    cells: counts.map((count, index) => ({
      level: Math.ceil((count / most) * maxLevel),
      gap: gaps[index] as boolean,
      indexed: index <= known,
    })),
    cursor: cellOf(positionNs - fromNs, spanNs, cells),
  };
};
