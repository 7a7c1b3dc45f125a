import { normalZombieNs } from '../../domain/processes/process-table.ts';
import type { Lifespan } from '../../domain/views/lifespans.ts';

/** A cell of a lane: the number of processes that spawned and exited in it, or its only state or event. */
export type TimelineCell =
  | number
  | 'unknown'
  | 'empty'
  | 'alive'
  | 'zombie'
  /** A zombie that was reaped within a second. */
  | 'briefZombie'
  | 'spawned'
  | 'exited'
  | 'failed';

/** The time axis in cells. Times are counted in multiples of `cellNs`; the last cell has the time on screen. */
export type TimeAxis = { cellCount: number; cellNs: bigint; firstCell: bigint };

/**
 * Returns an axis that covers the span up to `nowNs`. Cells start at multiples of their width, so that bars move by whole
 * cells and do not flicker.
 */
export const timeAxis = (nowNs: bigint, spanNs: bigint, cellCount: number): TimeAxis => {
  const cellNs = spanNs / BigInt(Math.max(1, cellCount - 1)) || 1n;
  return { cellCount, cellNs, firstCell: nowNs / cellNs - BigInt(cellCount) + 1n };
};

/** Returns the cells of a lane, left to right. Cells before `knownNs` without a lifespan are unknown. */
export const laneCells = (
  lifespans: readonly Lifespan[],
  { cellCount, cellNs, firstCell }: TimeAxis,
  knownNs: bigint,
): TimelineCell[] => {
  // Times before the clock's zero are before all cells.
  const cellAt = (ns: bigint) => Number((ns < 0n ? -1n : ns / cellNs) - firstCell);
  const knownCell = cellAt(knownNs);
  const cells = Array.from(
    { length: cellCount },
    (_, cell): TimelineCell => (cell < knownCell ? 'unknown' : 'empty'),
  );
  const spawnCounts = new Map<number, number>();
  for (const { fromNs, toNs, zombieSinceNs, startKnown, failed } of lifespans) {
    const from = cellAt(fromNs);
    const to = toNs === undefined ? cellCount : cellAt(toNs);
    const zombieFrom = zombieSinceNs === undefined ? cellCount : cellAt(zombieSinceNs);
    // Without an exit, the axis ends now.
    const endNs = toNs ?? (firstCell + BigInt(cellCount)) * cellNs;
    const isBrief = zombieSinceNs !== undefined && endNs - zombieSinceNs < normalZombieNs;
    const zombieCell = isBrief ? 'briefZombie' : 'zombie';
    for (let cell = Math.max(0, from); cell < Math.min(cellCount, to); cell++) {
      if (typeof cells[cell] !== 'number') cells[cell] = cell >= zombieFrom ? zombieCell : 'alive';
    }
    if (startKnown && from >= 0 && from < cellCount) {
      const count = (spawnCounts.get(from) ?? 0) + 1;
      spawnCounts.set(from, count);
      // A cell in which a process also exited shows the number of spawns.
      if (from === to || typeof cells[from] === 'number') cells[from] = count;
      else cells[from] = 'spawned';
    }
    if (to >= 0 && to < cellCount && to !== from) cells[to] = failed ? 'failed' : 'exited';
  }
  return cells;
};
