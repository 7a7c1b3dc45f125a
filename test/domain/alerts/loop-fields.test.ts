import { expect, test } from 'vitest';
import { formatAlert } from '../../../src/domain/alerts/format.ts';
import { updateLoop } from '../../../src/domain/alerts/loop-fields.ts';
import type { AlertRecord } from '../../../src/domain/events/event.ts';
import { ActiveAlerts } from '../../../src/domain/processes/active-alerts.ts';
import { ChurnStats } from '../../../src/domain/stats/churn-stats.ts';
import { alert, seconds, spawned } from '../../support/fixtures/events.ts';
import { observeRuns, supervisedRuns } from '../../support/fixtures/restart-traces.ts';

const statsOf = (count: number): ChurnStats => {
  const stats = new ChurnStats();
  stats.apply(spawned(700, 'supervisor', 0, { initial: true }));
  const runs = supervisedRuns(count, {
    delay: (index) => 1.8 * 0.95 ** index,
    life: () => 0.2,
    exitCode: 78,
  });
  for (const event of observeRuns(runs, { ppid: 700 })) stats.apply(event);
  return stats;
};

const raised = alert('restarts(comm)>=5', 10, {
  key: 'api-server',
  value: '5',
  parent: 'supervisor[700]',
  period_ns: seconds(1.9),
});

const update = (record: AlertRecord, stats: ChurnStats, alerts = new ActiveAlerts()) =>
  updateLoop(record, { stats, alerts });

/** Returns alerts among which `record` is raised, and its loop has had more runs since. */
const alertsWithRuns = (record: AlertRecord, runs: number): ActiveAlerts => {
  const alerts = new ActiveAlerts([record]);
  for (let run = 0; run < runs; run++) alerts.countExit('api-server', 700);
  return alerts;
};

test('an alert for a restart loop gets the current figures', () => {
  expect(formatAlert(update(raised, statsOf(30)))).toBe(
    'crash loop: api-server ×30 under supervisor 700, every 0.6s (was 2.0s), exit 78',
  );
});

test('an alert keeps its figures if the statistics have only the end of its loop', () => {
  const later = { ...raised, value: '47' };
  expect(update(later, statsOf(30))).toBe(later);
});

test('an alert counts the runs since it was raised if the statistics have only the end of its loop', () => {
  const later = { ...raised, value: '1,047', first_period_ns: seconds(4) };
  expect(formatAlert(update(later, statsOf(30), alertsWithRuns(later, 30)))).toBe(
    'crash loop: api-server ×1,077 under supervisor 700, every 0.6s (was 4.0s), exit 78',
  );
  expect(formatAlert(update(later, new ChurnStats(), alertsWithRuns(later, 2)))).toBe(
    'crash loop: api-server ×1,049 under supervisor 700, every 1.9s (was 4.0s)',
  );
});

test('an alert keeps its figures if its loop is over, unknown, or of another parent', () => {
  const stats = statsOf(30);
  expect(update({ ...raised, parent: 'supervisor[701]' }, stats)).toMatchObject({ value: '5' });
  expect(update({ ...raised, key: 'web' }, stats)).toMatchObject({ value: '5' });
  expect(update(alert('alive>5', 10), stats)).toEqual(alert('alive>5', 10));
  stats.advance(seconds(500));
  expect(update(raised, stats)).toBe(raised);
});
