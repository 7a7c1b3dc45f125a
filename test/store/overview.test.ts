import { expect, test } from 'vitest';
import type { ReplayStatus } from '../../src/domain/source/replay-control.ts';
import { overviewLanes, overviewTotals } from '../../src/store/overview.ts';
import { replayStatus } from '../support/fixtures/replay-status.ts';

const status = (more: Parameters<typeof replayStatus>[0] = {}): ReplayStatus =>
  replayStatus({
    density: {
      failures: [0, 0, 0, 0, 0, 0, 0, 0, 0, 2],
      unknownExits: [0, 0, 0, 0, 0, 0, 0, 1, 0, 2],
      alerts: [0, 1, 0, 0, 0, 0, 1, 0, 0, 0],
      cleared: [0, 0, 0, 1, 0, 0, 1, 0, 0, 0],
      notes: [0, 0, 1, 0, 0, 0, 0, 0, 0, 0],
      gaps: [0, 0, 0, 1, 0, 0, 0, 0, 0, 0],
      exitedNames: [
        ...new Array<undefined>(8).fill(undefined),
        [{ name: 'df', count: 1 }],
        [
          { name: 'sync', count: 2 },
          { name: 'df', count: 1 },
        ],
      ],
    },
    ...more,
  });

test('overviewLanes counts events in cells', () => {
  const lanes = overviewLanes(status(), 5);
  expect(lanes.spawns).toEqual([1, 0, 8, 0, 0]);
  expect(lanes.exits).toEqual([0, 0, 0, 0, 4]);
  expect(lanes.failures).toEqual([0, 0, 0, 0, 2]);
  expect(lanes.unknownExits).toEqual([0, 0, 0, 1, 2]);
  expect(lanes.notes).toEqual([0, 1, 0, 0, 0]);
  expect(lanes.gaps).toEqual([0, 1, 0, 0, 0]);
  expect(lanes).toMatchObject({ cursor: 2, indexedCells: 5, cellNs: 20n });
});

test('the cell at the position has the most frequent comms of its exits', () => {
  expect(overviewLanes(status(), 5).exitedNames).toEqual([]);
  expect(overviewLanes(status({ positionNs: 95n }), 5).exitedNames).toEqual([
    { name: 'df', count: 2 },
    { name: 'sync', count: 2 },
  ]);
});

test('an alert is active from the cell where it is raised to the cell where it is cleared', () => {
  const { alerts } = overviewLanes(status(), 10);
  const none = undefined;
  expect(alerts).toEqual([none, 'raised', 'active', 'active', none, none, 'raised', none, none, none]);
});

test('an alert that is not cleared is active up to the end of the index', () => {
  const { density } = status();
  const raised = { ...density, cleared: density.cleared.map(() => 0) };
  const { alerts } = overviewLanes(status({ indexedShare: 0.5, density: raised }), 20);
  expect(alerts.slice(7, 12)).toEqual(['active', 'active', 'active', undefined, undefined]);
});

test('overviewTotals sums the buckets', () => {
  expect(overviewTotals(status().density)).toEqual({
    spawns: 9,
    exits: 4,
    failures: 2,
    unknownExits: 3,
    alerts: 2,
    notes: 1,
    gaps: 1,
  });
});
