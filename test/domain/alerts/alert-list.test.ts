import { expect, test } from 'vitest';
import { alertKeyOf, type Culprit, culpritOf, listAlerts } from '../../../src/domain/alerts/alert-list.ts';
import type { AlertRecord } from '../../../src/domain/events/event.ts';
import { ActiveAlerts } from '../../../src/domain/processes/active-alerts.ts';
import { alert } from '../../support/fixtures/events.ts';

test('the list has raised alerts before cleared ones, each newest first', () => {
  const alerts = new ActiveAlerts();
  for (const key of ['a', 'b', 'c', 'd']) alerts.apply(alert('alive(comm)>3', key.charCodeAt(0), { key }));
  for (const key of ['a', 'b']) alerts.apply(alert('alive(comm)>3', 200, { key, ended: true }));
  expect(listAlerts(alerts).map(({ key }) => key)).toEqual(['d', 'c', 'b', 'a']);
});

test('an alert keeps its key when it is cleared', () => {
  const raised = alert('alive(comm)>3', 10, { key: 'sh' });
  expect(alertKeyOf({ ...raised, ended: true, value: '9', monotonic_ns: 5n })).toBe(alertKeyOf(raised));
});

test.each<[string, AlertRecord, Culprit]>([
  [
    'a parent',
    alert('zombies(parent)>=10 for 10s', 1, { key: 'a[b] [1][412]' }),
    { parent: { comm: 'a[b] [1]', pid: 412 } },
  ],
  [
    'a loop by comm',
    alert('restarts(comm)>=5', 1, { key: 'api', parent: 'supervisor[4627]' }),
    { parent: { comm: 'supervisor', pid: 4627 }, comm: 'api' },
  ],
  [
    'a loop by parent',
    alert('restarts(parent)>=5', 1, { key: 'supervisor[4627]', comm: 'api', parent: 'supervisor[4627]' }),
    { parent: { comm: 'supervisor', pid: 4627 }, comm: 'api' },
  ],
  ['a comm', alert('spawn_rate(comm)>50', 1, { key: 'sh' }), { comm: 'sh' }],
  ['a user', alert('alive(user)>50', 1, { key: '33' }), { uid: '33' }],
  ['all processes', alert('exit_rate>50', 1), {}],
  ['an unknown rule', alert('not a rule', 1, { key: 'sh' }), {}],
  ['an unknown parent', alert('zombies(parent)>=10', 1, { key: '?' }), {}],
])('culpritOf returns the parent, comm or user of an alert on %s', (_, record, culprit) => {
  expect(culpritOf(record)).toEqual(culprit);
});
