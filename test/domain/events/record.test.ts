import { expect, test } from 'vitest';
import type { ChurnRecord } from '../../../src/domain/events/event.ts';
import {
  isAnnotation,
  isChurnRecord,
  recordStartNs,
  recordTimeNs,
} from '../../../src/domain/events/record.ts';
import { matchAll } from '../../../src/domain/filter/match-all.ts';
import { StreamFilter } from '../../../src/domain/filter/stream-filter.ts';
import { SystemState } from '../../../src/domain/processes/system-state.ts';
import { ChurnStats } from '../../../src/domain/stats/churn-stats.ts';
import { alert, gap, note, seconds, spawned } from '../../support/fixtures/events.ts';
import { filterOf } from '../../support/fixtures/filters.ts';

const annotations: [string, ChurnRecord][] = [
  ['a note', note('deployed', 2)],
  ['an alert', alert('zombies(parent)>20', 2)],
];

test.each(annotations)(
  '%s appears in the log and changes neither the loss counts nor the statistics',
  (_, record) => {
    expect([
      isAnnotation(record),
      isChurnRecord(record),
      recordTimeNs(record),
      recordStartNs(record),
    ]).toEqual([true, true, seconds(2), seconds(2)]);
    const state = new SystemState();
    state.apply({ nowNs: seconds(2), records: [record] });
    expect([...state.log].map((entry) => entry.record)).toEqual([record]);
    expect([...state.lostByReason]).toEqual([]);
    const stats = new ChurnStats();
    stats.apply(record);
    expect(stats.nowNs).toBe(seconds(2));
    expect([...stats.gaps.byReason]).toEqual([]);
    expect(stats.all).toMatchObject({ spawns: 0, exits: 0, alive: 0 });
  },
);

test.each(annotations)('%s matches every filter', (_, record) => {
  const filter = filterOf('comm=nobody');
  expect(new StreamFilter(filter).filter([spawned(5, 'x', 1), record])).toEqual([record]);
  expect(new StreamFilter(matchAll).filter([record])).toEqual([record]);
});

test('recordStartNs of a gap is before recordTimeNs', () => {
  expect(recordStartNs(gap('unseen'))).toBe(seconds(1));
  expect(recordTimeNs(gap('unseen'))).toBe(seconds(2));
});
