import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, onTestFinished, test, vi } from 'vitest';
import { GuestRecording, type GuestRecordingOptions } from '../../../src/cli/commands/guest-recording.ts';
import type { TraceRecord } from '../../../src/domain/events/record.ts';
import { SystemState } from '../../../src/domain/processes/system-state.ts';
import { Store } from '../../../src/store/store.ts';
import { TraceReader } from '../../../src/trace/read/reader.ts';
import { TraceFile } from '../../../src/trace/record/trace-file.ts';
import { mixedFleet } from '../../support/fakes/fake-fleet.ts';
import { seconds, spawned, zombie } from '../../support/fixtures/events.ts';
import { createTempDir } from '../../support/harness/temp-dir.ts';

const created: (() => void)[] = [];
afterEach(() => {
  for (const remove of created.splice(0)) remove();
});

const tempDir = (): string => {
  const { path, remove } = createTempDir();
  created.push(remove);
  return path;
};

/** Opens the screen's store over a fleet, with a recording of the guest on screen. */
const open = (directory: string, recorded?: GuestRecordingOptions['recorded']) => {
  const fleet = mixedFleet();
  const store = new Store({ info: fleet.info, fleet: fleet.fleet });
  const recording = new GuestRecording({ directory, recorded, snapshot: store.getSnapshot });
  const ends: string[] = [];
  recording.onEnd = (text) => ends.push(text);
  store.connect(recording.observe(fleet));
  const focus = (id: string) => {
    const ids = fleet.rows.map((row) => row.id).sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
    store.dispatch({ type: 'showView', view: 'hosts' });
    store.dispatch({ type: 'move', rows: -100 });
    store.dispatch({ type: 'move', rows: ids.indexOf(id) });
    store.dispatch({ type: 'openDetails' });
    expect(store.getSnapshot().view.focusedGuest).toBe(id);
  };
  const read = (): TraceRecord[] => {
    const [name] = readdirSync(directory);
    const reader = new TraceReader();
    const batches = [...reader.push(readFileSync(join(directory, name as string))), ...reader.close()];
    return batches.flatMap(({ records }) => [...records]);
  };
  return { fleet, store, recording, ends, focus, read };
};

test('R records the guest on screen, from its live processes to the change of the guest', () => {
  const { fleet, store, recording, ends, focus, read } = open(tempDir());
  fleet.states.set('web2', () => {
    const state = new SystemState();
    state.apply({
      nowNs: seconds(100),
      records: [
        spawned(1, 'systemd', 90, { start_ticks: 10, initial: true }),
        spawned(7, 'sh', 99, { guest_ppid: 1, start_ticks: 9_900 }),
        zombie(7, 'sh', 99.5, { exit_code: 3, guest_ppid: 1 }),
      ],
    });
    return state;
  });
  focus('web2');
  expect(recording.toggle()).toMatch(/^recording web2 to .*churntop-web2-\d+T\d+Z\.ndjson$/);
  expect(recording.badge).toMatch(/^REC \d/);
  fleet.listener().onBatch({ nowNs: seconds(101), records: [spawned(8, 'cc', 101, { guest_ppid: 1 })] });
  store.dispatch({ type: 'leaveGuest' });
  expect(recording.badge).toBeUndefined();
  expect(ends).toEqual([expect.stringMatching(/recorded to/)]);
  expect(read()).toMatchObject([
    { probe_source: 'trace.header', host: 'web2.example', capture_mode: 'kernel' },
    { probe_source: 'process.spawned', guest_pid: 1, initial: true },
    { probe_source: 'process.spawned', guest_pid: 7, initial: true },
    { probe_source: 'process.zombie', guest_pid: 7, zombie_ns: seconds(0.5), exit_code: 3 },
    { probe_source: 'process.spawned', guest_pid: 8 },
    { probe_source: 'trace.end' },
  ]);
});

test('a full disk ends the recording with a message', () => {
  const { fleet, recording, ends, focus } = open(tempDir());
  focus('web2');
  recording.toggle();
  const error = Object.assign(new Error('write'), { code: 'ENOSPC' });
  const append = vi.spyOn(TraceFile.prototype, 'append').mockReturnValue({ lines: 0, bytes: 0, error });
  onTestFinished(() => append.mockRestore());
  fleet.listener().onBatch({ nowNs: seconds(101), records: [spawned(8, 'cc', 101)] });
  expect(ends).toEqual([expect.stringMatching(/^recording to .* ended: .*(space|ENOSPC)/)]);
  expect(recording.badge).toBeUndefined();
  expect(() => recording.toggle()).toThrow(/ended: .*(space|ENOSPC)/);
  expect(recording.badge).toBeUndefined();
});

test('arguments and cgroups are written only if they are to be recorded', () => {
  const { fleet, recording, focus, read } = open(tempDir(), { args: false, cgroup: false });
  focus('web2');
  recording.toggle();
  const records = [spawned(8, 'cc', 101, { args: ['cc', '--secret'], cgroup: '/jobs/7' })];
  fleet.listener().onBatch({ nowNs: seconds(101), records });
  recording.stop();
  const written = read().find((record) => 'guest_pid' in record && record.guest_pid === 8);
  expect(written).toMatchObject({ guest_comm: 'cc' });
  expect(written).not.toHaveProperty('args');
  expect(written).not.toHaveProperty('cgroup');
});

test('R again stops the recording, and a second one gets its own file', () => {
  const directory = tempDir();
  const { recording, focus } = open(directory);
  focus('web2');
  recording.toggle();
  expect(recording.toggle()).toMatch(/recorded to .*ndjson$/);
  recording.toggle();
  recording.stop();
  expect(readdirSync(directory)).toHaveLength(2);
});

test('a guest without events, a paused view and a missing directory are refused with a reason', () => {
  const { recording, focus, store } = open(tempDir());
  expect(() => recording.toggle()).toThrow('a recording has the records of one guest');
  focus('edge1');
  expect(() => recording.toggle()).toThrow('edge1 sends counters only');
  store.dispatch({ type: 'leaveGuest' });
  focus('old1');
  expect(() => recording.toggle()).toThrow('old1 has ended');
  store.dispatch({ type: 'leaveGuest' });
  focus('web2');
  store.dispatch({ type: 'togglePause' });
  expect(() => recording.toggle()).toThrow('resume the view first');
  const missing = open(join(tempDir(), 'missing'));
  missing.focus('web2');
  expect(() => missing.recording.toggle()).toThrow('ENOENT');
  expect(missing.recording.badge).toBeUndefined();
});
