import { describe, expect, test } from 'vitest';
import type { ProbeEvent } from '../../../src/domain/events/event.ts';
import type { ExitStatus } from '../../../src/domain/events/exit-status.ts';
import { ChurnStats } from '../../../src/domain/stats/churn-stats.ts';
import { sortedGroups, summarizeGroup } from '../../../src/domain/stats/group-summary.ts';
import { groupings, otherKey } from '../../../src/domain/stats/groups.ts';
import { buildChurnReport } from '../../../src/domain/stats/report.ts';
import { statsOf } from '../../support/fixtures/churn-stats.ts';
import { exited, seconds, spawned, userChanged } from '../../support/fixtures/events.ts';

const exec = (pid: number, comm: string, at: number, from: string): ProbeEvent => ({
  probe_source: 'process.exec',
  guest_pid: pid,
  guest_comm: comm,
  guest_monotonic_ns: seconds(at),
  previous_comm: from,
});

const zombie = (
  pid: number,
  comm: string,
  at: number,
  ppid: number,
  status: ExitStatus = {},
): ProbeEvent => ({
  probe_source: 'process.zombie',
  guest_pid: pid,
  guest_comm: comm,
  guest_monotonic_ns: seconds(at),
  guest_ppid: ppid,
  ...status,
});

const row = (stats: ChurnStats, by: 'comm' | 'parent' | 'user', key: string) => {
  const group = stats.groups[by].find(key);
  return group && summarizeGroup(stats, group);
};

const initial = { initial: true as const };

