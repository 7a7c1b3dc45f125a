import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ChurnRecord, ProbeEvent } from '../../../src/domain/events/event.ts';
import { ChurnStats, type StatsOptions } from '../../../src/domain/stats/churn-stats.ts';
import { sortedGroups, summarizeGroup } from '../../../src/domain/stats/group-summary.ts';
import { groupings, otherKey } from '../../../src/domain/stats/groups.ts';
import { buildChurnReport } from '../../../src/domain/stats/report.ts';
import { exited, seconds, spawned } from '../../support/fixtures/events.ts';
import { syntheticEvents } from '../../support/fixtures/synthetic-trace.ts';

const statsOf = (
  records: Iterable<ChurnRecord>,
  options: StatsOptions = {},
  passes: (record: ChurnRecord) => boolean = () => true,
): ChurnStats => {
  const stats = new ChurnStats(options);
  for (const record of records) stats.apply(record, passes(record));
  return stats;
};

const exec = (pid: number, comm: string, at: number, from: string): ProbeEvent => ({
  probe_source: 'process.exec',
  guest_pid: pid,
  guest_comm: comm,
  guest_monotonic_ns: seconds(at),
  previous_comm: from,
});

const zombie = (pid: number, comm: string, at: number, ppid: number): ProbeEvent => ({
  probe_source: 'process.zombie',
  guest_pid: pid,
  guest_comm: comm,
  guest_monotonic_ns: seconds(at),
  guest_ppid: ppid,
});

const row = (stats: ChurnStats, by: 'comm' | 'parent' | 'user', key: string) => {
  const tally = stats.groups[by].find(key);
  return tally && summarizeGroup(stats, tally);
};

const found = { initial: true as const };

