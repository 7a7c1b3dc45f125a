import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ProbeEvent } from '../../../src/domain/events/event.ts';
import { Ancestry } from '../../../src/domain/processes/ancestry.ts';
import { isInSubtree } from '../../../src/domain/processes/process-origin.ts';
import { exited, spawned } from '../../support/fixtures/events.ts';

const spawn = (pid: number, ppid: number, at = 1) => spawned(pid, 'x', at, { guest_ppid: ppid });
const initial = (pid: number, ppid: number) =>
  spawned(pid, 'x', 1, { guest_ppid: ppid, initial: true, start_ticks: 1 });

const apply = (events: readonly ProbeEvent[], maxExited?: number) => {
  const ancestry = new Ancestry(maxExited);
  for (const event of events) ancestry.apply(event);
  ancestry.resolveAncestors();
  return ancestry;
};
const ancestorsOf = (ancestry: Ancestry, pid: number) =>
  ancestry.find({ pid, startTicks: undefined })?.ancestors;

test('ancestors are the parents at spawn, nearest first', () => {
  const ancestry = apply([spawn(10, 1), spawn(20, 10), spawn(30, 20)]);
  expect(ancestorsOf(ancestry, 30)).toEqual([20, 10, 1]);
  const origin = { pid: 30, ancestors: [20, 10, 1] };
  expect([30, 20, 10, 1, 2].map((root) => isInSubtree(origin, root))).toEqual([
    true,
    true,
    true,
    true,
    false,
  ]);
});

test('ancestors include exited processes, even after these are evicted', () => {
  const crowd = Array.from({ length: 50 }, (_, index) => spawn(1000 + index, 1));
  const ancestry = apply(
    [
      spawn(10, 1),
      spawn(20, 10),
      exited(10, 'x', 2),
      ...crowd,
      ...crowd.map(({ guest_pid }) => exited(guest_pid, 'x', 3)),
      spawn(30, 20, 4),
    ],
    5,
  );
  expect(ancestorsOf(ancestry, 30)).toEqual([20, 10, 1]);
  expect(ancestorsOf(ancestry, 10)).toBeUndefined();
  expect(ancestry.evicted).toBe(46);
});

test('a child has ancestors when it is reported after the exit of its parent', () => {
  expect(ancestorsOf(apply([spawn(10, 1), exited(10, 'x', 2), spawn(20, 10, 2)]), 20)).toEqual([10, 1]);
});

test('a process with a reused PID has its own origin', () => {
  const events = [spawn(10, 1), spawn(20, 10), exited(10, 'x', 2), spawn(10, 7, 3), spawn(30, 10, 4)];
  const ancestry = apply(events);
  expect(ancestorsOf(ancestry, 20)).toEqual([10, 1]);
  expect(ancestorsOf(ancestry, 30)).toEqual([10, 7]);
  expect(ancestry.find({ pid: 10, startTicks: 100 })?.ppid).toBe(1);
  expect(ancestry.find({ pid: 10, startTicks: 300 })?.ppid).toBe(7);
  expect(ancestry.find({ pid: 10, startTicks: 999 })).toBeUndefined();
});

test('ancestors are resolved when discovery lists a child before its parent', () => {
  const ancestry = apply([initial(30, 400), initial(400, 20), initial(20, 1), initial(1, 0)]);
  expect(ancestorsOf(ancestry, 30)).toEqual([400, 20, 1]);
  ancestry.apply(spawn(500, 30, 2));
  expect(ancestorsOf(ancestry, 500)).toEqual([30, 400, 20, 1]);
});

test('ancestors are bounded when a trace contains cycles or endless chains', () => {
  const cycle = apply([initial(1, 2), initial(2, 1), initial(3, 3)]);
  expect(ancestorsOf(cycle, 1)?.length).toBe(64);
  const deep = apply(Array.from({ length: 200 }, (_, index) => spawn(index + 2, index + 1)));
  expect(ancestorsOf(deep, 201)?.length).toBe(64);
  expect(deep.truncated).toBeGreaterThan(0);
});

test('an exec changes the user and keeps the ancestors', () => {
  const ancestry = apply([spawn(10, 1)]);
  ancestry.apply({ ...spawned(10, 'y', 1), probe_source: 'process.exec', previous_comm: 'x', guest_uid: 33 });
  expect(ancestry.find({ pid: 10, startTicks: undefined })).toMatchObject({ uid: 33, ancestors: [1] });
});

describe('any sequence of events', () => {
  const pid = fc.integer({ min: 1, max: 8 });
  const event: fc.Arbitrary<ProbeEvent> = fc.oneof(
    fc.tuple(pid, pid).map(([a, b]) => spawn(a, b)),
    fc.tuple(pid, pid).map(([a, b]) => initial(a, b)),
    pid.map((a) => exited(a, 'x', 2)),
  );
  const events = fc.array(event, { maxLength: 60 });

  test('a clone is independent of the original', () => {
    fc.assert(
      fc.property(events, events, (before, after) => {
        const ancestry = apply(before, 3);
        const copy = ancestry.clone();
        for (const event of after) ancestry.apply(event);
        const fresh = apply(before, 3);
        for (let pid = 1; pid <= 8; pid++) expect(ancestorsOf(copy, pid)).toEqual(ancestorsOf(fresh, pid));
        expect(copy.evicted).toBe(fresh.evicted);
      }),
    );
  });

  test('ancestors start with the parent and are bounded', () => {
    fc.assert(
      fc.property(events, (applied) => {
        const ancestry = apply(applied, 3);
        for (let pid = 1; pid <= 8; pid++) {
          const origin = ancestry.find({ pid, startTicks: undefined });
          if (!origin) continue;
          expect(origin.ancestors[0]).toBe(origin.ppid);
          expect(origin.ancestors.length).toBeLessThanOrEqual(64);
        }
      }),
    );
  });
});
