import type { Density, NameCount, ReplayStatus } from '../domain/source/replay-control.ts';
import { TopNames } from '../domain/stats/top-names.ts';
import { cellOf, estimatedSpanNs } from './scrub-bar.ts';

/** The lanes of the overview of a trace. Each has a value for each cell. */
export type OverviewLanes = {
  spawns: number[];
  exits: number[];
  failures: number[];
  /** Exits whose status is not known. */
  unknownExits: number[];
  notes: number[];
  gaps: number[];
  /** Whether an alert is raised in the cell, or has been since an earlier cell. */
  alerts: ('raised' | 'active' | undefined)[];
  /** The cell with the position on screen. */
  cursor: number;
  /** Number of cells that the index covers. */
  indexedCells: number;
  /** Length of a cell, ns. */
  cellNs: bigint;
  /** The most frequent comms of the exits in the cell with the position, the most frequent first. */
  exitedNames: NameCount[];
};

/** Maximum number of comms in `exitedNames`. */
const maxNames = 4;

/** Returns the lanes of the whole trace in a number of cells. */
export const overviewLanes = (status: ReplayStatus, cellCount: number): OverviewLanes => {
  const { fromNs, toNs, positionNs, density, indexedShare } = status;
  const spanNs = estimatedSpanNs(status);
  const cellOfBucket = density.spawns.map((_, bucket) =>
    cellOf(density.fromNs + BigInt(bucket) * density.bucketNs - fromNs, spanNs, cellCount),
  );
  const laneOf = (counts: readonly number[]): number[] => {
    const lane = new Array<number>(cellCount).fill(0);
    for (const [bucket, count] of counts.entries()) {
      const cell = cellOfBucket[bucket] ?? 0;
      lane[cell] = (lane[cell] as number) + count;
    }
    return lane;
  };
  const indexedCells = indexedShare >= 1 ? cellCount : cellOf(toNs - fromNs, spanNs, cellCount);
  const cursor = cellOf(positionNs - fromNs, spanNs, cellCount);
  const names = new TopNames();
  for (const [bucket, counts] of density.exitedNames.entries())
    if (cellOfBucket[bucket] === cursor) for (const { name, count } of counts ?? []) names.add(name, count);
  return {
    spawns: laneOf(density.spawns),
    exits: laneOf(density.exits),
    failures: laneOf(density.failures),
    unknownExits: laneOf(density.unknownExits),
    notes: laneOf(density.notes),
    gaps: laneOf(density.gaps),
    alerts: alertLane(laneOf(density.alerts), laneOf(density.cleared), indexedCells),
    cursor,
    exitedNames: names.ranked(maxNames),
    indexedCells,
    cellNs: cellCount > 0 ? spanNs / BigInt(cellCount) : 0n,
  };
};

const alertLane = (
  raised: readonly number[],
  cleared: readonly number[],
  indexedCells: number,
): OverviewLanes['alerts'] => {
  let active = 0;
  return raised.map((count, cell) => {
    if (cell >= indexedCells) return undefined;
    const wasActive = active > 0;
    active = Math.max(0, active + count - (cleared[cell] ?? 0));
    if (count > 0) return 'raised';
    return wasActive ? 'active' : undefined;
  });
};

/** The totals of a trace, as far as it is indexed. */
export const overviewTotals = ({
  spawns,
  exits,
  failures,
  unknownExits,
  alerts,
  notes,
  gaps,
}: Density): Record<
  'spawns' | 'exits' | 'failures' | 'unknownExits' | 'alerts' | 'notes' | 'gaps',
  number
> => {
  const sumOf = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count, 0);
  return {
    spawns: sumOf(spawns),
    exits: sumOf(exits),
    failures: sumOf(failures),
    unknownExits: sumOf(unknownExits),
    alerts: sumOf(alerts),
    notes: sumOf(notes),
    gaps: sumOf(gaps),
  };
};
