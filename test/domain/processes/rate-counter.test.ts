import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RateCounter } from '../../../src/domain/processes/rate-counter.ts';
import { seconds } from '../../support/fixtures/events.ts';

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

test('a counter agrees with a naive count for times in any order', () => {
  const step = fc.record({ at: fc.bigInt(0n, 40_000_000_000n), count: fc.nat(3), advance: fc.boolean() });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 12 }), fc.array(step, { maxLength: 30 }), (window, steps) => {
      const counter = new RateCounter(window);
      let newest: bigint | undefined;
      let total = 0;
      const bySecond = new Map<bigint, number>();
      for (const { at, count, advance } of steps) {
        const second = at / 1_000_000_000n;
        if (newest === undefined || second > newest) newest = second;
        if (advance) counter.advance(at);
        else {
          counter.add(at, count);
          total += count;
          // Older than the window: counted in the total only.
          if (newest - second < BigInt(window)) bySecond.set(second, (bySecond.get(second) ?? 0) + count);
        }
      }
      const expected = Array.from({ length: window }, (_, index) =>
        newest === undefined ? 0 : (bySecond.get(newest - BigInt(window - 1 - index)) ?? 0),
      );
      expect(counter.history()).toEqual(expected);
      expect(counter.total).toBe(total);
      expect(counter.perSecond()).toBeGreaterThanOrEqual(0);
    }),
  );
});

describe('perSecond', () => {
  test('excludes the current second', () => {
    const counter = new RateCounter();
    counter.add(seconds(10.2), 10);
    expect(counter.perSecond()).toBe(0);
    counter.advance(seconds(11));
    expect(counter.perSecond()).toBe(2);
    expect(counter.perSecond(1)).toBe(10);
  });

  test('is 0 when the window is one second, which is never complete', () => {
    const counter = new RateCounter(1);
    counter.add(seconds(1), 5);
    expect(counter.perSecond()).toBe(0);
  });

  test('is 0 after any time without events', () => {
    const counter = new RateCounter(60);
    counter.add(seconds(5), 100);
    counter.advance(2n ** 62n);
    expect(sum(counter.history())).toBe(0);
    expect(counter.total).toBe(100);
  });

  test('is unchanged when the clock steps back [fault:clock-set-rates]', () => {
    const counter = new RateCounter(5);
    counter.add(seconds(100), 3);
    counter.advance(seconds(3));
    expect(counter.history()).toEqual([0, 0, 0, 0, 3]);
  });
});

test('a clone is independent of the original, in both directions', () => {
  const counter = new RateCounter(3);
  counter.add(seconds(1));
  const copy = counter.clone();
  counter.add(seconds(1));
  copy.add(seconds(2), 5);
  expect([counter.history(), counter.total]).toEqual([[0, 0, 2], 2]);
  expect([copy.history(), copy.total]).toEqual([[0, 1, 5], 6]);
});
