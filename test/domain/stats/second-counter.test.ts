import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { historySeconds, SecondCounter } from '../../../src/domain/stats/second-counter.ts';

describe('Pulse', () => {
  test('a rate looks at complete seconds, a history also at the running one', () => {
    const pulse = new SecondCounter();
    for (const second of [100, 100, 101, 103, 103, 103]) pulse.count(second);
    expect(pulse.perSecond(103, 3)).toBe(1);
    expect(pulse.history(103).slice(-5)).toEqual([0, 2, 1, 0, 3]);
    expect(pulse.peak).toBe(3);
  });

  test('time goes on without events', () => {
    const pulse = new SecondCounter();
    pulse.count(100, 7);
    expect(pulse.perSecond(104, 5)).toBe(7 / 5);
    expect(pulse.perSecond(1000, 5)).toBe(0);
    expect(pulse.peak).toBe(7);
  });

  test('what was counted wrong is taken back', () => {
    const pulse = new SecondCounter();
    pulse.count(5, 3);
    pulse.count(5, -1);
    expect([pulse.peak, pulse.history(5).at(-1)]).toEqual([2, 2]);
    pulse.count(5, -9);
    expect(pulse.history(5).at(-1)).toBe(0);
  });

  test('holds what a full count would, for the last minute, in any order of seconds', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -200, max: 200 }), { maxLength: 200 }), (seconds) => {
        const pulse = new SecondCounter();
        const counts = new Map<number, number>();
        let newest = Number.NEGATIVE_INFINITY;
        for (const second of seconds) {
          pulse.count(second);
          newest = Math.max(newest, second);
          if (newest - second < historySeconds) counts.set(second, (counts.get(second) ?? 0) + 1);
        }
        if (seconds.length === 0) return;
        const expected = Array.from(
          { length: historySeconds },
          (_, index) => counts.get(newest - historySeconds + 1 + index) ?? 0,
        );
        expect(pulse.history(newest)).toEqual(expected);
        expect(pulse.peak).toBe(Math.max(...counts.values()));
      }),
    );
  });

  test('merging adds up', () => {
    const one = new SecondCounter();
    const other = new SecondCounter();
    one.count(10, 2);
    other.count(10, 1);
    other.count(12, 4);
    one.merge(other);
    expect(one.history(12).slice(-3)).toEqual([3, 0, 4]);
    expect(one.peak).toBe(4);
  });
});
