import { expect, test } from 'vitest';
import type { ChurnRecord } from '../../../src/domain/events/event.ts';
import { SystemState } from '../../../src/domain/processes/system-state.ts';
import { layoutLog } from '../../../src/store/views/log-columns.ts';
import { logLine } from '../../../src/ui/components/log-line.ts';
import { createTheme } from '../../../src/ui/theme/theme.ts';
import { execed, exited, gap, seconds, spawned, userChanged, zombie } from '../../support/fixtures/events.ts';

const theme = createTheme({ color: false, plain: true });
const textOf = (record: ChurnRecord, parentComm?: string) =>
  logLine(
    { record, parentComm, origin: undefined, mergedIntoSpawn: false },
    { clock: { wallOffsetNs: 0n }, width: 100, theme },
  ).trimEnd();

/** At this width, the command ends in column 59. */
test.each<[string, ChurnRecord, string | undefined, string]>([
  ['a spawn with a known parent', spawned(7, 'sh', 1, { guest_ppid: 5 }), 'cron', 'by cron 5'],
  ['a spawn with an unknown parent', spawned(7, 'sh', 1, { guest_ppid: 5 }), undefined, 'by ? 5'],
  [
    'a spawn with a parent in another PID namespace',
    spawned(7, 'sh', 1, { guest_ppid: 0 }),
    undefined,
    'parent outside this namespace',
  ],
  ['a spawn whose parent has no known comm', spawned(7, '', 1, { guest_ppid: 5 }), '', 'by ? 5'],
  ['an exec', execed(7, 'curl', 1), undefined, 'was sh'],
  [
    'a zombie',
    zombie(7, 'sh', 1, { guest_ppid: 5, exit_code: 1 }),
    'cron',
    'of cron 5                       exit 1',
  ],
  [
    'a zombie with a parent in another PID namespace',
    zombie(7, 'sh', 1, { guest_ppid: 0 }),
    undefined,
    'parent outside this namespace   exit ?',
  ],
  ['a change of the user', userChanged(7, 'nginx', 1), undefined, 'user 33, was 0'],
  [
    'a change from an unknown user',
    userChanged(7, 'nginx', 1, { previous_uid: undefined as never }),
    undefined,
    'user 33',
  ],
  [
    'an exit',
    exited(7, 'sh', 1, { lifetime_ns: seconds(0.5), exit_signal: 9 }),
    undefined,
    '                          500ms KILL',
  ],
  [
    'a successful exit',
    exited(7, 'sh', 1, { lifetime_ns: seconds(0.5), exit_code: 0 }),
    undefined,
    '                          500ms ok',
  ],
  [
    'an exit with a core dump',
    exited(7, 'sh', 1, { lifetime_ns: seconds(0.5), exit_signal: 11, core_dumped: true }),
    'cron',
    'core dumped, by cron      500ms SEGV',
  ],
  [
    'an exit with an unknown status',
    exited(7, 'sh', 1, { lifetime_ns: seconds(0.5) }),
    'cron',
    'by cron                   500ms exit ?',
  ],
  [
    'the exit of a zombie',
    exited(7, 'sh', 1, { lifetime_ns: seconds(0.05), zombie_ns: seconds(4), exit_code: 1 }),
    'cron',
    'by cron, zombie for 4.0s   50ms exit 1',
  ],
])('%s has note, lifetime and status in columns', (_, record, parentComm, details) => {
  expect(textOf(record, parentComm).slice(60)).toBe(details);
});

test.each([
  ['in its own column', 92, 52, 'user www-data, was root '],
  ['up to the empty column of the lifetime', 74, 44, 'user www-data, was root'],
  ['up to the empty column of the status, without a column of its own', 56, 41, 'user www-data  '],
])('a note is %s in a log of %i cells', (_, width, column, text) => {
  const line = logLine(
    { record: userChanged(7, 'nginx', 1), parentComm: undefined, origin: undefined, mergedIntoSpawn: false },
    { clock: { wallOffsetNs: 0n }, width, userName: (uid) => (uid === 33 ? 'www-data' : 'root'), theme },
  );
  expect(line.slice(column, column + text.length)).toBe(text);
  expect(line.slice(28, column).trim()).toBe('');
});

