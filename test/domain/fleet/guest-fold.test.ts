import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ChurnRecord } from '../../../src/domain/events/event.ts';
import { maxPulseComms, type PulseRecord } from '../../../src/domain/events/record.ts';
import { GuestFold } from '../../../src/domain/fleet/guest-fold.ts';
import { unknownGuest } from '../../../src/domain/processes/guest.ts';
import { secondOf } from '../../../src/domain/processes/rate-counter.ts';
import { SystemState } from '../../../src/domain/processes/system-state.ts';
import { decode } from '../../../src/trace/format/decode.ts';
import { encode } from '../../../src/trace/format/encode.ts';
import {
  alert,
  childrenCpu,
  execed,
  exited,
  gap,
  seconds,
  spawned,
  userChanged,
  zombie,
} from '../../support/fixtures/events.ts';

const clock = { monotonic_ns: seconds(100), realtime: '2026-01-01T12:01:40.000000000Z' };

const foldOf = (records: readonly ChurnRecord[]): GuestFold => {
  const fold = new GuestFold();
  for (const record of records) fold.apply(record);
  return fold;
};

const pid = fc.integer({ min: 1, max: 6 });
const comm = fc.constantFrom('sh', 'cc1', 'nginx');
const more = fc.constantFrom({}, { exit_code: 0 }, { exit_code: 1 }, { exit_signal: 9 });
const kinds: ((pid: number, comm: string, at: number, status: object) => ChurnRecord)[] = [
  spawned,
  (...event) => spawned(event[0], event[1], event[2], { initial: true, start_ticks: 7 }),
  (process, name, at) => execed(process, name, at),
  (process, name, at) => userChanged(process, name, at),
  (process, _, at) => childrenCpu(process, at, at),
  zombie,
  exited,
  exited,
  (process, name, at) => alert(`alive(${name})>1`, at, { since_monotonic_ns: seconds(process) }),
  (process, name, at) => alert(`alive(${name})>1`, at, { ended: true, period_ns: BigInt(process) }),
  (process, _, at) => gap('dropped', { events: process, to_monotonic_ns: seconds(at) }),
  (process, _, at) => gap('unseen', { tasks: process, to_monotonic_ns: seconds(at) }),
];

/** Any records in the order of time, of few processes, so that PIDs are reused and exits are missing. */
const trace = fc
  .array(fc.record({ kind: fc.nat(kinds.length - 1), pid, comm, more }), { maxLength: 60 })
  .map((steps) => steps.map((step, at) => kinds[step.kind]?.(step.pid, step.comm, at / 4, step.more)))
  .map((records) => records as ChurnRecord[]);

