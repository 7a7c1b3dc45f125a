import { describe, expect, test } from 'vitest';
import { exited, seconds, sourceInfo, spawned, walkStatus } from '../../support/fixtures/events.ts';
import { filterOf } from '../../support/fixtures/filters.ts';
import { setUp } from './recording-fixture.ts';

describe('a received record', () => {
  test('is written with its number between the header and the end', () => {
    const { recording, take, read, files } = setUp();
    take(1, spawned(7, 'sh', 1));
    take(2, exited(7, 'sh', 2));
    recording.end(seconds(3));
    expect(read().map(({ seq }) => seq)).toEqual([0, 1, 2, 3]);
    expect(read().map(({ record }) => record)).toMatchObject([
      { probe_source: 'trace.header', recorder: 'r1', capture_mode: 'walk' },
      { probe_source: 'process.spawned', guest_pid: 7 },
      { probe_source: 'process.exited' },
      { probe_source: 'trace.end', monotonic_ns: seconds(3) },
    ]);
    expect(files[0]).toMatchObject({ closed: true, syncs: 1, mode: 'new' });
    expect(recording.status).toMatchObject({ state: 'stopped', records: 4, bytes: files[0]?.text.length });
  });

  test('waits up to two seconds for the capture mode in the header', () => {
    const { recording, take, kinds, read } = setUp({}, null as never);
    take(0.1, spawned(7, 'sh', 0.1));
    expect(kinds()).toEqual([]);
    recording.onStatus(walkStatus, seconds(0.2));
    expect(kinds()).toEqual(['header', 'spawned']);
    expect(read()[0]?.record).toMatchObject({ capture_mode: 'walk' });

    const silent = setUp({}, null as never);
    silent.take(0.1, spawned(7, 'sh', 0.1));
    silent.tick(2);
    expect(silent.kinds()).toEqual(['header', 'spawned']);
  });

  test('is written if it matches the filter; gaps always are', () => {
    const filter = filterOf('sh');
    const { take, read } = setUp({ filter });
    const gap = { reason: 'unseen', tasks: 3, from_monotonic_ns: 0n, to_monotonic_ns: 1n } as const;
    take(1, spawned(7, 'sh', 1), spawned(8, 'cat', 1), { probe_source: 'trace.gap', ...gap });
    expect(read().map(({ record }) => record)).toMatchObject([{ filter: 'sh' }, { guest_pid: 7 }, gap]);
  });

  test('is followed by a clock pair every ten seconds, with the wall clock of that time', () => {
    let wallOffsetNs = sourceInfo.wallOffsetNs;
    const { take, read } = setUp({ wallOffsetNs: () => wallOffsetNs });
    take(1);
    wallOffsetNs += seconds(3600);
    take(12);
    take(13);
    expect(read().map(({ record }) => record)).toMatchObject([
      { clock: { realtime: '2026-01-01T12:00:00.000000000Z' } },
      { probe_source: 'trace.clock', clock: { realtime: '2026-01-01T13:00:12.000000000Z' } },
    ]);
  });
});

describe('a full disk', () => {
  test('delays records with increasing backoff and loses none while the queue has room', () => {
    const { recording, disk, take, tick, read } = setUp();
    take(1, spawned(1, 'a', 1));
    disk.room = 200;
    take(2, spawned(2, 'b', 2), spawned(3, 'c', 2));
    expect(recording.status).toMatchObject({ state: 'waiting', error: 'ENOSPC', queued: 1, dropped: 0 });
    disk.room = 1e6;
    tick(2.05);
    expect(recording.status.state).toBe('waiting');
    tick(2.1);
    expect(recording.status).toMatchObject({ state: 'recording', error: undefined, queued: 0 });
    expect(read().map(({ record }) => 'guest_pid' in record && record.guest_pid)).toEqual([false, 1, 2, 3]);
    expect(read().map(({ seq }) => seq)).toEqual([0, 1, 2, 3]);
  });

  test('leaves a gap for the dropped records, and no process without its exit', () => {
    const { recording, disk, take, tick, read } = setUp({ maxQueued: 2 });
    take(1, spawned(1, 'a', 1));
    disk.room = 0;
    take(
      2,
      spawned(2, 'b', 2),
      spawned(3, 'c', 2),
      exited(1, 'a', 2),
      spawned(4, 'd', 2),
      spawned(5, 'e', 2),
    );
    take(3, exited(4, 'd', 3));
    expect(recording.status).toMatchObject({ state: 'waiting', queued: 4, dropped: 2 });
    disk.room = 1e6;
    tick(6);
    take(7, exited(5, 'e', 7));
    expect(read().map(({ record }) => record)).toMatchObject([
      { probe_source: 'trace.header' },
      { guest_pid: 1 },
      { guest_pid: 2 },
      { guest_pid: 3 },
      { probe_source: 'process.exited', guest_pid: 1 },
      {
        probe_source: 'trace.gap',
        reason: 'disk',
        events: 2,
        from_monotonic_ns: seconds(2),
        to_monotonic_ns: seconds(6),
      },
      { probe_source: 'process.spawned', guest_pid: 5, guest_monotonic_ns: seconds(6) },
      { probe_source: 'process.exited', guest_pid: 5 },
    ]);
    expect(read().map(({ seq }) => seq)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  test('is retried once at the end, without waiting for the backoff', () => {
    const { recording, disk, take, kinds } = setUp();
    take(1);
    disk.room = 0;
    take(2, spawned(1, 'a', 2));
    disk.room = 1e6;
    recording.end(seconds(2.01));
    expect(kinds()).toEqual(['header', 'spawned', 'end']);
    expect(recording.status).toMatchObject({ queued: 0, dropped: 0 });
  });
});
