import { expect, test } from 'vitest';
import { accountingOf, setIntervalNs } from '../../../../bench/capture/measure/accounting.ts';
import { countDisorder } from '../../../../bench/capture/measure/score.ts';
import type { StatusLine } from '../../../../bench/capture/tools/observation.ts';

const status = (ns: bigint, counts: Partial<StatusLine> = {}): StatusLine => ({
  what: 'status',
  ns,
  mode: 'cursor',
  meanIntervalNs: 250_000n,
  intervalNs: 1_000_000n,
  allocatedPids: 0,
  processesSeen: 0,
  threadsSeen: 0,
  missedTasks: 0,
  pendingPids: 0,
  lostEvents: undefined,
  lastError: undefined,
  ...counts,
});

const span = { fromNs: 10n, toNs: 20n };
const truth = { forked: 8, threads: 0, missedChildren: 3 };

test('the accounting has the growth of the counters over a span and the ground truth', () => {
  const statuses = [
    status(5n, { allocatedPids: 100, processesSeen: 90, missedTasks: 10 }),
    status(15n, { allocatedPids: 105, processesSeen: 92, missedTasks: 11, pendingPids: 2 }),
    status(21n, { allocatedPids: 109, processesSeen: 95, threadsSeen: 1, missedTasks: 13 }),
  ];
  expect(accountingOf(statuses, span, truth)).toEqual({
    allocatedPids: 9,
    missedTasks: 3,
    pendingPids: 0,
    threadsSeen: 1,
    lostEvents: undefined,
    forked: 8,
    threads: 0,
    missed: 3,
    unbalanced: 0,
  });
});

test('the accounting adds the threads that were not counted to the missed children', () => {
  const statuses = [
    status(5n, { threadsSeen: 2, lostEvents: 10 }),
    status(21n, { threadsSeen: 42, lostEvents: 35 }),
  ];
  expect(accountingOf(statuses, span, { ...truth, threads: 50 })).toMatchObject({
    threadsSeen: 40,
    missed: 13,
    lostEvents: 25,
  });
});

test('a status with unbalanced counters is counted', () => {
  const statuses = [status(5n), status(21n, { allocatedPids: 9, processesSeen: 8 })];
  expect(accountingOf(statuses, span, truth)).toMatchObject({ unbalanced: 1 });
});

test('the accounting is undefined in walk mode', () => {
  const statuses = [status(5n, { allocatedPids: undefined }), status(21n, { allocatedPids: undefined })];
  expect(accountingOf(statuses, span, truth)).toBeUndefined();
});

test('the mean interval covers the statuses within the span', () => {
  const statuses = [10n, 15n, 20n, 25n].map((ns, index) => status(ns, { intervalNs: BigInt(index) }));
  expect(setIntervalNs(statuses, span)).toBe(1.5);
  expect(setIntervalNs([], span)).toBeUndefined();
});

test('observations out of order are counted', () => {
  const spawnAt = (ns: bigint) => ({ what: 'spawn', pid: 1, comm: 'a', ns }) as const;
  expect(countDisorder([spawnAt(1n), spawnAt(3n), spawnAt(2n), spawnAt(2n), spawnAt(1n)])).toBe(2);
});
