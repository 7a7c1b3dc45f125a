import { expect, test } from 'vitest';
import { accountFor, meanIntervalNs } from '../../bench/capture/accounting.ts';
import type { StatusLine } from '../../bench/capture/observation.ts';
import { disorder } from '../../bench/capture/score.ts';

const status = (ns: bigint, counts: Partial<StatusLine> = {}): StatusLine => ({
  what: 'status',
  ns,
  mode: 'cursor',
  periodNs: 250_000n,
  intervalNs: 1_000_000n,
  allocated: 0,
  processesSeen: 0,
  threadsSeen: 0,
  unseen: 0,
  pending: 0,
  trouble: undefined,
  ...counts,
});

const span = { fromNs: 10n, toNs: 20n };
const truth = { forked: 8, missed: 3 };

test('what a span added to the counts, beside the truth', () => {
  const statuses = [
    status(5n, { allocated: 100, processesSeen: 90, unseen: 10 }),
    status(15n, { allocated: 105, processesSeen: 92, unseen: 11, pending: 2 }),
    status(21n, { allocated: 109, processesSeen: 95, threadsSeen: 1, unseen: 13 }),
  ];
  expect(accountFor(statuses, span, truth)).toEqual({ allocated: 9, unseen: 3, ...truth, unbalanced: 0 });
});

test('a sum that does not add up is counted', () => {
  const statuses = [status(5n), status(21n, { allocated: 9, processesSeen: 8 })];
  expect(accountFor(statuses, span, truth)).toMatchObject({ unbalanced: 1 });
});

test('no account where the cursor is not trusted', () => {
  const statuses = [status(5n, { allocated: undefined }), status(21n, { allocated: undefined })];
  expect(accountFor(statuses, span, truth)).toBeUndefined();
});

test('the mean interval is that of the statuses within', () => {
  const statuses = [10n, 15n, 20n, 25n].map((ns, at) => status(ns, { intervalNs: BigInt(at) }));
  expect(meanIntervalNs(statuses, span)).toBe(1.5);
  expect(meanIntervalNs([], span)).toBeUndefined();
});

test('records out of order are counted', () => {
  const at = (ns: bigint) => ({ what: 'spawn', pid: 1, comm: 'a', ns }) as const;
  expect(disorder([at(1n), at(3n), at(2n), at(2n), at(1n)])).toBe(2);
});
