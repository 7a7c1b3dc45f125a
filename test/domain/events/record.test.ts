import { expect, test } from 'vitest';
import type { ChurnRecord } from '../../../src/domain/events/event.ts';
import {
  isAnnotation,
  isChurnRecord,
  recordStartNs,
  recordTimeNs,
} from '../../../src/domain/events/record.ts';
import { parseFilter } from '../../../src/domain/filter/filter.ts';
import { matchAll } from '../../../src/domain/filter/match-all.ts';
import { StreamFilter } from '../../../src/domain/filter/stream-filter.ts';
import { createSpawnDrops } from '../../../src/domain/processes/spawn-drops.ts';
import { SystemState } from '../../../src/domain/processes/system-state.ts';
import { ChurnStats } from '../../../src/domain/stats/churn-stats.ts';
import { alert, gap, note, seconds, spawned } from '../../support/fixtures/events.ts';

const notGaps: [string, ChurnRecord][] = [
  ['a note', note('deployed', 2)],
  ['an alert', alert('zombies(parent)>20', 2)],
];

test.each(notGaps)(
  '%s is no gap: it stands in the log, nothing is lost and nobody comes or goes',
  (_, record) => {
    expect([
      isAnnotation(record),
      isChurnRecord(record),
      recordTimeNs(record),
      recordStartNs(record),
    ]).toEqual([true, true, seconds(2), seconds(2)]);
    const world = new SystemState();
    world.apply({ nowNs: seconds(2), records: [record] });
    expect([...world.log].map((entry) => entry.record)).toEqual([record]);
    expect([...world.lostByReason]).toEqual([]);
    const stats = new ChurnStats();
    stats.apply(record);
    expect(stats.nowNs).toBe(seconds(2));
    expect([...stats.gaps.byReason]).toEqual([]);
    expect(stats.all).toMatchObject({ spawns: 0, exits: 0, alive: 0 });
  },
);

test.each(notGaps)('%s passes every filter', (_, record) => {
  const filter = parseFilter('comm=nobody');
  if (!filter.ok) throw new Error(filter.error);
  expect(new StreamFilter(filter).filter([spawned(5, 'x', 1), record])).toEqual([record]);
  expect(new StreamFilter(matchAll).filter([record])).toEqual([record]);
});

test('where there is no room, a note and an alert are told all the same, and what others lose is counted', () => {
  const { admit } = createSpawnDrops();
  expect(admit(note('deployed', 2), true)).toBe('tell');
  expect(admit(gap('dropped', { events: 3 }), true)).toBe('tell');
  expect(admit(gap('stalled'), true)).toBe(1);
  expect(admit(alert('zombies(parent)>20', 2), true)).toBe('tell');
});

test('a gap begins before it is told', () => {
  expect(recordStartNs(gap('unseen'))).toBe(seconds(1));
  expect(recordTimeNs(gap('unseen'))).toBe(seconds(2));
});