describe('ChurnStats', () => {
  test('counts a life by comm, parent and user', () => {
    const stats = statsOf([
      spawned(1, 'systemd', 0, { ...found, guest_ppid: 0, start_ticks: 0 }),
      spawned(50, 'bash', 0, { ...found, guest_ppid: 1, guest_uid: 1000, start_ticks: 5 }),
      spawned(60, 'ls', 1, { guest_ppid: 50, guest_uid: 1000, start_ticks: 100 }),
      exited(60, 'ls', 1.25, { lifetime_ns: seconds(0.25) }),
    ]);
    expect(row(stats, 'comm', 'ls')).toMatchObject({
      spawns: 1,
      exits: 1,
      alive: 0,
      peak: 1,
      lifetimes: { count: 1, min: seconds(0.25), p50: seconds(0.25), max: seconds(0.25) },
      mostly: { name: 'bash', count: 1 },
    });
    expect(row(stats, 'parent', '50@5')).toMatchObject({
      spawns: 1,
      mostly: { name: 'ls', count: 1 },
      lineage: [
        { pid: 50, comm: 'bash' },
        { pid: 1, comm: 'systemd' },
      ],
    });
    expect(row(stats, 'user', '1000')).toMatchObject({ spawns: 1, alive: 1 });
    expect(stats.all).toMatchObject({ spawns: 1, exits: 1, alive: 2 });
  });

  test('discovery is no churn', () => {
    const stats = statsOf([spawned(5, 'a', 1, found), spawned(6, 'b', 1, found)]);
    expect(stats.all).toMatchObject({ spawns: 0, alive: 2 });
    expect(sortedGroups(stats, 'comm')).toEqual([]);
  });

  test('a fork that execs counts under its new name', () => {
    const stats = statsOf([spawned(5, 'bash', 1), exec(5, 'ls', 1, 'bash'), exited(5, 'ls', 2)]);
    expect(row(stats, 'comm', 'bash')).toMatchObject({ spawns: 0, alive: 0, exits: 0, peak: 0 });
    expect(row(stats, 'comm', 'ls')).toMatchObject({ spawns: 1, execs: 1, exits: 1, alive: 0 });
    expect(stats.all).toMatchObject({ spawns: 1, execs: 1, exits: 1 });
  });

  test('a lifetime that is not told is what was seen of it', () => {
    const stats = statsOf([spawned(5, 'a', 1), exited(5, 'a', 3)]);
    expect(stats.all.lifetimes.max).toBe(seconds(2));
  });

  test('a filter counts some; parents are known all the same', () => {
    const stats = statsOf(
      [
        spawned(5, 'make', 1, found),
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
    expect(sortedGroups(stats, 'parent').map((tally) => tally.lineage?.[0])).toEqual([
      { pid: 5, comm: 'make' },
    ]);
  });

  test('what only its end lets pass counts as an end', () => {
    const stats = statsOf(
      [spawned(5, 'a', 1), spawned(6, 'b', 1), exited(5, 'a', 2)],
      {},
      (record) => record.probe_source === 'process.exited',
    );
    expect(stats.all).toMatchObject({ spawns: 0, alive: 0, exits: 1 });
    expect(row(stats, 'comm', 'a')).toMatchObject({ exits: 1, lifetimes: { max: seconds(1) } });
  });

  test('zombies belong to the parent that does not reap them', () => {
    const stats = statsOf([
      spawned(1, 'init', 0, { ...found, start_ticks: 0 }),
      spawned(5, 'shim', 0, { ...found, start_ticks: 1 }),
      spawned(6, 'x', 1, { guest_ppid: 5 }),
      spawned(7, 'x', 1, { guest_ppid: 5 }),
      zombie(6, 'x', 2, 5),
      zombie(7, 'x', 2, 1),
      zombie(7, 'x', 2, 1),
      exited(6, 'x', 3),
    ]);
    expect(row(stats, 'parent', '5@1')).toMatchObject({ zombies: 0, mostZombies: 1 });
    expect(row(stats, 'parent', '1@0')).toMatchObject({ zombies: 1, mostZombies: 1 });
    expect(stats.all).toMatchObject({ zombies: 1, mostZombies: 2, alive: 3 });
    expect(buildChurnReport({ stats, top: 5, mode: 'cursor' }).zombies.map(({ key }) => key)).toEqual([
      '1@0',
    ]);
  });

  test('a PID taken by another ends the one before as vanished', () => {
    const stats = statsOf([spawned(5, 'a', 1), spawned(5, 'b', 2)]);
    expect(stats.all).toMatchObject({ spawns: 2, exits: 0, alive: 1 });
    expect(stats.missedExits).toBe(1);
  });

  test('an end without a beginning is an end, and nobody is alive less', () => {
    const stats = statsOf([exited(5, 'a', 2, { lifetime_ns: 7n })]);
    expect(stats.all).toMatchObject({ spawns: 0, exits: 1, alive: 0 });
    expect(stats.all.lifetimes.min).toBe(7n);
  });

  test('a part that tells again who is alive changes nothing', () => {
    const life = spawned(5, 'a', 1, { start_ticks: 100 });
    const stats = statsOf([life, { ...life, ...found, guest_monotonic_ns: seconds(9) }]);
    expect(stats.all).toMatchObject({ spawns: 1, alive: 1 });
    expect(stats.missedExits).toBe(0);
  });

  test('another boot begins with nobody, and rates go on', () => {
    const stats = new ChurnStats();
    stats.startRecorder({ host: 'a', boot_id: '1' });
    for (let at = 1000; at < 1010; at++) stats.apply(spawned(at, 'x', at));
    stats.startRecorder({ host: 'a', boot_id: '2' });
    for (let at = 1; at < 10; at++) stats.apply(spawned(at, 'x', at));
    expect(stats.all).toMatchObject({ spawns: 19, alive: 9 });
    expect(stats.spanNs).toBe(seconds(9 + 8));
    expect(summarizeGroup(stats, stats.all)).toMatchObject({ peak: 1, rate: 1 });
  });

  test('gaps are told by reason', () => {
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
      seen: 0.25,
      unseen: 3,
      losses: { stalled: { gaps: 1, ns: seconds(2) } },
    });
    expect(
      buildChurnReport({ stats: new ChurnStats(), top: 5, mode: 'walk' }).coverage.seenShare,
    ).toBeUndefined();
  });
});

