import { expect, test } from 'vitest';
import { ActiveAlerts } from '../../../src/domain/processes/active-alerts.ts';
import { alert, seconds } from '../../support/fixtures/events.ts';

test('an alert is active until it is cleared by rule and key, the newest first', () => {
  const alerts = new ActiveAlerts();
  alerts.apply(alert('alive>3', 10));
  alerts.apply(alert('alive(comm)>3', 12, { key: 'sh' }));
  alerts.apply(alert('alive(comm)>3', 12, { key: 'cron' }));
  expect(alerts.list().map(({ key }) => key)).toEqual(['sh', 'cron', undefined]);
  alerts.apply(alert('alive(comm)>3', 20, { key: 'sh', ended: true }));
  expect(alerts.list().map(({ key }) => key)).toEqual(['cron', undefined]);
  expect(alerts.raisedTotal).toBe(3);
});

test('apply returns false when the alert is already raised', () => {
  const alerts = new ActiveAlerts();
  expect(alerts.apply(alert('alive>3', 10))).toBe(true);
  for (const record of alerts.snapshotRecords(seconds(50))) expect(alerts.apply(record)).toBe(false);
  expect(alerts.list()).toEqual([alert('alive>3', 10)]);
  expect(alerts.raisedTotal).toBe(1);
});

test('active alerts are bounded when a trace raises any number', () => {
  const alerts = new ActiveAlerts();
  for (let index = 0; index < 1000; index++)
    alerts.apply(alert('alive(comm)>3', index, { key: String(index) }));
  expect(alerts.size).toBe(256);
  expect(alerts.list()[0]?.key).toBe('999');
});

test('cleared alerts are retained, the newest first, and dropped ones are counted', () => {
  const alerts = new ActiveAlerts();
  for (let index = 0; index < 103; index++) {
    alerts.apply(alert('alive>3', index));
    alerts.apply(alert('alive>3', index, { ended: true, value: String(index) }));
  }
  expect(alerts.cleared()).toHaveLength(100);
  expect(alerts.cleared()[0]?.value).toBe('102');
  expect(alerts.droppedCleared).toBe(3);
});

test('a restored snapshot has the same alerts', () => {
  const alerts = new ActiveAlerts();
  for (let index = 0; index < 103; index++) alerts.apply(alert('alive>3', index, { ended: true }));
  alerts.apply(alert('zombies>3', 104));
  const restored = ActiveAlerts.restore(alerts.snapshot());
  expect(restored.snapshot()).toEqual(alerts.snapshot());
  expect(restored.droppedCleared).toBe(3);
});

const loop = alert('restarts(comm)>=5', 10, {
  key: 'api-server',
  value: '5',
  parent: 'supervisor[700]',
  period_ns: seconds(1),
});

test('an alert for a crash loop counts the exits of its comm and parent, also after a snapshot', () => {
  const before = new ActiveAlerts([alert('alive>3', 10), loop]);
  before.countExit('api-server', 700);
  const alerts = ActiveAlerts.restore(structuredClone(before.snapshot()));
  for (const [comm, parent] of [
    ['api-server', 700],
    ['api-server', 701],
    ['sh', 700],
    ['api-server', undefined],
  ] as const)
    alerts.countExit(comm, parent);
  expect(alerts.list().map((each) => alerts.withRuns(each).value)).toEqual(['62.0/s', '7']);
  // A rotated file repeats the alert with the number of runs until then.
  expect(alerts.snapshotRecords(seconds(50))[1]).toEqual({ ...loop, value: '7', monotonic_ns: seconds(50) });
  alerts.apply({ ...loop, ended: true });
  alerts.apply(loop);
  expect(alerts.withRuns(loop)).toBe(loop);
});
