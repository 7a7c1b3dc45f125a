import stringWidth from 'string-width';
import { describe, expect, test, vi } from 'vitest';
import type { ChurnRecord } from '../../../src/domain/events/event.ts';
import { history, startApp } from '../../support/harness/app.tsx';
import { exited, seconds, spawned } from '../../support/fixtures/events.ts';

/** A build under a shell, a loop that goes on, and an orphan. */
const grow = async (app: ReturnType<typeof startApp>) => {
  await history(app);
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

const started = async (columns: number, rows: number, ascii = false) => {
  const app = startApp({ columns, rows }, {}, ascii);
  await grow(app);
  app.type('3');
  await vi.waitFor(() => expect(app.screen()).toContain('WHO SPAWNED'));
  return app;
};

describe.each([
  [40, 10],
  [80, 24],
  [120, 30],
  [200, 50],
])('at %ix%i', (columns, rows) => {
  test('shows who spawned whom', async () => {
    const app = await started(columns, rows);
    await expect(app.screen()).toMatchFileSnapshot(`golden/tree-${columns}x${rows}.txt`);
    expect(app.lines()).toHaveLength(rows);
    expect(Math.max(...app.lines().map((line) => stringWidth(line)))).toBeLessThanOrEqual(columns);
  });
});

test('in ASCII', async () => {
  const app = await started(80, 24, true);
  await expect(app.screen()).toMatchFileSnapshot('golden/tree-ascii-80x24.txt');
  expect(app.screen()).toMatch(/^[\x20-\x7e\n]*$/);
});

test('kernel threads are folded until they are opened', async () => {
  const app = await started(80, 24);
  expect(app.screen()).toMatch(/▸ \[kthreadd\]/);
  expect(app.screen()).not.toContain('kworker');
  app.type('G');
  await vi.waitFor(() => expect(app.store.getSnapshot().view.selection?.key).toBe('2@10'));
  app.type('+');
  await vi.waitFor(() => expect(app.screen()).toMatch(/└─\[kworker\/0:1\]/));
  app.type('-');
  await vi.waitFor(() => expect(app.screen()).not.toContain('kworker'));
});

test('minus closes, then goes up; whoever was chosen below is chosen again when it is opened', async () => {
  const app = await started(80, 24);
  const chosen = () => app.store.getSnapshot().view.selection?.key;
  app.type('1/watcher\r');
  await vi.waitFor(() => expect(app.screen()).toContain('filter: watcher'));
  app.type('j');
  await vi.waitFor(() => expect(chosen()).toBe('703@10410'));
  app.type('\x1b');
  await vi.waitFor(() => expect(app.screen()).not.toContain('filter: watcher'));
  app.type('3');
  await vi.waitFor(() => expect(app.screen()).toMatch(/watcher +of setsid, ended/));
  expect(chosen()).toBe('703@10410');
  app.type('-');
  await vi.waitFor(() => expect(chosen()).toBe('700@10400'));
  app.type('-');
  await vi.waitFor(() => expect(app.screen()).toContain('▸ bash'));
  expect(app.screen()).not.toContain('watcher');
  app.type('-');
  await vi.waitFor(() => expect(chosen()).toBe('1@10'));
});

test('a filter keeps those above, and opens what is folded', async () => {
  const app = await started(80, 24);
  app.type('/kworker\r');
  await vi.waitFor(() => expect(app.screen()).toContain('└─[kworker/0:1]'));
  expect(app.screen()).toContain('[kthreadd]');
  expect(app.screen()).not.toContain('systemd');
});

test('s sorts children of one parent', async () => {
  const app = await started(80, 24);
  app.type('ss');
  await vi.waitFor(() => expect(app.store.getSnapshot().view.orders.tree.by).toBe('tree'));
  const order = app.lines().flatMap((line) => /[├└]─(bash|cron|nginx)/.exec(line)?.[1] ?? []);
  expect(order).toEqual(['bash', 'cron', 'nginx']);
});

test('ended children count only up to the moment of a pause', async () => {
  const app = await started(80, 24);
  app.type('p');
  await vi.waitFor(() => expect(app.screen()).toContain('PAUSED'));
  await app.play(111, spawned(9000, 'cc1', 111, { guest_ppid: 701 }), exited(9000, 'cc1', 111.1));
  await vi.waitFor(() => expect(app.screen()).toContain('+2'));
  expect(app.screen()).toContain('cc1 ×1,204');
  app.type('p');
  await vi.waitFor(() => expect(app.screen()).toContain('cc1 ×1,205'));
});

test('nothing is known yet', async () => {
  const app = startApp();
  app.type('3');
  await vi.waitFor(() => expect(app.screen()).toContain('looking for processes'));
});