describe('ChurnStats', () => {
  test('separates the time that a zombie ran from the time that it waited for its parent [fault:zombie-lifetime]', () => {
    const stats = statsOf([
      spawned(50, 'cron', 0, { ...initial, guest_ppid: 1, start_ticks: 5 }),
      spawned(51, 'adopter', 0, { ...initial, guest_ppid: 1, start_ticks: 6 }),
      spawned(60, 'job', 1, { guest_ppid: 50, start_ticks: 100 }),
      zombie(60, 'job', 1.05, 51),
      exited(60, 'job', 5.05, { lifetime_ns: seconds(0.05), zombie_ns: seconds(4) }),
    ]);
    const ran = { count: 1, min: seconds(0.05), max: seconds(0.05) };
    const waited = { count: 1, min: seconds(4), max: seconds(4) };
    expect(row(stats, 'comm', 'job')).toMatchObject({ lifetimes: ran, zombieTimes: waited });
    // The spawner counts the life, the parent that has to reap it counts the wait.
    expect(row(stats, 'parent', '50@5')).toMatchObject({ lifetimes: ran, zombieTimes: { count: 0 } });
    expect(row(stats, 'parent', '51@6')).toMatchObject({ lifetimes: { count: 0 }, zombieTimes: waited });
    const { zombies } = buildChurnReport({ stats, top: 5, mode: 'cursor' });
    expect(zombies).toMatchObject([{ key: '51@6', zombieTimes: waited }]);
  });

  test('reads a lifetime of a trace without zombie times as recorded', () => {
    const stats = statsOf([
      spawned(60, 'job', 1, { start_ticks: 100 }),
      zombie(60, 'job', 1.05, 50),
      exited(60, 'job', 5.05, { lifetime_ns: seconds(4.05) }),
    ]);
    const recorded = { lifetimes: { max: seconds(4.05) }, zombieTimes: { count: 0 } };
    expect(row(stats, 'comm', 'job')).toMatchObject(recorded);
  });

  test('counts a process by comm, parent and user', () => {
    const stats = statsOf([
      spawned(1, 'systemd', 0, { ...initial, guest_ppid: 0, start_ticks: 0 }),
      spawned(50, 'bash', 0, { ...initial, guest_ppid: 1, guest_uid: 1000, start_ticks: 5 }),
      spawned(60, 'ls', 1, { guest_ppid: 50, guest_uid: 1000, start_ticks: 100 }),
      exited(60, 'ls', 1.25, { lifetime_ns: seconds(0.25) }),
    ]);
    expect(row(stats, 'comm', 'ls')).toMatchObject({
      spawns: 1,
      exits: 1,
      alive: 0,
      peakRate: 1,
      lifetimes: { count: 1, min: seconds(0.25), p50: seconds(0.25), max: seconds(0.25) },
      topName: { name: 'bash', count: 1 },
    });
    expect(row(stats, 'parent', '50@5')).toMatchObject({
      spawns: 1,
      topName: { name: 'ls', count: 1 },
      lineage: [
        { pid: 50, comm: 'bash' },
        { pid: 1, comm: 'systemd' },
      ],
    });
    expect(row(stats, 'user', '1000')).toMatchObject({ spawns: 1, alive: 1 });
    expect(stats.all).toMatchObject({ spawns: 1, exits: 1, alive: 2 });
  });

  test('does not count a discovery as churn', () => {
    const stats = statsOf([spawned(5, 'a', 1, initial), spawned(6, 'b', 1, initial)]);
    expect(stats.all).toMatchObject({ spawns: 0, alive: 2 });
    expect(sortedGroups(stats, 'comm')).toEqual([]);
  });

  test('counts a process under its new comm after an exec', () => {
    const stats = statsOf([spawned(5, 'bash', 1), exec(5, 'ls', 1, 'bash'), exited(5, 'ls', 2)]);
    expect(row(stats, 'comm', 'bash')).toMatchObject({ spawns: 0, alive: 0, exits: 0, peakRate: 0 });
    expect(row(stats, 'comm', 'ls')).toMatchObject({ spawns: 1, execs: 1, exits: 1, alive: 0 });
    expect(stats.all).toMatchObject({ spawns: 1, execs: 1, exits: 1 });
  });

  test('computes the lifetime when the exit record has none', () => {
    const stats = statsOf([spawned(5, 'a', 1), exited(5, 'a', 3)]);
    expect(stats.all.lifetimes.max).toBe(seconds(2));
  });

  test('counts records that match a filter, and uses all records for parents', () => {
    const stats = statsOf(
      [
        spawned(5, 'make', 1, initial),
        spawned(6, 'make', 2, { guest_ppid: 5 }),
        exec(6, 'cc', 2, 'make'),
        spawned(7, 'ld', 2, { guest_ppid: 5 }),
        exited(6, 'cc', 3),
      ],
      {},
      (record) => 'guest_comm' in record && record.guest_comm === 'cc',
    );
    expect(stats.all).toMatchObject({ spawns: 1, exits: 1, alive: 0 });
    expect(stats.spawnsSeen).toBe(2);
    expect(sortedGroups(stats, 'parent').map((group) => group.lineage?.[0])).toEqual([
      { pid: 5, comm: 'make' },
    ]);
  });

  test('counts the exit only when only the exit matches the filter', () => {
    const stats = statsOf(
      [spawned(5, 'a', 1), spawned(6, 'b', 1), exited(5, 'a', 2)],
      {},
      (record) => record.probe_source === 'process.exited',
    );
    expect(stats.all).toMatchObject({ spawns: 0, alive: 0, exits: 1 });
    expect(row(stats, 'comm', 'a')).toMatchObject({ exits: 1, lifetimes: { max: seconds(1) } });
  });

  test('counts a zombie under the parent that does not reap it', () => {
    const stats = statsOf([
      spawned(1, 'init', 0, { ...initial, start_ticks: 0 }),
      spawned(5, 'shim', 0, { ...initial, start_ticks: 1 }),
      spawned(6, 'x', 1, { guest_ppid: 5 }),
      spawned(7, 'x', 1, { guest_ppid: 5 }),
      zombie(6, 'x', 2, 5),
      zombie(7, 'x', 2, 1),
      zombie(7, 'x', 2, 1),
      exited(6, 'x', 3),
    ]);
    expect(row(stats, 'parent', '5@1')).toMatchObject({ zombies: 0, maxZombies: 1 });
    expect(row(stats, 'parent', '1@0')).toMatchObject({ zombies: 1, maxZombies: 1 });
    expect(stats.all).toMatchObject({ zombies: 1, maxZombies: 2, alive: 3 });
    expect(buildChurnReport({ stats, top: 5, mode: 'cursor' }).zombies.map(({ key }) => key)).toEqual([
      '1@0',
    ]);
  });

  test('counts the exit status of a zombie once, also if its parent never reaps it', () => {
    const failure = { exit_code: 3 };
    const stats = statsOf([
      spawned(5, 'x', 1, { guest_ppid: 1 }),
      spawned(6, 'x', 1, { guest_ppid: 1 }),
      zombie(5, 'x', 2, 1, failure),
      zombie(6, 'x', 2, 1, failure),
      zombie(6, 'x', 3, 2, failure),
      exited(6, 'x', 4, { zombie_ns: seconds(2), ...failure }),
    ]);
    expect(row(stats, 'comm', 'x')).toMatchObject({
      exits: 1,
      exitStatuses: { known: 2, failed: 2, failures: [{ status: failure, count: 2 }] },
    });
    expect(row(stats, 'comm', 'x')?.exitStatuses.lastFailure).toMatchObject({ atNs: seconds(2) });
  });

  test('does not count the exit status of a process that is found as a zombie', () => {
    const failure = { exit_code: 3 };
    const stats = statsOf([
      spawned(5, 'x', 1, initial),
      zombie(5, 'x', 1, 1, failure),
      spawned(6, 'x', 1, initial),
      zombie(6, 'x', 2, 1, failure),
    ]);
    expect(row(stats, 'comm', 'x')?.exitStatuses).toMatchObject({ known: 1, failed: 1 });
  });

  test('counts the exit status of a zombie with its exit if only the exit matches the filter', () => {
    const failure = { exit_code: 3 };
    const stats = statsOf(
      [
        spawned(5, 'x', 1, { guest_ppid: 1 }),
        zombie(5, 'x', 2, 1, failure),
        exited(5, 'x', 3, { zombie_ns: seconds(1), ...failure }),
      ],
      {},
      ({ probe_source }) => probe_source !== 'process.spawned',
    );
    expect(row(stats, 'comm', 'x')).toMatchObject({ alive: 0, exits: 1, exitStatuses: { known: 1 } });
  });

  test('counts a missed exit when a PID is reused', () => {
    const stats = statsOf([spawned(5, 'a', 1), spawned(5, 'b', 2)]);
    expect(stats.all).toMatchObject({ spawns: 2, exits: 0, alive: 1 });
    expect(stats.missedExits).toBe(1);
  });

  test('counts an exit without a spawn, and leaves the live processes unchanged', () => {
    const stats = statsOf([exited(5, 'a', 2, { lifetime_ns: 7n })]);
    expect(stats.all).toMatchObject({ spawns: 0, exits: 1, alive: 0 });
    expect(stats.all.lifetimes.min).toBe(7n);
  });

  test('ignores a process that a new file lists again', () => {
    const spawn = spawned(5, 'a', 1, { start_ticks: 100 });
    const stats = statsOf([spawn, { ...spawn, ...initial, guest_monotonic_ns: seconds(9) }]);
    expect(stats.all).toMatchObject({ spawns: 1, alive: 1 });
    expect(stats.missedExits).toBe(0);
  });

  test('starts without live processes after another boot, and continues the rates', () => {
    const stats = new ChurnStats();
    stats.startRecorder({ host: 'a', boot_id: '1' });
    for (let at = 1000; at < 1010; at++) stats.apply(spawned(at, 'x', at));
    stats.startRecorder({ host: 'a', boot_id: '2' });
    for (let at = 1; at < 10; at++) stats.apply(spawned(at, 'x', at));
    expect(stats.all).toMatchObject({ spawns: 19, alive: 9 });
    expect(stats.spanNs).toBe(seconds(9 + 8));
    expect(summarizeGroup(stats, stats.all)).toMatchObject({ peakRate: 1, rate: 1 });
  });

  describe('[fault:two-hosts] keeps guests apart', () => {
    const clockAt = (second: number) => ({
      monotonic_ns: 0n,
      realtime: new Date(Date.UTC(2026, 0, 1, 12, 0, second)).toISOString(),
    });
    const guest = (host: string, boot_id: string, pid_ns: string, second: number) => ({
      host,
      boot_id,
      pid_ns,
      clock: clockAt(second),
    });
    /** Reports the live processes of two recorders. Each finds PID 1, with equal start ticks, and three children. */
    const aliveOf = (...guests: ReturnType<typeof guest>[]) => {
      const stats = new ChurnStats();
      for (const origin of guests) {
        stats.startRecorder(origin);
        stats.apply(spawned(1, 'init', 0, { initial: true, guest_ppid: 0, start_ticks: 1 }));
        for (const pid of [5, 6, 7]) stats.apply(spawned(pid, 'x', 5, { start_ticks: 500 }));
      }
      return { alive: stats.all.alive, missedExits: stats.missedExits, parents: stats.groups.parent.size };
    };

    test.each([
      ['two hosts', guest('a', '1', 'p', 0), guest('b', '2', 'p', 0), 8, 4],
      ['two hosts of one name, at the same time', guest('a', '1', 'p', 0), guest('a', '2', 'p', 2), 8, 4],
      ['two PID namespaces', guest('a', '1', 'p', 0), guest('a', '1', 'q', 2), 8, 4],
      ['a host before and after a boot', guest('a', '1', 'p', 0), guest('a', '2', 'p', 60), 4, 4],
      ['one guest, recorded again', guest('a', '1', 'p', 0), guest('a', '1', 'p', 60), 4, 2],
    ])('%s', (_, one, other, alive, parents) => {
      expect(aliveOf(one, other)).toEqual({ alive, missedExits: 0, parents });
    });

    test('a recorder of an earlier guest replaces its processes only', () => {
      const [a, b] = [guest('a', '1', 'p', 0), guest('b', '2', 'p', 0)];
      expect(aliveOf(a, b, a)).toMatchObject({ alive: 8, missedExits: 0 });
    });
  });

  test('sums gaps by reason', () => {
    const gap = {
      probe_source: 'trace.gap' as const,
      from_monotonic_ns: seconds(1),
      to_monotonic_ns: seconds(3),
    };
    const stats = statsOf([
      spawned(5, 'a', 1),
      { ...gap, reason: 'unseen', tasks: 3 },
      { ...gap, reason: 'stalled' },
    ]);
    expect(buildChurnReport({ stats, top: 5, mode: 'cursor' }).coverage).toMatchObject({
      seenShare: 0.25,
      missed: 3,
      gaps: { stalled: { gaps: 1, totalNs: seconds(2) } },
    });
    expect(
      buildChurnReport({ stats: new ChurnStats(), top: 5, mode: 'walk' }).coverage.seenShare,
    ).toBeUndefined();
  });
});

