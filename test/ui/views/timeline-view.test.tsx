import { describe, expect, test, vi } from 'vitest';
import type { ChurnRecord } from '../../../src/domain/events/event.ts';
import { exited, seconds, spawned, zombie } from '../../support/fixtures/events.ts';
import {
  expectGoldenScreen,
  renderView,
  screenSizes,
  startApp,
  type TestApp,
} from '../../support/harness/app.tsx';

/** Plays a crash loop, a burst of short-lived processes, a build, and a zombie. */
const playJobs = async (app: TestApp) => {
  const records: ChurnRecord[] = [];
  const addProcess = (pid: number, comm: string, from: number, to: number, more = {}) => {
    const start_ticks = Math.floor(from * 100);
    records.push(spawned(pid, comm, from, { guest_ppid: 500 }));
    records.push(exited(pid, comm, to, { start_ticks, lifetime_ns: seconds(to - from), ...more }));
  };
  for (let run = 0; run < 8; run++)
    addProcess(700 + run, 'flappy', 105 + run * 3, 107 + run * 3, { exit_code: 1 });
  for (let hit = 0; hit < 40; hit++) addProcess(800 + hit, 'true', 110 + hit / 8, 110.002 + hit / 8);
  for (let job = 0; job < 3; job++) addProcess(900 + job, 'cc1', 112 + job, 118 + job * 2);
  records.push(spawned(950, 'leaky', 115), zombie(950, 'leaky', 119, { start_ticks: 11_500 }));
  const atNs = (record: ChurnRecord) => ('guest_monotonic_ns' in record ? record.guest_monotonic_ns : 0n);
  records.sort((a, b) => Number(atNs(a) - atNs(b)));
  await app.play(130, ...records);
};

const renderTimeline = (options = {}) =>
  renderView({ key: '4', shows: /-30s.*now/, play: playJobs }, options);

describe.each(screenSizes)('at $columns x $rows', (size) => {
  test('the timeline matches the golden screen', async () => {
    const app = await renderTimeline(size);
    await expectGoldenScreen(app, `golden/timeline/${size.columns}x${size.rows}.txt`);
  });
});

test('the ASCII timeline matches the golden screen', async () => {
  const app = await renderTimeline({ ascii: true });
  await expect(app.screen()).toMatchFileSnapshot('golden/timeline/ascii-80x24.txt');
  expect(app.screen()).toMatch(/^[\x20-\x7e\n]*$/);
});

test('plus and minus change the span within bounds', async () => {
  const app = await renderTimeline();
  expect(app.screen()).toContain('true');
  app.type('+');
  await vi.waitFor(() => expect(app.screen()).toMatch(/-10s.*now/));
  expect(app.screen()).not.toContain('true');
  app.type('--');
  await vi.waitFor(() => expect(app.screen()).toMatch(/-1m00s.*now/));
  app.type('------');
  await vi.waitFor(() => expect(app.screen()).toMatch(/-5m00s.*now/));
});

test('a filter selects lifespans, and an empty result shows a message', async () => {
  const app = await renderTimeline();
  app.type('/flappy\r');
  await vi.waitFor(() => expect(app.screen()).not.toContain('cc1'));
  expect(app.screen()).toContain('flappy');
  app.type('\x1b');
  await vi.waitFor(() => expect(app.screen()).toContain('cc1'));
  app.type('/no-such\r');
  await vi.waitFor(() => expect(app.screen()).toMatch(/last 30s matches no-such/));
});

test('the selected process is selected in other views', async () => {
  const app = await renderTimeline();
  app.type('/leaky\r');
  await vi.waitFor(() => expect(app.screen()).not.toContain('cc1'));
  app.type('j');
  const selectedKey = () => app.store.getSnapshot().view.selection?.key;
  await vi.waitFor(() => expect(selectedKey()).toBe('950@11500'));
  app.type('\x1b');
  await vi.waitFor(() => expect(app.screen()).toContain('cc1'));
  app.type('3');
  await vi.waitFor(() => expect(app.screen()).toContain('PROCESS TREE'));
  expect(selectedKey()).toBe('950@11500');
  app.type('1');
  await vi.waitFor(() => expect(app.screen()).toContain('EVENTS'));
  expect(selectedKey()).toBe('950@11500');
  app.type('4');
  await vi.waitFor(() => expect(app.screen()).toMatch(/-30s.*now/));
  expect(selectedKey()).toBe('950@11500');
});

test('an empty timeline shows a message', async () => {
  const app = startApp();
  app.type('4');
  await vi.waitFor(() => expect(app.screen()).toContain('waiting for processes'));
  await app.play(
    100,
    spawned(1, 'init', 100, { initial: true, start_ticks: 1 }),
    spawned(2, 'sh', 100, { initial: true, start_ticks: 5 }),
  );
  await vi.waitFor(() => expect(app.screen()).toContain('no process spawned or exited in the last 30s'));
  expect(app.screen()).toContain('2 processes alive throughout');
});
