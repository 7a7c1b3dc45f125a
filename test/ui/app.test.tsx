import stringWidth from 'string-width';
import { describe, expect, test, vi } from 'vitest';
import { Store } from '../../src/store/store.ts';
import { App } from '../../src/ui/app.tsx';
import { createTheme } from '../../src/ui/theme/theme.ts';
import { renderOn } from '../support/fakes/fake-terminal.ts';
import { scriptedSource } from '../support/fakes/scripted-source.ts';
import {
  cursorStatus,
  execed,
  exited,
  seconds,
  sourceInfo,
  spawned,
  walkStatus,
} from '../support/fixtures/events.ts';
import { expectGoldenScreen, playHistory, screenSizes, startApp } from '../support/harness/app.tsx';

describe.each(screenSizes)('at $columns x $rows', (size) => {
  const name = `${size.columns}x${size.rows}`;

  test('the live view matches the golden screen', async () => {
    const app = startApp({ ...size, states: { 1: 'S', 400: 'S', 500: 'S', 603: 'R' } });
    await playHistory(app);
    await expectGoldenScreen(app, `golden/live/${name}.txt`);
  });

  test('no row is wider than the terminal and none is missing', async () => {
    const app = startApp(size);
    await playHistory(app);
    expect(app.lines()).toHaveLength(size.rows);
    expect(Math.max(...app.lines().map((line) => stringWidth(line)))).toBeLessThanOrEqual(size.columns);
  });

  test('the help matches the golden screen', async () => {
    const app = startApp(size);
    await playHistory(app);
    app.type('?');
    await vi.waitFor(() => expect(app.screen()).toContain('On the screen'));
    await expect(app.screen()).toMatchFileSnapshot(`golden/help/${name}.txt`);
  });
});

test('the screen before the first batch matches the golden screen', async () => {
  const app = startApp();
  await vi.waitFor(() => expect(app.screen()).toContain('quit'));
  await expect(app.screen()).toMatchFileSnapshot('golden/live/empty-80x24.txt');
});

test('a terminal below 40x10 shows a message until it is larger', async () => {
  const app = startApp({ columns: 39, rows: 10 });
  await playHistory(app);
  expect(app.screen().trim()).toBe('needs 40x10, has 39x10');
  app.stdout.resize(20, 10);
  await vi.waitFor(() => expect(app.screen().trim()).toBe('needs 40x10'));
  app.stdout.resize(80, 24);
  await vi.waitFor(() => expect(app.screen()).toContain('nginx'));
});

test('a terminal of one cell does not fail', async () => {
  const app = startApp({ columns: 1, rows: 1 });
  await playHistory(app);
  expect(app.screen().length).toBeGreaterThan(0);
});

test('pause freezes the view and counts new records; resume shows them', async () => {
  const app = startApp();
  await playHistory(app);
  app.type('p');
  await vi.waitFor(() => expect(app.screen()).toContain(' PAUSED '));
  await app.play(104, spawned(700, 'while-paused', 104));
  expect(app.screen()).toContain('PAUSED +1');
  expect(app.screen()).not.toContain('while-paused');
  app.type(' ');
  await vi.waitFor(() => expect(app.screen()).toContain('while-paused'));
  expect(app.screen()).toContain('● LIVE');
});

test('the filter applies to table and log while it is typed; Enter keeps it, Esc clears it', async () => {
  const app = startApp();
  await playHistory(app);
  app.type('/');
  app.type('backup');
  await vi.waitFor(() => expect(app.screen()).toContain('filter: backup'));
  expect(app.screen()).not.toContain('nginx');
  expect(app.screen()).toMatch(/× +602 backup/);
  app.type('\r');
  await vi.waitFor(() => expect(app.screen()).toContain('p pause'));
  expect(app.screen()).toContain('filter: backup');
  app.type('\x1b');
  await vi.waitFor(() => expect(app.screen()).toContain('nginx'));
});

test('letters and Enter in one input chunk are separate keys', async () => {
  const app = startApp();
  await playHistory(app);
  app.type('/');
  app.type('nginx\r');
  await vi.waitFor(() =>
    expect(app.store.getSnapshot().view).toMatchObject({ mode: 'normal', filterText: 'nginx' }),
  );
});

