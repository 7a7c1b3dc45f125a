import { describe, expect, test, vi } from 'vitest';
import { history, startApp } from '../../support/harness/app.tsx';
import { alert, seconds, walkStatus } from '../../support/fixtures/events.ts';

const sizes = [
  { columns: 40, rows: 10 },
  { columns: 80, rows: 24 },
  { columns: 120, rows: 30 },
  { columns: 200, rows: 50 },
];

const cron = alert('spawn_rate(comm)>50', 104, { key: 'cron' });
const zombies = alert('zombies(parent)>=10 for 10s', 105, { key: 'app[412]', value: '14' });
const coverage = alert('coverage<90%', 105, { value: '71.4%' });

describe.each(sizes)('at $columns x $rows', ({ columns, rows }) => {
  test('an alert has a line of the header while it holds', async () => {
    const app = startApp({ columns, rows });
    await history(app);
    await app.play(104, cron);
    await app.play(110, zombies, coverage);
    await expect(app.screen()).toMatchFileSnapshot(`golden/alerts-${columns}x${rows}.txt`);
    expect(app.lines()).toHaveLength(rows);
  });
});

test.each(['1', '2', '3', '4'])(
  'it is there in view %s, and the rows below are as many as there is room for',
  async (key) => {
    const app = startApp();
    await history(app);
    await app.play(104, cron);
    app.type(key);
    await vi.waitFor(() =>
      expect(app.lines()[2]).toMatch(/^! spawn rate: 62\.0\/s of cron \(> 50\), for 2\.0s/),
    );
    expect(app.lines()[3]).toContain('walk mode');
    expect(app.lines().at(-1)).toContain('p pause');
  },
);

test('the end of the last one gives its line back, and says in the log how bad it was', async () => {
  const app = startApp();
  await history(app);
  await app.play(104, cron);
  expect(app.lines()[2]).toContain('! spawn rate: 62.0/s of cron');
  await app.play(110, { ...cron, ended: true, value: '80.0/s', monotonic_ns: seconds(110) });
  expect(app.lines()[2]).toContain('walk mode');
  expect(app.screen()).toContain('! cleared after 8.0s: spawn rate of cron, max 80.0/s');
});

test('what waits because too much is raised counts among the others', async () => {
  const app = startApp();
  await history(app);
  await app.play(104, cron);
  app.source.listener().onStatus({ ...walkStatus, suppressedAlerts: 1204 });
  await vi.waitFor(() => expect(app.lines()[2]).toContain('+1,204 more'));
});

test('a pause holds the alerts as they were', async () => {
  const app = startApp();
  await history(app);
  app.type('p');
  await vi.waitFor(() => expect(app.screen()).toContain('PAUSED'));
  await app.play(104, cron);
  expect(app.lines()[2]).toContain('walk mode');
  app.type('p');
  await vi.waitFor(() => expect(app.lines()[2]).toContain('! spawn rate: 62.0/s of cron'));
});

test('a hostile name is inert in the header', async () => {
  const app = startApp();
  await history(app);
  await app.play(104, alert('alive(comm)>3', 104, { key: '\x1b]0;x\x07\u202e\n' }));
  expect(app.lines()[2]).toContain('! live processes: 62.0/s of ␛]0;x␇�');
});
