import { describe, expect, test } from 'vitest';
import type { PathChange } from '../../../src/trace/record/trace-file.ts';
import { exited, seconds, spawned } from '../../support/fixtures/events.ts';
import { setUp } from './recording-fixture.ts';

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

  test('that fails halfway is completed by the next check', () => {
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
