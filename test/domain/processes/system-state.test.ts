import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ChurnRecord } from '../../../src/domain/events/event.ts';
import { SystemState } from '../../../src/domain/processes/system-state.ts';
import { execed, exited, gap, seconds, spawned, userChanged, zombie } from '../../support/fixtures/events.ts';

const stateOf = (...records: ChurnRecord[]) => {
  const state = new SystemState();
  state.apply({ nowNs: seconds(10), records });
  return state;
};

test('discovery fills the table, but neither the log nor the rates', () => {
  const state = stateOf(spawned(1, 'init', 1, { initial: true }), spawned(9, 'new', 9.5));
  expect(state.table.size).toBe(2);
  expect([...state.log].map(({ record }) => record)).toMatchObject([{ guest_comm: 'new' }]);
  expect(state.spawns.total).toBe(1);
});

test('a log entry has the name of the parent as of the event', () => {
  const state = stateOf(
    spawned(1, 'init', 1, { initial: true }),
    spawned(5, 'sh', 2, { guest_ppid: 1 }),
    spawned(6, 'child', 3, { guest_ppid: 5 }),
    execed(5, 'server', 4),
    zombie(6, 'child', 5, { guest_ppid: 5 }),
    spawned(7, 'orphan', 6, { guest_ppid: 4000 }),
    exited(6, 'child', 7),
  );
  expect([...state.log].map(({ parentComm }) => parentComm)).toEqual([
    'init',
    'sh',
    'init',
    'server',
    undefined,
    'server',
  ]);
});

test('reaperOf returns the current parent of a zombie, and none that has exited [fault:zombie-adopted]', () => {
  const family = [
    spawned(1, 'init', 1, { initial: true }),
    spawned(5, 'subreap', 2, { guest_ppid: 1 }),
    spawned(6, 'grandpa', 3, { guest_ppid: 5 }),
    spawned(7, 'middle', 4, { guest_ppid: 6 }),
    spawned(8, 'orphan', 5, { guest_ppid: 7 }),
    exited(7, 'middle', 6),
  ];
  const reaperOf = (...records: ChurnRecord[]) => {
    const state = stateOf(...family, ...records);
    const entry = state.table.get(8);
    return entry && state.reaperOf(entry)?.comm;
  };
  const waiting = zombie(8, 'orphan', 7, { guest_ppid: 5 });
  expect(reaperOf(waiting)).toBe('subreap');
  expect(reaperOf(waiting, exited(5, 'subreap', 8))).toBeUndefined();
  expect(reaperOf(waiting, exited(5, 'subreap', 8), spawned(5, 'reused', 9))).toBeUndefined();
  expect(reaperOf(waiting, zombie(5, 'subreap', 8, { guest_ppid: 1 }))).toBeUndefined();
  expect(reaperOf(waiting, exited(5, 'subreap', 8), zombie(8, 'orphan', 8, { guest_ppid: 1 }))).toBe('init');
  expect(reaperOf(zombie(8, 'orphan', 7))).toBeUndefined();
});

test('gaps are counted by reason and appear in the log', () => {
  const state = stateOf(
    gap('unseen', { tasks: 4 }),
    gap('unseen', { tasks: 3 }),
    gap('dropped', { events: 9 }),
    gap('stalled'),
  );
  expect(Object.fromEntries(state.lostByReason)).toEqual({ unseen: 7, dropped: 9, stalled: 0 });
  expect(state.log.length).toBe(4);
});

test('nowNs never decreases', () => {
  const state = stateOf();
  state.apply({ nowNs: seconds(3), records: [] });
  expect(state.nowNs).toBe(seconds(10));
});

test('the log is bounded and counts the dropped entries', () => {
  const state = new SystemState(3);
  state.apply({ nowNs: 1n, records: Array.from({ length: 10 }, (_, pid) => spawned(pid, 'x', 0)) });
  expect([state.log.length, state.log.dropped, state.table.size]).toEqual([3, 7, 10]);
});

test('a clone is independent of the original, and both evolve alike', () => {
  const record = fc
    .tuple(
      fc.constantFrom(spawned, execed, userChanged, zombie, exited),
      fc.integer({ min: 1, max: 4 }),
      fc.nat(40),
    )
    .map(([make, pid, at]): ChurnRecord => make(pid, 'x', at / 4));
  const records = fc.array(fc.oneof(record, fc.constant(gap('unseen', { tasks: 2 }))), { maxLength: 20 });
  const contentOf = ({ nowNs, table, log, spawns, exits, lostByReason }: SystemState) =>
    structuredClone({
      nowNs,
      live: [...table.live()],
      exited: table.recentlyExited(),
      log: [...log],
      dropped: log.dropped,
      rates: [spawns.history(), exits.history(), spawns.total, exits.total],
      lost: lostByReason,
    });
  fc.assert(
    fc.property(records, records, (early, late) => {
      const state = new SystemState(5);
      state.apply({ nowNs: seconds(5), records: early });
      const clone = state.clone();
      const before = contentOf(clone);
      state.apply({ nowNs: seconds(8), records: late });
      expect(contentOf(clone)).toEqual(before);
      clone.apply({ nowNs: seconds(8), records: late });
      expect(contentOf(clone)).toEqual(contentOf(state));
    }),
  );
});
