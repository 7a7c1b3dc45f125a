import { expect, test } from 'vitest';
import { parseFilter } from '../../../src/domain/filter/filter.ts';
import { StreamFilter } from '../../../src/domain/filter/stream-filter.ts';
import { Ancestry } from '../../../src/domain/processes/ancestry.ts';
import { SystemState } from '../../../src/domain/processes/system-state.ts';
import { ChurnStats } from '../../../src/domain/stats/churn-stats.ts';
import { exited, seconds, spawned, userChanged } from '../../support/fixtures/events.ts';

const init = spawned(1, 'init', 0, { guest_ppid: 0, initial: true });
const boss = spawned(5, 'boss', 0.5);
const crew = spawned(16, 'crew', 1, { guest_ppid: 5 });
const hand = spawned(20, 'hand', 1, { guest_ppid: 16 });
const ancestorsOf = (ancestry: Ancestry, pid: number) => ancestry.find({ pid, startTicks: 100 })?.ancestors;

test.each([
  { name: 'parent last', records: [init, boss, hand, crew] },
  { name: 'newest first', records: [init, hand, crew, boss] },
  { name: 'grandparent between', records: [init, hand, boss, crew] },
])('the ancestors are complete when all spawns are reported: $name [fault:parent-later]', ({ records }) => {
  const ancestry = new Ancestry();
  for (const record of records) ancestry.apply(record);
  expect(ancestorsOf(ancestry, 20)).toEqual([16, 5, 1]);
  expect(ancestorsOf(ancestry, 16)).toEqual([5, 1]);
});

test('the ancestors of an exited process are completed, also after a snapshot', () => {
  const ancestry = new Ancestry();
  for (const record of [init, boss, hand]) ancestry.apply(record);
  ancestry.apply(exited(20, 'hand', 1.1, { start_ticks: 100 }));
  const restored = Ancestry.restore(structuredClone(ancestry.snapshot()));
  const copy = ancestry.clone();
  for (const each of [ancestry, restored, copy]) {
    each.apply(crew);
    expect(ancestorsOf(each, 20)).toEqual([16, 5, 1]);
  }
});

test('a later process with the PID of a parent completes nothing', () => {
  const ancestry = new Ancestry();
  for (const record of [init, boss, hand]) ancestry.apply(record);
  ancestry.apply(spawned(16, 'reuser', 9, { guest_ppid: 5 }));
  expect(ancestorsOf(ancestry, 20)).toEqual([16]);
});

test('the log has the completed ancestors', () => {
  const system = new SystemState();
  system.apply({ nowNs: seconds(1), records: [init, boss, hand] });
  system.apply({ nowNs: seconds(2), records: [crew] });
  const entry = [...system.log].find(({ origin }) => origin?.pid === 20);
  expect(entry?.origin?.ancestors).toEqual([16, 5, 1]);
});

test('the log has the completed ancestors also before a change of the user', () => {
  const system = new SystemState();
  const changed = userChanged(20, 'hand', 1.1, { start_ticks: 100 });
  system.apply({ nowNs: seconds(1), records: [init, boss, hand, changed] });
  system.apply({ nowNs: seconds(2), records: [crew] });
  const origins = [...system.log].map(({ origin }) => origin).filter((origin) => origin?.pid === 20);
  expect(origins.map((origin) => origin?.ancestors)).toEqual([
    [16, 5, 1],
    [16, 5, 1],
  ]);
  expect(origins.map((origin) => origin?.uid)).toEqual([0, 33]);
});

test.each([
  { name: 'in one batch', batches: [[init, boss, hand, crew]] },
  { name: 'in several batches', batches: [[init], [boss], [hand], [crew]] },
  { name: 'newest first', batches: [[init, hand], [crew], [boss]] },
])('a filter by ancestor passes each process, whose parent is reported later: $name', ({ batches }) => {
  const filter = parseFilter('under=5');
  if (!filter.ok) throw new Error(filter.error);
  const stream = new StreamFilter(filter);
  const passed = batches.flatMap((batch) => stream.filter(batch));
  expect(passed.map(({ guest_pid }) => guest_pid).toSorted((a, b) => a - b)).toEqual([5, 16, 20]);
});

test('the statistics name a parent that is reported after its children', () => {
  const stats = new ChurnStats();
  const hands = [21, 22, 23].map((pid) => spawned(pid, 'hand', 1, { guest_ppid: 16 }));
  for (const record of [init, ...hands, crew, boss, spawned(24, 'hand', 1.5, { guest_ppid: 16 })])
    stats.apply(record);
  const group = stats.groups.parent.find('16@100');
  expect(group?.spawns).toBe(4);
  expect(group?.lineage?.map(({ comm }) => comm)).toEqual(['crew', 'boss', 'init']);
  expect(stats.groups.parent.find('16@?')).toBeUndefined();
});
