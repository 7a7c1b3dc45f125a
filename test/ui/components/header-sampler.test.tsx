import { expect, test, vi } from 'vitest';
import type { SourceStatus } from '../../../src/domain/source/event-source.ts';
import { cursorStatus, kernelStatus, walkStatus } from '../../support/fixtures/events.ts';
import { playHistory, startApp } from '../../support/harness/app.tsx';

const lost = { ...kernelStatus, lostEvents: 1788, missedTasks: 40, hiddenProcesses: 3 };

test.each<[string, number, SourceStatus, string]>([
  ['kernel events', 80, kernelStatus, 'kernel events · cpu 0.3% · missed 0 · coverage 100.0%'],
  [
    'lost kernel events',
    120,
    lost,
    'kernel events · cpu 0.3% · missed ≤ 40 · coverage ≥ 96.2% · 1,788 kernel events lost · 3 hidden',
  ],
  [
    'kernel events where /proc lists only own processes',
    120,
    { ...kernelStatus, ownProcessesOnly: true },
    'kernel events · cpu 0.3% · missed 0 · coverage 100.0% · own names only (hidepid)',
  ],
  ['lost kernel events on a narrow screen', 40, lost, 'missed ≤ 40 · coverage ≥ 96.2% · 1,788 …'],
  [
    'cursor mode',
    120,
    cursorStatus,
    'cursor mode · sampling every 0.3ms · cpu 11.3% of 15.0% · missed ≤ 4 · coverage ≥ 99.6%',
  ],
])(
  'the help describes %s, and so does the header while something is wrong',
  async (_, columns, status, line) => {
    const app = startApp({ columns, rows: 24 });
    await playHistory(app);
    app.source.listener().onStatus(status);
    await app.drawn();
    if (status.lostEvents || status.ownProcessesOnly) expect(app.lines()[2]?.trimEnd()).toBe(line);
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
