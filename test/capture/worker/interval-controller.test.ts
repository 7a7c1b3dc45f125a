import { describe, expect, test } from 'vitest';
import { createIntervalController } from '../../../src/capture/worker/interval-controller.ts';

const pacing = (options: Partial<Parameters<typeof createIntervalController>[0]> = {}) =>
  createIntervalController({ fixedMs: undefined, cpuLimit: 0.05, cpuLimitBusy: 0.15, ...options });

/** Let `seconds` go by in quarters, each at this share of a core; the interval at the end. */
const spend = (
  pace: ReturnType<typeof pacing>,
  share: number,
  seconds: number,
  moving: boolean,
  from = 0,
) => {
  let ms = from;
  for (; ms <= from + seconds * 1000; ms += 250) {
    if (moving) pace.activity(ms);
    if (pace.cpuDue(ms)) pace.recordCpu(ms, ms * share);
  }
  return pace.next(ms - 250);
};

describe('the steps', () => {
  test.each([
    [0, 0.25],
    [99, 0.25],
    [100, 0.5],
    [299, 0.5],
    [300, 1],
    [999, 1],
    [1000, 2],
    [60_000, 2],
  ])('%i ms after the cursor moved: %f ms', (rested, interval) => {
    const pace = pacing();
    pace.activity(5000);
    expect(pace.next(5000 + rested)).toBe(interval);
  });

  test('before anything moved it rests', () => expect(pacing().next(0)).toBe(2));

  test('a pinned interval is kept whatever happens', () => {
    const pace = pacing({ fixedMs: 7 });
    pace.activity(0);
    expect(pace.next(0)).toBe(7);
    expect(spend(pace, 0.9, 200, true)).toBe(7);
    expect(pace.throttled()).toBe(false);
  });
});

describe('the budget', () => {
  test('is the quiet one when the cursor has rested for a second', () => {
    const pace = pacing();
    pace.activity(0);
    expect(pace.budget(999)).toBe(0.15);
    expect(pace.budget(1000)).toBe(0.05);
  });

  test('under it nothing is stretched', () => {
    expect(spend(pacing(), 0.12, 600, true)).toBe(0.25);
    expect(spend(pacing(), 0.04, 600, false)).toBe(2);
  });

  test('a storm of ten seconds may spend what a quiet minute left', () => {
    const pace = pacing();
    expect(spend(pace, 0.6, 10, true)).toBe(0.25);
    expect(pace.throttled()).toBe(false);
  });

  test('over it for longer, the looks get rarer until it is kept', () => {
    const pace = pacing();
    expect(spend(pace, 0.6, 60, true)).toBeGreaterThan(1);
    expect(pace.throttled()).toBe(true);
  });

  test('well under it again they close up', () => {
    const pace = pacing();
    spend(pace, 0.6, 60, true);
    expect(spend(pace, 0.05, 30, true, 60_250)).toBe(0.25);
    expect(pace.throttled()).toBe(false);
  });

  test('it never stretches beyond a second', () => {
    expect(spend(pacing({ cpuLimit: 0.001, cpuLimitBusy: 0.001 }), 1, 300, true)).toBeLessThanOrEqual(1000);
  });
});

describe('walking', () => {
  test('is paced by its own cost', () => {
    const pace = pacing();
    pace.activity(0);
    expect(pace.next(0, 30)).toBe(200);
    expect(pace.next(5000, 30)).toBe(600);
  });
  test('and is never faster than a hundred times a second', () => {
    expect(pacing().next(0, 0.01)).toBe(10);
  });
});