test('a log without a column for notes has none where only the lifetime is empty', () => {
  const record = zombie(7, 'sh', 1, { guest_ppid: 500 });
  const line = logLine(
    { record, parentComm: 'cron', origin: undefined, mergedIntoSpawn: false },
    { clock: { wallOffsetNs: 0n }, width: 60, theme },
  );
  expect(line.slice(28).trim()).toBe('exit ?');
});

test('a wide log has parent, user, unit and CPU time', () => {
  const state = new SystemState();
  state.apply({
    nowNs: seconds(3),
    records: [
      spawned(5, 'cron', 1, { initial: true }),
      spawned(7, 'job', 2, { guest_ppid: 5, guest_uid: 33, cgroup: '/system.slice/cron.service' }),
      exited(7, 'job', 3, { lifetime_ns: seconds(1), exit_code: 3, cpu_ns: seconds(0.25) }),
    ],
  });
  const columns = layoutLog(150, { withOrigin: true, hasCgroups: true });
  const lines = [...state.log].map((entry) =>
    logLine(entry, { clock: { wallOffsetNs: 0n }, width: 150, columns, theme })
      .trimEnd()
      .slice(13),
  );
  expect(lines).toEqual([
    '+       7 cron 5               33       cron.service       job',
    '×       7 cron 5               33       cron.service       job                                                      250ms   1.0s exit 3',
  ]);
});

test('the columns of the log fill every width from 40 to 250 exactly, and the command keeps 16 cells', () => {
  const record = exited(7, 'sh', 1, { lifetime_ns: seconds(0.5), exit_code: 3 });
  for (let width = 40; width <= 250; width++) {
    for (const withOrigin of [false, true]) {
      const columns = layoutLog(width, { withOrigin, hasCgroups: true });
      const line = logLine(
        { record, parentComm: 'cron', origin: undefined, mergedIntoSpawn: false },
        { clock: { wallOffsetNs: 0n }, width, columns, theme },
      );
      expect([width, line.length]).toEqual([width, width]);
      expect(columns.find(({ column }) => column.id === 'command')?.columnWidth).toBeGreaterThanOrEqual(16);
    }
  }
});

test('users of a change have their names, where they are known', () => {
  const line = logLine(
    { record: userChanged(7, 'nginx', 1), parentComm: undefined, origin: undefined, mergedIntoSpawn: false },
    { clock: { wallOffsetNs: 0n }, width: 100, userName: (uid) => (uid === 33 ? 'www-data' : 'root'), theme },
  );
  expect(line).toMatch(/ u +7 nginx +user www-data, was root *$/);
});

test.each<[ChurnRecord, string]>([
  [gap('unseen', { tasks: 1 }), '1 short-lived task missed'],
  [gap('dropped', { events: 2_000 }), '2,000 records dropped (reader too slow)'],
  [gap('stalled', { to_monotonic_ns: seconds(1.103) }), 'sampling paused 103ms (CPU busy)'],
  [gap('disk', { events: 3 }), '3 records not written (disk error)'],
  [gap('queue', { events: 1_788 }), '1,788 kernel events lost (queue full)'],
  [
    gap('source', { capture_mode: 'cursor', to_monotonic_ns: seconds(1.012) }),
    'kernel events ended, cursor mode after 12ms',
  ],
  [gap('source', { to_monotonic_ns: seconds(2) }), 'kernel events ended, another source after 1.0s'],
])('gap %# is described', (record, text) => {
  expect(textOf(record)).toMatch(/^\d\d:\d\d:\d\d\.\d{3} ! /);
  expect(textOf(record).slice(15)).toBe(text);
});
