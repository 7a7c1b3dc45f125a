import stringWidth from 'string-width';
import { describe, expect, test, vi } from 'vitest';
import type { ChurnRecord } from '../../../src/domain/events/event.ts';
import { history, startApp } from '../../support/harness/app.tsx';
import { exited, seconds, spawned } from '../../support/fixtures/events.ts';

/** A service that crashes each second, and a build that spawns many compilers. */
const churn = async (app: ReturnType<typeof startApp>) => {
  await history(app);
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

const churning = (columns: number, rows: number) => startApp({ columns, rows });

describe.each([
  [40, 10],
  [80, 24],
  [120, 30],
  [200, 50],
])('at %ix%i', (columns, rows) => {
  test('shows what churns', async () => {
    const app = churning(columns, rows);
    await churn(app);
    app.type('2');
    await vi.waitFor(() => expect(app.screen()).toContain('NOW/S'));
    await expect(app.screen()).toMatchFileSnapshot(`golden/churn-${columns}x${rows}.txt`);
    expect(app.lines()).toHaveLength(rows);
    expect(Math.max(...app.lines().map((line) => stringWidth(line)))).toBeLessThanOrEqual(columns);
  });
});

test('a loop is marked, and told where there is room', async () => {
  const app = churning(120, 24);
  await churn(app);
  app.type('2');
  await vi.waitFor(() => expect(app.screen()).toMatch(/↻ crashd .* 12 × 1\.0s/));
});

test('b counts by parent, then by user', async () => {
  const app = churning(120, 24);
  await churn(app);
  app.type('2b');
  await vi.waitFor(() => expect(app.screen()).toMatch(/PARENT .*\n.* 500 cron .* cc1/));
  app.type('b');
  await vi.waitFor(() => expect(app.screen()).toMatch(/USER .*\n.* root /));
});

test('a frozen view keeps its counts, whatever goes on and however it is sorted', async () => {
  const app = churning(80, 24);
  await churn(app);
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

test('a filter by name picks rows and keeps their counts; by another fact it counts the events held', async () => {
  const app = churning(120, 24);
  await churn(app);
  app.type('2');
  await vi.waitFor(() => expect(app.screen()).toContain('crashd'));
  const row = (name: string) => app.lines().find((line) => line.includes(` ${name} `));
  const whole = row('cc1');
  app.type('/cc\r');
  await vi.waitFor(() => expect(app.screen()).not.toContain('crashd'));
  expect(row('cc1')).toBe(whole);
  app.type('\x1b');
  await vi.waitFor(() => expect(app.screen()).toContain('crashd'));
  app.type('/life>=200ms\r');
  await vi.waitFor(() => expect(app.screen()).toContain('of events held'));
  expect(row('cc1')).not.toBe(whole);
});

test('sorted by main parent, and by restarts', async () => {
  const app = churning(120, 24);
  await churn(app);
  app.type('2');
  const names = () =>
    app
      .lines()
      .slice(4, 8)
      .map((line) => line.slice(2, 10).trim());
  const sortedBy = async (by: string) => {
    while (app.store.getSnapshot().view.orders.churn.by !== by) app.store.dispatch({ type: 'nextSort' });
    await app.drawn();
  };
  await sortedBy('loop');
  expect(names()[0]).toBe('crashd');
  await sortedBy('mostly');
  const parents = app
    .lines()
    .slice(4, 8)
    .map((line) => /\S+(?: \d+%)?$/.exec(line)?.[0]);
  expect(parents).toEqual(parents.toSorted());
});

describe('the chosen row', () => {
  test('carries over: a process, its comm, and back to the process', async () => {
    const app = churning(120, 24);
    await churn(app);
    app.type('jj');
    await vi.waitFor(() => expect(app.store.getSnapshot().view.selection?.index).toBe(1));
    const { selection } = app.store.getSnapshot().view;
    app.type('2');
    await vi.waitFor(() => expect(app.store.getSnapshot().view.selection?.key).toMatch(/^comm:/));
    app.type('1');
    await vi.waitFor(() => expect(app.store.getSnapshot().view.selection?.key).toBe(selection?.key));
  });

  test('is let go where the other view has nothing of that name', async () => {
    const app = churning(120, 24);
    await churn(app);
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

test('nothing has happened yet', async () => {
  const app = churning(80, 24);
  app.type('2');
  await vi.waitFor(() => expect(app.screen()).toContain('looking for processes'));
  await app.play(1, spawned(1, 'init', 1, { initial: true }));
  expect(app.screen()).toContain('nothing has come or gone yet');
});
