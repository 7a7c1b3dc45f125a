import { describe, expect, test, vi } from 'vitest';
import type { ChurnRecord } from '../../../src/domain/events/event.ts';
import { exited, seconds, spawned } from '../../support/fixtures/events.ts';
import {
  expectGoldenScreen,
  playHistory,
  renderView,
  screenSizes,
  startApp,
  type TestApp,
} from '../../support/harness/app.tsx';

/** Plays a service that crashes each second, and a build that spawns many compilers. */
const playChurn = async (app: TestApp) => {
  for (let second = 104; second < 116; second++) {
    const records: ChurnRecord[] = [
      spawned(700 + second, 'crashd', second, { guest_ppid: 1 }),
      exited(700 + second, 'crashd', second + 0.2, { lifetime_ns: seconds(0.2), exit_code: 1 }),
    ];
    for (let job = 0; job < second - 100; job++) {
      const pid = 2000 + second * 40 + job;
      records.push(
        spawned(pid, 'cc1', second + 0.3, { guest_ppid: 500 }),
        exited(pid, 'cc1', second + 0.3 + job / 50, { lifetime_ns: seconds(job / 50) }),
      );
    }
    await app.play(second + 0.9, ...records);
  }
};

const renderChurn = (size: { columns: number; rows: number }) =>
  renderView({ key: '2', shows: 'NOW/S', play: playChurn }, size);

describe.each(screenSizes)('at $columns x $rows', (size) => {
  test('the churn view matches the golden screen', async () => {
    const app = await renderChurn(size);
    await expectGoldenScreen(app, `golden/churn/${size.columns}x${size.rows}.txt`);
  });
});

test('a restart loop is marked, and described if there is space', async () => {
  const app = await renderChurn({ columns: 120, rows: 24 });
  await vi.waitFor(() => expect(app.screen()).toMatch(/↻ crashd .* 12 × 1\.0s/));
});

test('the details of a comm describe its restart loop', async () => {
  const app = await renderChurn({ columns: 120, rows: 24 });
  await vi.waitFor(() => expect(app.screen()).toContain('crashd'));
  app.type('/crashd\rj\r');
  await vi.waitFor(() =>
    expect(app.screen()).toMatch(/restarts +12 in 11s, every 1\.0s, exit 1, under systemd 1/),
  );
});

test('a program that only checks something is not marked', async () => {
  const app = startApp({ columns: 120, rows: 24 });
  await playHistory(app);
  for (let second = 104; second < 134; second += 2) {
    await app.play(
      second + 1,
      spawned(700 + second, 'check', second, { guest_ppid: 1 }),
      exited(700 + second, 'check', second + 0.05, { lifetime_ns: seconds(0.05) }),
    );
  }
  app.type('2');
  await vi.waitFor(() => expect(app.screen()).toMatch(/ check .* 15 × 2\.0s/));
  expect(app.screen()).not.toContain('↻');
});

test('b groups by command, by parent, then by user', async () => {
  const app = startApp({ columns: 120, rows: 24 });
  await playHistory(app);
  await playChurn(app);
  app.type('2b');
  await vi.waitFor(() => expect(app.screen()).toMatch(/COMMAND .*\n.* cc1 /));
  app.type('b');
  await vi.waitFor(() => expect(app.screen()).toMatch(/PARENT .*\n.* 500 cron .* cc1/));
  app.type('b');
  await vi.waitFor(() => expect(app.screen()).toMatch(/USER .*\n.* root /));
});

test('a paused view keeps its counts while events arrive and when it is sorted', async () => {
  const app = startApp({ columns: 80, rows: 24 });
  await playHistory(app);
  await playChurn(app);
  app.type('2p');
  await vi.waitFor(() => expect(app.screen()).toContain('PAUSED'));
  const rows = () => app.lines().slice(4, 10);
  const before = rows();
  await app.play(117, ...Array.from({ length: 9 }, (_, index) => spawned(9000 + index, 'late', 117)));
  await vi.waitFor(() => expect(app.screen()).toContain('+9'));
  expect(rows()).toEqual(before);
  app.type('s');
  await vi.waitFor(() => expect(app.store.getSnapshot().view.orders.churn.by).toBe('spawns'));
  expect(rows().toSorted()).toEqual(before.toSorted());
  app.type('p');
  await vi.waitFor(() => expect(app.screen()).toContain('late'));
});

test('a filter by comm selects groups; a filter by another field counts retained events', async () => {
  const app = await renderChurn({ columns: 120, rows: 24 });
  await vi.waitFor(() => expect(app.screen()).toContain('crashd'));
  const row = (name: string) => app.lines().find((line) => line.includes(` ${name} `));
  const whole = row('cc1');
  app.type('/cc\r');
  await vi.waitFor(() => expect(app.screen()).not.toContain('crashd'));
  expect(row('cc1')).toBe(whole);
  app.type('\x1b');
  await vi.waitFor(() => expect(app.screen()).toContain('crashd'));
  app.type('/life>=200ms\r');
  await vi.waitFor(() => expect(app.screen()).toContain('(retained events)'));
  expect(row('cc1')).not.toBe(whole);
});

test('groups are sorted by top parent and by restart loop', async () => {
  const app = await renderChurn({ columns: 120, rows: 24 });
  const names = () =>
    app
      .lines()
      .slice(3, 7)
      .map((line) => line.slice(2, 10).trim());
  const sortBy = async (by: string) => {
    while (app.store.getSnapshot().view.orders.churn.by !== by) app.store.dispatch({ type: 'nextSort' });
    await app.drawn();
  };
  await sortBy('loop');
  expect(names()[0]).toBe('crashd');
  await sortBy('top');
  const parents = app
    .lines()
    .slice(3, 7)
    .map((line) => /\S+(?: \d+%)?$/.exec(line)?.[0]);
  expect(parents).toEqual(parents.toSorted());
});

describe('the selection', () => {
  test('follows a process to its comm and back', async () => {
    const app = startApp({ columns: 120, rows: 24 });
    await playHistory(app);
    await playChurn(app);
    app.type('jj');
    await vi.waitFor(() => expect(app.store.getSnapshot().view.selection?.index).toBe(1));
    const { selection } = app.store.getSnapshot().view;
    app.type('2');
    await vi.waitFor(() => expect(app.store.getSnapshot().view.selection?.key).toMatch(/^comm:/));
    app.type('1');
    await vi.waitFor(() => expect(app.store.getSnapshot().view.selection?.key).toBe(selection?.key));
  });

  test('is cleared in a view without that comm, and restored later', async () => {
    const app = startApp({ columns: 120, rows: 24 });
    await playHistory(app);
    await playChurn(app);
    app.type('2j');
    await vi.waitFor(() => expect(app.store.getSnapshot().view.selection?.key).toBe('comm:cc1'));
    await app.play(130);
    app.type('1');
    await vi.waitFor(() => expect(app.store.getSnapshot().view.activeView).toBe('live'));
    expect(app.store.getSnapshot().view.selection).toBeUndefined();
    app.type('v');
    await vi.waitFor(() => expect(app.store.getSnapshot().view.selection?.key).toBe('comm:cc1'));
  });
});

test('an empty view shows a message', async () => {
  const app = startApp();
  app.type('2');
  await vi.waitFor(() => expect(app.screen()).toContain('waiting for processes'));
  await app.play(1, spawned(1, 'init', 1, { initial: true }));
  expect(app.screen()).toContain('no events yet');
});
