import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { GroupSummary } from '../../../src/domain/stats/group-summary.ts';
import { failedColumns, failedText } from '../../../src/store/views/failure-columns.ts';

const textOf = (failed: number, known: number) =>
  failedText({ exitStatuses: { known, failed } } as GroupSummary);

describe('the failed exits of a group', () => {
  test.each<[number, number, string]>([
    [0, 0, '-'],
    [3, 12, '3/12'],
    [64, 2318, '64/2318'],
    [105, 12_345, '105/12k'],
    [1, 123_456, '1/123k'],
    [999, 1000, '99%/1k'],
    [105, 4567, '2%/4567'],
    [1324, 1324, 'all/1k'],
    [2437, 3260, '74%/3k'],
    [99_999, 100_000, '99%'],
    [200_000, 200_000, 'all'],
    [1000, 2_000_000, '1000/2M'],
    [12_345, 2_000_000, '<1%/2M'],
  ])('%d of %d are shown as %s', (failed, known, text) => {
    expect(textOf(failed, known)).toBe(text);
  });

  test('fit their column', () => {
    fc.assert(
      fc.property(fc.nat(1e9), fc.nat(1e9), (a, b) => {
        expect(textOf(Math.min(a, b), Math.max(a, b)).length).toBeLessThanOrEqual(failedColumns);
      }),
    );
  });
});
