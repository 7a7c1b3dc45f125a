import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { recordTimeNs } from '../../../src/domain/events/record.ts';
import { GuestFold } from '../../../src/domain/fleet/guest-fold.ts';
import { FleetSource } from '../../../src/fleet/core/fleet-source.ts';
import { encode } from '../../../src/trace/format/encode.ts';
import {
  composerOf,
  createFleetClock,
  entryText,
  FakeLink,
  FleetRecorder,
} from '../../support/fakes/fake-link.ts';
import { alert, execed, exited, seconds, spawned, zombie } from '../../support/fixtures/events.ts';

const openFleet = ({ recorded = false } = {}) => {
  const link = new FakeLink(recorded);
  const { clock, advance } = createFleetClock();
  const source = new FleetSource(link, { clock });
  const received = new FleetRecorder();
  source.start(received);
  const guest = (id: string) => source.fleet.guests().find((each) => each.id === id);
  return { link, source, received, advance, guest };
};

/** A guest whose lines a test sends at the current time of the viewer. */
const startGuest = (link: FakeLink, id: string, options?: Parameters<typeof composerOf>[1]) => {
  const composer = composerOf(id, options);
  link.connect(id);
  link.send(id, composer.begin(0n));
  return {
    composer,
    send: (...records: Parameters<typeof composer.line>[0][]) => {
      link.send(id, records.map((record) => composer.line(record)).join(''));
    },
  };
};

describe('the figures of a guest', () => {
  test('follow its records, and its state follows the link and silence', () => {
    const { link, guest, advance, received } = openFleet();
    const { composer, send } = startGuest(link, 'web1');
    send(spawned(1, 'init', 0, { initial: true }), spawned(5, 'sh', 0.5), zombie(5, 'sh', 0.6));
    send(alert('restarts(comm)>=5', 0.7, { period_ns: 1n }));
    advance(1000);
    expect(guest('web1')).toMatchObject({
      state: 'live',
      alive: 2,
      zombies: 1,
      loops: 1,
      missed: 0,
      lost: 0,
    });
    advance(15_000);
    expect(guest('web1')).toMatchObject({
      state: 'silent',
      reason: 'no records for 16s',
      spawnRate: undefined,
    });
    send(exited(5, 'sh', 16));
    advance(1000);
    expect(guest('web1')).toMatchObject({ state: 'live', alive: 1, zombies: 0 });
    link.send('web1', composer.end(seconds(17)));
    advance(1000);
    expect(guest('web1')?.state).toBe('ended');
    link.listener.onState('web1', 'failed', 'exit status 127: churntop: not found');
    advance(100);
    expect(guest('web1')).toMatchObject({ state: 'failed', reason: 'exit status 127: churntop: not found' });
    expect(received.fleetCalls).toBeGreaterThan(10);
  });

  test('are a reason when its header has another format [fault:guest-format]', () => {
    const { link, guest, advance } = openFleet();
    link.connect('web1');
    link.send('web1', composerOf('web1').begin(0n).replace('"format":1', '"format":9'));
    advance(1000);
    expect(guest('web1')).toMatchObject({ state: 'failed', reason: expect.stringContaining('trace format') });
  });

  test('are a reason when it sends something else, which takes little time, until its next header [fault:guest-garbage]', () => {
    const { link, guest, advance } = openFleet();
    const { composer, send } = startGuest(link, 'web1');
    const startMs = performance.now();
    for (const line of ['\n', '{\n', 'x\n']) link.send('web1', line.repeat(200_000));
    expect(performance.now() - startMs).toBeLessThan(1000);
    advance(1000);
    expect(guest('web1')).toMatchObject({ state: 'failed', reason: 'it sends something else than a trace' });
    link.send('web1', composer.begin(0n));
    send(spawned(5, 'sh', 1));
    advance(1000);
    expect(guest('web1')).toMatchObject({ state: 'live', reason: undefined });
  });

  test('are a reason when it sends a line without an end, until its next header', () => {
    const { link, guest, advance } = openFleet();
    const { composer, send } = startGuest(link, 'web1');
    for (let sent = 0; sent < 40; sent++) link.send('web1', 'x'.repeat(1 << 16));
    advance(1000);
    expect(guest('web1')).toMatchObject({ state: 'failed', reason: 'it sends something else than a trace' });
    link.send('web1', composer.begin(0n));
    send(spawned(5, 'sh', 1, { initial: true }));
    advance(1000);
    expect(guest('web1')).toMatchObject({ state: 'live', reason: undefined, alive: 1 });
  });

  test('include its clock skew and the age of its newest record', () => {
    const { link, guest, advance } = openFleet();
    const fast = startGuest(link, 'fast', { skewSeconds: 1.3 });
    const slow = startGuest(link, 'slow', { skewSeconds: -7 });
    for (let at = 1; at <= 20; at++) {
      advance(1000);
      fast.send(spawned(at, 'sh', at));
      slow.send(spawned(at, 'sh', at - 0.05));
    }
    advance(1000);
    expect(guest('fast')).toMatchObject({ skewNs: seconds(1.3), lagNs: seconds(1), heardNs: seconds(1) });
    expect(guest('slow')).toMatchObject({ skewNs: seconds(-7), heardNs: seconds(1) });
  });

  test('have no clock skew when its records were stored long ago', () => {
    const { link, guest, advance } = openFleet();
    const composer = composerOf('web1', { skewSeconds: -360 });
    link.listener.onGuest('web1');
    link.send('web1', composer.begin(0n));
    link.listener.onState('web1', 'silent');
    link.send('web1', composer.line(spawned(1, 'sh', 1)));
    advance(20_000);
    expect(guest('web1')).toMatchObject({ skewNs: undefined, lagNs: seconds(379) });
  });

  test('are those of its pulses when it sends no events', () => {
    const { link, guest, advance, source } = openFleet();
    const { composer } = startGuest(link, 'web1');
    const fold = new GuestFold();
    for (const record of [spawned(1, 'a', 1, { initial: true }), spawned(2, 'b', 1)]) fold.apply(record);
    for (let at = 5; at <= 15; at += 5) {
      fold.apply(spawned(at, 'make', at));
      const clock = { monotonic_ns: seconds(at), realtime: composer.header(seconds(at)).clock.realtime };
      link.send('web1', `${encode(composer.header(seconds(at)))}\n${encode(fold.pulse({ clock }))}\n`);
    }
    advance(1000);
    expect(guest('web1')).toMatchObject({ alive: 5, spawnRate: 0.2, pulsesOnly: true, lost: 0 });
    expect(source.fleet.details('web1')?.comms[0]).toMatchObject({ comm: 'make', spawned: 3 });
  });
});

