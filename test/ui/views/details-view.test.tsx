import { describe, expect, test, vi } from 'vitest';
import type { ProcessDetails } from '../../../src/domain/source/event-source.ts';
import { execed, exited, seconds, spawned, zombie } from '../../support/fixtures/events.ts';
import {
  expectGoldenScreen,
  playHistory,
  screenSizes,
  startApp,
  type TestApp,
} from '../../support/harness/app.tsx';

const startWithJobs = async (size = { columns: 80, rows: 24 }) => {
  const app = startApp({ ...size, states: { 500: 'S' } });
  await playHistory(app);
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

/** Selects the first process with a comm in the live view, and opens its details. */
const openDetails = async (app: TestApp, comm: string) => {
  app.type(`/comm=${comm}\r`);
  await vi.waitFor(() => expect(app.screen()).toContain(`filter: comm=${comm}`));
  app.type('j\r');
  await vi.waitFor(() => expect(app.screen()).toContain('Esc back'));
};

describe.each(screenSizes)('at $columns x $rows', (size) => {
  test('the details of a process match the golden screen', async () => {
    const app = await startWithJobs(size);
    await openDetails(app, 'cron');
    await vi.waitFor(() => expect(app.screen()).toContain('cron -f'));
    await vi.waitFor(() => expect(app.screen()).toContain('sleeping'));
    await expectGoldenScreen(app, `golden/details/${size.columns}x${size.rows}.txt`);
  });
});

test('an exited process shows its lifetime, exit status, exited ancestors and events', async () => {
  const app = await startWithJobs();
  await app.play(
    105,
    exited(603, 'curl', 104.9, { lifetime_ns: seconds(1.9), exit_signal: 9, start_ticks: 10_300 }),
    spawned(800, 'late', 105, { guest_ppid: 603 }),
    exited(800, 'late', 105.2, { lifetime_ns: seconds(0.2), exit_code: 7, start_ticks: 10_500 }),
  );
  await openDetails(app, 'late');
  await vi.waitFor(() => expect(app.screen()).toMatch(/exited +2026-01-01 12:01:45.200 UTC, lived 200ms/));
  expect(app.screen()).toMatch(/exit status +7 *$/m);
  expect(app.screen()).toMatch(/spawned by +curl 603 \(exited\) ← cron 500 ← systemd 1/);
  expect(app.screen()).toMatch(/12:01:45.200 × +800 late/);
  app.type('\x1b\x1b');
  await vi.waitFor(() => expect(app.screen()).not.toContain('Esc back'));
});

test('ancestors are shown with their user where it changes', async () => {
  const app = await startWithJobs();
  await app.play(
    105,
    spawned(810, 'nightly', 105, { guest_ppid: 500, guest_uid: 0 }),
    spawned(811, 'rotate', 105, { guest_ppid: 810, guest_uid: 34 }),
    spawned(812, 'sh', 105, { guest_ppid: 811, guest_uid: 34 }),
    spawned(813, 'upload', 105, { guest_ppid: 812, guest_uid: 65534 }),
    exited(810, 'nightly', 105.1, { start_ticks: 10_500 }),
  );
  await openDetails(app, 'upload');
  await vi.waitFor(() => expect(app.screen()).toContain('spawned by'));
  const text = app.screen().replaceAll(/\s+/g, ' ');
  expect(text).toContain(
    'spawned by sh 812 (34) ← rotate 811 ← nightly 810 (root, exited) ← cron 500 ← systemd 1 user 65534',
  );
});

test.each([
  ['reaped before it was read as a zombie', {}],
  ['this user may not read it', { zombie_ns: seconds(0.1) }],
])(
  'an exit status that is unknown is shown with the reason: %s [fault:unknown-is-success]',
  async (reason, exit) => {
    const app = await startWithJobs();
    await app.play(
      105,
      spawned(800, 'late', 105),
      exited(800, 'late', 105.2, { lifetime_ns: seconds(0.1), start_ticks: 10_500, ...exit }),
    );
    await openDetails(app, 'late');
    await vi.waitFor(() =>
      expect(app.screen()).toMatch(new RegExp(`exit status +unknown: ${reason} *$`, 'm')),
    );
  },
);

test('a zombie shows its exit status', async () => {
  const app = await startWithJobs();
  const crashed = zombie(800, 'late', 105.2, { start_ticks: 10_500, exit_signal: 11, core_dumped: true });
  await app.play(105, spawned(800, 'late', 105), crashed);
  await openDetails(app, 'late');
  await vi.waitFor(() => expect(app.screen()).toMatch(/exit status +SIGSEGV \(11\), core dumped *$/m));
});

test('arguments are sanitized on the screen, and are not part of a dump', async () => {
  const app = await startWithJobs();
  app.source.readDetails = () => ({
    args: ['x\x1b[2J', '--password=\u202esecret'],
    argsTruncated: true,
    cgroup: undefined,
  });
  await openDetails(app, 'cron');
  await vi.waitFor(() => expect(app.screen()).toMatch(/command .*x␛\[2J.*…/));
  expect(app.screen()).not.toContain('\u202e');
  expect(
    JSON.stringify([...app.store.getSnapshot().system.log], (_, value) =>
      typeof value === 'bigint' ? `${value}` : value,
    ),
  ).not.toContain('password');
});

test('recorded arguments and cgroup are shown when the process cannot be read', async () => {
  const app = startApp();
  await playHistory(app);
  const spawn = spawned(900, 'login', 104, {
    args: ['login', '-p', '\x1b[2J'],
    args_cut: true,
    cgroup: '/a.slice',
  });
  await app.play(104, spawn, exited(900, 'login', 104.5));
  app.store.dispatch({ type: 'openFilter' });
  app.store.dispatch({ type: 'typeFilter', text: 'pid=900' });
  app.type('\rj\r');
  await vi.waitFor(() => expect(app.screen()).toContain("command  login -p '␛[2J' …"));
  expect(app.screen()).toContain('cgroup  /a.slice');
});

test('details of one process are not shown for another', async () => {
  const app = await startWithJobs();
  app.source.readDetails = ({ pid }) =>
    pid === 500 ? { args: ['first'], argsTruncated: false, cgroup: undefined } : undefined;
  app.type('sj');
  await vi.waitFor(() => expect(app.store.getSnapshot().view.selection?.key).toBe('500@5000'));
  app.type('\r');
  await vi.waitFor(() => expect(app.screen()).toMatch(/command +first/));
  app.type('n');
  await vi.waitFor(() => expect(app.screen()).not.toMatch(/cron +PID 500/));
  expect(app.screen()).not.toMatch(/command +first/);
});

test('a comm shows counts, lifetimes and events', async () => {
  const app = await startWithJobs();
  app.type('2/job\r');
  await vi.waitFor(() => expect(app.screen()).toContain('filter: job'));
  app.type('j\r');
  await vi.waitFor(() => expect(app.screen()).toContain('all with this comm'));
  await expect(app.screen()).toMatchFileSnapshot('golden/details/comm-80x24.txt');
});

test('from the log, details of the last event are opened; f filters by its comm and closes them', async () => {
  const app = await startWithJobs();
  app.type('\t\r');
  await vi.waitFor(() => expect(app.screen()).toMatch(/job +PID 711/));
  app.type('j');
  await app.play(105);
  expect(app.screen()).toMatch(/job +PID 711/);
  app.type('f');
  await vi.waitFor(() => expect(app.screen()).toContain('filter: comm=job'));
  expect(app.store.getSnapshot().view).toMatchObject({ mode: 'normal', detailsOf: undefined });
});

test('details have the newest name of the process, and f filters by it', async () => {
  const app = await startWithJobs();
  await app.play(105, spawned(800, 'sh', 105, { guest_ppid: 500 }));
  await openDetails(app, 'sh');
  await vi.waitFor(() => expect(app.screen()).toMatch(/^› sh +PID 800/m));
  await app.play(106, execed(800, 'backup', 106, { start_ticks: 10_500, previous_comm: 'sh' }));
  await vi.waitFor(() => expect(app.screen()).toMatch(/^› backup +PID 800/m));
  app.type('f');
  await vi.waitFor(() => expect(app.screen()).toContain('filter: comm=backup'));
});

test('details stay on a process that has exited and left the table', async () => {
  const app = await startWithJobs();
  await openDetails(app, 'curl');
  await app.play(120, exited(603, 'curl', 119, { lifetime_ns: seconds(16), start_ticks: 10_300 }));
  await vi.waitFor(() => expect(app.screen()).toMatch(/exited .*lived 16s/));
  expect(app.screen()).toMatch(/curl +PID 603/);
});

test('a zombie waits for its present parent [fault:zombie-adopted]', async () => {
  const app = await startWithJobs();
  await app.play(
    105,
    spawned(800, 'subreap', 105, { guest_ppid: 1 }),
    spawned(801, 'grandpa', 105, { guest_ppid: 800 }),
    spawned(802, 'orphan', 105, { guest_ppid: 801 }),
    zombie(802, 'orphan', 105, { guest_ppid: 800, start_ticks: 10_500 }),
  );
  await openDetails(app, 'orphan');
  await vi.waitFor(() => expect(app.screen()).toMatch(/Z zombie .*, waiting for subreap 800/));
  await app.play(106, exited(800, 'subreap', 106, { start_ticks: 10_500 }));
  await vi.waitFor(() => expect(app.screen()).not.toMatch(/state +Z zombie .*waiting/));
  expect(app.screen()).toMatch(/state +Z zombie/);
  await app.play(107, zombie(802, 'orphan', 107, { guest_ppid: 1, start_ticks: 10_500 }));
  await vi.waitFor(() => expect(app.screen()).toMatch(/state +Z zombie .*, waiting for \w+ 1\b/));
});

test('details of a parent show how many of its children are zombies', async () => {
  const app = await startWithJobs();
  await openDetails(app, 'cron');
  await vi.waitFor(() => expect(app.screen()).toMatch(/children +\d+ alive, including 1 zombie, \d+ exited/));
});

test('details of a zombie show how long it ran and how long it waits', async () => {
  const app = startApp();
  const job = spawned(900, 'job', 104, { guest_ppid: 500, start_ticks: 10_400 });
  await app.play(103, spawned(500, 'cron', 100, { guest_ppid: 1, start_ticks: 10_000 }));
  await app.play(108, job, zombie(900, 'job', 104.05, { guest_ppid: 500, start_ticks: 10_400 }));
  await openDetails(app, 'job');
  await vi.waitFor(() => expect(app.screen()).toContain('PID 900'));
  expect(app.screen()).toMatch(/state +Z zombie for 4\.0s, ran 50ms, waiting for cron 500/);
  const end = { lifetime_ns: seconds(0.05), zombie_ns: seconds(4.95), start_ticks: 10_400 };
  await app.play(109.2, exited(900, 'job', 109, end));
  await vi.waitFor(() => expect(app.screen()).toMatch(/exited .*lived 50ms, then a zombie for 5\.0s/));
});

test('details name why a command line cannot be read, also if the answer is late', async () => {
  const app = await startWithJobs();
  let answer = (_: ProcessDetails | undefined) => {};
  app.source.readDetails = () =>
    new Promise((resolve) => {
      answer = resolve;
    });
  await openDetails(app, 'cron');
  await vi.waitFor(() => expect(app.screen()).toMatch(/cron +PID/));
  expect(app.screen()).not.toContain('command');
  answer({ args: undefined, argsTruncated: false, cgroup: undefined, unread: 'no answer within 1 s' });
  await vi.waitFor(() => expect(app.screen()).toMatch(/command +cannot be read: no answer within 1 s/));
});

test('a zombie that was found at the start has been one for at least the time since', async () => {
  const app = startApp();
  await app.play(
    1,
    spawned(500, 'cron', 1, { initial: true }),
    spawned(600, 'sh', 1, { initial: true, guest_ppid: 500 }),
    zombie(600, 'sh', 1, { guest_ppid: 500 }),
  );
  await app.play(5);
  await openDetails(app, 'sh');
  await vi.waitFor(() =>
    expect(app.screen()).toMatch(/state +Z zombie for at least 4\.0s, waiting for cron 500/),
  );
});

test('a narrow title of a group has its name rather than what the group is', async () => {
  const app = startApp({ columns: 40, rows: 12 });
  await app.play(1, spawned(1, 'init', 0, { initial: true }));
  await app.play(
    3,
    spawned(800, 'sh', 2, { guest_ppid: 1, args: ['/bin/sh', '-c', 'sync-tenant --all --verbose'] }),
  );
  app.type('2b\r');
  await vi.waitFor(() => expect(app.screen()).toMatch(/› sh -c 'sync-tenant --… +1–\d/));
  expect(app.screen()).not.toContain('all with');
});

test.each([
  ['command', 'b', /› cron-job -f +all with this command/, /commands +cron-job -f \(20\)/],
  ['parent', 'bb', /› cron +all children of PID 500/, /commands +cron-job -f \(20\), job \(12\)/],
  ['user', 'bbb', /› 34 +all of this user/, /spawned by +cron 500 \(20\)/],
  ['unit', 'B', /› cron\.service +all in this unit/, /user +34 \(20\)/],
])('a group by %s shows its counts and events', async (_, keys, title, field) => {
  const app = await startWithJobs();
  await app.play(
    115,
    ...Array.from({ length: 20 }, (__, index) =>
      spawned(800 + index, 'cron-job', 115, {
        guest_ppid: 500,
        guest_uid: 34,
        args: ['/usr/sbin/cron-job', '-f'],
        cgroup: '/system.slice/cron.service',
      }),
    ),
  );
  app.type(`2${keys}\r`);
  await vi.waitFor(() => expect(app.screen()).toMatch(title));
  expect(app.screen()).toMatch(field);
  expect(app.screen()).toMatch(/last spawn +\S+ ago, PID 819, by cron 500 \(root\) ← systemd 1 *$/m);
  expect(app.screen()).toMatch(/EVENTS +\d+ events, newest first/);
});
