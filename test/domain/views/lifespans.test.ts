import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ChurnRecord } from '../../../src/domain/events/event.ts';
import { type CompiledFilter, parseFilter } from '../../../src/domain/filter/filter.ts';
import { matchAll } from '../../../src/domain/filter/match-all.ts';
import { SystemState } from '../../../src/domain/processes/system-state.ts';
import {
  collectLifespans,
  type Lifespan,
  maxLifespans,
  packLanes,
} from '../../../src/domain/views/lifespans.ts';
import { exited, seconds, spawned, zombie } from '../../support/fixtures/events.ts';

const worldOf = (records: readonly ChurnRecord[], history?: number) => {
  const world = new SystemState(history);
  world.apply({ nowNs: seconds(100), records: [...records] });
  return world;
};
const found = (pid: number, comm: string, start: number) =>
  spawned(pid, comm, 50, { initial: true, start_ticks: start * 100 });
const gone = (pid: number, comm: string, at: number, start: number, more = {}) =>
  exited(pid, comm, at, { start_ticks: start * 100, lifetime_ns: seconds(at - start), ...more });
const since = (world: SystemState, from: number, filter: CompiledFilter = matchAll) =>
  collectLifespans(world, { sinceNs: seconds(from), exitsSinceNs: seconds(from) }, filter);
const drawn = ({ comm, fromNs, toNs }: Lifespan) => [comm, Number(fromNs) / 1e9, toNs && Number(toNs) / 1e9];

const story = [
  found(1, 'init', 0),
  found(2, 'late', 95),
  spawned(10, 'sh', 60),
  spawned(13, 'old', 70),
  spawned(11, 'job', 80),
  gone(10, 'sh', 85, 60),
  spawned(12, 'job', 91),
  gone(11, 'job', 92, 80, { exit_code: 1 }),
  zombie(12, 'job', 93, { start_ticks: 9100 }),
];

test('whoever came or went is told once; whoever did neither is counted', () => {
  const { lifespans, aliveThroughout, omitted } = since(worldOf(story), 90);
  expect(lifespans.map(drawn)).toEqual([
    ['job', 80, 92],
    ['job', 91, undefined],
    ['late', 95, undefined],
  ]);
  expect(lifespans.map(({ failed }) => failed)).toEqual([true, false, false]);
  expect(lifespans.map(({ zombieSinceNs }) => zombieSinceNs)).toEqual([undefined, seconds(93), undefined]);
  expect({ throughout: aliveThroughout, untold: omitted }).toEqual({ throughout: 2, untold: 0 });
});

test('lanes are dealt over more than is shown', () => {
  const world = worldOf(story);
  const { lifespans } = collectLifespans(
    world,
    { sinceNs: seconds(90), exitsSinceNs: seconds(60) },
    matchAll,
  );
  expect(lifespans.map(drawn)).toContainEqual(['sh', 60, 85]);
});

test('a filter leaves bars out of the picture and out of the count', () => {
  const filter = parseFilter('job') as CompiledFilter;
  const { lifespans, aliveThroughout } = since(worldOf(story), 90, filter);
  expect(lifespans.map(({ comm }) => comm)).toEqual(['job', 'job']);
  expect(aliveThroughout).toBe(0);
});

test('what is no longer held is not known', () => {
  expect(since(worldOf(story), 90).completeSinceNs).toBe(seconds(50));
  expect(since(worldOf(story, 2), 90).completeSinceNs).toBe(seconds(92));
});

test('beyond so many the earliest births are counted', () => {
  const many = Array.from({ length: maxLifespans + 3 }, (_, index) =>
    spawned(index + 1, 'x', 90 + index / 1000),
  );
  const { lifespans, omitted } = since(worldOf(many), 89);
  expect(lifespans).toHaveLength(maxLifespans);
  expect(lifespans[0]?.pid).toBe(4);
  expect(omitted).toBe(3);
});

test('of any history, no two lives in a lane overlap, none is lost, and lanes are no more than were alive at once', () => {
  const life = fc.record({
    comm: fc.constantFrom('a', 'b'),
    fromNs: fc.nat(50).map(BigInt),
    lasts: fc.option(fc.nat(20), { nil: undefined }),
  });
  fc.assert(
    fc.property(fc.array(life, { maxLength: 60 }), (lives) => {
      const bars = lives
        .map(({ comm, fromNs, lasts }, pid) => ({
          pid,
          startTicks: pid,
          comm,
          fromNs,
          startKnown: true,
          toNs: lasts === undefined ? undefined : fromNs + BigInt(lasts),
          zombieSinceNs: undefined,
          failed: false,
        }))
        .sort((a, b) => Number(a.fromNs - b.fromNs));
      const lanes = [...packLanes(bars).values()].flat();
      const dealt = lanes.flatMap((lane) => lane.lifespans.map((bar) => bar.pid));
      expect(dealt.toSorted((a, b) => a - b)).toEqual(bars.map((bar) => bar.pid).toSorted((a, b) => a - b));
      for (const lane of lanes) {
        expect(lane.lifespans.length).toBeGreaterThan(0);
        for (const [index, bar] of lane.lifespans.entries()) {
          expect(bar.comm).toBe(lane.comm);
          const next = lane.lifespans[index + 1];
          if (next) expect(next.fromNs).toBeGreaterThanOrEqual(bar.toNs ?? 1_000n);
        }
      }
    }),
  );
});