describe('the merged log', () => {
  test('is in the order of corrected wall time, and no silent guest delays it [fault:guest-clock]', () => {
    const { link, received, advance } = openFleet();
    const web1 = startGuest(link, 'web1');
    const db2 = startGuest(link, 'db2', { skewSeconds: 1.3 });
    startGuest(link, 'quiet');
    advance(1000);
    web1.send(spawned(1, 'sh', 0.9), spawned(3, 'sh', 0.98));
    db2.send(spawned(2, 'sh', 0.95), spawned(4, 'sh', 1));
    advance(200);
    expect(received.entries).toEqual([]);
    advance(400);
    expect(received.entries.map(entryText)).toEqual(['web1 1', 'db2 2', 'web1 3', 'db2 4']);
  });

  test('and its rates continue when a guest sends times far in the future [fault:guest-future]', () => {
    const { link, received, advance } = openFleet();
    const web1 = startGuest(link, 'web1');
    const wrong = startGuest(link, 'wrong');
    advance(1000);
    wrong.send(spawned(1, 'sh', 9e9), spawned(2, 'sh', 1));
    advance(1000);
    wrong.send(spawned(3, 'sh', 2));
    web1.send(spawned(4, 'sh', 2));
    advance(2000);
    expect(received.entries.map(entryText)).toEqual(['wrong 1', 'wrong 2', 'wrong 3', 'web1 4']);
    expect(received.states[0]?.state.spawns.inWindow()).toBe(4);
  });

  test('is ordered, and each guest stays in its order, for any delays shorter than the wait', () => {
    const event = fc.record({ guest: fc.nat(3), gapMs: fc.nat(40), delayMs: fc.nat(450) });
    fc.assert(
      fc.property(fc.array(event, { maxLength: 60 }), (events) => {
        const { link, received, advance } = openFleet();
        const guests = ['a', 'b', 'c', 'd'].map((id) => startGuest(link, id));
        let atMs = 0;
        const sendings = events.map(({ guest, gapMs, delayMs }, index) => {
          atMs += gapMs;
          return { guest, atMs, index, sendMs: atMs + delayMs };
        });
        // The connection of a guest delivers in order.
        const latest = [0, 0, 0, 0];
        for (const each of sendings)
          latest[each.guest] = each.sendMs = Math.max(each.sendMs, latest[each.guest] as number);
        let nowMs = 0;
        for (const { guest, atMs: at, index, sendMs } of sendings.toSorted((a, b) => a.sendMs - b.sendMs)) {
          advance(sendMs - nowMs);
          nowMs = sendMs;
          guests[guest]?.send(spawned(index + 1, 'sh', at / 1000));
        }
        advance(2000);
        const pids = received.entries.map(({ record }) => (record as { guest_pid: number }).guest_pid);
        expect(pids.toSorted((a, b) => a - b)).toEqual(events.map((_, index) => index + 1));
        const wallNs = received.entries.map(
          ({ record, from }) => recordTimeNs(record) + (from?.wallOffsetNs ?? 0n),
        );
        expect(wallNs).toEqual(wallNs.toSorted((a, b) => Number(a - b)));
      }),
      { numRuns: 50 },
    );
  });

  test('has parents and users, and an exec right after a fork on the line of its spawn', () => {
    const { link, received, advance } = openFleet();
    const { send } = startGuest(link, 'web1');
    send(spawned(1, 'cron', 0, { initial: true }), spawned(5, 'sh', 0.1), execed(5, 'backup', 0.101));
    send(exited(5, 'backup', 0.2));
    advance(1000);
    const [spawn, exec, exit] = received.entries;
    expect(received.entries.map(({ parentComm }) => parentComm)).toEqual(['cron', undefined, 'cron']);
    expect([spawn?.mergedIntoSpawn, exec?.mergedIntoSpawn]).toEqual([false, true]);
    expect(spawn?.origin?.nameHistory.program).toBe('backup');
    expect(exit?.origin).toMatchObject({ uid: 0, ppid: 1, ancestors: [1] });
  });
});

