import { expect, test } from 'vitest';
import type { ExitStatus } from '../../../src/domain/events/exit-status.ts';
import { ExitCounts } from '../../../src/domain/stats/exit-counts.ts';

const countsOf = (...statuses: ExitStatus[]): ExitCounts => {
  const counts = new ExitCounts();
  for (const [index, status] of statuses.entries()) counts.add(status, index);
  return counts;
};

test('unknown statuses are not counted [fault:unknown-is-success]', () => {
  expect(countsOf({}, {})).toMatchObject({ known: 0, failed: 0 });
  expect(countsOf({}, { exit_code: 0 }, { exit_code: 3 }, { exit_signal: 9 })).toMatchObject({
    known: 3,
    failed: 2,
  });
});

test('failures are ranked, and a core dump is no other failure', () => {
  const segv = { exit_signal: 11 };
  const counts = countsOf({ exit_code: 11 }, segv, { ...segv, core_dumped: true }, { exit_code: 0 });
  expect(counts.topFailures(5)).toEqual([
    { status: segv, count: 2 },
    { status: { exit_code: 11 }, count: 1 },
  ]);
  expect(counts.topFailures(1)).toHaveLength(1);
});

test('failures are counted in bounded memory', () => {
  const counts = new ExitCounts();
  for (let code = 1; code < 256; code++)
    for (const status of [{ exit_code: code }, { exit_code: 7 }]) counts.add(status, 1);
  expect(counts).toMatchObject({ known: 510, failed: 510 });
  expect(counts.topFailures(100).length).toBeLessThanOrEqual(8);
  expect(counts.topFailures(1)).toMatchObject([{ status: { exit_code: 7 } }]);
});

test('counts can be copied and added', () => {
  const one = countsOf({ exit_code: 1 }, { exit_code: 0 });
  const copy = one.clone();
  copy.absorb(countsOf({ exit_code: 1 }, { exit_signal: 9 }));
  expect(copy).toMatchObject({ known: 4, failed: 3 });
  expect(copy.topFailures(1)).toEqual([{ status: { exit_code: 1 }, count: 2 }]);
  expect(one).toMatchObject({ known: 2, failed: 1 });
  expect(copy.failureRate(5, 3)).toBeCloseTo(3 / 5);
});
