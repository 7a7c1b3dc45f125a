import { expect, test } from 'vitest';
import type { ChurnRecord } from '../../../src/domain/events/event.ts';
import type { CompiledFilter } from '../../../src/domain/filter/filter.ts';
import { matchAll } from '../../../src/domain/filter/match-all.ts';
import { SystemState } from '../../../src/domain/processes/system-state.ts';
import { collectLifespans, type Lifespan, maxLifespans } from '../../../src/domain/views/lifespans.ts';
import { exited, seconds, spawned, zombie } from '../../support/fixtures/events.ts';
import { filterOf } from '../../support/fixtures/filters.ts';

const stateOf = (applied: readonly ChurnRecord[], logCapacity?: number) => {
  const state = new SystemState(logCapacity);
  state.apply({ nowNs: seconds(100), records: [...applied] });
  return state;
};
const initial = (pid: number, comm: string, start: number) =>
  spawned(pid, comm, 50, { initial: true, start_ticks: start * 100 });
const exit = (pid: number, comm: string, at: number, start: number, more = {}) =>
  exited(pid, comm, at, { start_ticks: start * 100, lifetime_ns: seconds(at - start), ...more });
const since = (state: SystemState, from: number, filter: CompiledFilter = matchAll) =>
  collectLifespans(state, { sinceNs: seconds(from), exitsSinceNs: seconds(from) }, filter);
const summaryOf = ({ comm, fromNs, toNs }: Lifespan) => [
  comm,
  Number(fromNs) / 1e9,
  toNs && Number(toNs) / 1e9,
];

const records = [
  initial(1, 'init', 0),
  initial(2, 'late', 95),
  spawned(10, 'sh', 60),
  spawned(13, 'old', 70),
  spawned(11, 'job', 80),
  exit(10, 'sh', 85, 60),
  spawned(12, 'job', 91),
  exit(11, 'job', 92, 80, { exit_code: 1 }),
  zombie(12, 'job', 93, { start_ticks: 9100 }),
];

test('each process that spawned or exited has one lifespan, and the others are counted', () => {
  const { lifespans, aliveThroughout, omitted } = since(stateOf(records), 90);
  expect(lifespans.map(summaryOf)).toEqual([
    ['job', 80, 92],
    ['job', 91, undefined],
    ['late', 95, undefined],
  ]);
  expect(lifespans.map(({ failed }) => failed)).toEqual([true, false, false]);
  expect(lifespans.map(({ zombieSinceNs }) => zombieSinceNs)).toEqual([undefined, seconds(93), undefined]);
  expect({ aliveThroughout, omitted }).toEqual({ aliveThroughout: 2, omitted: 0 });
});

test('exits before the window are included from exitsSinceNs on', () => {
  const state = stateOf(records);
  const { lifespans } = collectLifespans(
    state,
    { sinceNs: seconds(90), exitsSinceNs: seconds(60) },
    matchAll,
  );
  expect(lifespans.map(summaryOf)).toContainEqual(['sh', 60, 85]);
});

test('a filter applies to the lifespans and to the count', () => {
  const filter = filterOf('job');
  const { lifespans, aliveThroughout } = since(stateOf(records), 90, filter);
  expect(lifespans.map(({ comm }) => comm)).toEqual(['job', 'job']);
  expect(aliveThroughout).toBe(0);
});

test('lifespans are complete since discovery, or since the oldest retained log entry', () => {
  expect(since(stateOf(records), 90).completeSinceNs).toBe(seconds(50));
  expect(since(stateOf(records, 2), 90).completeSinceNs).toBe(seconds(92));
});

test('the earliest lifespans are omitted and counted beyond maxLifespans', () => {
  const many = Array.from({ length: maxLifespans + 3 }, (_, index) =>
    spawned(index + 1, 'x', 90 + index / 1000),
  );
  const { lifespans, omitted } = since(stateOf(many), 89);
  expect(lifespans).toHaveLength(maxLifespans);
  expect(lifespans[0]?.pid).toBe(4);
  expect(omitted).toBe(3);
});
