import stringWidth from 'string-width';
import { describe, expect, test, vi } from 'vitest';
import type { ChurnRecord } from '../../../src/domain/events/event.ts';
import { history, startApp } from '../../support/harness/app.tsx';
import { exited, seconds, spawned, zombie } from '../../support/fixtures/events.ts';

/** A crash loop, a burst of short ones, a build, and a zombie. */
const grow = async (app: ReturnType<typeof startApp>) => {
  await history(app);
  const records: ChurnRecord[] = [];
  const life = (pid: number, comm: string, from: number, to: number, more = {}) => {
    const start_ticks = Math.floor(from * 100);
    records.push(spawned(pid, comm, from, { guest_ppid: 500 }));
    records.push(exited(pid, comm, to, { start_ticks, lifetime_ns: seconds(to - from), ...more }));
  };
  for (let run = 0; run < 8; run++) life(700 + run, 'flappy', 105 + run * 3, 107 + run * 3, { exit_code: 1 });
  for (let hit = 0; hit < 40; hit++) life(800 + hit, 'true', 110 + hit / 8, 110.002 + hit / 8);
  for (let job = 0; job < 3; job++) life(900 + job, 'cc1', 112 + job, 118 + job * 2);
  records.push(spawned(950, 'leaky', 115), zombie(950, 'leaky', 119, { start_ticks: 11_500 }));
  const atNs = (record: ChurnRecord) => ('guest_monotonic_ns' in record ? record.guest_monotonic_ns : 0n);
  records.sort((a, b) => Number(atNs(a) - atNs(b)));
  await app.play(130, ...records);
};

const started = async (columns: number, rows: number, ascii = false) => {
  const app = startApp({ columns, rows }, {}, ascii);
  await grow(app);
  app.type('4');
  await vi.waitFor(() => expect(app.screen()).toMatch(/-30s.*now/));
  return app;
};

describe.each([
  [40, 10],
  [80, 24],
  [120, 30],
  [200, 50],
])('at %ix%i', (columns, rows) => {
  test('shows lives over time', async () => {
    const app = await started(columns, rows);
    await expect(app.screen()).toMatchFileSnapshot(`golden/timeline-${columns}x${rows}.txt`);
    expect(app.lines()).toHaveLength(rows);
    expect(Math.max(...app.lines().map((line) => stringWidth(line)))).toBeLessThanOrEqual(columns);
  });
});

test('in ASCII', async () => {
  const app = await started(80, 24, true);
  await expect(app.screen()).toMatchFileSnapshot('golden/timeline-ascii-80x24.txt');
  expect(app.screen()).toMatch(/^[\x20-\x7e\n]*$/);
});

test('plus and minus change the span, as far as there is one', async () => {
  const app = await started(80, 24);
  expect(app.screen()).toContain('true');
  app.type('+');
  await vi.waitFor(() => expect(app.screen()).toMatch(/-10s.*now/));
  expect(app.screen()).not.toContain('true');
  app.type('--');
  await vi.waitFor(() => expect(app.screen()).toMatch(/-1m00s.*now/));
  app.type('------');
  await vi.waitFor(() => expect(app.screen()).toMatch(/-5m00s.*now/));
});

test('a filter leaves its lives, and says so where there are none', async () => {
  const app = await started(80, 24);
  app.type('/flappy\r');
  await vi.waitFor(() => expect(app.screen()).not.toContain('cc1'));
  expect(app.screen()).toContain('flappy');
  app.type('\x1b');
  await vi.waitFor(() => expect(app.screen()).toContain('cc1'));
  app.type('/nobody\r');
  await vi.waitFor(() => expect(app.screen()).toMatch(/last 30s matches nobody/));
});

test('the chosen process is chosen in other views', async () => {
  const app = await started(80, 24);
  app.type('/leaky\r');
  await vi.waitFor(() => expect(app.screen()).not.toContain('cc1'));
  app.type('j');
  const chosen = () => app.store.getSnapshot().view.selection?.key;
  await vi.waitFor(() => expect(chosen()).toBe('950@11500'));
  app.type('\x1b');
  await vi.waitFor(() => expect(app.screen()).toContain('cc1'));
  app.type('3');
  await vi.waitFor(() => expect(app.screen()).toContain('WHO SPAWNED'));
  expect(chosen()).toBe('950@11500');
  app.type('1');
  await vi.waitFor(() => expect(app.screen()).toContain('EVENTS'));
  expect(chosen()).toBe('950@11500');
  app.type('4');
  await vi.waitFor(() => expect(app.screen()).toMatch(/-30s.*now/));
  expect(chosen()).toBe('950@11500');
});

test('before anything churned', async () => {
  const app = startApp({ columns: 80, rows: 24 });
  app.type('4');
  await vi.waitFor(() => expect(app.screen()).toContain('looking for processes'));
  await app.play(
    100,
    spawned(1, 'init', 100, { initial: true, start_ticks: 1 }),
    spawned(2, 'sh', 100, { initial: true, start_ticks: 5 }),
  );
  await vi.waitFor(() => expect(app.screen()).toContain('nothing came or went in the last 30s'));
  expect(app.screen()).toContain('2 processes lived throughout');
});
