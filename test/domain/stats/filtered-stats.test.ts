import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ChurnRecord } from '../../../src/domain/events/event.ts';
import { recordTimeNs } from '../../../src/domain/events/record.ts';
import { matchAll } from '../../../src/domain/filter/match-all.ts';
import { SystemState } from '../../../src/domain/processes/system-state.ts';
import { ChurnStats } from '../../../src/domain/stats/churn-stats.ts';
import { FilteredStats } from '../../../src/domain/stats/filtered-stats.ts';
import { sortedGroups, summarizeGroup } from '../../../src/domain/stats/group-summary.ts';
import { snapshotStats } from '../../../src/domain/stats/snapshot.ts';
import { exited, seconds, spawned } from '../../support/fixtures/events.ts';
import { filterOf } from '../../support/fixtures/filters.ts';

/** Processes that are spawned one after the other under an initial parent. */
const history = fc
  .array(fc.record({ comm: fc.constantFrom('a', 'b', 'c'), lasts: fc.integer({ min: 0, max: 3 }) }), {
    maxLength: 30,
  })
  .map((processes) => [
    spawned(1, 'init', 0, { initial: true, start_ticks: 1 }),
    ...processes
      .flatMap(({ comm, lasts }, index): ChurnRecord[] => [
        spawned(100 + index, comm, index, { guest_ppid: 1, start_ticks: index * 100 }),
        exited(100 + index, comm, index + lasts, { start_ticks: index * 100, lifetime_ns: seconds(lasts) }),
      ])
      .toSorted((a, b) => Number(recordTimeNs(a) - recordTimeNs(b))),
  ]);

const rowsOf = (stats: ChurnStats) =>
  sortedGroups(stats, 'comm').map((group) => summarizeGroup(stats, group));

test('FilteredStats of a complete log equals the statistics of the stream', () => {
  fc.assert(
    fc.property(history, fc.integer({ min: 1, max: 9 }), (records, step) => {
      const system = new SystemState(1000);
      const eager = new ChurnStats();
      system.apply({ nowNs: 0n, records: records.slice(0, 1) });
      eager.apply(records[0] as ChurnRecord);
      const late = new FilteredStats(system, matchAll);
      for (let from = 1; from < records.length; from += step) {
        const batch = records.slice(from, from + step);
        const nowNs = recordTimeNs(batch.at(-1) as ChurnRecord);
        system.apply({ nowNs, records: batch });
        for (const record of batch) eager.apply(record);
        eager.advance(nowNs);
        late.update();
      }
      const counts = ({
        key,
        spawns,
        exits,
        alive,
        lifetimes,
        topName,
      }: ReturnType<typeof summarizeGroup>) => ({
        key,
        spawns,
        exits,
        alive,
        lifetimes,
        topName,
      });
      expect(rowsOf(late.stats).map(counts)).toEqual(rowsOf(eager).map(counts));
      expect(rowsOf(new FilteredStats(system, matchAll).stats).map(counts)).toEqual(
        rowsOf(eager).map(counts),
      );
    }),
  );
});

test('FilteredStats counts the events that match, by any field', () => {
  const system = new SystemState();
  system.apply({
    nowNs: seconds(10),
    records: [
      spawned(1, 'init', 0, { initial: true }),
      spawned(10, 'www', 1, { guest_ppid: 1, guest_uid: 33 }),
      spawned(11, 'job', 2, { guest_ppid: 10, guest_uid: 33 }),
      spawned(12, 'job', 2, { guest_ppid: 1, guest_uid: 0 }),
      exited(11, 'job', 3, { lifetime_ns: seconds(1) }),
    ],
  });
  const { stats } = new FilteredStats(system, filterOf('under=10'));
  expect(rowsOf(stats).map(({ key, spawns, exits }) => [key, spawns, exits])).toEqual([
    ['job', 1, 1],
    ['www', 1, 0],
  ]);
});

test('FilteredStats starts again when entries were dropped before they were applied', () => {
  const system = new SystemState(4);
  const at = (second: number, pid: number) =>
    system.apply({ nowNs: seconds(second), records: [spawned(pid, 'x', second)] });
  at(1, 101);
  const filtered = new FilteredStats(system, matchAll);
  for (let pid = 102; pid < 120; pid++) at(pid, pid);
  filtered.update();
  expect(rowsOf(filtered.stats)[0]).toMatchObject({ key: 'x', spawns: 4, alive: 19 });
  expect(filtered.stats.spanNs).toBe(seconds(3));
});

test('a snapshot does not change with the statistics', () => {
  fc.assert(
    fc.property(history, fc.nat(30), (records, cut) => {
      const stats = new ChurnStats({ maxGroups: 2 });
      for (const record of records.slice(0, cut)) stats.apply(record);
      const rows = rowsOf(stats);
      const loops = stats.restartLoops.list().map((streak) => ({ ...streak }));
      const snapshot = snapshotStats(stats);
      for (const record of records.slice(cut)) stats.apply(record);
      expect(sortedGroups(snapshot, 'comm').map((group) => summarizeGroup(snapshot, group))).toEqual(rows);
      expect(snapshot.restartLoops.list()).toEqual(loops);
    }),
  );
});