describe('the focus', () => {
  test('shows the processes and the log of the guest, then its records only', () => {
    const { link, source, received, advance } = openFleet();
    const web1 = startGuest(link, 'web1');
    const db2 = startGuest(link, 'db2');
    web1.send(spawned(1, 'init', 0, { initial: true }), spawned(5, 'sh', 0.1));
    db2.send(spawned(1, 'init', 0, { initial: true }), spawned(9, 'sh', 0.1));
    advance(1000);
    web1.send(spawned(6, 'sh', 1));
    source.fleet.focus('web1');
    const { state, info } = received.states.at(-1) as (typeof received.states)[number];
    expect([info.host, source.info.host, source.fleet.focused]).toEqual(['web1', 'web1', 'web1']);
    expect([...state.table.live()].map(({ pid }) => pid)).toEqual([1, 5, 6]);
    expect(
      Array.from(state.log, ({ record, from }) => [(record as { guest_pid: number }).guest_pid, from]),
    ).toEqual([
      [5, undefined],
      [6, undefined],
    ]);
    web1.send(exited(5, 'sh', 1.1));
    db2.send(exited(9, 'sh', 1.1));
    advance(1000);
    expect(received.pids).toEqual([5]);

    source.fleet.focus(undefined);
    const merged = received.states.at(-1) as (typeof received.states)[number];
    expect([merged.info.host, merged.state.table.size]).toEqual(['2 guests', 0]);
    expect(Array.from(merged.state.log, entryText)).toEqual(['web1 5', 'db2 9', 'web1 6', 'web1 5', 'db2 9']);
  });

  test('begins again, with a gap, when another recorder takes over [fault:guest-restarted]', () => {
    const { link, source, received, advance } = openFleet();
    startGuest(link, 'web1').send(spawned(1, 'init', 0, { initial: true }), spawned(5, 'sh', 0.1));
    source.fleet.focus('web1');
    link.listener.onState('web1', 'reconnecting', 'connection closed');
    advance(3000);
    const next = composerOf('web1', { recorder: 'web1-2' });
    link.listener.onState('web1', 'live');
    link.send('web1', next.begin(seconds(3)) + next.line(spawned(1, 'init', 3, { initial: true })));
    const { state } = received.states.at(-1) as (typeof received.states)[number];
    expect([received.states.length, state.table.size, state.log.length]).toEqual([3, 0, 0]);
    expect(received.pids).toEqual([1]);
    source.fleet.focus(undefined);
    advance(1000);
    expect(received.entries.map(entryText)).toEqual(['web1 5', 'web1 trace.gap']);
  });
});

