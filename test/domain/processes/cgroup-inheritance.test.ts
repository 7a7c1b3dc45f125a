import { expect, test } from 'vitest';
import type { ProbeEvent } from '../../../src/domain/events/event.ts';
import { SystemState } from '../../../src/domain/processes/system-state.ts';
import { statsOf } from '../../support/fixtures/churn-stats.ts';
import { exited, seconds, spawned } from '../../support/fixtures/events.ts';

const service = '/system.slice/app.service';

/** Returns the cgroup of a process in the table, in its origin, and in the statistics. */
const cgroupsOf = (pid: number, records: readonly ProbeEvent[]) => {
  const system = new SystemState();
  system.apply({ nowNs: seconds(2), records });
  const stats = statsOf(records);
  const counted = [...stats.groups.cgroup].filter(({ alive }) => alive > 0).map(({ key }) => key);
  return {
    table: system.table.get(pid)?.cgroup,
    origin: system.ancestry.find({ pid, startTicks: undefined })?.cgroup,
    counted: counted.sort(),
  };
};

const parent = spawned(10, 'app', 1, { guest_ppid: 1, cgroup: service });
const child = spawned(20, 'app', 1.5, { guest_ppid: 10 });

test('a child has the cgroup of its parent when its own was not read', () => {
  expect(cgroupsOf(20, [parent, child])).toEqual({ table: service, origin: service, counted: [service] });
});

test('a child has its own cgroup when it was read, as after CLONE_INTO_CGROUP', () => {
  const read = { ...child, cgroup: '/jobs/1' };
  expect(cgroupsOf(20, [parent, read])).toEqual({
    table: '/jobs/1',
    origin: '/jobs/1',
    counted: ['/jobs/1', service],
  });
});

test('an exec with a cgroup replaces the inherited one', () => {
  const unread: ProbeEvent = {
    probe_source: 'process.exec',
    guest_pid: 20,
    guest_comm: 'job',
    guest_monotonic_ns: seconds(1.6),
    previous_comm: 'app',
  };
  const exec: ProbeEvent = { ...unread, cgroup: '/jobs/2' };
  expect(cgroupsOf(20, [parent, child, exec])).toMatchObject({ table: '/jobs/2', origin: '/jobs/2' });
  expect(cgroupsOf(20, [parent, child, unread])).toMatchObject({
    table: service,
    origin: service,
  });
});

test('a child of a parent that has exited inherits in table and origin', () => {
  const gone = exited(10, 'app', 1.4);
  expect(cgroupsOf(20, [parent, gone, child])).toMatchObject({ table: service, origin: service });
});

test.each(['/init.scope', '/user.slice/user-1000.slice/user@1000.service/init.scope'])(
  'a child of a service manager in %s inherits nothing, because it is placed in the cgroup of its unit',
  (cgroup) => {
    expect(cgroupsOf(20, [{ ...parent, cgroup }, child])).toMatchObject({
      table: undefined,
      origin: undefined,
    });
  },
);

test('a process found alive inherits nothing, because its parent may have adopted it', () => {
  const found = { ...child, initial: true as const };
  expect(cgroupsOf(20, [{ ...parent, initial: true }, found])).toMatchObject({
    table: undefined,
    origin: undefined,
  });
});

test('a child does not inherit from a process that reused the PID of its parent', () => {
  const reused = { ...parent, start_ticks: 900 };
  expect(cgroupsOf(20, [reused, { ...child, start_ticks: 500 }])).toMatchObject({
    table: undefined,
    origin: undefined,
  });
});
