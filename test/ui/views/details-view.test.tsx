import stringWidth from 'string-width';
import { describe, expect, test, vi } from 'vitest';
import { history, startApp } from '../../support/harness/app.tsx';
import { exited, seconds, spawned } from '../../support/fixtures/events.ts';

const started = async (columns = 80, rows = 24) => {
  const app = startApp({ columns, rows }, { 500: 'S' });
  await history(app);
  await app.play(
    104,
    ...Array.from({ length: 12 }, (_, index) => [
      spawned(700 + index, 'job', 104, { guest_ppid: 500 }),
      exited(700 + index, 'job', 104.2, { lifetime_ns: seconds(0.2), start_ticks: 10_400 }),
    ]).flat(),
  );
  app.source.readDetails = () => ({
    args: ['/usr/sbin/cron', '-f', '-L', "it's 15"],
    argsTruncated: false,
    cgroup: '/system.slice/cron.service',
  });
  return app;
};

/** Chooses by comm in the live table, and asks for details. */
const detailsOf = async (app: Awaited<ReturnType<typeof started>>, comm: string) => {
  app.type(`/comm=${comm}\r`);
  await vi.waitFor(() => expect(app.screen()).toContain(`filter: comm=${comm}`));
  app.type('j\r');
  await vi.waitFor(() => expect(app.screen()).toContain('Esc back'));
};

describe.each([
  [40, 10],
  [80, 24],
  [120, 30],
  [200, 50],
])('at %ix%i', (columns, rows) => {
  test('shows all that is known of a process', async () => {
    const app = await started(columns, rows);
    await detailsOf(app, 'cron');
    await vi.waitFor(() => expect(app.screen()).toContain('cron -f'));
    await vi.waitFor(() => expect(app.screen()).toContain('sleeping'));
    await expect(app.screen()).toMatchFileSnapshot(`golden/details-${columns}x${rows}.txt`);
    expect(app.lines()).toHaveLength(rows);
    expect(Math.max(...app.lines().map((line) => stringWidth(line)))).toBeLessThanOrEqual(columns);
  });
});

test('of one that has ended: its life, its names, the ended among its ancestors, its events', async () => {
  const app = await started();
  await app.play(
    105,
    exited(603, 'curl', 104.9, { lifetime_ns: seconds(1.9), exit_signal: 9, start_ticks: 10_300 }),
    spawned(800, 'late', 105, { guest_ppid: 603 }),
    exited(800, 'late', 105.2, { lifetime_ns: seconds(0.2), exit_code: 7, start_ticks: 10_500 }),
  );
  await detailsOf(app, 'late');
  await vi.waitFor(() =>
    expect(app.screen()).toMatch(/ended +2026-01-01 12:01:45.200 UTC, lived 200ms, exit code 7/),
  );
  expect(app.screen()).toMatch(/spawned by +curl 603 \(ended\) ← cron 500 ← systemd 1/);
  expect(app.screen()).toMatch(/12:01:45.200 - +800 late/);
  app.type('\x1b\x1b');
  await vi.waitFor(() => expect(app.screen()).not.toContain('Esc back'));
});

test('arguments are inert on the screen, and not in what is dumped', async () => {
  const app = await started();
  app.source.readDetails = () => ({
    args: ['x\x1b[2J', '--password=\u202esecret'],
    argsTruncated: true,
    cgroup: undefined,
  });
  await detailsOf(app, 'cron');
  await vi.waitFor(() => expect(app.screen()).toMatch(/command .*x␛\[2J.*…/));
  expect(app.screen()).not.toContain('\u202e');
  expect(
    JSON.stringify([...app.store.getSnapshot().system.log], (_, value) =>
      typeof value === 'bigint' ? `${value}` : value,
    ),
  ).not.toContain('password');
});

test('what was recorded of a process is told where it can no longer be asked', async () => {
  const app = startApp();
  await history(app);
  const birth = spawned(900, 'login', 104, {
    args: ['login', '-p', '\x1b[2J'],
    args_cut: true,
    cgroup: '/a.slice',
  });
  await app.play(104, birth, exited(900, 'login', 104.5));
  app.store.dispatch({ type: 'openFilter' });
  app.store.dispatch({ type: 'typeFilter', text: 'pid=900' });
  app.type('\rj\r');
  await vi.waitFor(() => expect(app.screen()).toContain("command  login -p '␛[2J' …"));
  expect(app.screen()).toContain('cgroup  /a.slice');
});

test('facts read of one are not shown of another', async () => {
  const app = await started();
  app.source.readDetails = ({ pid }) =>
    pid === 500 ? { args: ['first'], argsTruncated: false, cgroup: undefined } : undefined;
  app.type('sj');
  await vi.waitFor(() => expect(app.store.getSnapshot().view.selection?.key).toBe('500@5000'));
  app.type('\r');
  await vi.waitFor(() => expect(app.screen()).toMatch(/command +first/));
  app.type('j');
  await vi.waitFor(() => expect(app.screen()).not.toMatch(/cron +PID 500/));
  expect(app.screen()).not.toContain('first');
});

test('of a name: how many, how long they lived, and their events', async () => {
  const app = await started();
  app.type('2/job\r');
  await vi.waitFor(() => expect(app.screen()).toContain('filter: job'));
  app.type('j\r');
  await vi.waitFor(() => expect(app.screen()).toContain('all of this name'));
  await expect(app.screen()).toMatchFileSnapshot('golden/details-name-80x24.txt');
});

test('of the last event, where the log is in focus; f filters to its comm and goes back', async () => {
  const app = await started();
  app.type('\t\r');
  await vi.waitFor(() => expect(app.screen()).toMatch(/job +PID 711/));
  app.type('j');
  await app.play(105);
  expect(app.screen()).toMatch(/job +PID 711/);
  app.type('f');
  await vi.waitFor(() => expect(app.screen()).toContain('filter: comm=job'));
  expect(app.store.getSnapshot().view).toMatchObject({ mode: 'normal', detailed: undefined });
});

test('stay on their process when it ends and is forgotten', async () => {
  const app = await started();
  await detailsOf(app, 'curl');
  await app.play(120, exited(603, 'curl', 119, { lifetime_ns: seconds(16), start_ticks: 10_300 }));
  await vi.waitFor(() => expect(app.screen()).toMatch(/ended .*lived 16s/));
  expect(app.screen()).toMatch(/curl +PID 603/);
});