test('an invalid regular expression shows its error and matches everything', async () => {
  const app = startApp();
  await playHistory(app);
  app.type('/');
  app.type('/ngi(/');
  await vi.waitFor(() => expect(app.screen()).toContain('missing closing )'));
  expect(app.screen()).toContain('nginx');
  expect(app.screen()).toContain('systemd');
  app.type('\r');
  app.type('\x7f\x7f');
  await vi.waitFor(() => expect(app.screen()).not.toContain('systemd'));
  expect(app.screen()).toContain('filter: /ngi');
});

test('the position of a syntax error is highlighted, even without color', async () => {
  const app = startApp();
  await playHistory(app);
  app.type('/');
  app.type('pid=x nginx');
  await vi.waitFor(() => expect(app.screen()).toContain('expected a whole number'));
  expect(app.painted()).toMatch(/pid=(\x1b\[[\d;]+m)*\x1b\[(\d+;)*4(;\d+)*m(\x1b\[[\d;]+m)*x\x1b/);
});

test('Tab completes in the filter line and shows the options', async () => {
  const app = startApp();
  await playHistory(app);
  app.type('/');
  app.type('event=e');
  app.type('\t');
  await vi.waitFor(() => expect(app.screen()).toMatch(/filter: event=ex .*exec {2}exited$/m));
  app.type('\t');
  app.type('\t');
  await vi.waitFor(() => expect(app.screen()).toContain('filter: event=exited'));
  expect(app.screen()).toMatch(/- +604 sleep/);
});

test('arrows recall filters from the history', async () => {
  const app = startApp();
  await playHistory(app);
  app.type('/');
  app.type('nginx\r');
  app.type('/');
  app.type('\x15');
  app.type('\x1b[A');
  await vi.waitFor(() => expect(app.store.getSnapshot().view.filterText).toBe('nginx'));
});

test('a filter without matches shows a message', async () => {
  const app = startApp();
  await playHistory(app);
  app.type('/');
  app.type('no-such');
  await vi.waitFor(() => expect(app.screen()).toContain('no process matches no-such'));
  expect(app.screen()).not.toContain('nginx');
});

test('the selection stays on its process while others arrive', async () => {
  const app = startApp();
  await playHistory(app);
  app.type('jj');
  const selectedKey = () => app.store.getSnapshot().view.selection?.key;
  await vi.waitFor(() => expect(selectedKey()).toBeDefined());
  const before = selectedKey();
  await app.play(104, spawned(701, 'new-one', 104), spawned(702, 'new-two', 104));
  expect(selectedKey()).toBe(before);
  const inverse = app
    .painted()
    .split('\n')
    .filter((line) => line.includes('\x1b[7m'));
  expect(inverse).toHaveLength(1);
  expect(inverse[0]).toContain(before?.split('@')[0]);
});

test('Tab focuses the log, which scrolls back and follows again', async () => {
  const app = startApp();
  await playHistory(app);
  await app.play(
    104,
    ...Array.from({ length: 30 }, (_, index) => spawned(800 + index, `burst-${index}`, 104)),
  );
  app.type('\t');
  app.type('kkk');
  await vi.waitFor(() => expect(app.screen()).toContain('3 newer'));
  await app.play(105, spawned(900, 'below-screen', 105));
  expect(app.screen()).toContain('4 newer');
  app.type('G');
  await vi.waitFor(() => expect(app.screen()).toMatch(/\+ +900 below-screen/));
  expect(app.screen()).not.toContain('newer');
});

test('s sorts by the next column', async () => {
  const app = startApp();
  await playHistory(app);
  app.type('s');
  await vi.waitFor(() => expect(app.store.getSnapshot().view.orders.live.by).toBe('command'));
  const names = app
    .lines()
    .slice(3, 13)
    .flatMap((line) => /\b(nginx|cron|systemd|sh)\b/.exec(line.slice(30, 60))?.[0] ?? []);
  expect(names).toEqual(['cron', 'nginx', 'sh', 'systemd']);
});

test('the log shows how many older entries were dropped', async () => {
  const source = scriptedSource();
  const store = new Store({ info: sourceInfo, size: { columns: 80, rows: 24 }, maxLogEntries: 5 });
  const app = renderOn(
    <App source={source} store={store} theme={createTheme({ color: false })} stopSelf={async () => {}} />,
    { columns: 80, rows: 24 },
  );
  const records = Array.from({ length: 12 }, (_, index) => spawned(100 + index, 'x', 1));
  source.listener().onBatch({ nowNs: seconds(1), records });
  await app.drawn();
  expect(app.screen()).toContain('7 older dropped · 5 events');
});

test('an exited process stays for a second, struck out, with its lifetime', async () => {
  const app = startApp();
  await playHistory(app);
  const row = () =>
    app
      .painted()
      .split('\n')
      .find((line) => /604.*sleep/.test(line) && /\x1b\[(\d+;)*9(;\d+)*m/.test(line));
  expect(row()).toContain('300ms');
  await app.play(105);
  expect(row()).toBeUndefined();
});

describe('hostile names', () => {
  const names = [
    '\x1b[31mred\x1b[0m',
    '\x1b]0;owned\x07',
    'two\nlines',
    'tab\there',
    '\u202eevil\u202c',
    'zero\u200bwidth',
    'c1\u009b31m',
    '漢字漢字漢字漢字',
    '👩‍👩‍👧‍👦👍🏽',
    'e\u0301e\u0301',
    ')(',
    '',
    '\ufffd\ufffd',
  ];

  test.each([80, 120, 200])('are sanitized and keep the columns aligned at %i columns', async (columns) => {
    const app = startApp({ columns, rows: 50 });
    await app.play(1, ...names.map((name, index) => spawned(1000 + index, name, 1)));
    await app.play(1.1, ...names.map((name, index) => exited(1000 + index, name, 1.1)));
    await app.play(1.2, ...names.map((name, index) => spawned(2000 + index, name, 1.2)));
    const withoutStyles = app.painted().replaceAll(/\x1b\[[0-9;]*m/g, '');
    expect(withoutStyles).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]/);
    for (const line of app.lines()) expect(stringWidth(line)).toBeLessThanOrEqual(columns);
    // Only the program's own escape sequences, not those of a name.
    expect(app.painted()).not.toContain('\x1b[31mred');
    const rows = app.lines().filter((line) => /^[+] +20\d\d /.test(line));
    expect(rows.length).toBeGreaterThan(5);
    expect(new Set(rows.map((line) => line.indexOf(' root ')))).toHaveLength(1);
  });

  test('are stripped of control characters when pasted into the filter', async () => {
    const app = startApp();
    await playHistory(app);
    app.type('/');
    app.type('\x1b[200~ng\x1b]0;x\x07inx\x1b[201~');
    await vi.waitFor(() => expect(app.screen()).toContain('filter: ng'));
    expect(app.painted()).not.toContain('\x1b]0');
  });
});

test('an error of the source is shown, sanitized', async () => {
  const app = startApp();
  await playHistory(app);
  app.source.listener().onError(new Error('worker \x1b[2Jdied'));
  await app.drawn();
  expect(app.screen()).toContain('capture stopped: worker ␛[2Jdied');
});

test.each([
  [cursorStatus, 'cursor mode · sampling every 0.3ms · cpu 11.3% of 15.0% · missed ≤ 4 · coverage ≥ 99.6%'],
  [walkStatus, 'walk mode · sampling every 101ms · cpu 1.2% of 5.0% · missed unknown'],
  [{ ...walkStatus, hiddenProcesses: 3, throttled: true }, 'of 5.0% (throttled) · missed unknown · 3 hidden'],
  [{ ...walkStatus, meanCpuUsage: 0.05004 }, 'cpu 5.0% of 5.0% · missed unknown'],
  [{ ...walkStatus, meanCpuUsage: 0.0712 }, 'cpu 7.1%, above the limit of 5.0% · missed unknown'],
  [{ ...walkStatus, ownProcessesOnly: true }, 'own processes only (hidepid)'],
])('the help shows the state and the cost of the sampler: %#', async (status, line) => {
  const app = startApp({ columns: 100, rows: 24 });
  await playHistory(app);
  app.source.listener().onStatus(status);
  app.type('?');
  await vi.waitFor(() => expect(app.lines().at(-2)).toContain(line));
});

test.each([
  [110, 'cursor mode · sampling every 0.3ms · cpu 11.3% of 15.0% · missed ≤ 1,200,345 · coverage ≥ 0.0%'],
  [88, 'cursor mode · sampling every 0.3ms · cpu 11.3% · missed ≤ 1,200,345 · coverage ≥ 0.0%'],
  [78, 'cursor mode · sampling every 0.3ms · missed ≤ 1,200,345 · coverage ≥ 0.0%'],
  [60, 'cursor mode · missed ≤ 1,200,345 · coverage ≥ 0.0%'],
  [40, 'missed ≤ 1,200,345 · coverage ≥ 0.0%'],
])('at %i columns the third line keeps what was missed', async (columns, line) => {
  const app = startApp({ columns, rows: 24 });
  await playHistory(app);
  app.source.listener().onStatus({ ...cursorStatus, missedTasks: 1_200_345 });
  await app.drawn();
  expect(app.lines()[2]).toBe(line);
});

test('a sampling error is shown while it lasts', async () => {
  const app = startApp();
  await playHistory(app);
  app.source.listener().onStatus({ ...walkStatus, lastError: 'cannot list (/proc)' });
  await app.drawn();
  expect(app.screen()).toContain('no data at the moment: cannot list (/proc)');
});

test('unmounting stops the source', async () => {
  const app = startApp();
  app.unmount();
  await vi.waitFor(() => expect(app.source.stops).toBe(1));
});

describe('a fork and the exec after it', () => {
  test('are one log line, with the comm of the program', async () => {
    const app = startApp();
    await app.play(
      1,
      spawned(4100, 'bash', 1, { initial: true }),
      spawned(4242, 'bash', 1, { guest_ppid: 4100 }),
    );
    await app.play(1.001, execed(4242, 'ls', 1.001, { previous_comm: 'bash' }));
    expect(app.screen()).toMatch(/\+ +4242 ls +by bash 4100/);
    expect(app.screen()).not.toContain('was bash');
    // A later exec has its own line.
    await app.play(3, execed(4242, 'less', 3, { previous_comm: 'ls' }));
    expect(app.screen()).toMatch(/> +4242 less +was ls/);
  });

  test('are matched by the comm of the program', async () => {
    const app = startApp();
    await app.play(
      1,
      spawned(4242, 'bash', 1),
      execed(4242, 'ls', 1.001, { previous_comm: 'bash' }),
      exited(4242, 'ls', 1.01),
    );
    app.type('/');
    app.type('comm=ls');
    await vi.waitFor(() => expect(app.screen()).toMatch(/\+ +4242 ls/));
    expect(app.screen()).toMatch(/- +4242 ls/);
  });
});

test('a mark stays on its process', async () => {
  const app = startApp();
  await playHistory(app);
  app.type('jm');
  const { selection } = app.store.getSnapshot().view;
  await vi.waitFor(() => expect(app.store.getSnapshot().view.marks).toEqual([selection?.key]));
  await vi.waitFor(() => expect(app.screen()).toMatch(/^[-+ z]\* +\d+ /m));
});

describe('users with long names', () => {
  const uids = [1_000_600_000, 1_000_600_001];
  const showUsers = async (columns: number) => {
    const app = startApp({ columns, rows: 30 });
    const spawns = uids.map((uid, index) =>
      spawned(700 + index, 'sleep', 100, { guest_ppid: 1, guest_uid: uid, start_ticks: 10_000 }),
    );
    await app.play(101, spawned(1, 'init', 100, { guest_ppid: 0, guest_uid: 0, start_ticks: 1 }), ...spawns);
    return app;
  };

  test.each([80, 100, 120, 200])(
    'are distinct in the table at %i columns [fault:long-user]',
    async (columns) => {
      const app = await showUsers(columns);
      for (const uid of uids) expect(app.screen()).toMatch(new RegExp(` ${uid} .* sleep`));
    },
  );

  test('are distinct in the tree', async () => {
    const app = await showUsers(120);
    app.type('3');
    await vi.waitFor(() => expect(app.screen()).toContain('PROCESS TREE'));
    for (const uid of uids) expect(app.screen()).toContain(` ${uid} `);
  });

  test('a click on a column title hits the column where it is drawn', async () => {
    const app = await showUsers(120);
    const titleRow = app.lines().findIndex((line) => line.includes('COMM'));
    for (const [title, id] of [
      ['PID', 'pid'],
      ['LIFE', 'age'],
      ['USER', 'user'],
    ] as const) {
      const column = app.lines()[titleRow]?.indexOf(title) as number;
      app.store.dispatch({ type: 'press', at: { column, row: titleRow } });
      expect(app.store.getSnapshot().view.orders.live.by).toBe(id);
      await app.drawn();
    }
  });

  test('leave space for the comm in a narrow table', async () => {
    const app = startApp({ columns: 52, rows: 24 });
    const name = 'a'.repeat(15);
    await app.play(101, spawned(700, name, 100, { guest_ppid: 1, guest_uid: uids[0] as number }));
    expect(app.screen()).toContain('1000600… ');
    expect(app.screen()).toContain(` ${name}`);
  });
});
