import { expect, test, vi } from 'vitest';
import type { SourceStatus } from '../../../src/domain/source/event-source.ts';
import { cursorStatus, kernelStatus } from '../../support/fixtures/events.ts';
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
])('the header describes %s', async (_, columns, status, line) => {
  const app = startApp({ columns, rows: 24 });
  await playHistory(app);
  app.source.listener().onStatus(status);
  await vi.waitFor(() => expect(app.lines()[2]?.trimEnd()).toBe(line));
});
