import { describe, expect, test } from 'vitest';
import { createGapRecorder } from '../../../src/capture/worker/gap-recorder.ts';
import { createManualClock } from '../../support/fakes/manual-clock.ts';

const counting = () => {
  const clock = createManualClock();
  const gaps = createGapRecorder(clock.now);
  gaps.start(clock.ms());
  return {
    clock,
    gaps,
    due: (afterMs: number, unseen: number | undefined, last?: boolean) => {
      clock.advance(afterMs);
      return gaps.take(clock.ms(), unseen, last);
    },
  };
};

describe('unseen', () => {
  test('what was missed is told with the span in which it was', () => {
    const { due, clock } = counting();
    const fromNs = clock.now();
    expect(due(30, 4)).toEqual([
      {
        probe_source: 'trace.gap',
        reason: 'unseen',
        tasks: 4,
        from_monotonic_ns: fromNs,
        to_monotonic_ns: fromNs + 30_000_000n,
      },
    ]);
  });

  test('at most one record a second, and nothing twice', () => {
    const { due } = counting();
    due(1, 4);
    expect(due(500, 10)).toEqual([]);
    expect(due(499, 11)).toEqual([]);
    expect(due(1, 12)).toMatchObject([{ tasks: 8 }]);
    expect(due(5000, 12)).toEqual([]);
  });

  test('what is still owed is said at the end', () => {
    const { due } = counting();
    due(1, 4);
    expect(due(1, 5, true)).toMatchObject([{ tasks: 1 }]);
  });

  test('what a walk found after all is made good before more is said', () => {
    const { due } = counting();
    due(1, 4);
    expect(due(2000, 3)).toEqual([]);
    expect(due(2000, 4)).toEqual([]);
    expect(due(2000, 6)).toMatchObject([{ tasks: 2 }]);
  });

  test('where nobody can tell, nothing is told', () => {
    const { due } = counting();
    expect(due(2000, undefined)).toEqual([]);
  });
});

describe('stalled', () => {
  test('a look that came ten ticks late says so, once', () => {
    const { due, gaps, clock } = counting();
    clock.advance(5000);
    gaps.recordInterval(clock.ms(), 5000, 2);
    const [gap, ...rest] = due(0, 0);
    expect(gap).toMatchObject({ reason: 'stalled', to_monotonic_ns: clock.now() });
    expect((gap?.to_monotonic_ns ?? 0n) - (gap?.from_monotonic_ns ?? 0n)).toBe(5_000_000_000n);
    expect(rest).toEqual([]);
    expect(due(5000, 0)).toEqual([]);
    expect(gaps.stalls()).toBe(1);
  });

  test.each([
    [49, 2],
    [400, 100],
  ])('%i ms between looks meant to be %i ms apart is none', (elapsed, interval) => {
    const { due, gaps, clock } = counting();
    gaps.recordInterval(clock.ms(), elapsed, interval);
    expect(due(2000, 0)).toEqual([]);
  });

  test('several in one second make one record', () => {
    const { due, gaps, clock } = counting();
    gaps.recordInterval(clock.ms(), 60, 2);
    expect(due(0, 0)).toHaveLength(1);
    const second = clock.now();
    clock.advance(100);
    gaps.recordInterval(clock.ms(), 100, 2);
    expect(due(0, 0)).toEqual([]);
    clock.advance(200);
    gaps.recordInterval(clock.ms(), 200, 2);
    expect(due(700, 0)).toMatchObject([
      { from_monotonic_ns: second, to_monotonic_ns: second + 300_000_000n },
    ]);
    expect(gaps.stalls()).toBe(3);
  });
});
