import { expect, test, vi } from 'vitest';
import type { SourceStatus } from '../../../src/domain/source/event-source.ts';
import {
  childrenCpu,
  cursorStatus,
  exited,
  kernelStatus,
  spawned,
  walkStatus,
} from '../../support/fixtures/events.ts';
import { playHistory, startApp } from '../../support/harness/app.tsx';

const lost = { ...kernelStatus, lostEvents: 1788, missedTasks: 40, hiddenProcesses: 3 };
const late = { ...kernelStatus, eventDelayNs: 4_200_000_000n };

test.each<[string, number, SourceStatus, string]>([
  ['kernel events', 80, kernelStatus, 'kernel events · cpu 0.3% · missed 0 · coverage 100.0%'],
  [
    'lost kernel events',
    120,
    lost,
    'kernel events · cpu 0.3% · missed ≤ 40 · coverage ≥ 96.1% · 1,788 kernel events lost · 3 hidden',
  ],
  [
    'kernel events where /proc lists only own processes',
    120,
    { ...kernelStatus, ownProcessesOnly: true },
    'kernel events · cpu 0.3% · missed 0 · coverage 100.0% · own names only (hidepid)',
  ],
  ['events that are late', 80, late, 'events 4.2s late: the machine is busy · missed 0 · coverage 100.0%'],
  ['lost kernel events on a narrow screen', 40, lost, 'missed ≤ 40 · coverage ≥ 96.1% · 1,788 …'],
  [
    'cursor mode',
    120,
    cursorStatus,
    'cursor mode · sampling every 0.3ms · cpu 11.3% of 15.0% · missed ≤ 4 · coverage ≥ 99.6%',
  ],
  [
    'cursor mode that missed few of many',
    120,
    { ...cursorStatus, processesSeen: 1_000_000, missedTasks: 1 },
    'cursor mode · sampling every 0.3ms · cpu 11.3% of 15.0% · missed ≤ 1 · coverage ≥ 99.9%',
  ],
  [
    'cursor mode that missed none',
    120,
    { ...cursorStatus, missedTasks: 0 },
    'cursor mode · sampling every 0.3ms · cpu 11.3% of 15.0% · missed 0 · coverage 100.0%',
  ],
])(
  'the help describes %s, and so does the header while something is wrong',
  async (_, columns, status, line) => {
    const app = startApp({ columns, rows: 24 });
    await playHistory(app);
    app.source.listener().onStatus(status);
    await app.drawn();
    if (status.lostEvents || status.ownProcessesOnly || status.eventDelayNs)
      expect(app.lines()[2]?.trimEnd()).toBe(line);
    else expect(app.screen()).not.toContain(line);
    app.type('?');
    await vi.waitFor(() => expect(app.lines().at(-2)?.trimEnd()).toBe(line));
  },
);

test.each<[string, SourceStatus, string]>([
  ['everything', kernelStatus, 'seen 100%'],
  ['most', cursorStatus, 'seen 99.6%'],
  ['nearly everything', { ...kernelStatus, processesSeen: 1_000_000, missedTasks: 1 }, 'seen 99.9%'],
  ['an unknown part', walkStatus, 'seen ?'],
])('the header shows the share that was recorded when it is %s', async (_, status, text) => {
  const app = startApp();
  await playHistory(app);
  app.source.listener().onStatus(status);
  await vi.waitFor(() => expect(app.lines()[1]).toContain(text));
});

test('the header shows the CPU usage of short-lived processes at 80 columns, unless many processes fail', async () => {
  const app = startApp({ columns: 80, rows: 24 });
  app.source.listener().onStatus(kernelStatus);
  await app.play(100, spawned(500, 'report-gen', 99, { initial: true, start_ticks: 9_900 }));
  await app.play(101, childrenCpu(500, 100.5, 0));
  await app.play(106, ...[101, 102, 103, 104, 105].map((at) => childrenCpu(500, at, (at - 100) * 1.5)));
  await vi.waitFor(() => expect(app.lines()[1]).toMatch(/short-lived CPU 1\.\d\d {2}alive 1/));
  expect(app.lines()[1]).not.toContain('failed');
  const jobs = Array.from({ length: 10 }, (_, index) => [
    spawned(501 + index, 'job', 106.1),
    exited(501 + index, 'job', 106.2, { exit_code: 1, start_ticks: 10_610 }),
  ]);
  await app.play(106.3, ...jobs.slice(1).flat());
  expect(app.lines()[1]).toContain('short-lived CPU');
  await app.play(106.5, ...(jobs[0] ?? []));
  await vi.waitFor(() => expect(app.lines()[1]).toMatch(/failed 10\/min/));
  expect(app.lines()[1]).not.toContain('CPU');
});
