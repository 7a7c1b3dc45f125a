import type { ReplayStatus } from '../domain/source/replay-control.ts';

/** One cell of the timeline bar. */
export type TimelineCell = {
  /** Churn in it, 0 to 8, the busiest cell being 8. */
  level: number;
  gap: boolean;
  /** Indexed already. */
  known: boolean;
};

const levels = 8;

/** A position within the trace as a number of cells. */
const cellOf = (ns: bigint, spanNs: bigint, cells: number): number =>
  spanNs <= 0n ? 0 : Math.max(0, Math.min(cells - 1, Number((ns * BigInt(cells)) / spanNs)));

/** While it is indexed, the whole is estimated by the part that is known. */
const wholeSpan = ({ fromNs, toNs, indexed }: ReplayStatus): bigint => {
  const knownNs = toNs - fromNs;
  return indexed > 0 && indexed < 1 ? BigInt(Math.round(Number(knownNs) / indexed)) : knownNs;
};

/** The timeline in so many cells, and which of them the moment on screen is in. */
export const timelineCells = (
  status: ReplayStatus,
  cells: number,
): { cells: TimelineCell[]; cursor: number } => {
  const { fromNs, toNs, nowNs, density, indexed } = status;
  const spanNs = wholeSpan(status);
  const known = indexed >= 1 ? cells - 1 : cellOf(toNs - fromNs, spanNs, cells) - 1;
  const counts = new Array<number>(cells).fill(0);
  const gaps = new Array<boolean>(cells).fill(false);
  for (let bucket = 0; bucket < density.spawns.length; bucket++) {
    const atNs = density.fromNs + BigInt(bucket) * density.widthNs - fromNs;
    const cell = cellOf(atNs, spanNs, cells);
    counts[cell] = (counts[cell] as number) + (density.spawns[bucket] ?? 0) + (density.exits[bucket] ?? 0);
    if ((density.gaps[bucket] ?? 0) > 0) gaps[cell] = true;
  }
  const most = Math.max(1, ...counts);
  return {
    cells: counts.map((count, index) => ({
      level: Math.ceil((count / most) * levels),
      gap: gaps[index] as boolean,
      known: index <= known,
    })),
    cursor: cellOf(nowNs - fromNs, spanNs, cells),
  };
};
