import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ProbeEvent } from '../../../src/domain/events/event.ts';
import { Ancestry, isInSubtree } from '../../../src/domain/processes/ancestry.ts';
import { exited, spawned } from '../../support/fixtures/events.ts';

const born = (pid: number, ppid: number, at = 1) => spawned(pid, 'x', at, { guest_ppid: ppid });
const found = (pid: number, ppid: number) =>
  spawned(pid, 'x', 1, { guest_ppid: ppid, initial: true, start_ticks: 1 });

const fold = (events: readonly ProbeEvent[], remembered?: number) => {
  const ancestry = new Ancestry(remembered);
  for (const event of events) ancestry.apply(event);
  ancestry.resolveAncestors();
  return ancestry;
};
const lineOf = (ancestry: Ancestry, pid: number) => ancestry.find({ pid, startTicks: undefined })?.ancestors;

test('a line is the spawners, nearest first', () => {
  const ancestry = fold([born(10, 1), born(20, 10), born(30, 20)]);
  expect(lineOf(ancestry, 30)).toEqual([20, 10, 1]);
  const kin = { pid: 30, ancestors: [20, 10, 1] };
  expect([30, 20, 10, 1, 2].map((root) => isInSubtree(kin, root))).toEqual([true, true, true, true, false]);
});

test('ended ancestors stay in it, even when they are forgotten', () => {
  const crowd = Array.from({ length: 50 }, (_, index) => born(1000 + index, 1));
  const ancestry = fold(
    [
      born(10, 1),
      born(20, 10),
      exited(10, 'x', 2),
      ...crowd,
      ...crowd.map(({ guest_pid }) => exited(guest_pid, 'x', 3)),
      born(30, 20, 4),
    ],
    5,
  );
  expect(lineOf(ancestry, 30)).toEqual([20, 10, 1]);
  expect(lineOf(ancestry, 10)).toBeUndefined();
  expect(ancestry.evicted).toBe(46);
});

test('a child reported after its parent ended has its line', () => {
  expect(lineOf(fold([born(10, 1), exited(10, 'x', 2), born(20, 10, 2)]), 20)).toEqual([10, 1]);
});

test('a reused PID is another process', () => {
  const events = [born(10, 1), born(20, 10), exited(10, 'x', 2), born(10, 7, 3), born(30, 10, 4)];
  const ancestry = fold(events);
  expect(lineOf(ancestry, 20)).toEqual([10, 1]);
  expect(lineOf(ancestry, 30)).toEqual([10, 7]);
  expect(ancestry.find({ pid: 10, startTicks: 100 })?.ppid).toBe(1);
  expect(ancestry.find({ pid: 10, startTicks: 300 })?.ppid).toBe(7);
  expect(ancestry.find({ pid: 10, startTicks: 999 })).toBeUndefined();
});

test('discovery may list a child before its parent', () => {
  const ancestry = fold([found(30, 400), found(400, 20), found(20, 1), found(1, 0)]);
  expect(lineOf(ancestry, 30)).toEqual([400, 20, 1]);
  ancestry.apply(born(500, 30, 2));
  expect(lineOf(ancestry, 500)).toEqual([30, 400, 20, 1]);
});

test('a stream that names parents in a circle, or without end, is bounded', () => {
  const circle = fold([found(1, 2), found(2, 1), found(3, 3)]);
  expect(lineOf(circle, 1)?.length).toBe(64);
  const deep = fold(Array.from({ length: 200 }, (_, index) => born(index + 2, index + 1)));
  expect(lineOf(deep, 201)?.length).toBe(64);
  expect(deep.truncated).toBeGreaterThan(0);
});

test('an exec keeps the line and takes the user', () => {
  const ancestry = fold([born(10, 1)]);
  ancestry.apply({ ...spawned(10, 'y', 1), probe_source: 'process.exec', previous_comm: 'x', guest_uid: 33 });
  expect(ancestry.find({ pid: 10, startTicks: undefined })).toMatchObject({ uid: 33, ancestors: [1] });
});

describe('any stream', () => {
  const pid = fc.integer({ min: 1, max: 8 });
  const event: fc.Arbitrary<ProbeEvent> = fc.oneof(
    fc.tuple(pid, pid).map(([a, b]) => born(a, b)),
    fc.tuple(pid, pid).map(([a, b]) => found(a, b)),
    pid.map((a) => exited(a, 'x', 2)),
  );
  const stream = fc.array(event, { maxLength: 60 });

  test('a copy goes its own way from where it was taken', () => {
    fc.assert(
      fc.property(stream, stream, (before, after) => {
        const ancestry = fold(before, 3);
        const copy = ancestry.clone();
        for (const event of after) ancestry.apply(event);
        const fresh = fold(before, 3);
        for (let pid = 1; pid <= 8; pid++) expect(lineOf(copy, pid)).toEqual(lineOf(fresh, pid));
        expect(copy.evicted).toBe(fresh.evicted);
      }),
    );
  });

  test('each line begins with the parent, and none is longer than the bound', () => {
    fc.assert(
      fc.property(stream, (events) => {
        const ancestry = fold(events, 3);
        for (let pid = 1; pid <= 8; pid++) {
          const kin = ancestry.find({ pid, startTicks: undefined });
          if (!kin) continue;
          expect(kin.ancestors[0]).toBe(kin.ppid);
          expect(kin.ancestors.length).toBeLessThanOrEqual(64);
        }
      }),
    );
  });
});
