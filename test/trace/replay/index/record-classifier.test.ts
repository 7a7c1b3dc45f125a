import { expect, test } from 'vitest';
import type { GapRecord } from '../../../../src/domain/events/event.ts';
import type { TraceRecord } from '../../../../src/domain/events/record.ts';
import { RecordClassifier } from '../../../../src/trace/replay/index/record-classifier.ts';
import { alert, exited, seconds, spawned, zombie } from '../../../support/fixtures/events.ts';

const gap = (reason: GapRecord['reason'], at: number, lasts = 0.1): GapRecord => ({
  probe_source: 'trace.gap',
  reason,
  from_monotonic_ns: seconds(at - lasts),
  to_monotonic_ns: seconds(at),
});

const note: TraceRecord = { probe_source: 'trace.note', text: 'deploy', monotonic_ns: 5n };

/** Returns the kinds and the landmark of records, each at a time in seconds. */
const classify = (...records: [number, TraceRecord][]) => {
  const classifier = new RecordClassifier();
  return records.map(([at, record]) => [
    classifier.kindsOf(record),
    classifier.landmarkOf(record, seconds(at)),
  ]);
};

test('spawns and exits are counted, and the first failure of a comm is a landmark', () => {
  expect(
    classify(
      [1, spawned(1, 'sh', 1, { initial: true })],
      [1, spawned(2, 'sh', 1)],
      [2, exited(2, 'sh', 2)],
      [3, exited(3, 'sh', 3, { exit_code: 0 })],
      [4, exited(4, 'sh', 4, { exit_code: 1 })],
      [5, exited(5, 'sh', 5, { exit_signal: 11 })],
      [6, exited(6, 'cron', 6, { exit_code: 1 })],
      [16, exited(7, 'sh', 16, { exit_code: 1 })],
    ),
  ).toEqual([
    [[], undefined],
    [['spawns'], undefined],
    [['exits', 'unknownExits'], undefined],
    [['exits'], undefined],
    [['exits', 'failures'], 'first'],
    [['exits', 'failures'], 'repeated'],
    [['exits', 'failures'], 'first'],
    [['exits', 'failures'], 'first'],
  ]);
});

test('a zombie that failed counts when it becomes one, and its exit does not count again', () => {
  const failed = { exit_code: 1 };
  expect(
    classify(
      [1, spawned(1, 'sh', 1, { initial: true })],
      [1, zombie(1, 'sh', 1, failed)],
      [2, zombie(2, 'cron', 2, failed)],
      // Another process has adopted it.
      [3, zombie(2, 'cron', 3, failed)],
      [4, exited(2, 'cron', 4, failed)],
      [5, exited(1, 'sh', 5, failed)],
      // The PID is reused.
      [6, exited(2, 'make', 6, failed)],
      [7, zombie(3, 'true', 7, { exit_code: 0 })],
    ),
  ).toEqual([
    [[], undefined],
    [[], undefined],
    [['failures'], 'first'],
    [[], undefined],
    [['exits'], undefined],
    [['exits', 'failures'], 'first'],
    [['exits', 'failures'], 'first'],
    [[], undefined],
  ]);
});

test('a short pause of the sampler is no gap, and missed tasks soon after others are no stop', () => {
  expect(
    classify(
      [1, gap('stalled', 1)],
      [3, gap('stalled', 3, 1.5)],
      [4, gap('unseen', 4)],
      [5, gap('unseen', 5)],
      [15, gap('unseen', 15)],
      [16, gap('dropped', 16)],
      [17, gap('dropped', 17)],
      [18, note],
    ),
  ).toEqual([
    [[], undefined],
    [['gaps'], 'first'],
    [['gaps'], 'first'],
    [['gaps'], 'repeated'],
    [['gaps'], 'first'],
    [['gaps'], 'first'],
    [['gaps'], 'first'],
    [['notes'], 'first'],
  ]);
});

test('an alert is a landmark once, although each rotated file repeats it', () => {
  const raised = alert('alive>3', 10);
  expect(
    classify(
      [10, raised],
      [20, { ...raised, monotonic_ns: seconds(20) }],
      [30, { ...raised, ended: true, monotonic_ns: seconds(30) }],
      [40, { ...alert('zombies>3', 40), ended: true }],
    ),
  ).toEqual([
    [['alerts'], 'first'],
    [[], undefined],
    [['cleared'], undefined],
    [[], undefined],
  ]);
});
