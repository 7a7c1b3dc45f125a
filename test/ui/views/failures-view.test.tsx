import { describe, expect, test, vi } from 'vitest';
import type { ChurnRecord } from '../../../src/domain/events/event.ts';
import { exited, seconds, spawned, zombie } from '../../support/fixtures/events.ts';
import {
  expectGoldenScreen,
  playHistory,
  renderView,
  screenSizes,
  startApp,
  type TestApp,
} from '../../support/harness/app.tsx';

/** Plays a service that crashes each second, a job that fails sometimes, and processes that succeed or are unknown. */
const playFailures = async (app: TestApp) => {
  await app.play(103.95, spawned(650, 'i2.sh', 103.95, { guest_ppid: 1 }));
  for (let second = 104; second < 116; second++) {
    const pid = 700 + second * 10;
    const records: ChurnRecord[] = [
      spawned(pid, 'api-server', second, { guest_ppid: 650 }),
      exited(pid, 'api-server', second + 0.4, {
        lifetime_ns: seconds(0.4),
        ...(second % 4 === 0 ? { exit_signal: 11 } : { exit_code: 78 }),
      }),
      spawned(pid + 1, 'sync-tenant', second + 0.4, { guest_ppid: 500 }),
      exited(pid + 1, 'sync-tenant', second + 0.6, {
        lifetime_ns: seconds(0.2),
        exit_code: second % 6 === 0 ? 3 : 0,
      }),
      spawned(pid + 2, 'true', second + 0.6, { guest_ppid: 500 }),
      exited(pid + 2, 'true', second + 0.7, { lifetime_ns: seconds(0.1), exit_code: 0 }),
      spawned(pid + 3, 'fast', second + 0.7, { guest_ppid: 500 }),
      exited(pid + 3, 'fast', second + 0.8, { lifetime_ns: seconds(0.1) }),
    ];
    await app.play(second + 0.9, ...records);
  }
};

const renderFailures = (size: { columns: number; rows: number }) =>
  renderView({ key: 'x', shows: 'FAILED', play: playFailures }, size);

/** Returns the rows of the view, without the comm `(other)`. */
const rowsOf = (app: TestApp): string[] =>
  app
    .lines()
    .slice(3, -1)
    .filter((line) => line.trim() !== '');

describe.each(screenSizes)('at $columns x $rows', (size) => {
  test('the failures view matches the golden screen', async () => {
    const app = await renderFailures(size);
    await expectGoldenScreen(app, `golden/failures/${size.columns}x${size.rows}.txt`);
  });
});

test('the newest failure is first, with failures of known exits, statuses and the parent', async () => {
  const app = await renderFailures({ columns: 120, rows: 24 });
  const [first, second, third, ...others] = rowsOf(app);
  expect(first).toMatch(/ api-server +500ms +12 +12\/12 78,SEGV +12 +11s i2\.sh 650 *$/);
  expect(second).toMatch(/ sync-tenant +1\.3s +12 +2\/12 3 +2 +7\.3s cron 500 *$/);
  expect(third).toMatch(/ backup .* 1\/1 3 .* sh 601 *$/);
  expect(others).toEqual([]);
});

test('a zombie counts as a run, as its status counts', async () => {
  const app = await renderFailures({ columns: 120, rows: 24 });
  await app.play(
    117,
    spawned(9000, 'stuck', 116.1, { guest_ppid: 500 }),
    zombie(9000, 'stuck', 116.2, { guest_ppid: 500, exit_code: 1 }),
  );
  expect(rowsOf(app)[0]).toMatch(/ stuck +800ms +1 +1\/1 1 /);
});

test('5 and x open the view, also from the details and the help', async () => {
  const app = startApp({ columns: 120, rows: 24 });
  await playHistory(app);
  await playFailures(app);
  for (const keys of ['5', 'x', 'j\rx', '?x']) {
    app.type('1');
    await vi.waitFor(() => expect(app.store.getSnapshot().view.activeView).toBe('live'));
    for (const key of keys) {
      app.type(key);
      await app.drawn();
    }
    await vi.waitFor(() => expect(app.screen()).toContain('78,SEGV'));
    expect(app.store.getSnapshot().view).toMatchObject({ activeView: 'failures', mode: 'normal' });
    expect(app.store.getSnapshot().view.detailsOf).toBeUndefined();
  }
});

test('Enter shows the group, and its newest failed process', async () => {
  const app = await renderFailures({ columns: 120, rows: 24 });
  app.type('j');
  await vi.waitFor(() => expect(app.store.getSnapshot().view.selection?.key).toBe('command:api-server'));
  app.type('\r');
  await vi.waitFor(() =>
    expect(app.screen()).toMatch(
      /last failed +exit 78 500ms ago, PID 1850, under i2\.sh 650, 12 in the last minute, first 11s ago/,
    ),
  );
  expect(app.screen()).toMatch(/exit status +failed 12 of 12 known, exit 78 ×9, SIGSEGV ×3/);
});

