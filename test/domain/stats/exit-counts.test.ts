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
  copy.merge(countsOf({ exit_code: 1 }, { exit_signal: 9 }));
  expect(copy).toMatchObject({ known: 4, failed: 3 });
  expect(copy.topFailures(1)).toEqual([{ status: { exit_code: 1 }, count: 2 }]);
  expect(one).toMatchObject({ known: 2, failed: 1 });
  expect(copy.failureRate(5, 3)).toBeCloseTo(3 / 5);
});

test('the newest failure and the time of the first one are kept, also of merged counts', () => {
  const failedAt = (atNs: bigint) => ({
    atNs,
    process: { pid: Number(atNs), startTicks: 1, comm: 'sh' },
    status: { exit_code: 3 },
    parent: undefined,
  });
  const counts = new ExitCounts();
  counts.add({ exit_code: 0 }, 1, undefined);
  expect(counts).toMatchObject({ firstFailureNs: undefined, lastFailure: undefined });
  for (const atNs of [5n, 9n, 7n]) counts.add({ exit_code: 3 }, 1, failedAt(atNs));
  expect(counts).toMatchObject({ firstFailureNs: 5n, lastFailure: { process: { pid: 9 } } });
  const others = new ExitCounts();
  others.add({ exit_code: 3 }, 1, failedAt(2n));
  others.merge(counts);
  expect(others.clone()).toMatchObject({ failed: 4, firstFailureNs: 2n, lastFailure: { atNs: 9n } });
});

test('failures are counted over a minute', () => {
  const counts = new ExitCounts();
  for (const second of [1, 2, 61]) counts.add({ exit_code: 1 }, second);
  expect(counts.failuresPerMinute(61)).toBe(2);
  expect(counts.failuresPerMinute(200)).toBe(0);
  expect(new ExitCounts().failuresPerMinute(1)).toBe(0);
});
