import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RingBuffer } from '../../src/util/ring-buffer.ts';

const filled = (capacity: number, values: readonly number[]) => {
  const ring = new RingBuffer<number>(capacity);
  for (const value of values) ring.push(value);
  return ring;
};

test('a ring buffer keeps the newest values in order and counts the dropped ones', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 9 }), fc.array(fc.nat(), { maxLength: 40 }), (capacity, values) => {
      const ring = filled(capacity, values);
      const retained = values.slice(-capacity);
      expect([...ring]).toEqual(retained);
      expect(retained.map((_, index) => ring.at(index))).toEqual(retained);
      expect(ring.length).toBe(retained.length);
      expect(ring.dropped).toBe(values.length - retained.length);
    }),
  );
});

test.each([-1, 3, 99, Number.NaN, 0.5])('at returns undefined when the index is %d', (index) => {
  expect(filled(3, [1, 2, 3, 4]).at(index)).toBeUndefined();
});

test.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])(
  'the constructor rejects capacity %d',
  (capacity) => {
    expect(() => new RingBuffer(capacity)).toThrow(
      new RangeError(`invalid ring buffer capacity: ${capacity}`),
    );
  },
);

describe('clone', () => {
  test.each([2, 3, 7])('is independent of the original, in both directions, after %d pushes', (pushes) => {
    const ring = filled(
      3,
      Array.from({ length: pushes }, (_, index) => index),
    );
    const before = [...ring];
    const copy = ring.clone();
    ring.push(100);
    expect([...copy]).toEqual(before);
    copy.push(200);
    expect([...copy]).toEqual([...before, 200].slice(-3));
    expect(ring.at(ring.length - 1)).toBe(100);
    expect(copy.dropped).toBe(pushes + 1 - copy.length);
  });
});