describe('lost records', () => {
  test('are counted once, whether their number is reported or follows from the next record [fault:guest-records-lost]', () => {
    const { link, guest, advance, received } = openFleet();
    const { composer, send } = startGuest(link, 'web1');
    for (let at = 1; at <= 10; at++) composer.line(spawned(at, 'lost', 0));
    link.listener.onLoss('web1', 4);
    send(spawned(20, 'sh', 0.5));
    advance(1000);
    expect(guest('web1')).toMatchObject({ lost: 10 });
    expect(received.entries.map(entryText)).toEqual(['web1 trace.gap', 'web1 trace.gap', 'web1 20']);
  });

  test('are not those that a new connection repeats', () => {
    const { link, guest, advance, received } = openFleet();
    link.connect('web1');
    const composer = composerOf('web1');
    const header = composer.begin(0n);
    const lines = [1, 2, 3, 4].map((pid) => composer.line(spawned(pid, 'sh', pid / 10)));
    link.send('web1', header + lines.slice(0, 3).join('') + lines[3]?.slice(0, 20));
    link.listener.onState('web1', 'reconnecting');
    link.send('web1', header + lines.slice(1).join(''));
    advance(1000);
    expect(received.entries.map(entryText)).toEqual(['web1 1', 'web1 2', 'web1 3', 'web1 4']);
    expect(guest('web1')?.lost).toBe(0);
  });

  test('are made up by the live processes as of a later record', () => {
    const { link, source, guest, advance, received } = openFleet();
    const { composer, send } = startGuest(link, 'web1');
    send(spawned(1, 'init', 0, { initial: true }), spawned(5, 'sh', 0.1));
    source.fleet.focus('web1');
    composer.line(exited(5, 'sh', 0.2));
    const header = encode({ ...composer.header(seconds(1)), recorder: 'web1-1' });
    const alive = (as_of: number, ...pids: number[]) =>
      [
        header,
        encode({ probe_source: 'trace.alive', as_of, records: pids.length, monotonic_ns: seconds(1) }),
        ...pids.map((pid) => encode(spawned(pid, 'init', 1, { initial: true }))),
      ].join('\n');
    link.send('web1', `${alive(3, 1)}\n`);
    advance(1000);
    expect(guest('web1')).toMatchObject({ alive: 1, lost: 1 });
    expect([...(received.states.at(-1)?.state.table.live() ?? [])].map(({ pid }) => pid)).toEqual([1]);
    // In time with the last record: the state need not be replaced.
    const before = received.states.length;
    link.send('web1', `${alive(3, 1)}\n`);
    expect(received.states).toHaveLength(before);
    // Older than the last record.
    send(spawned(8, 'sh', 1.5));
    link.send('web1', `${alive(3, 1)}\n`);
    advance(1000);
    expect(guest('web1')).toMatchObject({ alive: 2, lost: 1 });
  });
});

describe('recordings', () => {
  test('are merged by their own wall time, and one far ahead is paused until the others follow', () => {
    const { link, received, source } = openFleet({ recorded: true });
    const slow = startGuest(link, 'slow', { skewSeconds: -86_400 });
    const quick = startGuest(link, 'quick', { skewSeconds: -86_400 });
    slow.send(spawned(1, 'sh', 1));
    for (let at = 2; at <= 3001; at++) quick.send(spawned(at, 'sh', at));
    expect([...link.paused]).toEqual(['quick']);
    expect(received.entries.map(entryText)).toEqual(['slow 1']);
    slow.send(spawned(2, 'sh', 2999.5));
    expect(link.paused.size).toBe(0);
    for (const id of ['slow', 'quick']) link.listener.onState(id, 'ended');
    expect(received.ended).toBe(true);
    expect(received.entries.slice(-4).map(entryText)).toEqual([
      'quick 2999',
      'slow 2',
      'quick 3000',
      'quick 3001',
    ]);
    expect(source.fleet.guests()[0]).toMatchObject({ state: 'ended', skewNs: undefined, heardNs: undefined });
  });
});
