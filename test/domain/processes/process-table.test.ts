import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ProbeEvent } from '../../../src/domain/events/event.ts';
import { ageNs, type ProcessEntry, ProcessTable } from '../../../src/domain/processes/process-table.ts';
import { execed, exited, seconds, spawned, userChanged, zombie } from '../../support/fixtures/events.ts';

describe('ageNs', () => {
  const entryOf = (event: ProbeEvent, ...more: ProbeEvent[]) => {
    const table = new ProcessTable();
    for (const each of [event, ...more]) table.apply(each);
    return (table.get(event.guest_pid) ?? table.recentlyExited()[0]) as ProcessEntry;
  };

  test.each([
    ['counts from the spawn', entryOf(spawned(5, 'a', 2)), 0n, seconds(3)],
    [
      'counts from the start ticks of an initial process',
      entryOf(spawned(5, 'a', 2, { initial: true, start_ticks: 100 })),
      0n,
      seconds(4),
    ],
    [
      'includes the time suspended',
      entryOf(spawned(5, 'a', 2, { initial: true, start_ticks: 100 })),
      seconds(7),
      seconds(11),
    ],
    ['is never negative', entryOf(spawned(5, 'a', 2, { initial: true, start_ticks: 600 })), 0n, 0n],
    [
      'is the lifetime of an exited process',
      entryOf(spawned(5, 'a', 2), exited(5, 'a', 3, { lifetime_ns: 42n })),
      0n,
      42n,
    ],
    [
      'is undefined for an exited process without a lifetime',
      entryOf(spawned(5, 'a', 2), exited(5, 'a', 3)),
      0n,
      undefined,
    ],
  ])('%s', (_, process, bootOffsetNs, age) => {
    expect(ageNs(process, seconds(5), bootOffsetNs)).toBe(age);
  });

  test('is undefined for an initial process that could not be read', () => {
    const { start_ticks: _, ...unread } = spawned(5, '', 2, { initial: true });
    expect(ageNs(entryOf(unread), seconds(5), 0n)).toBeUndefined();
  });
});

const tableOf = (...events: ProbeEvent[]) => {
  const table = new ProcessTable();
  for (const event of events) table.apply(event);
  return table;
};
const pids = (processes: Iterable<ProcessEntry>) => [...processes].map(({ pid }) => pid);

describe('live processes', () => {
  test('are in order of arrival, and a reused PID moves to the end', () => {
    const table = tableOf(spawned(9, 'a', 1), spawned(3, 'b', 1), exited(9, 'a', 2), spawned(9, 'c', 2));
    expect(pids(table.live())).toEqual([3, 9]);
    expect(table.get(9)).toMatchObject({ comm: 'c', arrivalIndex: 2 });
  });

  test('have the name and the user of the last exec', () => {
    const table = tableOf(
      spawned(5, 'sh', 1, { guest_uid: 1000 }),
      execed(5, 'sudo', 2, { guest_uid: 0 }),
      execed(5, '\ufffd', 3, { comm_hex: 'ff' }),
    );
    expect(table.get(5)).toMatchObject({
      comm: '\ufffd',
      commHex: 'ff',
      uid: 0,
      ppid: 1,
      firstSeenNs: seconds(1),
    });
    table.apply(execed(5, 'plain', 4));
    expect(table.get(5)).toMatchObject({ comm: 'plain', commHex: undefined });
  });

  test('have their current user, and as zombies their current parent [fault:user-change]', () => {
    const table = tableOf(spawned(5, 'x', 1, { guest_uid: 0 }), userChanged(5, 'x', 2));
    expect(table.get(5)).toMatchObject({ uid: 33, comm: 'x' });
    table.apply(zombie(5, 'x', 3, { guest_ppid: 4 }));
    table.apply(zombie(5, 'x', 4, { guest_ppid: 1 }));
    expect(table.get(5)).toMatchObject({ uid: 33, ppid: 1, zombie: true, reaperPid: 1 });
    expect(table.zombies).toBe(1);
  });

  test.each([
    ['exec', execed(7, 'x', 1)],
    ['a change of the user', userChanged(7, 'x', 1)],
    ['zombie', zombie(7, 'x', 1)],
    ['exit', exited(7, 'x', 1)],
  ])('do not change on %s of an unknown process', (_, event) => {
    const table = tableOf(event);
    expect([table.size, table.zombies, table.recentlyExited()]).toEqual([0, 0, []]);
  });
});

describe('exited processes', () => {
  test('stay in the table for a second', () => {
    const table = tableOf(spawned(5, 'a', 1), spawned(6, 'b', 1), exited(5, 'a', 2), exited(6, 'b', 2.5));
    table.advance(seconds(2.999));
    expect(pids(table.recentlyExited())).toEqual([5, 6]);
    table.advance(seconds(3));
    expect(pids(table.recentlyExited())).toEqual([6]);
    table.advance(seconds(3.5));
    expect(table.recentlyExited()).toEqual([]);
  });

  test('have the details of their exit', () => {
    const table = tableOf(spawned(5, 'a', 1), exited(5, 'a', 2, { lifetime_ns: seconds(1), exit_signal: 9 }));
    expect(table.recentlyExited()).toMatchObject([
      { exitedNs: seconds(2), lifetimeNs: seconds(1), exitStatus: { exit_signal: 9 } },
    ]);
  });

  test('are limited to the newest 500', () => {
    const table = new ProcessTable();
    for (let pid = 1; pid <= 800; pid++) {
      table.apply(spawned(pid, 'x', 1));
      table.apply(exited(pid, 'x', 1));
    }
    expect(pids(table.recentlyExited())).toEqual(Array.from({ length: 500 }, (_, index) => 301 + index));
  });
});

/** Events in any order, because a trace may contain anything. */
const anyEvent = fc
  .tuple(
    fc.constantFrom(spawned, execed, userChanged, zombie, exited),
    fc.integer({ min: 1, max: 5 }),
    fc.nat(20),
  )
  .map(([make, pid, at]): ProbeEvent => make(pid, 'x', at / 4));

test('the table counts live processes and zombies correctly for any events', () => {
  fc.assert(
    fc.property(fc.array(anyEvent, { maxLength: 60 }), (events) => {
      const table = new ProcessTable();
      const alive = new Map<number, 'zombie' | 'running'>();
      for (const event of events) {
        const pid = event.guest_pid;
        table.apply(event);
        if (event.probe_source === 'process.spawned') alive.set(pid, 'running');
        if (event.probe_source === 'process.zombie' && alive.has(pid)) alive.set(pid, 'zombie');
        if (event.probe_source === 'process.exited') alive.delete(pid);
        table.advance(event.guest_monotonic_ns);
        expect(new Set(pids(table.live()))).toEqual(new Set(alive.keys()));
        expect(table.size).toBe(alive.size);
        expect(table.zombies).toBe([...alive.values()].filter((state) => state === 'zombie').length);
      }
    }),
  );
});

test('a clone is independent of the table, in both directions', () => {
  fc.assert(
    fc.property(
      fc.array(anyEvent, { maxLength: 30 }),
      fc.array(anyEvent, { maxLength: 30 }),
      (early, late) => {
        const contentOf = (table: ProcessTable) =>
          structuredClone([[...table.live()], table.recentlyExited(), table.size, table.zombies]);
        const table = tableOf(...early);
        const copy = table.clone();
        const before = contentOf(copy);
        for (const event of late) table.apply(event);
        expect(contentOf(copy)).toEqual(before);
        for (const event of late) copy.apply(event);
        expect(contentOf(copy)).toEqual(contentOf(table));
      },
    ),
  );
});
