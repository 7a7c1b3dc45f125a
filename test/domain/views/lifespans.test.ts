import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ChurnRecord } from '../../../src/domain/events/event.ts';
import { type Accepts, parseFilter } from '../../../src/domain/filter/filter.ts';
import { noFilter } from '../../../src/domain/filter/match-all.ts';
import { World } from '../../../src/domain/processes/system-state.ts';
import { type LifeBar, lanesOf, livesSince, mostBars } from '../../../src/domain/views/lifespans.ts';
import { exited, seconds, spawned, zombie } from '../../support/events.ts';

const worldOf = (records: readonly ChurnRecord[], history?: number) => {
  const world = new World(history);
  world.apply({ nowNs: seconds(100), records: [...records] });
  return world;
};
const found = (pid: number, comm: string, start: number) =>
  spawned(pid, comm, 50, { initial: true, start_ticks: start * 100 });
const gone = (pid: number, comm: string, at: number, start: number, more = {}) =>
  exited(pid, comm, at, { start_ticks: start * 100, lifetime_ns: seconds(at - start), ...more });
const since = (world: World, from: number, filter: Accepts = noFilter) =>
  livesSince(world, { sinceNs: seconds(from), reachNs: seconds(from) }, filter);
const drawn = ({ comm, fromNs, toNs }: LifeBar) => [comm, Number(fromNs) / 1e9, toNs && Number(toNs) / 1e9];

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
  const { bars, throughout, untold } = since(worldOf(story), 90);
  expect(bars.map(drawn)).toEqual([
    ['job', 80, 92],
    ['job', 91, undefined],
    ['late', 95, undefined],
  ]);
  expect(bars.map(({ failed }) => failed)).toEqual([true, false, false]);
  expect(bars.map(({ zombieNs }) => zombieNs)).toEqual([undefined, seconds(93), undefined]);
  expect({ throughout, untold }).toEqual({ throughout: 2, untold: 0 });
});

test('lanes are dealt over more than is shown', () => {
  const world = worldOf(story);
  const { bars } = livesSince(world, { sinceNs: seconds(90), reachNs: seconds(60) }, noFilter);
  expect(bars.map(drawn)).toContainEqual(['sh', 60, 85]);
});

test('a filter leaves bars out of the picture and out of the count', () => {
  const filter = parseFilter('job') as Accepts;
  const { bars, throughout } = since(worldOf(story), 90, filter);
  expect(bars.map(({ comm }) => comm)).toEqual(['job', 'job']);
  expect(throughout).toBe(0);
});

test('what is no longer held is not known', () => {
  expect(since(worldOf(story), 90).knownNs).toBe(seconds(50));
  expect(since(worldOf(story, 2), 90).knownNs).toBe(seconds(92));
});

test('beyond so many the earliest births are counted', () => {
  const many = Array.from({ length: mostBars + 3 }, (_, index) => spawned(index + 1, 'x', 90 + index / 1000));
  const { bars, untold } = since(worldOf(many), 89);
  expect(bars).toHaveLength(mostBars);
  expect(bars[0]?.pid).toBe(4);
  expect(untold).toBe(3);
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
          born: true,
          toNs: lasts === undefined ? undefined : fromNs + BigInt(lasts),
          zombieNs: undefined,
          failed: false,
        }))
        .sort((a, b) => Number(a.fromNs - b.fromNs));
      const lanes = [...lanesOf(bars).values()].flat();
      const dealt = lanes.flatMap((lane) => lane.bars.map((bar) => bar.pid));
      expect(dealt.toSorted((a, b) => a - b)).toEqual(bars.map((bar) => bar.pid).toSorted((a, b) => a - b));
      for (const lane of lanes) {
        expect(lane.bars.length).toBeGreaterThan(0);
        for (const [index, bar] of lane.bars.entries()) {
          expect(bar.comm).toBe(lane.comm);
          const next = lane.bars[index + 1];
          if (next) expect(next.fromNs).toBeGreaterThanOrEqual(bar.toNs ?? 1_000n);
        }
      }
    }),
  );
});
