import { describe, expect, test, vi } from 'vitest';
import { SystemState } from '../../../src/domain/processes/system-state.ts';
import { alert, exited, seconds, sourceInfo, spawned, zombie } from '../../support/fixtures/events.ts';
import {
  expectGoldenScreen,
  playHistory,
  screenSizes,
  startApp,
  type TestApp,
} from '../../support/harness/app.tsx';

const cron = alert('spawn_rate(comm)>50', 104, { key: 'sh', value: '80.0/s' });
const coverage = alert('coverage<90%', 104.5, { value: '71.4%' });
const zombies = alert('zombies(parent)>=10 for 10s', 105, { key: 'nginx[400]', value: '14' });
const loop = alert('restarts(comm)>=5', 106, {
  key: 'api-server',
  value: '47',
  parent: 'supervisor[4627]',
  period_ns: seconds(0.7),
  first_period_ns: seconds(2),
  exit_code: 78,
});

/** Plays two raised alerts and two that are cleared. */
const playAlerts = async (app: TestApp) => {
  await playHistory(app);
  await app.play(105, cron, coverage, zombies);
  await app.play(106, { ...cron, ended: true, monotonic_ns: seconds(106) }, loop);
  await app.play(110, { ...coverage, ended: true, value: '60.0%', monotonic_ns: seconds(110) });
  await app.play(
    125,
    ...Array.from({ length: 20 }, (_, index) => [
      spawned(800 + index, 'worker', 124, { guest_ppid: 400 }),
      zombie(800 + index, 'worker', 124.5, { guest_ppid: 400 }),
    ]).flat(),
  );
};

const open = async (app: TestApp) => {
  app.type('!');
  await vi.waitFor(() => expect(app.screen()).toContain('FOR ALERT'));
};

describe.each(screenSizes)('at $columns x $rows', (size) => {
  test('the alert list has raised and cleared alerts', async () => {
    const app = startApp(size);
    await playAlerts(app);
    await open(app);
    await expectGoldenScreen(app, `golden/alert-list/${size.columns}x${size.rows}.txt`);
  });
});

test('a narrow list leaves out a note rather than cutting it', async () => {
  const app = startApp({ columns: 50 });
  await playAlerts(app);
  await open(app);
  expect(app.screen()).toContain(' spawn rate: max 80.0/s of sh, cleared');
  app.stdout.resize(44, 24);
  await vi.waitFor(() => expect(app.screen()).toMatch(/ spawn rate: max 80.0\/s of sh *$/m));
});

test('values change while the list is open', async () => {
  const app = startApp({ columns: 120 });
  await playAlerts(app);
  await open(app);
  expect(app.screen()).toContain('20 under nginx 400');
  await app.play(126, exited(800, 'worker', 126));
  expect(app.screen()).toContain('19 under nginx 400');
});

test('after a seek, rates are those of the position, and a value that is not known has the time of its record', async () => {
  const app = startApp({ columns: 120 });
  await playHistory(app);
  const system = new SystemState();
  const burst = Array.from({ length: 50 }, (_, index) => spawned(900 + index, 'sh', 200 + index / 25));
  system.apply({ nowNs: seconds(203), records: [cron, coverage, ...burst] });
  app.source.listener().onSystemState?.(system, sourceInfo);
  await open(app);
  expect(app.screen()).toMatch(/spawn rate: \d\d\.\d\/s of sh \(> 50\) /);
  expect(app.screen()).not.toContain('80.0/s');
  expect(app.screen()).toContain('coverage: 71.4% (< 90%), as of 12:01:44');
});

test('a paused list keeps its alerts', async () => {
  const app = startApp({ columns: 120 });
  await playAlerts(app);
  await open(app);
  app.type('p');
  await vi.waitFor(() => expect(app.screen()).toContain('PAUSED'));
  await app.play(140, { ...zombies, ended: true, monotonic_ns: seconds(140) });
  expect(app.screen()).toContain('20 under nginx 400');
  app.type('p');
  await vi.waitFor(() => expect(app.screen()).toContain('max 14 under nginx 400, cleared'));
});

test('Enter selects the parent in the live view', async () => {
  const app = startApp({ columns: 120 });
  await playAlerts(app);
  await open(app);
  app.type('j');
  app.type('\r');
  await vi.waitFor(() => expect(app.screen()).toContain('COMM'));
  expect(app.store.getSnapshot().view).toMatchObject({ activeView: 'live', mode: 'normal' });
  expect(app.store.getSnapshot().view.selection?.key).toMatch(/^400@/);
});

test('Enter opens the details of a parent that a filter hides', async () => {
  const app = startApp({ columns: 120 });
  await playAlerts(app);
  app.type('/zzz\r');
  await open(app);
  app.type('j');
  app.type('\r');
  await vi.waitFor(() => expect(app.screen()).toContain('PID 400'));
});

test('Enter selects the group in the churn view when the parent has exited', async () => {
  const app = startApp({ columns: 120 });
  await playAlerts(app);
  await app.play(126, spawned(900, 'api-server', 126, { guest_ppid: 400 }));
  await open(app);
  app.type('\r');
  await vi.waitFor(() =>
    expect(app.store.getSnapshot().view).toMatchObject({
      activeView: 'churn',
      groupBy: 'comm',
      selection: { key: 'comm:api-server' },
    }),
  );
});

test('Enter reports an alert without a group', async () => {
  const app = startApp({ columns: 120 });
  await playAlerts(app);
  await open(app);
  app.type('\r');
  await vi.waitFor(() => expect(app.screen()).toContain('no group for api-server in this list'));
});

test('Esc closes the list, also when it is empty', async () => {
  const app = startApp();
  await playHistory(app);
  await open(app);
  expect(app.screen()).toContain('no alert so far');
  app.type('\r');
  app.type('\x1b');
  await vi.waitFor(() => expect(app.screen()).toContain('EVENTS'));
});
