import { expect, test } from 'vitest';
import { LiveRecords } from '../../../src/domain/processes/live-records.ts';
import { ProcessTable } from '../../../src/domain/processes/process-table.ts';
import { exited, seconds, spawned } from '../../support/fixtures/events.ts';

const at = (pid: number, comm: string) => ({
  guest_pid: pid,
  guest_comm: comm,
  guest_monotonic_ns: seconds(2),
  window_ns: 5n,
});

test('a table that hears the discovery shows what one that heard everything shows', () => {
  const events = [
    spawned(1, 'init', 1, { initial: true }),
    spawned(2, 'sh', 1),
    spawned(3, 'cat', 1, { comm_hex: 'ff' }),
    { probe_source: 'process.exec' as const, ...at(2, 'curl'), previous_comm: 'sh', guest_uid: 7 },
    { probe_source: 'process.exec' as const, ...at(3, 'tac'), previous_comm: 'cat' },
    { probe_source: 'process.zombie' as const, ...at(3, 'tac'), guest_ppid: 2, exit_code: 1 },
    spawned(4, 'gone', 2),
    exited(4, 'gone', 2),
    { probe_source: 'process.zombie' as const, ...at(5, 'unknown') },
  ];
  const alive = new LiveRecords();
  const whole = new ProcessTable();
  for (const event of events) {
    alive.apply(event);
    whole.apply(event);
  }
  const begun = new ProcessTable();
  for (const event of alive.snapshotRecords(seconds(9))) {
    expect(event).toMatchObject({ guest_monotonic_ns: seconds(9) });
    expect(event.window_ns).toBeUndefined();
    begun.apply(event);
  }
  const picture = (table: ProcessTable) =>
    [...table.live()].map(({ firstSeenNs: _, arrivalIndex: __, initial: ___, ...rest }) => rest);
  expect(picture(begun)).toEqual(picture(whole));
  expect(begun.zombies).toBe(1);
});

test('a reused PID is one process, and arrives anew', () => {
  const alive = new LiveRecords();
  for (const event of [spawned(1, 'a', 1), spawned(2, 'b', 1), spawned(1, 'c', 2)]) alive.apply(event);
  expect(alive.snapshotRecords(0n).map(({ guest_comm }) => guest_comm)).toEqual(['b', 'c']);
  expect(alive.size).toBe(2);
});
