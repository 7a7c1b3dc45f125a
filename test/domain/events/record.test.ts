import { expect, test } from 'vitest';
import type { ChurnRecord } from '../../../src/domain/events/event.ts';
import { beganNs, isAside, isChurn, timeOf } from '../../../src/domain/events/record.ts';
import { parseFilter } from '../../../src/domain/filter/filter.ts';
import { noFilter } from '../../../src/domain/filter/match-all.ts';
import { Judge } from '../../../src/domain/filter/stream-filter.ts';
import { createUntold } from '../../../src/domain/processes/spawn-drops.ts';
import { World } from '../../../src/domain/processes/system-state.ts';
import { ChurnStats } from '../../../src/domain/stats/churn-stats.ts';
import { alert, gap, note, seconds, spawned } from '../../support/events.ts';

const notGaps: [string, ChurnRecord][] = [
  ['a note', note('deployed', 2)],
  ['an alert', alert('zombies(parent)>20', 2)],
];

test.each(notGaps)(
  '%s is no gap: it stands in the log, nothing is lost and nobody comes or goes',
  (_, record) => {
    expect([isAside(record), isChurn(record), timeOf(record), beganNs(record)]).toEqual([
      true,
      true,
      seconds(2),
      seconds(2),
    ]);
    const world = new World();
    world.apply({ nowNs: seconds(2), records: [record] });
    expect([...world.log].map((entry) => entry.record)).toEqual([record]);
    expect([...world.lost]).toEqual([]);
    const stats = new ChurnStats();
    stats.apply(record);
    expect(stats.nowNs).toBe(seconds(2));
    expect([...stats.losses.byReason]).toEqual([]);
    expect(stats.all).toMatchObject({ spawns: 0, exits: 0, alive: 0 });
  },
);

test.each(notGaps)('%s passes every filter', (_, record) => {
  const filter = parseFilter('comm=nobody');
  if (!filter.ok) throw new Error(filter.error);
  expect(new Judge(filter).pass([spawned(5, 'x', 1), record])).toEqual([record]);
  expect(new Judge(noFilter).pass([record])).toEqual([record]);
});

test('where there is no room, a note and an alert are told all the same, and what others lose is counted', () => {
  const { judge } = createUntold();
  expect(judge(note('deployed', 2), true)).toBe('tell');
  expect(judge(gap('dropped', { events: 3 }), true)).toBe('tell');
  expect(judge(gap('stalled'), true)).toBe(1);
  expect(judge(alert('zombies(parent)>20', 2), true)).toBe('tell');
});

test('a gap begins before it is told', () => {
  expect(beganNs(gap('unseen'))).toBe(seconds(1));
  expect(timeOf(gap('unseen'))).toBe(seconds(2));
});
