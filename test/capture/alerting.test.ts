import { expect, test } from 'vitest';
import { alerting } from '../../src/capture/alerting.ts';
import { openOutbox } from '../../src/capture/outbox.ts';
import { defaultRules, parseRule } from '../../src/domain/alerts/rule.ts';
import type { ChurnRecord } from '../../src/domain/event.ts';
import { seconds, spawned } from '../support/events.ts';

const setUp = (rule?: string) => {
  const parsed = rule === undefined ? undefined : parseRule(rule);
  const rules = parsed === undefined ? defaultRules : parsed.ok ? [parsed.rule] : [];
  const time = { s: 0 };
  const now = () => seconds(time.s);
  const told: ChurnRecord[] = [];
  const inner = openOutbox({
    post: ({ records }) => told.push(...records),
    acknowledged: () => 1000,
    now,
  });
  const { outbox, heldBack } = alerting(inner, rules, now);
  const see = (at: number, ...records: ChurnRecord[]) => {
    time.s = at;
    for (const record of records) outbox.put(record);
    outbox.flush(at * 1000);
  };
  return { inner, outbox, heldBack, told, see };
};

test('an alert stands behind the records it was worked out of', () => {
  const { see, told, heldBack } = setUp('alive>1');
  see(1, spawned(1, 'a', 1), spawned(2, 'b', 1));
  see(2.1, spawned(3, 'c', 2));
  see(3.2, spawned(4, 'd', 3));
  expect(told.map((record) => ('guest_comm' in record ? record.guest_comm : record.probe_source))).toEqual([
    'a',
    'b',
    'c',
    'trace.alert',
    'd',
  ]);
  expect(heldBack()).toBe(0);
});

test('without rules nothing stands between', () => {
  const { inner, outbox } = setUp('no rule');
  expect(outbox).toBe(inner);
});
