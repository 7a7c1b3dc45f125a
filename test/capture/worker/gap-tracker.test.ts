import { describe, expect, test } from 'vitest';
import { GapTracker } from '../../../src/capture/worker/gap-tracker.ts';
import { createManualClock } from '../../support/fakes/manual-clock.ts';

const startRecorder = () => {
  const clock = createManualClock();
  const gaps = new GapTracker(clock.nowNs);
  gaps.start(clock.nowMs());
  return {
    clock,
    gaps,
    take: (afterMs: number, missedTasks: number | undefined, last?: boolean) => {
      clock.advance(afterMs);
      return gaps.take(clock.nowMs(), { missedTasks, last: last ?? false });
    },
  };
};

describe('missed tasks', () => {
  test('a gap has the number of missed tasks and the span in which they were missed', () => {
    const { take, clock } = startRecorder();
    const fromNs = clock.nowNs();
    expect(take(30, 4)).toEqual([
      {
        probe_source: 'trace.gap',
        reason: 'unseen',
        tasks: 4,
        from_monotonic_ns: fromNs,
        to_monotonic_ns: fromNs + 30_000_000n,
      },
    ]);
  });

  test('missed tasks are reported at most once per second, and never twice', () => {
    const { take } = startRecorder();
    take(1, 4);
    expect(take(500, 10)).toEqual([]);
    expect(take(499, 11)).toEqual([]);
    expect(take(1, 12)).toMatchObject([{ tasks: 8 }]);
    expect(take(5000, 12)).toEqual([]);
  });

  test('the last gap reports the remaining tasks', () => {
    const { take } = startRecorder();
    take(1, 4);
    expect(take(1, 5, true)).toMatchObject([{ tasks: 1 }]);
  });

  test('a count that has fallen is reported again when it exceeds the last one', () => {
    const { take } = startRecorder();
    take(1, 4);
    expect(take(2000, 3)).toEqual([]);
    expect(take(2000, 4)).toEqual([]);
    expect(take(2000, 6)).toMatchObject([{ tasks: 2 }]);
  });

  test('nothing is reported when missed tasks are not counted', () => {
    const { take } = startRecorder();
    expect(take(2000, undefined)).toEqual([]);
  });
});

describe('lost kernel events', () => {
  test('a gap has the number of lost events and the span in which they were lost', () => {
    const { gaps, clock, take } = startRecorder();
    take(100, 0);
    const fromNs = clock.nowNs();
    clock.advance(50);
    expect(gaps.take(clock.nowMs(), { missedTasks: 0, lostEvents: 1788 })).toEqual([
      {
        probe_source: 'trace.gap',
        reason: 'queue',
        events: 1788,
        from_monotonic_ns: fromNs,
        to_monotonic_ns: fromNs + 50_000_000n,
      },
    ]);
  });

  test('lost events are reported at most once per second, and the last gap has the rest', () => {
    const { gaps, clock } = startRecorder();
    const takeLost = (afterMs: number, lostEvents: number, last = false) => {
      clock.advance(afterMs);
      return gaps.take(clock.nowMs(), { missedTasks: undefined, lostEvents, last });
    };
    expect(takeLost(10, 5)).toMatchObject([{ events: 5 }]);
    expect(takeLost(10, 9)).toEqual([]);
    expect(takeLost(990, 12)).toMatchObject([{ events: 7 }]);
    expect(takeLost(2000, 12)).toEqual([]);
    expect(takeLost(1, 13, true)).toMatchObject([{ events: 1 }]);
  });
});

describe('stalls', () => {
  test('a sample that is five seconds late is reported as a stall once', () => {
    const { take, gaps, clock } = startRecorder();
    clock.advance(5000);
    gaps.recordInterval(clock.nowMs(), 5000, 2);
    const [gap, ...rest] = take(0, 0);
    expect(gap).toMatchObject({ reason: 'stalled', to_monotonic_ns: clock.nowNs() });
    expect((gap?.to_monotonic_ns ?? 0n) - (gap?.from_monotonic_ns ?? 0n)).toBe(5_000_000_000n);
    expect(rest).toEqual([]);
    expect(take(5000, 0)).toEqual([]);
    expect(gaps.stalls).toBe(1);
  });

  test.each([
    [49, 2],
    [400, 100],
  ])('%i ms between samples with an interval of %i ms is not a stall', (elapsedMs, intervalMs) => {
    const { take, gaps, clock } = startRecorder();
    gaps.recordInterval(clock.nowMs(), elapsedMs, intervalMs);
    expect(take(2000, 0)).toEqual([]);
  });

  test('several stalls in one second make one record', () => {
    const { take, gaps, clock } = startRecorder();
    gaps.recordInterval(clock.nowMs(), 60, 2);
    expect(take(0, 0)).toHaveLength(1);
    const secondNs = clock.nowNs();
    clock.advance(100);
    gaps.recordInterval(clock.nowMs(), 100, 2);
    expect(take(0, 0)).toEqual([]);
    clock.advance(200);
    gaps.recordInterval(clock.nowMs(), 200, 2);
    expect(take(700, 0)).toMatchObject([
      { from_monotonic_ns: secondNs, to_monotonic_ns: secondNs + 300_000_000n },
    ]);
    expect(gaps.stalls).toBe(3);
  });
});
