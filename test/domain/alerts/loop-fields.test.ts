import { expect, test } from 'vitest';
import { formatAlert } from '../../../src/domain/alerts/format.ts';
import { updateLoop } from '../../../src/domain/alerts/loop-fields.ts';
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

test('an alert for a restart loop gets the current figures', () => {
  expect(formatAlert(updateLoop(raised, statsOf(30)))).toBe(
    'crash loop: api-server ×30 under supervisor 700, every 0.6s (was 2.0s), exit 78',
  );
});

test('an alert keeps its figures if the statistics have only the end of its loop', () => {
  const later = { ...raised, value: '47' };
  expect(updateLoop(later, statsOf(30))).toBe(later);
});

test('an alert keeps its figures if its loop is over, unknown, or of another parent', () => {
  const stats = statsOf(30);
  expect(updateLoop({ ...raised, parent: 'supervisor[701]' }, stats)).toMatchObject({ value: '5' });
  expect(updateLoop({ ...raised, key: 'web' }, stats)).toMatchObject({ value: '5' });
  expect(updateLoop(alert('alive>5', 10), stats)).toEqual(alert('alive>5', 10));
  stats.advance(seconds(500));
  expect(updateLoop(raised, stats)).toBe(raised);
});
