import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { defaultWindowSeconds, RateCounter, secondOf } from '../../../src/domain/processes/rate-counter.ts';

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

test('a counter agrees with a naive count for times in any order', () => {
  const step = fc.record({ at: fc.bigInt(0n, 40_000_000_000n), count: fc.nat(3), advance: fc.boolean() });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 12 }), fc.array(step, { maxLength: 30 }), (window, steps) => {
      const counter = new RateCounter(window);
      let newest: number | undefined;
      let total = 0;
      const bySecond = new Map<number, number>();
      for (const { at, count, advance } of steps) {
        const second = secondOf(at);
        if (newest === undefined || second > newest) newest = second;
        if (advance) counter.advance(second);
        else {
          counter.add(second, count);
          total += count;
          // Older than the window: counted in the total only.
          if (newest - second < window) bySecond.set(second, (bySecond.get(second) ?? 0) + count);
        }
      }
      const expected = Array.from({ length: window }, (_, index) =>
        newest === undefined ? 0 : (bySecond.get(newest - (window - 1 - index)) ?? 0),
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
    counter.add(secondOf(10_200_000_000n), 10);
    expect(counter.perSecond()).toBe(0);
    counter.advance(11);
    expect(counter.perSecond()).toBe(2);
    expect(counter.perSecond(1)).toBe(10);
  });

  test('is 0 when the window is one second, which is never complete', () => {
    const counter = new RateCounter(1);
    counter.add(1, 5);
    expect(counter.perSecond()).toBe(0);
  });

  test('is 0 after any time without events', () => {
    const counter = new RateCounter(60);
    counter.add(5, 100);
    counter.advance(secondOf(2n ** 62n));
    expect(sum(counter.history())).toBe(0);
    expect(counter.total).toBe(100);
  });

  test('is unchanged when the clock steps back [fault:clock-set-rates]', () => {
    const counter = new RateCounter(5);
    counter.add(100, 3);
    counter.advance(3);
    expect(counter.history()).toEqual([0, 0, 0, 0, 3]);
  });
});

test('a clone is independent of the original, in both directions', () => {
  const counter = new RateCounter(3);
  counter.add(1);
  const copy = counter.clone();
  counter.add(1);
  copy.add(2, 5);
  expect([counter.history(), counter.total]).toEqual([[0, 0, 2], 2]);
  expect([copy.history(), copy.total]).toEqual([[0, 1, 5], 6]);
});

describe('the counter of a group', () => {
  test('perSecond excludes the current second, history includes it', () => {
    const counter = new RateCounter();
    for (const second of [100, 100, 101, 103, 103, 103]) counter.add(second);
    expect(counter.perSecond(3, 103)).toBe(1);
    expect(counter.history(103).slice(-5)).toEqual([0, 2, 1, 0, 3]);
    expect(counter.peak).toBe(3);
  });

  test('a rate falls when later seconds have no events', () => {
    const counter = new RateCounter();
    counter.add(100, 7);
    expect(counter.perSecond(5, 104)).toBe(7 / 5);
    expect(counter.perSecond(5, 1000)).toBe(0);
    expect(counter.peak).toBe(7);
  });

  test('add takes back events when the count is negative', () => {
    const counter = new RateCounter();
    counter.add(5, 3);
    counter.add(5, -1);
    expect([counter.peak, counter.history(5).at(-1)]).toEqual([2, 2]);
    counter.add(5, -9);
    expect(counter.history(5).at(-1)).toBe(0);
  });

  test('a counter agrees with a naive count and its peak for seconds in any order', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -200, max: 200 }), { maxLength: 200 }), (seconds) => {
        const counter = new RateCounter();
        const counts = new Map<number, number>();
        let newest = Number.NEGATIVE_INFINITY;
        for (const second of seconds) {
          counter.add(second);
          newest = Math.max(newest, second);
          if (newest - second < defaultWindowSeconds) counts.set(second, (counts.get(second) ?? 0) + 1);
        }
        if (seconds.length === 0) return;
        const expected = Array.from(
          { length: defaultWindowSeconds },
          (_, index) => counts.get(newest - defaultWindowSeconds + 1 + index) ?? 0,
        );
        expect(counter.history(newest)).toEqual(expected);
        expect(counter.peak).toBe(Math.max(...counts.values()));
      }),
    );
  });

  test('merge adds the counts of another counter', () => {
    const one = new RateCounter();
    const other = new RateCounter();
    one.add(10, 2);
    other.add(10, 1);
    other.add(12, 4);
    one.merge(other);
    expect(one.history(12).slice(-3)).toEqual([3, 0, 4]);
    expect(one.peak).toBe(4);
  });
});

test('inWindow sums the history', () => {
  const counter = new RateCounter(10);
  expect(counter.inWindow()).toBe(0);
  for (const second of [1, 2, 2, 9, 11]) counter.add(second);
  for (const second of [9, 11, 12, 30]) {
    const history = counter.history(second);
    expect(counter.inWindow(second)).toBe(history.reduce((sum, count) => sum + count, 0));
  }
  expect(counter.inWindow()).toBe(4);
});
