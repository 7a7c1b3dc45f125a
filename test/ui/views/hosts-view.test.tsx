import { describe, expect, test, vi } from 'vitest';
import { SystemState } from '../../../src/domain/processes/system-state.ts';
import { FakeFleet, guestOf } from '../../support/fakes/fake-fleet.ts';
import { exited, seconds, spawned } from '../../support/fixtures/events.ts';
import { type FleetApp, startFleetApp } from '../../support/fleet/fleet-app.tsx';
import { expectGoldenScreen, screenSizes, type TestApp } from '../../support/harness/app.tsx';

/** Adds events of three guests to the merged log. */
const playLog = ({ fleet }: FleetApp) => {
  fleet.log('web1', spawned(601, 'backup', 101, { guest_ppid: 500 }));
  fleet.log('web2', exited(1850, 'api-server', 101.2, { lifetime_ns: seconds(0.4), exit_code: 78 }));
  fleet.log('db1', exited(602, 'vacuum', 101.5, { lifetime_ns: seconds(3), exit_code: 0 }));
};

const expectGolden = (app: FleetApp, file: string) => expectGoldenScreen(app as unknown as TestApp, file);

describe.each(screenSizes)('at $columns x $rows', (size) => {
  test('the hosts view is the first one', async () => {
    const app = startFleetApp(size);
    playLog(app);
    await vi.waitFor(() => expect(app.screen()).toContain('web10'));
    await expectGolden(app, `golden/hosts/${size.columns}x${size.rows}.txt`);
  });
});

test.each([
  ['80x24', { columns: 80, rows: 24 }],
  ['200x50', { columns: 200, rows: 50 }],
])('without a focus, the other views match the golden screens at %s', async (name, size) => {
  const app = startFleetApp(size);
  playLog(app);
  const screens = [
    ['1', 'shows one guest', 'live'],
    ['2', 'NOW/S', 'churn'],
    ['2b', 'TOTAL', 'churn-by-host'],
    ['5', '890/', 'failures'],
    ['L', 'EVENTS', 'log'],
    ['!', 'raised on all guests', 'alerts'],
  ] as const;
  for (const [keys, shows, file] of screens) {
    await app.press(keys, shows);
    await expectGolden(app, `golden/fleet/${file}-${name}.txt`);
  }
});

test('the details of the selected guest are to the right of the hosts', async () => {
  const app = startFleetApp({ columns: 200, rows: 50 });
  await app.press('jjj', 'recorder');
  await vi.waitFor(() => expect(app.view().selection?.key).toBe('db1'));
  await expectGolden(app, 'golden/hosts/selected-200x50.txt');
});

test('all states have a mark in ASCII', async () => {
  const app = startFleetApp({ ascii: true });
  await vi.waitFor(() => expect(app.screen()).toContain('web10'));
  await expectGolden(app, 'golden/hosts/ascii-80x24.txt');
});

test('Enter shows a guest in all views, and Esc shows all guests again', async () => {
  const app = startFleetApp();
  await app.press('G', 'web10');
  await app.press('k', 'web2');
  await vi.waitFor(() => expect(app.view().selection?.key).toBe('web2'));
  await app.press('\r', /web2 \(2 of 9\)/);
  expect(app.fleet.focuses).toEqual(['web2']);
  expect(app.screen()).toMatch(/systemd/);
  await expectGolden(app, 'golden/fleet/focused-80x24.txt');
  await app.press('3', 'PROCESS TREE');
  await app.press('0', 'HEARD');
  await app.press('\r', 'PROCESS TREE');
  await app.press('\x1b', 'HEARD');
  expect(app.fleet.focuses).toEqual(['web2', undefined]);
  expect(app.view()).toMatchObject({ activeView: 'hosts', focusedGuest: undefined });
  expect(app.view().selection?.key).toBe('web2');
});

test('Esc clears a filter first', async () => {
  const app = startFleetApp();
  await app.press('j\r', /8 of 9/);
  await app.press('/ng\r', 'filter: ng');
  await app.press('\x1b', /nginx(.|\n)*q quit *$/);
  expect(app.view()).toMatchObject({ filterText: '', focusedGuest: 'batch1' });
  await app.press('\x1b', 'HEARD');
});

test('the status of a guest that is not live, or has no processes, is in the header', async () => {
  const app = startFleetApp();
  await app.press('/db2\r', 'filter: db2');
  await app.press('j\r', 'db2: reconnecting: connection reset by peer');
  await app.press('\x1b', 'db2 (?:.|\n)*q quit *$');
  await app.press('\x1b', 'HEARD');
  await app.press('/edge\r', 'filter: edge');
  await app.press('j\r', 'edge1 sends counters only, so that there is no process to show');
});

