import { describe, expect, test } from 'vitest';
import type { TraceRecord } from '../../../src/domain/events/record.ts';
import { parseFilter } from '../../../src/domain/filter/filter.ts';
import { matchAll } from '../../../src/domain/filter/match-all.ts';
import type { SourceStatus } from '../../../src/domain/source/event-source.ts';
import { decode } from '../../../src/trace/format/decode.ts';
import { Recording, type RecordingOptions } from '../../../src/trace/record/recording.ts';
import type { PathChange } from '../../../src/trace/record/trace-file.ts';
import { exited, seconds, sourceInfo, spawned, walkStatus } from '../../support/fixtures/events.ts';

/** Creates a recording on a disk with `room` free bytes. Tests pass the times. */
const setUp = (options: Partial<RecordingOptions> = {}, status: SourceStatus | undefined = walkStatus) => {
  const files: { text: string; pathChange: PathChange; closed: boolean; syncs: number; mode: string }[] = [];
  const disk = { room: Number.POSITIVE_INFINITY, code: 'ENOSPC', refuse: '' };
  const calls: string[] = [];
  const recording = new Recording(
    {
      path: 'trace.ndjson',
      info: sourceInfo,
      tool: 'churntop test',
      recorder: 'r1',
      append: false,
      fsyncNs: seconds(1),
      rotation: {},
      filter: matchAll,
      userName: String,
      wallOffsetNs: () => sourceInfo.wallOffsetNs,
      rotator: {
        rotate: () => `rotated${calls.push('rotate')}`,
        pruneAndCompress: () => void calls.push('prune'),
      },
      open: (mode, openedNs) => {
        if (disk.refuse) throw Object.assign(new Error(), { code: disk.refuse });
        const file = { text: '', pathChange: 'none' as PathChange, closed: false, syncs: 0, mode };
        files.push(file);
        return {
          get size() {
            return file.text.length;
          },
          openedNs,
          repairedBytes: 0,
          append: (bytes) => {
            const text = Buffer.from(bytes).toString();
            const whole = text.slice(0, text.lastIndexOf('\n', disk.room) + 1);
            const taken = disk.room >= text.length ? text : whole;
            disk.room -= taken.length;
            file.text += taken;
            const error = taken === text ? {} : { error: Object.assign(new Error(), { code: disk.code }) };
            return { lines: taken.split('\n').length - 1, bytes: taken.length, ...error };
          },
          sync: () => void file.syncs++,
          pathChange: () => file.pathChange,
          close: () => {
            file.closed = true;
          },
        };
      },
      ...options,
    },
    0n,
  );
  if (status) recording.onStatus(status, 0n);
  return {
    recording,
    disk,
    calls,
    files,
    take: (at: number, ...records: Parameters<Recording['onBatch']>[0]['records']) =>
      recording.onBatch({ nowNs: seconds(at), records }),
    tick: (at: number) => recording.tick(seconds(at)),
    read: (index = files.length - 1) =>
      (files[index]?.text ?? '')
        .split('\n')
        .slice(0, -1)
        .map((line) => decode(line) as { record: TraceRecord; seq: number }),
    kinds: (index = files.length - 1) =>
      (files[index]?.text ?? '')
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line).probe_source.replace(/^\w+\./, '')),
  };
};

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
    const filter = parseFilter('sh');
    if (!filter.ok) throw new Error(filter.error);
    const { take, read } = setUp({ filter });
    const gap = { reason: 'unseen', tasks: 3, from_monotonic_ns: 0n, to_monotonic_ns: 1n } as const;
    take(1, spawned(7, 'sh', 1), spawned(8, 'cat', 1), { probe_source: 'trace.gap', ...gap });
    expect(read().map(({ record }) => record)).toMatchObject([{ filter: 'sh' }, { guest_pid: 7 }, gap]);
  });

  test('is followed by a clock pair each ten seconds, with the wall clock of that time', () => {
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

describe('a file that is', () => {
  test.each(['moved', 'deleted'] as const)('%s gets an end, and a new file is started', (pathChange) => {
    const { recording, files, take, tick, kinds, read } = setUp();
    take(0.5, spawned(1, 'a', 0.5));
    (files[0] as { pathChange: PathChange }).pathChange = pathChange;
    tick(0.9);
    expect(files).toHaveLength(1);
    tick(1);
    take(2, spawned(2, 'b', 2));
    expect(kinds(0)).toEqual(['header', 'spawned', 'end']);
    expect(kinds(1)).toEqual(['header', 'spawned', 'spawned']);
    expect(read(1)[1]?.record).toMatchObject({ guest_pid: 1, initial: true });
    expect(read(1)[0]?.seq).toBe(3);
    expect(files).toMatchObject([{ closed: true }, { mode: 'empty' }]);
    expect(recording.status.pathChange).toBe(pathChange);
  });

  test('moved continues to be written while no new file can be opened', () => {
    const { recording, files, disk, take, tick, kinds } = setUp();
    take(0.5);
    (files[0] as { pathChange: PathChange }).pathChange = 'moved';
    disk.refuse = 'ENOENT';
    tick(1);
    take(1.5, spawned(1, 'a', 1.5));
    expect(kinds(0)).toEqual(['header', 'spawned']);
    expect(recording.status).toMatchObject({ state: 'recording', error: 'ENOENT' });
    disk.refuse = '';
    tick(2);
    expect(kinds(1)).toEqual(['header', 'spawned']);
    expect(recording.status.error).toBeUndefined();
  });

  test('truncated gets a new header', () => {
    const { files, take, tick, kinds } = setUp();
    take(0.5);
    Object.assign(files[0] as object, { pathChange: 'truncated', text: '' });
    tick(1);
    expect(kinds(0)).toEqual(['header']);
  });
});

describe('rotation', () => {
  test('renames the file and starts one that can be read by itself', () => {
    const { recording, take, tick, calls, kinds, read, files } = setUp({ rotation: { maxBytes: 700 } });
    take(1, spawned(1, 'a', 1));
    tick(1);
    expect(files).toHaveLength(1);
    take(2, spawned(2, 'b', 2), spawned(3, 'c', 2), exited(1, 'a', 2));
    tick(2);
    expect(calls).toEqual(['rotate', 'prune']);
    expect(kinds(0)).toEqual(['header', 'spawned', 'spawned', 'spawned', 'exited', 'end']);
    expect(read(1).map(({ record }) => record)).toMatchObject([
      { probe_source: 'trace.header', recorder: 'r1' },
      { guest_pid: 2, initial: true },
      { guest_pid: 3, initial: true },
    ]);
    expect(read(1)[0]?.seq).toBe(6);
    expect(recording.status.rotatedFiles).toBe(1);
    tick(3);
    expect(files).toHaveLength(2);
  });

  test('that fails half-way is completed by the next check', () => {
    const { recording, take, tick, disk, kinds, files } = setUp({ rotation: { intervalNs: seconds(5) } });
    take(1, spawned(1, 'a', 1));
    tick(1);
    disk.refuse = 'EMFILE';
    tick(5);
    take(5.5, spawned(2, 'b', 5.5));
    expect(recording.status).toMatchObject({ state: 'waiting', error: 'EMFILE', queued: 1 });
    disk.refuse = '';
    tick(6);
    expect(files).toHaveLength(2);
    expect(kinds(1)).toEqual(['header', 'spawned', 'spawned', 'spawned']);
    expect(recording.status).toMatchObject({ state: 'recording', queued: 0 });
  });
});

test('Recording syncs within the fsync interval, and only after a write', () => {
  const { files, take, tick } = setUp();
  tick(0.5);
  expect(files[0]?.syncs).toBe(0);
  tick(0.75);
  expect(files[0]?.syncs).toBe(1);
  tick(5);
  expect(files[0]?.syncs).toBe(1);
  take(6, spawned(1, 'a', 6));
  tick(6.75);
  expect(files[0]?.syncs).toBe(2);
});
