import { describe, expect, test } from 'vitest';
import type { ProbeEvent } from '../../../../src/domain/events/event.ts';
import { buildChurnReport } from '../../../../src/domain/stats/report.ts';
import { statsOf } from '../../../support/fixtures/churn-stats.ts';
import { exited, seconds, spawned } from '../../../support/fixtures/events.ts';

describe('RestartLoops', () => {
  const runs = (comm: string, starts: readonly number[], lasts: number, ppid = 1, first = 100) =>
    starts.flatMap((at, index) => [
      spawned(first + index, comm, at, { guest_ppid: ppid, window_ns: 0n }),
      exited(first + index, comm, at + lasts, { window_ns: 0n }),
    ]);
  const sorted = (events: ProbeEvent[]) =>
    events.toSorted((a, b) => Number(a.guest_monotonic_ns - b.guest_monotonic_ns));
  const loops = (events: ProbeEvent[]) =>
    buildChurnReport({
      stats: statsOf(sorted([spawned(1, 'init', 0, { initial: true }), ...events])),
      top: 9,
      mode: undefined,
    }).restartLoops;
  const every = (period: number, count: number) =>
    Array.from({ length: count }, (_, index) => 1 + index * period);

  test('finds a service that exits soon, every two seconds', () => {
    expect(loops(runs('crashy', every(2, 8), 0.5))).toEqual([
      {
        comm: 'crashy',
        parentKey: '1@0',
        lineage: [{ pid: 1, comm: 'init' }],
        kind: 'steady',
        count: 8,
        sinceNs: 1e9,
        durationNs: 14.5e9,
        periodNs: 2e9,
        isCrashLoop: true,
        ongoing: true,
      },
    ]);
  });

  test('finds a service that is restarted at growing intervals', () => {
    expect(loops(runs('backoff', [1, 2, 4, 8, 16, 32, 64], 0.5))).toMatchObject([
      { kind: 'backing off', count: 7 },
    ]);
  });

  test('finds a service that is restarted at once, whatever its lifetimes', () => {
    let at = 1;
    const events = [5, 1, 9, 2, 8, 1, 7, 3, 1, 9, 2, 8, 1, 5].flatMap((tenths, index) => {
      const spawnAt = at;
      at += tenths;
      return runs('prompt', [spawnAt], tenths - 0.05, 1, 100 + index);
    });
    expect(loops(events)).toMatchObject([{ kind: 'prompt', count: 14 }]);
  });

  test.each([
    ['parallel children', runs('cc', every(0.1, 50), 0.25)],
    ['long lifetimes', runs('worker', every(30, 9), 20)],
    ['four processes', runs('few', every(1, 4), 0.1)],
    ['different parents', every(1, 9).flatMap((at, index) => runs('x', [at], 0.1, 500 + index, 100 + index))],
  ])('finds no loop: %s', (_, events) => {
    expect(loops(events)).toEqual([]);
  });

  test('finds a loop when a spawn is recorded before the previous exit, within one sample', () => {
    const events = every(1, 8).flatMap((at, index) => [
      spawned(100 + index, 'x', at, { window_ns: seconds(0.1) }),
      ...(index > 0 ? [exited(99 + index, 'x', at, { window_ns: seconds(0.1) })] : []),
    ]);
    expect(loops(events)).toMatchObject([{ comm: 'x', count: 7 }]);
  });
});
