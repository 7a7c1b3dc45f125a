import { describe, expect, test, vi } from 'vitest';
import type { ChurnRecord } from '../../../src/domain/events/event.ts';
import { exited, seconds, spawned } from '../../support/fixtures/events.ts';
import {
  expectGoldenScreen,
  renderView,
  screenSizes,
  startApp,
  type TestApp,
} from '../../support/harness/app.tsx';

/** Plays a build under a shell, and an orphan. */
const playBuild = async (app: TestApp) => {
  await app.play(
    104,
    spawned(20, 'kworker/0:1', 104, { guest_ppid: 2, kthread: true }),
    spawned(700, 'bash', 104, { guest_ppid: 1, guest_uid: 1000 }),
    spawned(701, 'make', 104, { guest_ppid: 700, guest_uid: 1000 }),
    spawned(702, 'setsid', 104, { guest_ppid: 700, guest_uid: 1000 }),
    spawned(703, 'watcher', 104.1, { guest_ppid: 702, guest_uid: 1000 }),
    exited(702, 'setsid', 104.2, { start_ticks: 10_400 }),
  );
  const records: ChurnRecord[] = [];
  for (let job = 0; job < 1_204; job++) {
    const at = 105 + job / 1000;
    records.push(
      spawned(2000 + job, 'cc1', at, { guest_ppid: 701 }),
      exited(2000 + job, 'cc1', at + 0.05, { lifetime_ns: seconds(0.05 + (job % 40) / 20) }),
    );
  }
  await app.play(110, ...records);
};

const renderTree = (options = {}) =>
  renderView({ key: '3', shows: 'PROCESS TREE', play: playBuild }, options);

describe.each(screenSizes)('at $columns x $rows', (size) => {
  test('the tree matches the golden screen', async () => {
    const app = await renderTree(size);
    await expectGoldenScreen(app, `golden/tree/${size.columns}x${size.rows}.txt`);
  });
});

test('the ASCII tree matches the golden screen', async () => {
  const app = await renderTree({ ascii: true });
  await expect(app.screen()).toMatchFileSnapshot('golden/tree/ascii-80x24.txt');
  expect(app.screen()).toMatch(/^[\x20-\x7e\n]*$/);
});

test('kernel threads are collapsed until they are opened', async () => {
  const app = await renderTree();
  expect(app.screen()).toMatch(/▸ \[kthreadd\]/);
  expect(app.screen()).not.toContain('kworker');
  app.type('G');
  await vi.waitFor(() => expect(app.store.getSnapshot().view.selection?.key).toBe('2@10'));
  app.type('+');
  await vi.waitFor(() => expect(app.screen()).toMatch(/└─\[kworker\/0:1\]/));
  app.type('-');
  await vi.waitFor(() => expect(app.screen()).not.toContain('kworker'));
});

test('minus closes a node, then selects its parent', async () => {
  const app = await renderTree();
  const selectedKey = () => app.store.getSnapshot().view.selection?.key;
  app.type('1/watcher\r');
  await vi.waitFor(() => expect(app.screen()).toContain('filter: watcher'));
  app.type('j');
  await vi.waitFor(() => expect(selectedKey()).toBe('703@10410'));
  app.type('\x1b');
  await vi.waitFor(() => expect(app.screen()).not.toContain('filter: watcher'));
  app.type('3');
  await vi.waitFor(() => expect(app.screen()).toMatch(/watcher +via setsid \(exited\)/));
  expect(selectedKey()).toBe('703@10410');
  app.type('-');
  await vi.waitFor(() => expect(selectedKey()).toBe('700@10400'));
  app.type('-');
  await vi.waitFor(() => expect(app.screen()).toContain('▸ bash'));
  expect(app.screen()).not.toContain('watcher');
  app.type('-');
  await vi.waitFor(() => expect(selectedKey()).toBe('1@10'));
});

test('a filter keeps ancestors, and opens collapsed nodes', async () => {
  const app = await renderTree();
  app.type('/kworker\r');
  await vi.waitFor(() => expect(app.screen()).toContain('└─[kworker/0:1]'));
  expect(app.screen()).toContain('[kthreadd]');
  expect(app.screen()).not.toContain('systemd');
});

test('s sorts the children of a parent', async () => {
  const app = await renderTree();
  app.type('ss');
  await vi.waitFor(() => expect(app.store.getSnapshot().view.orders.tree.by).toBe('tree'));
  const order = app.lines().flatMap((line) => /[├└]─(bash|cron|nginx)/.exec(line)?.[1] ?? []);
  expect(order).toEqual(['bash', 'cron', 'nginx']);
});

test('exited children are counted up to a pause only', async () => {
  const app = await renderTree();
  app.type('p');
  await vi.waitFor(() => expect(app.screen()).toContain('PAUSED'));
  await app.play(111, spawned(9000, 'cc1', 111, { guest_ppid: 701 }), exited(9000, 'cc1', 111.1));
  await vi.waitFor(() => expect(app.screen()).toContain('+2'));
  expect(app.screen()).toContain('cc1 ×1,204');
  app.type('p');
  await vi.waitFor(() => expect(app.screen()).toContain('cc1 ×1,205'));
});

test('exited children have the command that they have in common, and c changes its style', async () => {
  const app = await renderTree();
  const check = (pid: number, name: string) => [
    spawned(pid, 'sh', 111, { guest_ppid: 700, args: ['/bin/sh', '-c', `./check ${name}`] }),
    exited(pid, 'sh', 111.1),
  ];
  await app.play(112, ...check(9000, 'disk'), ...check(9001, 'disk'));
  await vi.waitFor(() => expect(app.screen()).toContain("─sh -c './check disk' ×2"));
  await app.play(113, ...check(9002, 'mail'));
  await vi.waitFor(() => expect(app.screen()).toContain('─sh -c … ×3'));
  app.type('c');
  await vi.waitFor(() => expect(app.screen()).toContain('─/bin/sh -c … ×3'));
  app.type('c');
  await vi.waitFor(() => expect(app.screen()).toContain('─sh ×3'));
});

test('an empty tree shows a message', async () => {
  const app = startApp();
  app.type('3');
  await vi.waitFor(() => expect(app.screen()).toContain('waiting for processes'));
});
