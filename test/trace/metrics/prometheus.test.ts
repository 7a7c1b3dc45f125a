import { expect, test } from 'vitest';
import { ChurnMetrics, maxComms } from '../../../src/trace/metrics/churn-metrics.ts';
import { prometheusText } from '../../../src/trace/metrics/prometheus.ts';
import { exited, seconds, spawned, walkStatus } from '../../support/fixtures/events.ts';

/** Returns the value of each sample, by its name and labels. */
const samplesOf = (metrics: ChurnMetrics): Record<string, number> =>
  Object.fromEntries(
    [...prometheusText(metrics, 'churntop').matchAll(/^(?!#)(.*) (\S+)$/gm)].map(([, name, value]) => [
      name,
      Number(value),
    ]),
  );

test('counters are by comm, and gauges are of now', () => {
  const metrics = new ChurnMetrics();
  metrics.apply(spawned(1, 'init', 1, { initial: true }));
  metrics.apply(spawned(5, 'sh', 1));
  metrics.apply(spawned(6, 'sh', 1));
  metrics.apply(exited(5, 'sh', 3, { lifetime_ns: seconds(2), exit_code: 3 }));
  expect(samplesOf(metrics)).toMatchObject({
    'churntop_processes_spawned_total{comm="sh"}': 2,
    'churntop_processes_exited_total{comm="sh"}': 1,
    'churntop_processes_failed_total{comm="sh"}': 1,
    churntop_processes_alive: 2,
    churntop_zombies: 0,
    churntop_lifetime_seconds_count: 1,
    churntop_lifetime_seconds_sum: 2,
    'churntop_lifetime_seconds{quantile="0.5"}': 2,
  });
  expect(prometheusText(metrics, 'churntop')).not.toContain('comm="init"');
});

test('what is unknown is left out, and is there once it is known', () => {
  const metrics = new ChurnMetrics();
  expect(samplesOf(metrics)).not.toHaveProperty('churntop_tasks_missed_total');
  metrics.setStatus({ ...walkStatus, mode: 'walk', missedTasks: undefined });
  expect(samplesOf(metrics)).not.toHaveProperty('churntop_tasks_missed_total');
  metrics.setStatus({ ...walkStatus, mode: 'cursor', missedTasks: 3, droppedRecords: 2 });
  expect(samplesOf(metrics)).toMatchObject({
    churntop_tasks_missed_total: 3,
    churntop_records_dropped_total: 2,
    'churntop_info{tool="churntop",capture_mode="cursor"}': 1,
  });
});

test('the first 64 comms have labels, and all others share one', () => {
  const metrics = new ChurnMetrics();
  for (let index = 0; index < maxComms + 10; index++) metrics.apply(spawned(100 + index, `comm${index}`, 1));
  metrics.apply(spawned(500, 'comm1', 1));
  const samples = samplesOf(metrics);
  expect(samples['churntop_processes_spawned_total{comm="(other)"}']).toBe(10);
  expect(samples['churntop_processes_spawned_total{comm="comm1"}']).toBe(2);
  expect(metrics.comms.size).toBe(maxComms + 1);
});

test('a hostile comm is one label value without control characters', () => {
  const metrics = new ChurnMetrics();
  metrics.apply(spawned(5, 'a"b\\c\n\u001b[2J', 1));
  expect(prometheusText(metrics, 'churntop')).toContain('{comm="a\\"b\\\\c␊␛[2J"} 1\n');
});

test('comms that look alike without control characters share one series, because a file with two is refused', () => {
  const metrics = new ChurnMetrics();
  for (const comm of ['a\u0001', 'a␁', 'a\u200b', 'a\u200c']) metrics.apply(spawned(5, comm, 1));
  const text = prometheusText(metrics, 'churntop');
  const series = [...text.matchAll(/^churntop_processes_spawned_total\{.*$/gm)].map(([line]) => line);
  expect(series.map((line) => line.replace(/^\w+/, ''))).toEqual(['{comm="a␁"} 2', '{comm="a\ufffd"} 2']);
});

test('a process that is named as the label of all others is counted with them', () => {
  const metrics = new ChurnMetrics();
  for (let index = 0; index < maxComms; index++) metrics.apply(spawned(index + 1, `comm${index}`, 1));
  for (const comm of ['(other)', 'late']) metrics.apply(spawned(500, comm, 1));
  expect(samplesOf(metrics)['churntop_processes_spawned_total{comm="(other)"}']).toBe(2);
});
