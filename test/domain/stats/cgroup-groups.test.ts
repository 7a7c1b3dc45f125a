import { describe, expect, test } from 'vitest';
import type { ProbeEvent } from '../../../src/domain/events/event.ts';
import { sortedGroups } from '../../../src/domain/stats/group-summary.ts';
import type { Grouping } from '../../../src/domain/stats/groups.ts';
import { statsOf } from '../../support/fixtures/churn-stats.ts';
import { exited, seconds, spawned } from '../../support/fixtures/events.ts';

const id = '0123456789ab'.padEnd(64, 'c');
const docker = `/system.slice/docker-${id}.scope`;
const records: ProbeEvent[] = [
  spawned(10, 'cron', 1, { guest_ppid: 1, cgroup: '/system.slice/cron.service' }),
  spawned(11, 'sh', 1, { guest_ppid: 10, cgroup: '/system.slice/cron.service' }),
  spawned(12, 'app', 1, { guest_ppid: 1, cgroup: docker }),
  spawned(13, 'job', 1, { guest_ppid: 1, cgroup: '/lxc.payload.web/system.slice/cron.service' }),
  spawned(14, 'gone', 1, { guest_ppid: 1 }),
  exited(11, 'sh', 2, { lifetime_ns: seconds(1), exit_code: 1 }),
];

const countsOf = (events: readonly ProbeEvent[], grouping: Grouping) => {
  const stats = statsOf(events);
  return Object.fromEntries(
    sortedGroups(stats, grouping).map(({ key, spawns, alive, exitCounts }) => [
      key,
      { spawns, alive, failed: exitCounts.failed },
    ]),
  );
};

describe('ChurnStats', () => {
  test('counts by unit, by container and by cgroup', () => {
    const one = { spawns: 1, alive: 1, failed: 0 };
    const cron = { spawns: 2, alive: 1, failed: 1 };
    expect(countsOf(records, 'unit')).toEqual({
      'cron.service': cron,
      [`docker-${id}.scope`]: one,
      'web/cron.service': one,
      '?': one,
    });
    expect(countsOf(records, 'container')).toEqual({
      '(no container)': cron,
      'docker:0123456789ab': one,
      'lxc:web': one,
      '?': one,
    });
    expect(countsOf(records, 'cgroup')).toEqual({
      '/system.slice/cron.service': cron,
      [docker]: one,
      '/lxc.payload.web/system.slice/cron.service': one,
      '?': one,
    });
  });

  test('moves a process and its spawn to another unit when an exec has another cgroup', () => {
    const exec: ProbeEvent = {
      probe_source: 'process.exec',
      guest_pid: 12,
      guest_comm: 'app',
      guest_monotonic_ns: seconds(1.5),
      previous_comm: 'app',
      cgroup: '/system.slice/app.service',
    };
    const counts = countsOf([...records, exec], 'unit');
    expect(counts).toMatchObject({ 'app.service': { spawns: 1, alive: 1 } });
    expect(counts).not.toHaveProperty(`docker-${id}.scope`);
  });
});
