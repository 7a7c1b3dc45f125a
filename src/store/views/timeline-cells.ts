import type { LifeBar } from '../../domain/views/lifespans.ts';

/** What a cell of a lane says: how many lives began and ended in it, or the one thing that happened in it. */
export type LifeCell = number | 'unknown' | 'none' | 'alive' | 'zombie' | 'born' | 'ended' | 'failed';

/** Time in cells: the last one holds the moment on screen. */
export type TimeCells = { cells: number; cellNs: bigint; firstCell: bigint };

/**
 * Cells begin at whole multiples of their width, so that a bar moves by cells and does not flicker between them. All of the
 * span is in them, though the last one is not over yet.
 */
export const timeCells = (nowNs: bigint, spanNs: bigint, cells: number): TimeCells => {
  const cellNs = spanNs / BigInt(Math.max(1, cells - 1)) || 1n;
  return { cells, cellNs, firstCell: nowNs / cellNs - BigInt(cells) + 1n };
};

/** One lane in cells, left to right. */
export const lifeCells = (
  bars: readonly LifeBar[],
  { cells, cellNs, firstCell }: TimeCells,
  knownNs: bigint,
): LifeCell[] => {
  // A time before the clock's zero lies before all cells.
  const at = (ns: bigint) => Number((ns < 0n ? -1n : ns / cellNs) - firstCell);
  const known = at(knownNs);
  const line = Array.from({ length: cells }, (_, cell): LifeCell => (cell < known ? 'unknown' : 'none'));
  const births = new Map<number, number>();
  for (const bar of bars) {
    const from = at(bar.fromNs);
    const to = bar.toNs === undefined ? cells : at(bar.toNs);
    const zombie = bar.zombieNs === undefined ? cells : at(bar.zombieNs);
    for (let cell = Math.max(0, from); cell < Math.min(cells, to); cell++) {
      if (typeof line[cell] !== 'number') line[cell] = cell >= zombie ? 'zombie' : 'alive';
    }
    if (bar.born && from >= 0 && from < cells) {
      const count = (births.get(from) ?? 0) + 1;
      births.set(from, count);
      // Beside one that came and went in the same cell only the number says it all.
      if (from === to || typeof line[from] === 'number') line[from] = count;
      else line[from] = 'born';
    }
    if (to >= 0 && to < cells && to !== from) line[to] = bar.failed ? 'failed' : 'ended';
  }
  return line;
};
