import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { maxRelativeError, QuantileSketch } from '../../../src/domain/stats/quantile-sketch.ts';

/** From 1 µs to ten years, evenly distributed over orders of magnitude. */
const lifetime = fc.double({ min: 3, max: 17.5, noNaN: true }).map((power) => BigInt(Math.ceil(10 ** power)));
const lifetimes = fc.array(lifetime, { minLength: 1, maxLength: 300 });

const sketchOf = (values: readonly bigint[]): QuantileSketch => {
  const sketch = new QuantileSketch();
  for (const value of values) sketch.add(value);
  return sketch;
};

const exactQuantile = (values: readonly bigint[], q: number): number => {
  const sorted = values.toSorted((a, b) => (a < b ? -1 : Number(a > b)));
  return Number(sorted[Math.max(1, Math.ceil(q * sorted.length)) - 1]);
};

describe('QuantileSketch', () => {
  test('quantiles are within the maximum error', () => {
    fc.assert(
      fc.property(lifetimes, fc.double({ min: 0, max: 1, noNaN: true }), (values, q) => {
        const exact = exactQuantile(values, q);
        // The result is rounded to whole ns.
        expect(Math.abs(Number(sketchOf(values).quantile(q)) - exact)).toBeLessThanOrEqual(
          exact * maxRelativeError * (1 + 1e-9) + 0.5,
        );
      }),
    );
  });

  test('count, min and max are exact', () => {
    fc.assert(
      fc.property(lifetimes, (values) => {
        const sketch = sketchOf(values);
        expect(sketch.count).toBe(values.length);
        expect(values).toContain(sketch.min);
        expect(
          values.every((value) => value >= (sketch.min as bigint) && value <= (sketch.max as bigint)),
        ).toBe(true);
        expect(sketch.quantile(1)).toBe(sketch.max);
      }),
    );
  });

  test('a merged sketch equals one sketch of all values', () => {
    fc.assert(
      fc.property(lifetimes, lifetimes, fc.double({ min: 0, max: 1, noNaN: true }), (one, other, q) => {
        const merged = sketchOf(one);
        merged.merge(sketchOf(other));
        const both = sketchOf([...one, ...other]);
        expect([merged.count, merged.min, merged.max, merged.quantile(q)]).toEqual([
          both.count,
          both.min,
          both.max,
          both.quantile(q),
        ]);
      }),
    );
  });

  test('the histogram contains all values', () => {
    fc.assert(
      fc.property(lifetimes, (values) => {
        const bins = sketchOf(values).histogram([1e6, 1e9, 1e12]);
        expect(bins.reduce((sum, bin) => sum + bin, 0)).toBe(values.length);
        expect(bins.length).toBe(4);
      }),
    );
  });

  test('is empty without values, ignores values out of range, and accepts 0', () => {
    const sketch = new QuantileSketch();
    expect([sketch.quantile(0.5), sketch.min, sketch.count]).toEqual([undefined, undefined, 0]);
    sketch.add(-5n);
    sketch.add(10n ** 60n);
    expect(sketch.count).toBe(0);
    sketch.add(0n);
    expect([sketch.quantile(0.5), sketch.min, sketch.max]).toEqual([0n, 0n, 0n]);
  });
});
