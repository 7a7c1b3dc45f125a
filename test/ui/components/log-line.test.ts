import { expect, test } from 'vitest';
import type { ChurnRecord } from '../../../src/domain/events/event.ts';
import { logLine } from '../../../src/ui/components/log-line.ts';
import { createTheme } from '../../../src/ui/theme/theme.ts';
import { exited, gap, seconds, spawned, userChanged, zombie } from '../../support/fixtures/events.ts';

const theme = createTheme({ color: false, plain: true });
const textOf = (record: ChurnRecord, parentComm?: string) =>
  logLine(
    { record, parentComm, origin: undefined, mergedIntoSpawn: false },
    { clock: { wallOffsetNs: 0n }, width: 100, theme },
  ).trimEnd();

test.each<[string, ChurnRecord, string | undefined, string]>([
  ['a spawn with a known parent', spawned(7, 'sh', 1, { guest_ppid: 5 }), 'cron', 'by cron 5'],
  ['a spawn with an unknown parent', spawned(7, 'sh', 1, { guest_ppid: 5 }), undefined, 'by ? 5'],
  [
    'a spawn with a parent in another PID namespace',
    spawned(7, 'sh', 1, { guest_ppid: 0 }),
    undefined,
    'parent outside this namespace',
  ],
  [
    'a zombie',
    zombie(7, 'sh', 1, { guest_ppid: 5, exit_code: 1 }),
    'cron',
    'zombie, waiting for cron 5, exit 1',
  ],
  [
    'a zombie with a parent in another PID namespace',
    zombie(7, 'sh', 1, { guest_ppid: 0 }),
    undefined,
    'zombie, parent outside this namespace, exit ?',
  ],
  ['a change of the user', userChanged(7, 'nginx', 1), undefined, 'user 33, was 0'],
  [
    'a change from an unknown user',
    userChanged(7, 'nginx', 1, { previous_uid: undefined as never }),
    undefined,
    'user 33',
  ],
  ['an exit', exited(7, 'sh', 1, { lifetime_ns: seconds(0.5), exit_signal: 9 }), undefined, ' 500ms KILL'],
  [
    'a successful exit',
    exited(7, 'sh', 1, { lifetime_ns: seconds(0.5), exit_code: 0 }),
    undefined,
    ' 500ms ok',
  ],
  [
    'an exit with a core dump',
    exited(7, 'sh', 1, { lifetime_ns: seconds(0.5), exit_signal: 11, core_dumped: true }),
    undefined,
    ' 500ms SEGV (core dumped)',
  ],
  [
    'an exit with an unknown status',
    exited(7, 'sh', 1, { lifetime_ns: seconds(0.5) }),
    'cron',
    ' 500ms exit ?   by cron',
  ],
  [
    'the exit of a zombie',
    exited(7, 'sh', 1, { lifetime_ns: seconds(0.05), zombie_ns: seconds(4), exit_code: 1 }),
    'cron',
    '  50ms exit 1   by cron, zombie for 4.0s',
  ],
])('%s has its details after the comm', (_, record, parentComm, details) => {
  expect(textOf(record, parentComm).slice(40)).toBe(details);
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

test.each<[string, ChurnRecord, string, RegExp]>([
  [
    'a zombie',
    zombie(7, 'sh', 1, { guest_ppid: 1506, exit_code: 1 }),
    'job-server',
    / sh -c 'render-thumb… zombie, waiting for job-server 1506/,
  ],
  [
    'an exit',
    exited(7, 'sh', 1, { lifetime_ns: seconds(0.15), exit_code: 78 }),
    'supervisor',
    / sh -c 'render-th….* 150ms exit 78 {2}by supervisor$/,
  ],
])('%s shows its parent next to a long command in 80 columns', (_, record, parentComm, line) => {
  const args = ['sh', '-c', 'render-thumbnail --size 640 --format webp'];
  const origin = {
    ...{ pid: 7, startTicks: 100, ppid: 1506, uid: 0, initial: false, spawnedNs: 0n, ancestors: [1506] },
    nameHistory: { names: ['sh'], program: 'sh', programArgs: args, args },
  };
  const entry = { record, parentComm, origin, mergedIntoSpawn: false };
  expect(logLine(entry, { clock: { wallOffsetNs: 0n }, width: 80, theme }).trimEnd()).toMatch(line);
});
