import type { Lifespan } from '../../domain/views/lifespans.ts';

/** What a cell of a lane says: how many lives began and ended in it, or the one thing that happened in it. */
export type TimelineCell = number | 'unknown' | 'none' | 'alive' | 'zombie' | 'born' | 'ended' | 'failed';

/** Time in cells: the last one holds the moment on screen. */
export type TimeAxis = { cellCount: number; cellNs: bigint; firstCell: bigint };

/**
 * Cells begin at whole multiples of their width, so that a bar moves by cells and does not flicker between them. All of the
 * span is in them, though the last one is not over yet.
 */
export const timeAxis = (nowNs: bigint, spanNs: bigint, cellCount: number): TimeAxis => {
  const cellNs = spanNs / BigInt(Math.max(1, cellCount - 1)) || 1n;
  return { cellCount, cellNs, firstCell: nowNs / cellNs - BigInt(cellCount) + 1n };
};

/** One lane in cells, left to right. */
export const laneCells = (
  bars: readonly Lifespan[],
  { cellCount, cellNs, firstCell }: TimeAxis,
  knownNs: bigint,
): TimelineCell[] => {
  // A time before the clock's zero lies before all cells.
  const at = (ns: bigint) => Number((ns < 0n ? -1n : ns / cellNs) - firstCell);
  const known = at(knownNs);
  const line = Array.from(
    { length: cellCount },
    (_, cell): TimelineCell => (cell < known ? 'unknown' : 'none'),
  );
  const births = new Map<number, number>();
  for (const bar of bars) {
    const from = at(bar.fromNs);
    const to = bar.toNs === undefined ? cellCount : at(bar.toNs);
    const zombie = bar.zombieSinceNs === undefined ? cellCount : at(bar.zombieSinceNs);
    for (let cell = Math.max(0, from); cell < Math.min(cellCount, to); cell++) {
      if (typeof line[cell] !== 'number') line[cell] = cell >= zombie ? 'zombie' : 'alive';
    }
    if (bar.startKnown && from >= 0 && from < cellCount) {
      const count = (births.get(from) ?? 0) + 1;
      births.set(from, count);
      // Beside one that came and went in the same cell only the number says it all.
      if (from === to || typeof line[from] === 'number') line[from] = count;
      else line[from] = 'born';
    }
    if (to >= 0 && to < cellCount && to !== from) line[to] = bar.failed ? 'failed' : 'ended';
  }
  return line;
};