describe('ChurnStats is bounded', () => {
  const unrelated = function* (count: number) {
    for (let pid = 1; pid <= count; pid++) {
      yield spawned(pid, `name-${pid}`, pid / 100, { guest_ppid: 100_000 + pid });
      yield exited(pid, `name-${pid}`, pid / 100 + 0.001);
    }
  };

  test('merges groups beyond the limit, and counts them', () => {
    const stats = statsOf(unrelated(1000), { maxGroups: 64 });
    for (const by of groupings) expect(stats.groups[by].size).toBeLessThanOrEqual(64);
    const { other, evicted } = stats.groups.comm;
    expect(evicted + stats.groups.comm.size).toBe(1000);
    expect(other).toMatchObject({ key: otherKey, spawns: evicted, exits: evicted, alive: 0 });
    expect(sortedGroups(stats, 'comm').at(-1)?.key).toBe(otherKey);
  });

  test('keeps a busy group', () => {
    const busy = function* () {
      for (const event of unrelated(500)) {
        yield event;
        yield spawned(9_999, 'busy', Number(event.guest_monotonic_ns) / 1e9);
      }
    };
    expect(statsOf(busy(), { maxGroups: 16 }).groups.comm.find('busy')?.spawns).toBe(1000);
  });

  test('evicts live processes beyond the limit, and counts them', () => {
    const spawns = Array.from({ length: 100 }, (_, pid) => spawned(pid, 'x', 1));
    const stats = statsOf(spawns, { maxProcesses: 10 });
    expect(stats.all.alive).toBe(10);
    expect(stats.evictedProcesses).toBe(90);
  });
});

