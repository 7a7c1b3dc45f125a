import { expect, test } from 'vitest';
import { LiveRecords } from '../../../src/domain/processes/live-records.ts';
import { ProcessTable } from '../../../src/domain/processes/process-table.ts';
import { exited, seconds, spawned, userChanged, zombie } from '../../support/fixtures/events.ts';

const at = (pid: number, comm: string) => ({
  guest_pid: pid,
  guest_comm: comm,
  guest_monotonic_ns: seconds(2),
  window_ns: 5n,
});

test('snapshotRecords reproduce the live processes of the full stream', () => {
  const events = [
    spawned(1, 'init', 1, { initial: true }),
    spawned(2, 'sh', 1),
    spawned(3, 'cat', 1, { comm_hex: 'ff' }),
    { probe_source: 'process.exec' as const, ...at(2, 'curl'), previous_comm: 'sh', guest_uid: 7 },
    { probe_source: 'process.exec' as const, ...at(3, 'tac'), previous_comm: 'cat' },
    { probe_source: 'process.zombie' as const, ...at(3, 'tac'), guest_ppid: 2, exit_code: 1 },
    spawned(6, 'nginx', 1),
    userChanged(6, 'nginx', 2),
    spawned(4, 'gone', 2),
    exited(4, 'gone', 2),
    { probe_source: 'process.zombie' as const, ...at(5, 'unknown') },
  ];
  const records = new LiveRecords();
  const full = new ProcessTable();
  for (const event of events) {
    records.apply(event);
    full.apply(event);
  }
  const restored = new ProcessTable();
  for (const event of records.snapshotRecords(seconds(9))) {
    expect(event).toMatchObject({ guest_monotonic_ns: seconds(9) });
    expect(event.window_ns).toBeUndefined();
    restored.apply(event);
  }
  const summary = (table: ProcessTable) =>
    [...table.live()].map(({ firstSeenNs: _, arrivalIndex: __, initial: ___, ...rest }) => rest);
  expect(summary(restored)).toEqual(summary(full));
  expect(restored.zombies).toBe(1);
});

test('a process with a reused PID replaces the previous one at the end of the order', () => {
  const records = new LiveRecords();
  for (const event of [spawned(1, 'a', 1), spawned(2, 'b', 1), spawned(1, 'c', 2)]) records.apply(event);
  expect(records.snapshotRecords(0n).map(({ guest_comm }) => guest_comm)).toEqual(['b', 'c']);
  expect(records.size).toBe(2);
});

test('the oldest process is removed when there are more than the maximum', () => {
  const records = new LiveRecords(2);
  records.apply(spawned(1, 'a', 1));
  records.apply(zombie(1, 'a', 1));
  for (const pid of [2, 3]) records.apply(spawned(pid, 'b', 1));
  expect([records.get(1), records.size, records.zombies]).toEqual([undefined, 2, 0]);
});