test('each command has a row, with * for numbers, and Enter shows its commands', async () => {
  const app = await renderFailures({ columns: 120, rows: 24 });
  const fail = (pid: number, script: string, at: number): ChurnRecord[] => [
    spawned(pid, 'sh', at, { guest_ppid: 500, args: ['/bin/sh', '-c', script] }),
    exited(pid, 'sh', at + 0.1, { lifetime_ns: seconds(0.1), exit_code: 4 }),
  ];
  await app.play(
    117,
    ...fail(9000, 'sync 17', 116.1),
    ...fail(9001, 'sync 18', 116.3),
    ...fail(9002, 'probe', 116.5),
  );
  const [first, second, third] = rowsOf(app);
  expect(first).toMatch(/ sh -c probe +400ms +1 +1\/1 4 /);
  expect(second).toMatch(/ sh -c 'sync \*' +600ms +2 +2\/2 4 /);
  expect(third).toContain('api-server');
  app.type('jj');
  await vi.waitFor(() => expect(app.store.getSnapshot().view.selection?.key).toBe("command:sh -c 'sync *'"));
  app.type('\r');
  await vi.waitFor(() => expect(app.screen()).toMatch(/ sh -c 'sync \*' +all with this command/));
  expect(app.screen()).toMatch(/commands +sh -c 'sync 17' \(1\), sh -c 'sync 18' \(1\) *$/m);
  expect(app.screen()).toMatch(/last spawn +\S+ ago, PID 9001, by cron 500 ← systemd 1 *$/m);
  expect(app.screen()).toContain('4 events');
  expect(app.screen()).toMatch(/exit status +failed 2 of 2 known, exit 4 ×2/);
});

test('a filter by another field counts the retained events that match', async () => {
  const app = await renderFailures({ columns: 120, rows: 24 });
  app.type('/signal=SEGV\r');
  await vi.waitFor(() => expect(app.screen()).toContain('retained events'));
  expect(rowsOf(app)).toHaveLength(1);
  expect(rowsOf(app)[0]).toMatch(/api-server +3\.5s +3 +3\/3 SEGV +3 /);
  app.type('\x1b');
  app.type('/sync\r');
  await vi.waitFor(() => expect(rowsOf(app)).toHaveLength(1));
  expect(rowsOf(app)[0]).toMatch(/sync-tenant .* 2\/12 3 /);
});

test('a paused view keeps its rows while events arrive', async () => {
  const app = await renderFailures({ columns: 120, rows: 24 });
  app.type('p');
  await vi.waitFor(() => expect(app.screen()).toContain('PAUSED'));
  const before = rowsOf(app);
  await app.play(
    117,
    spawned(9000, 'late', 116.5, { guest_ppid: 500 }),
    exited(9000, 'late', 117, { lifetime_ns: seconds(0.5), exit_code: 1 }),
  );
  await vi.waitFor(() => expect(app.screen()).toContain('+2'));
  expect(rowsOf(app)).toEqual(before);
  app.type('p');
  await vi.waitFor(() => expect(rowsOf(app)[0]).toMatch(/^× +late /));
});

test('the rows are sorted by each column', async () => {
  const app = await renderFailures({ columns: 120, rows: 24 });
  const firstBy = async (by: string) => {
    while (app.store.getSnapshot().view.orders.failures.by !== by) app.store.dispatch({ type: 'nextSort' });
    await app.drawn();
    return rowsOf(app)[0]?.slice(2, 14).trim();
  };
  expect(await firstBy('failed')).toBe('api-server');
  expect(await firstBy('since')).toBe('sync-tenant');
  expect(await firstBy('command')).toBe('api-server');
  app.type('r');
  await vi.waitFor(() => expect(rowsOf(app)[0]).toContain('sync-tenant'));
});

test('an empty view shows how many exits are known, because an unknown status is not success', async () => {
  const app = startApp();
  app.type('5');
  await vi.waitFor(() => expect(app.screen()).toContain('waiting for processes'));
  await app.play(1, spawned(1, 'init', 1, { initial: true }));
  expect(app.screen()).toContain('no exits yet');
  await app.play(2, exited(7, 'sh', 2));
  expect(app.screen()).toContain('no exit status is known of 1 exit: churntop check shows why');
  await app.play(
    3,
    exited(8, 'sh', 3, { exit_code: 0 }),
    spawned(9, 'sh', 2.5),
    zombie(9, 'sh', 3, { exit_code: 0 }),
  );
  expect(app.screen()).toContain('no failure among 2 known exits; 1 unknown');
});

test('the header shows the failures of the last minute, and ? if no exit status is known', async () => {
  const app = await renderFailures({ columns: 120, rows: 24 });
  expect(app.screen()).toContain('failed 15/min');
  await app.play(200);
  expect(app.screen()).toContain('failed 0/min');
  const unknown = startApp({ columns: 120, rows: 24 });
  await unknown.play(1, spawned(1, 'init', 1, { initial: true }), exited(7, 'sh', 1));
  expect(unknown.screen()).toContain('failed ?');
});

test('a crash loop is shown in the details of its command, and in the churn by command', async () => {
  const app = await renderFailures({ columns: 120, rows: 24 });
  app.type('\r');
  await vi.waitFor(() => expect(app.screen()).toMatch(/› api-server +all with this command/));
  expect(app.screen()).toMatch(/restarts +12 in 11s, every 1\.0s, exit 78, under i2\.sh 650 ← systemd 1 *$/m);
  app.type('2b');
  await vi.waitFor(() => expect(app.screen()).toMatch(/^. COMMAND .*TOP PARENT *$/m));
  expect(app.screen()).toMatch(/^. api-server .* i2\.sh *$/m);
});

test('the details of a group have the events of the processes that match the filter', async () => {
  const app = await renderFailures({ columns: 120, rows: 24 });
  app.type('/signal=SEGV\r');
  await vi.waitFor(() => expect(app.screen()).toContain('retained events'));
  app.type('\r');
  await vi.waitFor(() => expect(app.screen()).toMatch(/› api-server +all with this command/));
  expect(app.screen()).toMatch(/last spawn +\S+ ago, PID 1820, by i2\.sh 650/);
  expect(app.screen()).toMatch(/EVENTS +3 events/);
});
