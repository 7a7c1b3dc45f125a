import { expect, test, vi } from 'vitest';
import type { ChurnRecord } from '../../../src/domain/events/event.ts';
import { childrenCpu, execed, exited, seconds, spawned } from '../../support/fixtures/events.ts';
import { startApp } from '../../support/harness/app.tsx';

const found = { initial: true as const, start_ticks: 100 };

/** A run of `backup --part N` every minute, under `cron` or `timer`, which changes its user from root to 34. */
const runOf = (index: number): ChurnRecord[] => {
  const at = 100 + index * 60;
  const pid = 1000 + index;
  const start_ticks = at * 100;
  const guest_ppid = index % 3 === 2 ? 600 : 500;
  return [
    spawned(pid, guest_ppid === 500 ? 'cron' : 'timer', at, { guest_ppid, start_ticks }),
    execed(pid, 'backup', at + 0.01, {
      start_ticks,
      guest_uid: 34,
      args: ['/usr/bin/backup', '--part', String(index)],
    }),
    exited(pid, 'backup', at + 0.5, {
      start_ticks,
      lifetime_ns: seconds(0.5),
      exit_code: index === 1 ? 3 : 0,
      cpu_ns: seconds(0.1),
    }),
  ];
};

/** Plays five runs, and processes that belong to other groups. Opens the details of the first row of a grouping. */
const openDetails = async (grouping: string, keys: string) => {
  const app = startApp({ columns: 120, rows: 30 });
  const cgroup = '/system.slice/backup.service';
  await app.play(
    99,
    spawned(1, 'systemd', 98, { ...found, guest_ppid: 0, cgroup: '/init.scope' }),
    spawned(400, 'anacron', 98, { ...found, guest_ppid: 1, cgroup }),
    spawned(500, 'cron', 98, { ...found, guest_ppid: 400, cgroup }),
    spawned(600, 'timer', 98, { ...found, guest_ppid: 1, cgroup: '/system.slice/timer.service' }),
  );
  await app.play(99.5, spawned(900, 'other', 99.2), exited(900, 'other', 99.3));
  for (let index = 0; index < 5; index++) await app.play(101 + index * 60, ...runOf(index));
  await app.play(345, childrenCpu(500, 341, 0.4));
  app.type(`2${keys}`);
  await vi.waitFor(() => expect(app.screen()).toMatch(new RegExp(`› ${grouping} `)));
  app.type('s\r');
  await vi.waitFor(() => expect(app.screen()).toContain('newest first'));
  return app;
};

test('the details of a comm show how often, by what, as which user and in which unit it runs', async () => {
  const app = await openDetails('COMM', '');
  expect(app.screen()).toMatch(/› backup {2}all with this comm/);
  expect(app.screen()).toMatch(/commands +backup --part \* \(5\)/);
  expect(app.screen()).toMatch(/period +p50 1m00s, min 1m00s, max 1m00s *$/m);
  expect(app.screen()).toMatch(/used +at least 500ms CPU time, ran 2\.5s in sum/);
  expect(app.screen()).toMatch(/spawned by +cron 500 \(4\), timer 600 \(1\)/);
  expect(app.screen()).toMatch(/unit +backup\.service \(4\), timer\.service \(1\)/);
  expect(app.screen()).toMatch(/user +34 \(5\)/);
});

test('the details of a parent show its children, their CPU time and its ancestors', async () => {
  const app = await openDetails('PARENT', 'bb');
  expect(app.screen()).toMatch(/› cron {2}all children of PID 500/);
  expect(app.screen()).toMatch(/commands +backup --part \* \(4\)/);
  expect(app.screen()).toMatch(/exit status +failed 1 of 4 known, exit 3 ×1/);
  expect(app.screen()).toMatch(/used +400ms CPU time by all children of cron 500, ran 2\.0s in sum/);
  expect(app.screen()).toMatch(
    /last spawn +5\.0s ago, PID 1004, by cron 500 \(root\) ← anacron 400 ← systemd 1/,
  );
  expect(app.screen()).not.toMatch(/1002 backup/);
});

test('the details of a user show the processes that have changed to it', async () => {
  const app = await openDetails('USER', 'bbb');
  expect(app.screen()).toMatch(/› 34 {2}all of this user/);
  expect(app.screen()).toMatch(/commands +backup --part \* \(5\)/);
  expect(app.screen()).not.toContain('other');
});

test('the details of a unit show the processes that inherited its cgroup', async () => {
  const app = await openDetails('UNIT', 'B');
  expect(app.screen()).toMatch(/› backup\.service {2}all in this unit/);
  expect(app.screen()).toMatch(/commands +backup --part \* \(4\)/);
  expect(app.screen()).toMatch(/spawned by +cron 500 \(4\)/);
});

test('the details of a command list its variants', async () => {
  const app = await openDetails('COMMAND', 'b');
  expect(app.screen()).toMatch(/› backup --part \* {2}all with this command/);
  expect(app.screen()).toMatch(
    /commands +backup --part \d \(1\), backup --part \d \(1\), backup --part \d \(1\)/,
  );
});

test('numbers in a command are shown if they do not vary', async () => {
  const app = startApp({ columns: 80, rows: 24 });
  const args = ['/bin/lease', '--ttl', '90'];
  for (let at = 100; at < 104; at++)
    await app.play(at + 0.5, spawned(at, 'lease', at, { args }), exited(at, 'lease', at + 0.1));
  app.type('2\r');
  await vi.waitFor(() => expect(app.screen()).toMatch(/commands +lease --ttl 90 \(4\)/));
});

test('the details of a group leave out processes that the filter excludes', async () => {
  const app = startApp({ columns: 120, rows: 30 });
  const lease = (pid: number, at: number, guest_ppid: number): ChurnRecord[] => [
    spawned(pid, 'lease', at, { guest_ppid }),
    exited(pid, 'lease', at + 0.1, { start_ticks: at * 100 }),
  ];
  await app.play(99, spawned(500, 'cron', 98, found), spawned(600, 'timer', 98, found));
  for (let at = 100; at < 104; at++)
    await app.play(at + 0.9, ...lease(2 * at, at, 500), ...lease(2 * at + 1, at, 600));
  app.type('/under=600\r2\r');
  await vi.waitFor(() => expect(app.screen()).toMatch(/spawned by +timer 600 \(4\) *$/m));
  expect(app.screen()).toMatch(/period +p50 1\.0s, min 1\.0s/);
  expect(app.screen()).toContain('8 events, newest first');
});

test('the last spawn is the newest one, although an older process exits after it', async () => {
  const app = startApp({ columns: 120, rows: 30 });
  await app.play(
    105,
    spawned(500, 'cron', 98, found),
    spawned(801, 'job', 100, { guest_ppid: 500 }),
    spawned(802, 'job', 103, { guest_ppid: 500 }),
    exited(801, 'job', 104, { start_ticks: 10_000 }),
  );
  app.type('2\r');
  await vi.waitFor(() => expect(app.screen()).toMatch(/last spawn +2\.0s ago, PID 802/));
  expect(app.screen()).toMatch(/period +3\.0s *$/m);
});