describe('bounds', () => {
  const strangers = function* (count: number) {
    for (let pid = 1; pid <= count; pid++) {
      yield spawned(pid, `name-${pid}`, pid / 100, { guest_ppid: 100_000 + pid });
      yield exited(pid, `name-${pid}`, pid / 100 + 0.001);
    }
  };

  test('keys beyond the limit fall together and are counted', () => {
    const stats = statsOf(strangers(1000), { maxGroups: 64 });
    for (const by of groupings) expect(stats.groups[by].size).toBeLessThanOrEqual(64);
    const { other, evicted } = stats.groups.comm;
    expect(evicted + stats.groups.comm.size).toBe(1000);
    expect(other).toMatchObject({ key: otherKey, spawns: evicted, exits: evicted, alive: 0 });
    expect(sortedGroups(stats, 'comm').at(-1)?.key).toBe(otherKey);
  });

  test('a busy key stays', () => {
    const busy = function* () {
      for (const event of strangers(500)) {
        yield event;
        yield spawned(9_999, 'busy', Number(event.guest_monotonic_ns) / 1e9);
      }
    };
    expect(statsOf(busy(), { maxGroups: 16 }).groups.comm.find('busy')?.spawns).toBe(1000);
  });

  test('lives beyond the limit are forgotten and counted', () => {
    const births = Array.from({ length: 100 }, (_, pid) => spawned(pid, 'x', 1));
    const stats = statsOf(births, { maxProcesses: 10 });
    expect(stats.all.alive).toBe(10);
    expect(stats.evictedProcesses).toBe(90);
  });
});

describe('restart loops', () => {
  const lives = (comm: string, starts: readonly number[], lasts: number, ppid = 1, first = 100) =>
    starts.flatMap((at, index) => [
      spawned(first + index, comm, at, { guest_ppid: ppid, window_ns: 0n }),
      exited(first + index, comm, at + lasts, { window_ns: 0n }),
    ]);
  const inOrder = (events: ProbeEvent[]) =>
    events.toSorted((a, b) => Number(a.guest_monotonic_ns - b.guest_monotonic_ns));
  const loops = (events: ProbeEvent[]) =>
    buildChurnReport({
      stats: statsOf(inOrder([spawned(1, 'init', 0, found), ...events])),
      top: 9,
      mode: undefined,
    }).restartLoops;
  const every = (period: number, count: number) =>
    Array.from({ length: count }, (_, index) => 1 + index * period);

  test('a service that ends young every two seconds', () => {
    expect(loops(lives('crashy', every(2, 8), 0.5))).toEqual([
      {
        comm: 'crashy',
        parentKey: '1@0',
        lineage: [{ pid: 1, comm: 'init' }],
        kind: 'steady',
        count: 8,
        periodNs: 2e9,
        goesOn: true,
      },
    ]);
  });

  test('one that is started longer and longer after', () => {
    expect(loops(lives('backoff', [1, 2, 4, 8, 16, 32, 64], 0.5))).toMatchObject([
      { kind: 'backing off', count: 7 },
    ]);
  });

  test('one that is started at once, however long it lives', () => {
    let at = 1;
    const events = [5, 1, 9, 2, 8, 1, 7, 3, 1, 9, 2, 8, 1, 5].flatMap((tenths, index) => {
      const born = at;
      at += tenths;
      return lives('prompt', [born], tenths - 0.05, 1, 100 + index);
    });
    expect(loops(events)).toMatchObject([{ kind: 'prompt', count: 14 }]);
  });

  test.each([
    ['parallel children', lives('cc', every(0.1, 50), 0.25)],
    ['lives that are not young', lives('worker', every(30, 9), 20)],
    ['four lives', lives('few', every(1, 4), 0.1)],
    [
      'different parents',
      every(1, 9).flatMap((at, index) => lives('x', [at], 0.1, 500 + index, 100 + index)),
    ],
  ])('none: %s', (_, events) => {
    expect(loops(events)).toEqual([]);
  });

  test('a spawn told before the end of the one before, in the same look, still follows it', () => {
    const events = every(1, 8).flatMap((at, index) => [
      spawned(100 + index, 'x', at, { window_ns: seconds(0.1) }),
      ...(index > 0 ? [exited(99 + index, 'x', at, { window_ns: seconds(0.1) })] : []),
    ]);
    expect(loops(events)).toMatchObject([{ comm: 'x', count: 7 }]);
  });
});

