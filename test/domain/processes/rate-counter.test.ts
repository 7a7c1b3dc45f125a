import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RateCounter } from '../../../src/domain/processes/rate-counter.ts';
import { seconds } from '../../support/fixtures/events.ts';

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

test('agrees with counting by hand, in whatever order times come', () => {
  const moment = fc.record({ at: fc.bigInt(0n, 40_000_000_000n), times: fc.nat(3), advance: fc.boolean() });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 12 }), fc.array(moment, { maxLength: 30 }), (window, moments) => {
      const rates = new RateCounter(window);
      let newest: bigint | undefined;
      let total = 0;
      const bySecond = new Map<bigint, number>();
      for (const { at, times, advance } of moments) {
        const second = at / 1_000_000_000n;
        if (newest === undefined || second > newest) newest = second;
        if (advance) rates.advance(at);
        else {
          rates.add(at, times);
          total += times;
          // Older than the window when it came: counted in all, but in no second.
          if (newest - second < BigInt(window)) bySecond.set(second, (bySecond.get(second) ?? 0) + times);
        }
      }
      const expected = Array.from({ length: window }, (_, index) =>
        newest === undefined ? 0 : (bySecond.get(newest - BigInt(window - 1 - index)) ?? 0),
      );
      expect(rates.history()).toEqual(expected);
      expect(rates.total).toBe(total);
      expect(rates.perSecond()).toBeGreaterThanOrEqual(0);
    }),
  );
});

describe('a rate', () => {
  test('leaves out the second still running', () => {
    const rates = new RateCounter();
    rates.add(seconds(10.2), 10);
    expect(rates.perSecond()).toBe(0);
    rates.advance(seconds(11));
    expect(rates.perSecond()).toBe(2);
    expect(rates.perSecond(1)).toBe(10);
  });

  test('is of complete seconds only, so a window of one has none', () => {
    const rates = new RateCounter(1);
    rates.add(seconds(1), 5);
    expect(rates.perSecond()).toBe(0);
  });

  test('falls to nothing when nothing happens, however long that is', () => {
    const rates = new RateCounter(60);
    rates.add(seconds(5), 100);
    rates.advance(2n ** 62n);
    expect(sum(rates.history())).toBe(0);
    expect(rates.total).toBe(100);
  });

  test('is not moved by a clock that steps back [fault:clock-set-rates]', () => {
    const rates = new RateCounter(5);
    rates.add(seconds(100), 3);
    rates.advance(seconds(3));
    expect(rates.history()).toEqual([0, 0, 0, 0, 3]);
  });
});

test('a clone is independent, both ways', () => {
  const rates = new RateCounter(3);
  rates.add(seconds(1));
  const copy = rates.clone();
  rates.add(seconds(1));
  copy.add(seconds(2), 5);
  expect([rates.history(), rates.total]).toEqual([[0, 0, 2], 2]);
  expect([copy.history(), copy.total]).toEqual([[0, 1, 5], 6]);
});