test('a guest that has sent nothing shows the whole reason in place of processes', async () => {
  const reason =
    'nothing to push: Node is missing there, and this churntop is no executable for x86_64, so that it fails';
  const fleet = new FakeFleet([guestOf('web1'), guestOf('old1', { state: 'failed', reason })]);
  fleet.states.set('old1', () => new SystemState());
  const app = startFleetApp({ fleet });
  await app.press('/old\r', 'filter: old');
  await app.press('j\r\x1b', 'old1: no connection');
  const shown = /no executable *\n {2}for x86_64, so that it fails/;
  await app.press('1', shown);
  await app.press('3', shown);
});

test('a filter selects hosts by name or by comm, and completes their names', async () => {
  const app = startFleetApp();
  const hosts = () =>
    app
      .lines()
      .slice(4, -1)
      .flatMap((line) => line.slice(2).split(' ')[0] || []);
  await app.press('/web\r', 'filter: web');
  await vi.waitFor(() => expect(hosts()).toEqual(['web1', 'web2', 'web10']));
  await app.press('\x1b/host=web1,db1\r', 'filter: host=web1,db1');
  await vi.waitFor(() => expect(hosts()).toEqual(['db1', 'web1']));
  await app.press('\x1b/comm=api-server\r', 'filter: comm=api');
  await vi.waitFor(() => expect(hosts()).toEqual(['web2']));
  await app.press('\x1b/host=we\t', /web1 +web2 +web10|web1.*web10.*web2/);
  await app.press('1\t0\r', 'filter: host=web10');
});

test('a comm of several guests leads to the hosts that have it', async () => {
  const app = startFleetApp({ columns: 120, rows: 30 });
  await app.press('2', /nginx .* 6 hosts/);
  await app.press('/nginx\r', 'filter: nginx');
  await app.press('j\r', 'filter: comm=nginx');
  expect(app.view()).toMatchObject({ activeView: 'hosts', focusedGuest: undefined });
  expect(app.screen()).not.toContain('web2 ');
});

test('a failure and an alert lead to their guest', async () => {
  const app = startFleetApp({ columns: 120, rows: 30 });
  await app.press('xj', 'api-server');
  await app.press('\r', /web2 \(2 of 9\)/);
  expect(app.view()).toMatchObject({ activeView: 'failures', focusedGuest: 'web2' });
  await app.press('\x1b!', 'zombies: 56');
  await app.press('\r', /web10 \(3 of 9\)/);
  expect(app.view()).toMatchObject({ mode: 'alerts', focusedGuest: 'web10' });
});

test('the log has the host of each entry, and can be filtered by it', async () => {
  const app = startFleetApp();
  playLog(app);
  await app.press('L', /12:01:41\.000 web1 \+ +601 backup/);
  await app.press('/host=db1\r', 'filter: host=db1');
  await vi.waitFor(() => expect(app.screen()).not.toContain('backup'));
  expect(app.screen()).toMatch(/db1 - +602 vacuum/);
  await app.press('\r', 'HEARD');
  expect(app.view()).toMatchObject({ activeView: 'hosts', focusedGuest: undefined });
  expect(app.view().selection?.key).toBe('db1');
});

test('the tabs fit 80 columns with a recording and a long name', async () => {
  const app = startFleetApp();
  const tabs = '0 hosts 1 live 2 churn 3 tree 4 timeline 5 failures';
  app.store.setRecordingStatus('REC 1.2 MiB 3.4 KiB/s');
  await vi.waitFor(() => expect(app.lines()[0]).toMatch(new RegExp(`${tabs.replaceAll(' ', ' +')} +● REC`)));
  await app.press('j\r', 'batch1');
  await vi.waitFor(() =>
    expect(app.lines()[0]).toMatch(new RegExp(`batch1.*${tabs.replaceAll(' ', ' +')} +● REC`)),
  );
});

test('a paused view keeps its rows', async () => {
  const app = startFleetApp();
  await app.press('p', 'PAUSED');
  app.fleet.update('web1', { alive: 777 });
  await app.drawn();
  expect(app.screen()).not.toContain('777');
  await app.press('p', '777');
});

test('the sort menu lists the columns, and r reverses the order', async () => {
  const app = startFleetApp();
  const first = () => app.lines()[4]?.slice(2).split(' ')[0];
  await vi.waitFor(() => expect(first()).toBe('batch1'));
  await app.press('o', 'SORT BY');
  await app.press('j\r', 'ALIVE');
  await vi.waitFor(() => expect(first()).toBe('web10'));
  await app.press('r', 'cache1');
  await vi.waitFor(() => expect(first()).toBe('cache1'));
});
