import { expect, test } from 'vitest';
import { withAlerts } from '../../../src/capture/worker/alerting-outbox.ts';
import { BatchOutbox } from '../../../src/capture/worker/outbox.ts';
import { defaultRules } from '../../../src/domain/alerts/rule.ts';
import { parseRule } from '../../../src/domain/alerts/rule-parser.ts';
import type { ChurnRecord } from '../../../src/domain/events/event.ts';
import { seconds, spawned } from '../../support/fixtures/events.ts';

const setUp = (rule?: string) => {
  const parsed = rule === undefined ? undefined : parseRule(rule);
  const rules = parsed === undefined ? defaultRules : parsed.ok ? [parsed.rule] : [];
  const time = { s: 0 };
  const nowNs = () => seconds(time.s);
  const posted: ChurnRecord[] = [];
  const inner = new BatchOutbox({
    post: ({ records }) => posted.push(...records),
    ackedBatches: () => 1000,
    nowNs,
  });
  const { outbox, suppressed } = withAlerts(inner, rules, nowNs);
  const put = (atSeconds: number, ...records: ChurnRecord[]) => {
    time.s = atSeconds;
    for (const record of records) outbox.put(record);
    outbox.flush(atSeconds * 1000);
  };
  return { inner, outbox, suppressed, posted, put };
};

test('an alert follows the records that raised it', () => {
  const { put, posted, suppressed } = setUp('alive>1');
  put(1, spawned(1, 'a', 1), spawned(2, 'b', 1));
  put(2.1, spawned(3, 'c', 2));
  put(3.2, spawned(4, 'd', 3));
  expect(posted.map((record) => ('guest_comm' in record ? record.guest_comm : record.probe_source))).toEqual([
    'a',
    'b',
    'c',
    'trace.alert',
    'd',
  ]);
  expect(suppressed()).toBe(0);
});

test('withAlerts returns the outbox itself when there are no rules', () => {
  const { inner, outbox } = setUp('no rule');
  expect(outbox).toBe(inner);
});
