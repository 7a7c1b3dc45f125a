import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ProbeEvent } from '../../../src/domain/events/event.ts';
import { groupings } from '../../../src/domain/stats/groups.ts';
import { buildChurnReport } from '../../../src/domain/stats/report.ts';
import { statsOf } from '../../support/fixtures/churn-stats.ts';
import { seconds } from '../../support/fixtures/events.ts';
import { syntheticEvents } from '../../support/fixtures/synthetic-trace.ts';

describe('ChurnStats stays consistent', () => {
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
        ...(what === 'initial' && { initial: true as const }),
      };
    });

  test('each grouping adds up to the total, and no count is negative, for any events', () => {
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
            const groups = [...stats.groups[by]];
            for (const what of ['spawns', 'exits', 'alive', 'execs', 'zombies'] as const) {
              expect(groups.reduce((sum, group) => sum + group[what], 0)).toBe(stats.all[what]);
              for (const group of groups) expect(group[what]).toBeGreaterThanOrEqual(0);
            }
            expect(groups.reduce((sum, group) => sum + group.lifetimes.count, 0)).toBe(
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

  test('every process of a generated trace has exited or is alive', () => {
    const stats = statsOf(syntheticEvents(5000));
    expect(stats.all.spawns).toBe(5000);
    expect(stats.all.exits + stats.all.alive).toBe(5000 + 20);
    expect(stats.missedExits).toBe(0);
  });
});
