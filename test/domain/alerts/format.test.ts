import { describe, expect, test } from 'vitest';
import { formatAlert } from '../../../src/domain/alerts/format.ts';
import type { AlertRecord } from '../../../src/domain/events/event.ts';
import { seconds } from '../../support/fixtures/events.ts';

const alert = (rule: string, value: string, key?: string): AlertRecord => ({
  probe_source: 'trace.alert',
  rule,
  value,
  ...(key !== undefined && { key }),
  since_monotonic_ns: seconds(1),
  monotonic_ns: seconds(5),
});

describe('formatAlert of a restart loop', () => {
  const parent = 'supervisor[4627]';
  const period_ns = seconds(0.7);

  test.each<[string, string | undefined, Partial<AlertRecord>, string]>([
    [
      'restarts(comm)>=5',
      'api-server',
      { parent, period_ns, first_period_ns: seconds(2), exit_code: 78 },
      'crash loop: api-server ×47 under supervisor 4627, every 0.7s (was 2.0s), exit 78',
    ],
    [
      'restarts(comm)>=5',
      'api-server',
      { parent, period_ns: seconds(61), exit_signal: 11 },
      'crash loop: api-server ×47 under supervisor 4627, every 1m01s, SIGSEGV',
    ],
    [
      'restarts(parent)>=5',
      parent,
      { comm: 'api-server', parent, period_ns: seconds(0.96) },
      'crash loop: api-server ×47 under supervisor 4627, every 1.0s',
    ],
    [
      'restarts>=5',
      undefined,
      { comm: 'api-server', parent, period_ns: seconds(0.04) },
      'crash loop: api-server ×47 under supervisor 4627, every 40ms',
    ],
    ['restarts(comm)>=5', 'api-server', { parent }, 'crash loop: api-server ×47 under supervisor 4627'],
    ['restarts(parent)>=5', parent, { parent }, 'crash loop: under supervisor 4627 ×47'],
  ])('%s %s: case %#', (rule, key, fields, text) => {
    expect(formatAlert({ ...alert(rule, '47', key), ...fields })).toBe(text);
  });
});

describe('formatAlert', () => {
  test.each([
    ['exit_rate>6k/m', '120.0/s', undefined, 'exit rate: 120.0/s (> 6k/m)'],
    ['spawn_rate(comm)>50', '62.0/s', 'cron', 'spawn rate: 62.0/s of cron (> 50)'],
    ['alive(user)>2k', '2,100', '33', 'live processes: 2,100 of user 33 (> 2k)'],
    ['zombies(parent)>=10 for 10s', '14', 'app[412]', 'zombies: 14 under app 412 (>= 10 for 10s)'],
    ['restarts(comm)>=5', '47', 'api-server', 'crash loop: api-server ×47'],
    ['restarts(parent)>=5', '47', 'supervisor[4627]', 'crash loop: under supervisor 4627 ×47'],
    ['restarts>=5', '47', undefined, 'crash loop: ×47'],
    ['future(comm)>5', '6', 'cron', 'future: 6 of cron (> 5)'],
    ['not a rule', '6', undefined, 'not a rule: 6'],
  ])('%s %s %s when raised', (rule, value, key, text) => {
    expect(formatAlert(alert(rule, value, key))).toBe(text);
  });

  test.each([
    ['spawn_rate(comm)>50', '80.0/s', 'cron', 'cleared after 4.0s: spawn rate of cron, max 80.0/s'],
    ['coverage<90%', '71.3%', undefined, 'cleared after 4.0s: coverage, min 71.3%'],
    ['restarts(comm)>=5', '47', 'api-server', 'cleared after 4.0s: crash loop of api-server, max ×47'],
  ])('%s %s %s when cleared', (rule, value, key, text) => {
    expect(formatAlert({ ...alert(rule, value, key), ended: true })).toBe(text);
  });
});