describe('whatever happens', () => {
  const event = fc
    .record({
      what: fc.constantFrom('spawned', 'initial', 'exec', 'zombie', 'exited'),
      pid: fc.integer({ min: 1, max: 12 }),
      comm: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
      ppid: fc.option(fc.integer({ min: 0, max: 12 }), { nil: undefined }),
      uid: fc.option(fc.integer({ min: 0, max: 2 }), { nil: undefined }),
      ticks: fc.option(fc.integer({ min: 0, max: 3 }), { nil: undefined }),
      at: fc.integer({ min: 0, max: 300 }),
    })
    .map(({ what, pid, comm, ppid, uid, ticks, at }): ProbeEvent => {
      const common = {
        guest_pid: pid,
        guest_comm: comm,
        guest_monotonic_ns: seconds(at / 4),
        ...(ticks !== undefined && { start_ticks: ticks }),
      };
      const parent = ppid === undefined ? {} : { guest_ppid: ppid };
      const user = uid === undefined ? {} : { guest_uid: uid };
      if (what === 'exec') return { probe_source: 'process.exec', ...common, previous_comm: '?', ...user };
      if (what === 'zombie') return { probe_source: 'process.zombie', ...common, ...parent };
      if (what === 'exited') return { probe_source: 'process.exited', ...common };
      return {
        probe_source: 'process.spawned',
        ...common,
        ...parent,
        ...user,
        ...(what === 'initial' && found),
      };
    });

  test('each grouping adds up to the whole, and nothing is negative', () => {
    fc.assert(
      fc.property(
        fc.array(event, { maxLength: 120 }),
        fc.integer({ min: 1, max: 4 }),
        fc.boolean(),
        (events, maxGroups, filtered) => {
          const stats = statsOf(
            events,
            { maxGroups, maxProcesses: 6 },
            (record) =>
              !filtered ||
              ('guest_comm' in record &&
                record.guest_comm !== 'c' &&
                record.probe_source !== 'process.zombie'),
          );
          for (const by of groupings) {
            const tallies = [...stats.groups[by]];
            for (const what of ['spawns', 'exits', 'alive', 'execs', 'zombies'] as const) {
              expect(tallies.reduce((sum, tally) => sum + tally[what], 0)).toBe(stats.all[what]);
              for (const tally of tallies) expect(tally[what]).toBeGreaterThanOrEqual(0);
            }
            expect(tallies.reduce((sum, tally) => sum + tally.lifetimes.count, 0)).toBe(
              stats.all.lifetimes.count,
            );
          }
          expect(stats.all.alive).toBeLessThanOrEqual(6);
          expect(stats.all.zombies).toBeLessThanOrEqual(stats.all.alive);
          buildChurnReport({ stats, top: 9, mode: undefined });
        },
      ),
      { numRuns: 500 },
    );
  });

  test('a made guest: everyone who was born has ended or lives', () => {
    const stats = statsOf(syntheticEvents(5000));
    expect(stats.all.spawns).toBe(5000);
    expect(stats.all.exits + stats.all.alive).toBe(5000 + 20);
    expect(stats.missedExits).toBe(0);
  });
});
