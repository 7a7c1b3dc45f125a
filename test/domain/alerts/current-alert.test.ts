import { expect, test } from 'vitest';
import { currentAlert } from '../../../src/domain/alerts/current-alert.ts';
import { AlertEvaluator } from '../../../src/domain/alerts/evaluator.ts';
import { defaultRules } from '../../../src/domain/alerts/rule.ts';
import { recordTimeNs } from '../../../src/domain/events/record.ts';
import { matchAll } from '../../../src/domain/filter/match-all.ts';
import { SystemState } from '../../../src/domain/processes/system-state.ts';
import { ChurnStats } from '../../../src/domain/stats/churn-stats.ts';
import { FilteredStats } from '../../../src/domain/stats/filtered-stats.ts';
import { alert, exited, seconds, spawned } from '../../support/fixtures/events.ts';
import { observeRuns, supervisedRuns } from '../../support/fixtures/restart-traces.ts';

const noStats = new ChurnStats();

/** Returns a system in which a parent has zombies, at a time in seconds. */
const systemWithZombies = (zombies: number, at: number): SystemState => {
  const system = new SystemState();
  const records = Array.from({ length: zombies }, (_, index) => [
    spawned(500 + index, 'worker', 10, { guest_ppid: 412 }),
    {
      ...exited(500 + index, 'worker', 11),
      probe_source: 'process.zombie' as const,
      guest_ppid: 412,
    },
  ]);
  system.apply({
    nowNs: seconds(at),
    records: [spawned(412, 'gunicorn', 1, { initial: true, start_ticks: 1 }), ...records.flat()],
  });
  return system;
};

const zombies = alert('zombies(parent)>=10 for 10s', 20, { key: 'gunicorn[412]', value: '14' });

test('an alert on zombies has the current number and its growth', () => {
  const text = (count: number, at: number) =>
    currentAlert(zombies, { system: systemWithZombies(count, at), stats: noStats }).text;
  expect(text(56, 50)).toBe('zombies: 56 under gunicorn 412, +1.4/s');
  expect(text(11, 23)).toBe('zombies: 11 under gunicorn 412, -1.0/s');
  expect(text(14, 50)).toBe('zombies: 14 under gunicorn 412 (>= 10 for 10s)');
});

test('an alert has its own value when the current one is unknown', () => {
  const context = { system: systemWithZombies(0, 50), stats: noStats };
  expect(currentAlert(zombies, context)).toEqual({
    text: 'zombies: 14 under gunicorn 412 (>= 10 for 10s)',
    isCurrent: false,
  });
  expect(currentAlert(alert('spawn_rate(comm)>50', 1, { key: 'sh' }), context)).toEqual({
    text: 'spawn rate: 62.0/s of sh (> 50)',
    isCurrent: false,
  });
  expect(currentAlert(alert('something new', 1), context)).toEqual({
    text: 'something new: 62.0/s',
    isCurrent: false,
  });
});

test('an alert on a rate has the current rate', () => {
  const system = new SystemState();
  const stats = new ChurnStats();
  const records = Array.from({ length: 50 }, (_, index) => spawned(600 + index, 'sh', 10.5));
  for (const record of records) stats.apply(record);
  stats.advance(seconds(12));
  system.apply({ nowNs: seconds(12), records });
  const { text, isCurrent } = currentAlert(alert('spawn_rate(comm)>5', 1, { key: 'sh' }), { system, stats });
  expect(text).toMatch(/^spawn rate: \d+\.\d\/s of sh \(> 5\)$/);
  expect(text).not.toContain('62.0');
  expect(isCurrent).toBe(true);
});

test.each([
  ['alive(comm)>3', 'worker', 'live processes: 12 of worker'],
  ['alive(user)>3', '0', 'live processes: 13 of user 0'],
  ['zombies>3', undefined, 'zombies: 12'],
])('the current value of %s is counted', (rule, key, text) => {
  const record = alert(rule, 5, { value: '4', ...(key !== undefined && { key }) });
  const system = systemWithZombies(12, 15);
  expect(currentAlert(record, { system, stats: noStats }).text).toMatch(`${text}, +`);
});

test('an alert for a crash loop has the number of processes as of then after a seek in a replay', () => {
  const runs = supervisedRuns(60, { delay: () => 1, life: () => 0.5, exitCode: 78 });
  const supervisor = spawned(700, 'supervisor', 0.5, { initial: true, start_ticks: 1 });
  const evaluator = new AlertEvaluator(defaultRules);
  const stats = new ChurnStats();
  const full = new SystemState(10);
  const texts = (system: SystemState) => {
    const sought = SystemState.restore(structuredClone(system.snapshot()), 10);
    const { nowNs, activeAlerts } = sought;
    stats.advance(nowNs);
    const [live, replayed] = [stats, new FilteredStats(sought, matchAll).stats].map((each) =>
      [...activeAlerts].map((record) => currentAlert(record, { system: sought, stats: each }).text),
    );
    expect(replayed?.map((text) => text.split(', ')[0])).toEqual(live?.map((text) => text.split(', ')[0]));
    return replayed;
  };
  for (const event of [supervisor, ...observeRuns(runs, { ppid: 700 })]) {
    const nowNs = recordTimeNs(event);
    evaluator.apply(event);
    stats.apply(event);
    full.apply({ nowNs, records: [event, ...evaluator.evaluate(nowNs)] });
    texts(full);
  }
  expect(texts(full)?.[0]).toMatch(/^crash loop: api-server ×60 under supervisor 700, every 1\.5s/);
});
