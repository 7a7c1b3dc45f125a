import { expect, test } from 'vitest';
import { ActiveAlerts } from '../../../src/domain/processes/active-alerts.ts';
import { alert, seconds } from '../../support/fixtures/events.ts';

test('what is raised stands until its end, by rule and key, the newest first', () => {
  const raised = new ActiveAlerts();
  raised.apply(alert('alive>3', 10));
  raised.apply(alert('alive(comm)>3', 12, { key: 'sh' }));
  raised.apply(alert('alive(comm)>3', 12, { key: 'cron' }));
  expect(raised.list().map(({ key }) => key)).toEqual(['sh', 'cron', undefined]);
  raised.apply(alert('alive(comm)>3', 20, { key: 'sh', ended: true }));
  expect(raised.list().map(({ key }) => key)).toEqual(['cron', undefined]);
  expect(raised.raisedTotal).toBe(3);
});

test('who is told again of what is raised learns nothing', () => {
  const raised = new ActiveAlerts();
  expect(raised.apply(alert('alive>3', 10))).toBe(true);
  for (const again of raised.snapshotRecords(seconds(50))) expect(raised.apply(again)).toBe(false);
  expect(raised.list()).toEqual([alert('alive>3', 10)]);
  expect(raised.raisedTotal).toBe(1);
});

test('a trace that raises without end takes no more than its share of memory', () => {
  const raised = new ActiveAlerts();
  for (let index = 0; index < 1000; index++)
    raised.apply(alert('alive(comm)>3', index, { key: String(index) }));
  expect(raised.size).toBe(256);
  expect(raised.list()[0]?.key).toBe('999');
});
