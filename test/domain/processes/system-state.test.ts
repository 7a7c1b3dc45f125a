import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ChurnRecord } from '../../../src/domain/events/event.ts';
import { SystemState } from '../../../src/domain/processes/system-state.ts';
import { execed, exited, gap, seconds, spawned, zombie } from '../../support/fixtures/events.ts';

const worldOf = (...records: ChurnRecord[]) => {
  const world = new SystemState();
  world.apply({ nowNs: seconds(10), records });
  return world;
};

test('discovery fills the table, not the log and the rates', () => {
  const world = worldOf(spawned(1, 'init', 1, { initial: true }), spawned(9, 'new', 9.5));
  expect(world.table.size).toBe(2);
  expect([...world.log].map(({ record }) => record)).toMatchObject([{ guest_comm: 'new' }]);
  expect(world.spawns.total).toBe(1);
});

test('an entry bears the name its parent had then', () => {
  const world = worldOf(
    spawned(1, 'init', 1, { initial: true }),
    spawned(5, 'sh', 2, { guest_ppid: 1 }),
    spawned(6, 'child', 3, { guest_ppid: 5 }),
    execed(5, 'server', 4),
    zombie(6, 'child', 5, { guest_ppid: 5 }),
    spawned(7, 'orphan', 6, { guest_ppid: 4000 }),
    exited(6, 'child', 7),
  );
  expect([...world.log].map(({ parentComm }) => parentComm)).toEqual([
    'init',
    'sh',
    undefined,
    'server',
    undefined,
    undefined,
  ]);
});

test('what was lost is counted by reason and stands in the log', () => {
  const world = worldOf(
    gap('unseen', { tasks: 4 }),
    gap('unseen', { tasks: 3 }),
    gap('dropped', { events: 9 }),
    gap('stalled'),
  );
  expect(Object.fromEntries(world.lostByReason)).toEqual({ unseen: 7, dropped: 9, stalled: 0 });
  expect(world.log.length).toBe(4);
});

test('time never runs back', () => {
  const world = worldOf();
  world.apply({ nowNs: seconds(3), records: [] });
  expect(world.nowNs).toBe(seconds(10));
});

test('the log is bounded and says what fell off', () => {
  const world = new SystemState(3);
  world.apply({ nowNs: 1n, records: Array.from({ length: 10 }, (_, pid) => spawned(pid, 'x', 0)) });
  expect([world.log.length, world.log.dropped, world.table.size]).toEqual([3, 7, 10]);
});

test('a frozen world stands still, and thaws into the same world', () => {
  const record = fc
    .tuple(fc.constantFrom(spawned, execed, zombie, exited), fc.integer({ min: 1, max: 4 }), fc.nat(40))
    .map(([make, pid, at]): ChurnRecord => make(pid, 'x', at / 4));
  const records = fc.array(fc.oneof(record, fc.constant(gap('unseen', { tasks: 2 }))), { maxLength: 20 });
  const picture = ({ nowNs, table, log, spawns, exits, lostByReason }: SystemState) =>
    structuredClone({
      nowNs,
      live: [...table.live()],
      ended: table.recentlyExited(),
      log: [...log],
      dropped: log.dropped,
      rates: [spawns.history(), exits.history(), spawns.total, exits.total],
      lost: lostByReason,
    });
  fc.assert(
    fc.property(records, records, (early, late) => {
      const world = new SystemState(5);
      world.apply({ nowNs: seconds(5), records: early });
      const frozen = world.clone();
      const before = picture(frozen);
      world.apply({ nowNs: seconds(8), records: late });
      expect(picture(frozen)).toEqual(before);
      frozen.apply({ nowNs: seconds(8), records: late });
      expect(picture(frozen)).toEqual(picture(world));
    }),
  );
});