describe('GuestFold', () => {
  test('agrees with the full state on what is alive, counts and losses for any records', () => {
    fc.assert(
      fc.property(trace, (records) => {
        const fold = foldOf(records);
        const full = new SystemState();
        full.apply({ nowNs: fold.nowNs, records });
        const pulse = fold.pulse({ clock });
        expect(pulse).toMatchObject({
          alive: full.table.size,
          zombies: full.table.zombies,
          spawned: full.spawns.total,
          exited: full.exits.total,
          alerts: full.activeAlerts.size,
          lost: full.lostByReason.get('dropped') ?? 0,
        });
        const second = secondOf(fold.nowNs);
        const { spawnRate, exitRate } = fold.figures(fold.nowNs);
        if (records.some((record) => 'guest_pid' in record))
          expect([spawnRate, exitRate]).toEqual([
            full.spawns.perSecond(5, second),
            full.exits.perSecond(5, second),
          ]);
      }),
    );
  });

  test('starts a full state with the same live processes, zombies, alerts and rates', () => {
    fc.assert(
      fc.property(trace, (records) => {
        const fold = foldOf(records);
        const full = new SystemState();
        full.apply({ nowNs: fold.nowNs, records });
        const started = fold.systemState(unknownGuest);
        const liveOf = ({ table }: SystemState) =>
          Array.from(table.live(), ({ pid, comm, uid, startTicks, zombie: isZombie }) => ({
            pid,
            comm,
            uid,
            startTicks,
            isZombie,
          })).toSorted((a, b) => a.pid - b.pid);
        expect(liveOf(started)).toEqual(liveOf(full));
        expect(started.activeAlerts.list()).toEqual(full.activeAlerts.list());
        expect(started.spawns.history()).toEqual(full.spawns.history(secondOf(fold.nowNs)).slice());
        expect(started.lostByReason).toEqual(full.lostByReason);
        expect(started.log.length).toBe(0);
      }),
    );
  });

  test('a pulse on the line gives another fold the same figures', () => {
    fc.assert(
      fc.property(trace, (records) => {
        const sent = foldOf(records).pulse({ clock, asOf: records.length });
        const line = decode(encode(sent))?.record as PulseRecord;
        expect(line).toEqual(sent);
        const fold = new GuestFold();
        fold.apply(line);
        const { alive, zombies, loops, alerts, lost, missed } = sent;
        expect(fold.figures(fold.nowNs)).toEqual({
          alive,
          zombies,
          loops,
          alerts,
          lost,
          missed,
          spawnRate: undefined,
          exitRate: undefined,
          failureRate: undefined,
          pulsesOnly: true,
        });
        expect(fold.comms(0n)).toEqual(sent.top);
      }),
    );
  });

  test('computes rates from two pulses, and none when the counters began anew', () => {
    const pulseAt = (at: number, counts: Partial<PulseRecord>): PulseRecord => ({
      ...foldOf([]).pulse({ clock: { ...clock, monotonic_ns: seconds(at) } }),
      ...counts,
    });
    const fold = new GuestFold();
    fold.apply(pulseAt(10, { spawned: 100, exited: 90, failed: 5 }));
    fold.apply(pulseAt(15, { spawned: 150, exited: 100, failed: 10 }));
    expect(fold.figures(0n)).toMatchObject({ spawnRate: 10, exitRate: 2, failureRate: 1 });
    fold.apply(pulseAt(20, { spawned: 3 }));
    expect(fold.figures(0n).spawnRate).toBeUndefined();
  });

  test('counts a spawn under the program that the process executed, and keeps the busiest comms', () => {
    const records: ChurnRecord[] = [];
    for (let index = 0; index < 300; index++) {
      const rare = index % 3 ? 'make' : `once-${index}`;
      records.push(spawned(1000 + index, 'sh', index), execed(1000 + index, rare, index));
      records.push(exited(1000 + index, rare, index, { exit_code: index % 2 }));
    }
    const fold = foldOf(records);
    const { top } = fold.pulse({ clock });
    expect(top).toHaveLength(maxPulseComms);
    expect(top[0]).toEqual({ comm: 'make', spawned: 200, exited: 200, failed: 100 });
    expect(top.map(({ comm: name }) => name)).not.toContain('sh');
    const make = fold.comms(seconds(50)).find(({ comm: name }) => name === 'make');
    expect(make).toMatchObject({
      known: 200,
      lastFailure: { status: { exit_code: 1 }, wallNs: seconds(50 + 299) },
    });
  });

  test('replaces the live processes by those of an alive record', () => {
    const fold = foldOf([spawned(1, 'init', 1, { initial: true }), spawned(2, 'sh', 2)]);
    const processes = [spawned(1, 'init', 3, { initial: true }), spawned(9, 'cron', 3, { initial: true })];
    fold.apply({ probe_source: 'trace.alive', as_of: 7, records: 2, monotonic_ns: seconds(3) });
    for (const process of processes) fold.apply(process);
    expect(fold.liveRecords().map(({ guest_pid }) => guest_pid)).toEqual([1, 9]);
    expect(fold.figures(seconds(3)).alive).toBe(2);
  });

  test('does not know what is alive before a discovery, and takes it from a pulse', () => {
    const fold = foldOf([exited(5, 'sh', 1)]);
    expect(fold.figures(seconds(1)).alive).toBeUndefined();
    fold.apply({ ...foldOf([]).pulse({ clock }), alive: 46 });
    expect(fold.figures(seconds(1)).alive).toBe(46);
  });

  test('counts restart loops among the alerts', () => {
    const fold = foldOf([alert('restarts(comm)>=5', 3, { period_ns: 1n }), alert('alive>10', 3)]);
    expect(fold.pulse({ clock })).toMatchObject({ loops: 1, alerts: 2 });
  });
});
