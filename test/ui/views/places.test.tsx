import { describe, expect, test, vi } from 'vitest';
import { exited, seconds, spawned } from '../../support/fixtures/events.ts';
import { expectGoldenScreen, screenSizes, startApp, type TestApp } from '../../support/harness/app.tsx';

const id = '4f5e6a7b8c9d'.padEnd(64, '0');
const cronCgroup = '/system.slice/cron.service';
const podUid = '1e2d3c4b-0a1b-4c5d-8e9f-001122334455';
const podCgroup = `/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod${podUid.replaceAll('-', '_')}.slice/cri-containerd-${id}.scope`;

/** Plays a guest with a service, a pod, an LXC container, a login session and processes without a cgroup. */
const playPlaces = async ({ play }: TestApp) => {
  const found = { initial: true as const, start_ticks: 100 };
  await play(
    100,
    spawned(1, 'systemd', 100, { ...found, guest_ppid: 0, cgroup: '/init.scope' }),
    spawned(2, 'kthreadd', 100, { ...found, guest_ppid: 0, kthread: true, cgroup: '/' }),
    spawned(500, 'cron', 100, { ...found, guest_ppid: 1, cgroup: cronCgroup }),
    spawned(600, 'app', 100, { ...found, guest_ppid: 1, cgroup: podCgroup }),
    spawned(700, 'nginx', 100, {
      ...found,
      guest_ppid: 1,
      guest_uid: 33,
      cgroup: '/lxc.payload.web/system.slice/nginx.service',
    }),
    spawned(800, 'bash', 100, {
      ...found,
      guest_ppid: 1,
      guest_uid: 1000,
      cgroup: '/user.slice/user-1000.slice/session-3.scope',
    }),
    spawned(900, 'batch', 100, { ...found, guest_ppid: 1, cgroup: '/batch/nightly' }),
    spawned(901, 'hidden', 100, { ...found, guest_ppid: 1 }),
  );
  for (let index = 0; index < 6; index++)
    await play(
      101 + index / 10,
      spawned(1000 + index, 'job', 101 + index / 10, { guest_ppid: index % 3 === 0 ? 600 : 500 }),
    );
  await play(102, exited(1001, 'job', 102, { lifetime_ns: seconds(0.9), exit_code: 1 }));
};

const startWithPlaces = async (size: { columns: number; rows: number }) => {
  const app = startApp(size);
  await playPlaces(app);
  return app;
};

describe.each(screenSizes)('at $columns x $rows', (size) => {
  test('the processes with their units and containers match the golden screen', async () => {
    await expectGoldenScreen(
      await startWithPlaces(size),
      `golden/places/live-${size.columns}x${size.rows}.txt`,
    );
  });

  test('the churn by unit matches the golden screen', async () => {
    const app = await startWithPlaces(size);
    app.type('2B');
    await vi.waitFor(() => expect(app.screen()).toMatch(/UNIT/));
    await expectGoldenScreen(app, `golden/places/unit-${size.columns}x${size.rows}.txt`);
  });
});

test('B groups the churn by unit, then by container, then by cgroup', async () => {
  const app = await startWithPlaces({ columns: 120, rows: 30 });
  app.type('2B');
  await vi.waitFor(() => expect(app.screen()).toMatch(/cron\.service .* 4 /));
  app.type('B');
  await vi.waitFor(() => expect(app.screen()).toMatch(/containerd:4f5e6a7b8c9d .* 2 /));
  expect(app.screen()).toMatch(/\(no container\) .* 4 /);
  app.type('B');
  await vi.waitFor(() => expect(app.screen()).toMatch(/…\/cron\.service .* 4 /));
  app.type('bbb');
  await vi.waitFor(() => expect(app.screen()).toMatch(/COMM/));
});

test('the details of a process in a pod name unit, container and pod', async () => {
  const app = await startWithPlaces({ columns: 120, rows: 30 });
  app.type('/pid=600\rj\r');
  await vi.waitFor(() => expect(app.screen()).toMatch(/ unit +cri-containerd-4f5e6a7b8c9d\.scope/));
  expect(app.screen()).toMatch(/ container +containerd 4f5e6a7b8c9d/);
  expect(app.screen()).toContain(`pod  ${podUid} (burstable)`);
});

test('the churn by unit names the missing flag when no record has a cgroup', async () => {
  const app = startApp({ columns: 120, rows: 30 });
  await app.play(101, spawned(10, 'sh', 101, { guest_ppid: 1 }));
  expect(app.screen()).not.toMatch(/UNIT/);
  app.type('2B');
  await vi.waitFor(() => expect(app.screen()).toContain('no record has a cgroup'));
});
