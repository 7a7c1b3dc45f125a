import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { LogEntry } from '../../../src/domain/processes/system-state.ts';
import { FleetGuest } from '../../../src/fleet/core/fleet-guest.ts';
import { MergedLog } from '../../../src/fleet/core/merged-log.ts';
import { spawned } from '../../support/fixtures/events.ts';

const openLog = () => {
  const log = new MergedLog();
  const sink = { onRestart: () => {}, onEntry: () => {}, onRecords: () => {}, onClock: () => {} };
  const guests = ['web1', 'web2', 'db1'].map((id) => new FleetGuest(id, sink));
  const names = () => [...log.state.log].map(({ record }) => 'guest_comm' in record && record.guest_comm);
  const add = (guest: number, atNs: number, comm: string) => {
    const record = spawned(1, comm, atNs / 1e9);
    const entry: LogEntry = { record, parentComm: undefined, origin: undefined, mergedIntoSpawn: false };
    log.add(guests[guest] as FleetGuest, atNs, entry);
  };
  return { log, add, names };
};

/** Entries as guest and time since the previous entry of that guest, and releases as the time up to which. */
const steps = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fc.record({ guest: fc.nat(2), later: fc.nat(20) }) },
    { weight: 1, arbitrary: fc.record({ until: fc.nat(100) }) },
  ),
);

test('entries of several guests are released in order of time, those of one guest in order of arrival', () => {
  fc.assert(
    fc.property(steps, (each) => {
      const { log, add, names } = openLog();
      const times = [0, 0, 0];
      let waiting: { atNs: number; comm: string }[] = [];
      const expected: string[] = [];
      for (const [index, step] of each.entries()) {
        if ('until' in step) {
          const due = waiting.filter(({ atNs }) => atNs <= step.until).sort((a, b) => a.atNs - b.atNs);
          expect(log.release(step.until, 1_000)).toBe(due.length);
          expected.push(...due.map(({ atNs }) => String(atNs)));
          waiting = waiting.filter(({ atNs }) => atNs > step.until);
          continue;
        }
        const atNs = (times[step.guest] as number) + step.later;
        times[step.guest] = atNs;
        const comm = `${atNs} ${step.guest} ${index}`;
        waiting.push({ atNs, comm });
        add(step.guest, atNs, comm);
      }
      const released = names() as string[];
      expect(released.map((comm) => comm.split(' ')[0])).toEqual(expected);
      for (const guest of [0, 1, 2]) {
        const own = released.map((comm) => comm.split(' ').map(Number)).filter((part) => part[1] === guest);
        expect(own.map((part) => part[2])).toEqual(own.map((part) => part[2]).sort((a = 0, b = 0) => a - b));
      }
    }),
  );
});

test('the earliest entries do not wait when too many do', () => {
  const { log, add, names } = openLog();
  for (const atNs of [10, 30, 50]) add(0, atNs, `${atNs}`);
  for (const atNs of [20, 40, 60]) add(1, atNs, `${atNs}`);
  expect(log.release(10, 2)).toBe(4);
  expect(names()).toEqual(['10', '20', '30', '40']);
  expect(log.release(Number.POSITIVE_INFINITY, 2)).toBe(2);
  expect(log.state.nowNs).toBe(60n);
});

test('any number of entries is released at once', () => {
  const { log, add } = openLog();
  for (let index = 0; index < 300_000; index++) add(0, 1_000, 'a');
  expect(log.release(0, 0)).toBe(300_000);
});
