import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ChurnRecord } from '../../../src/domain/events/event.ts';
import { recordTimeNs } from '../../../src/domain/events/record.ts';
import { type CompiledFilter, parseFilter } from '../../../src/domain/filter/filter.ts';
import { matchAll } from '../../../src/domain/filter/match-all.ts';
import { SystemState } from '../../../src/domain/processes/system-state.ts';
import { ChurnStats } from '../../../src/domain/stats/churn-stats.ts';
import { FilteredStats } from '../../../src/domain/stats/filtered-stats.ts';
import { sortedGroups, summarizeGroup } from '../../../src/domain/stats/group-summary.ts';
import { snapshotStats } from '../../../src/domain/stats/snapshot.ts';
import { exited, seconds, spawned } from '../../support/fixtures/events.ts';

const filterOf = (text: string): CompiledFilter => {
  const filter = parseFilter(text);
  if (!filter.ok) throw new Error(filter.error);
  return filter;
};

/** Lives that begin and end one after another under a parent that was there before. */
const history = fc
  .array(fc.record({ comm: fc.constantFrom('a', 'b', 'c'), lasts: fc.integer({ min: 0, max: 3 }) }), {
    maxLength: 30,
  })
  .map((lives) => [
    spawned(1, 'init', 0, { initial: true, start_ticks: 1 }),
    ...lives
      .flatMap(({ comm, lasts }, index): ChurnRecord[] => [
        spawned(100 + index, comm, index, { guest_ppid: 1, start_ticks: index * 100 }),
        exited(100 + index, comm, index + lasts, { start_ticks: index * 100, lifetime_ns: seconds(lasts) }),
      ])
      .toSorted((a, b) => Number(recordTimeNs(a) - recordTimeNs(b))),
  ]);

const rowsOf = (stats: ChurnStats) =>
  sortedGroups(stats, 'comm').map((tally) => summarizeGroup(stats, tally));

test('what is folded from a log that holds all is what was folded as it came', () => {
  fc.assert(
    fc.property(history, fc.integer({ min: 1, max: 9 }), (records, step) => {
      const world = new SystemState(1000);
      const eager = new ChurnStats();
      world.apply({ nowNs: 0n, records: records.slice(0, 1) });
      eager.apply(records[0] as ChurnRecord);
      const late = new FilteredStats(world, matchAll);
      for (let from = 1; from < records.length; from += step) {
        const batch = records.slice(from, from + step);
        const nowNs = recordTimeNs(batch.at(-1) as ChurnRecord);
        world.apply({ nowNs, records: batch });
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
        mostly: topName,
      });
      expect(rowsOf(late.stats).map(counts)).toEqual(rowsOf(eager).map(counts));
      expect(rowsOf(new FilteredStats(world, matchAll).stats).map(counts)).toEqual(rowsOf(eager).map(counts));
    }),
  );
});

test('counts only what a filter lets through, whatever fact it asks for', () => {
  const world = new SystemState();
  world.apply({
    nowNs: seconds(10),
    records: [
      spawned(1, 'init', 0, { initial: true }),
      spawned(10, 'www', 1, { guest_ppid: 1, guest_uid: 33 }),
      spawned(11, 'job', 2, { guest_ppid: 10, guest_uid: 33 }),
      spawned(12, 'job', 2, { guest_ppid: 1, guest_uid: 0 }),
      exited(11, 'job', 3, { lifetime_ns: seconds(1) }),
    ],
  });
  const { stats } = new FilteredStats(world, filterOf('under=10'));
  expect(rowsOf(stats).map(({ key, spawns, exits }) => [key, spawns, exits])).toEqual([
    ['job', 1, 1],
    ['www', 1, 0],
  ]);
});

test('entries that fell off before they were folded begin it anew: a hole is not told as quiet', () => {
  const world = new SystemState(4);
  const at = (second: number, pid: number) =>
    world.apply({ nowNs: seconds(second), records: [spawned(pid, 'x', second)] });
  at(1, 101);
  const held = new FilteredStats(world, matchAll);
  for (let pid = 102; pid < 120; pid++) at(pid, pid);
  held.update();
  expect(rowsOf(held.stats)[0]).toMatchObject({ key: 'x', spawns: 4, alive: 19 });
  expect(held.stats.spanNs).toBe(seconds(3));
});

test('a picture stays as it was while the statistics go on', () => {
  fc.assert(
    fc.property(history, fc.nat(30), (records, cut) => {
      const stats = new ChurnStats({ maxGroups: 2 });
      for (const record of records.slice(0, cut)) stats.apply(record);
      const rows = rowsOf(stats);
      const loops = stats.restartLoops.list().map((run) => ({ ...run }));
      const picture = snapshotStats(stats);
      for (const record of records.slice(cut)) stats.apply(record);
      expect(sortedGroups(picture, 'comm').map((tally) => summarizeGroup(picture, tally))).toEqual(rows);
      expect(picture.restartLoops.list()).toEqual(loops);
    }),
  );
});
