import { describe, expect, test, vi } from 'vitest';
import { alert, seconds, walkStatus } from '../../support/fixtures/events.ts';
import { expectGoldenScreen, playHistory, screenSizes, startApp } from '../../support/harness/app.tsx';

const cron = alert('spawn_rate(comm)>50', 104, { key: 'cron' });
const zombies = alert('zombies(parent)>=10 for 10s', 105, { key: 'app[412]', value: '14' });
const coverage = alert('coverage<90%', 105, { value: '71.4%' });

describe.each(screenSizes)('at $columns x $rows', (size) => {
  test('the header has a line for the newest active alert', async () => {
    const app = startApp(size);
    await playHistory(app);
    await app.play(104, cron);
    await app.play(110, zombies, coverage);
    await expectGoldenScreen(app, `golden/alerts/${size.columns}x${size.rows}.txt`);
  });
});

test.each(['1', '2', '3', '4'])('view %s has the alert line, and fewer rows below it', async (key) => {
  const app = startApp();
  await playHistory(app);
  await app.play(104, cron);
  app.type(key);
  await vi.waitFor(() =>
    expect(app.lines()[2]).toMatch(/^! spawn rate: 62\.0\/s of cron \(> 50\), for 2\.0s/),
  );
  expect(app.lines()[3]).toMatch(/^› /);
  expect(app.lines().at(-1)).toContain('p pause');
});

test('the line disappears when the last alert is cleared, and the log has the maximum', async () => {
  const app = startApp();
  await playHistory(app);
  await app.play(104, cron);
  expect(app.lines()[2]).toContain('! spawn rate: 62.0/s of cron');
  await app.play(110, { ...cron, ended: true, value: '80.0/s', monotonic_ns: seconds(110) });
  expect(app.lines()[2]).toMatch(/^› /);
  expect(app.screen()).toContain('! cleared after 8.0s: spawn rate of cron, max 80.0/s');
});

test('suppressed alerts are counted with the others', async () => {
  const app = startApp();
  await playHistory(app);
  await app.play(104, cron);
  app.source.listener().onStatus({ ...walkStatus, suppressedAlerts: 1204 });
  await vi.waitFor(() => expect(app.lines()[2]).toContain('1,204 more: press !'));
});

test('a paused view keeps its alerts', async () => {
  const app = startApp();
  await playHistory(app);
  app.type('p');
  await vi.waitFor(() => expect(app.screen()).toContain('PAUSED'));
  await app.play(104, cron);
  expect(app.lines()[2]).toMatch(/^› /);
  app.type('p');
  await vi.waitFor(() => expect(app.lines()[2]).toContain('! spawn rate: 62.0/s of cron'));
});

test('a hostile name is sanitized in the header', async () => {
  const app = startApp();
  await playHistory(app);
  await app.play(104, alert('alive(comm)>3', 104, { key: '\x1b]0;x\x07\u202e\n' }));
  expect(app.lines()[2]).toContain('! live processes: 62.0/s of ␛]0;x␇�');
});