test('a process counts under its current user [fault:user-change]', () => {
  const stats = statsOf([spawned(5, 'nginx', 1, { guest_uid: 0 }), userChanged(5, 'nginx', 2)]);
  expect(row(stats, 'user', '0')).toMatchObject({ spawns: 0, alive: 0 });
  expect(row(stats, 'user', '33')).toMatchObject({ spawns: 1, alive: 1, execs: 0 });
});

test('a zombie counts under its current parent [fault:zombie-adopted]', () => {
  const stats = statsOf([
    spawned(1, 'init', 1, { initial: true, start_ticks: 1 }),
    spawned(5, 'parent', 1, { guest_ppid: 1, start_ticks: 1 }),
    spawned(6, 'x', 1, { guest_ppid: 5 }),
    zombie(6, 'x', 2, 5),
    zombie(6, 'x', 3, 1),
  ]);
  expect(row(stats, 'parent', '5@1')).toMatchObject({ zombies: 0, maxZombies: 1 });
  expect(row(stats, 'parent', '1@1')).toMatchObject({ zombies: 1, maxZombies: 1 });
  expect(stats.all.zombies).toBe(1);
  stats.apply(exited(6, 'x', 4));
  expect([stats.all.zombies, row(stats, 'parent', '1@1')?.zombies]).toEqual([0, 0]);
});
