import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  IntervalController,
  type IntervalControllerOptions,
} from '../../../src/capture/worker/interval-controller.ts';

const createController = (options: Partial<IntervalControllerOptions> = {}) =>
  new IntervalController({ fixedMs: undefined, cpuLimit: 0.05, cpuLimitBusy: 0.15, ...options });

/** Records CPU usage every 250 ms for some seconds. @returns the interval at the end, ms */
const useCpu = (
  controller: IntervalController,
  {
    share,
    seconds,
    active,
    fromMs = 0,
  }: { share: number; seconds: number; active: boolean; fromMs?: number },
) => {
  let ms = fromMs;
  for (; ms <= fromMs + seconds * 1000; ms += 250) {
    if (active) controller.recordActivity(ms);
    if (controller.isCpuDue(ms)) controller.recordCpu(ms, ms * share);
  }
  return controller.next(ms - 250);
};

describe('interval steps', () => {
  test.each([
    [0, 0.25],
    [99, 0.25],
    [100, 0.5],
    [299, 0.5],
    [300, 1],
    [999, 1],
    [1000, 2],
    [60_000, 2],
  ])('%i ms after a change, the interval is %f ms', (idleMs, intervalMs) => {
    const controller = createController();
    controller.recordActivity(5000);
    expect(controller.next(5000 + idleMs)).toBe(intervalMs);
  });

  test('the interval is 2 ms before the first change', () => expect(createController().next(0)).toBe(2));

  test('a fixed interval never changes', () => {
    const controller = createController({ fixedMs: 7 });
    controller.recordActivity(0);
    expect(controller.next(0)).toBe(7);
    expect(useCpu(controller, { share: 0.9, seconds: 200, active: true })).toBe(7);
    expect(controller.throttled).toBe(false);
  });
});

describe('CPU limit', () => {
  test('the limit is the quiet one when nothing has changed for a second', () => {
    const controller = createController();
    controller.recordActivity(0);
    expect(controller.cpuLimit(999)).toBe(0.15);
    expect(controller.cpuLimit(1000)).toBe(0.05);
  });

  test('the interval does not grow while the usage is below the limit', () => {
    expect(useCpu(createController(), { share: 0.12, seconds: 600, active: true })).toBe(0.25);
    expect(useCpu(createController(), { share: 0.04, seconds: 600, active: false })).toBe(2);
  });

  test('a storm of ten seconds may use the credit of a quiet minute', () => {
    const controller = createController();
    expect(useCpu(controller, { share: 0.6, seconds: 10, active: true })).toBe(0.25);
    expect(controller.throttled).toBe(false);
  });

  test('the interval grows while the usage is above the limit for longer', () => {
    const controller = createController();
    expect(useCpu(controller, { share: 0.6, seconds: 60, active: true })).toBeGreaterThan(1);
    expect(controller.throttled).toBe(true);
  });

  test('the interval shrinks when the usage is clearly below the limit again', () => {
    const controller = createController();
    useCpu(controller, { share: 0.6, seconds: 60, active: true });
    expect(useCpu(controller, { share: 0.05, seconds: 30, active: true, fromMs: 60_250 })).toBe(0.25);
    expect(controller.throttled).toBe(false);
  });

  test('the mean usage exceeds the limit by at most 0.6 % of a core, for any costs of a sample', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({ sampleMs: fc.double({ min: 0.001, max: 5, noNaN: true }), active: fc.boolean() }),
          {
            minLength: 1,
            maxLength: 20,
          },
        ),
        (phases) => {
          const controller = createController();
          let cpuMs = 0;
          let ms = 0;
          for (const { sampleMs, active } of phases) {
            for (const endMs = ms + 30_000; ms < endMs; ms += 250) {
              if (active) controller.recordActivity(ms);
              controller.recordCpu(ms, cpuMs);
              expect(controller.meanUsage).toBeLessThan(controller.meanLimit + 0.006);
              cpuMs += 250 * Math.min(1, sampleMs / controller.next(ms));
            }
          }
        },
      ),
    );
  });

  test.each([0.05, 0.1, 0.5, 5])(
    'the mean usage never exceeds the limit when a sample takes %f ms',
    (sampleMs) => {
      const controller = createController();
      let cpuMs = 0;
      for (let ms = 0; ms <= 300_000; ms += 250) {
        controller.recordActivity(ms);
        controller.recordCpu(ms, cpuMs);
        expect(controller.meanUsage).toBeLessThanOrEqual(controller.meanLimit);
        cpuMs += 250 * Math.min(1, sampleMs / controller.next(ms));
      }
      expect(controller.meanUsage).toBeGreaterThan(0.12);
    },
  );

  test('the mean usage is weighted like a load average, and its limit falls like it after a busy time', () => {
    const controller = createController();
    useCpu(controller, { share: 0.1, seconds: 60, active: true });
    expect(controller.meanUsage).toBeCloseTo(0.1 * (1 - 1 / Math.E), 3);
    expect(controller.meanLimit).toBe(0.15);
    useCpu(controller, { share: 0.1, seconds: 61, active: false, fromMs: 60_000 });
    expect(controller.meanLimit).toBeCloseTo(0.05 + 0.1 / Math.E, 3);
  });

  test('the interval never exceeds a second', () => {
    expect(
      useCpu(createController({ cpuLimit: 0.001, cpuLimitBusy: 0.001 }), {
        share: 1,
        seconds: 300,
        active: true,
      }),
    ).toBeLessThanOrEqual(1000);
  });
});

describe('walk mode', () => {
  test('the interval depends on the duration of a walk', () => {
    const controller = createController();
    controller.recordActivity(0);
    expect(controller.next(0, 30)).toBe(200);
    expect(controller.next(5000, 30)).toBe(600);
  });
  test('the interval is at least 10 ms', () => {
    expect(createController().next(0, 0.01)).toBe(10);
  });
});
