import stringWidth from 'string-width';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { Store } from '../../src/store/store.ts';
import { App } from '../../src/ui/app.tsx';
import { createTheme } from '../../src/ui/theme/theme.ts';
import { renderOn } from '../support/fakes/fake-terminal.ts';
import {
  cursorStatus,
  execed,
  exited,
  scriptedSource,
  seconds,
  sourceInfo,
  spawned,
  walkStatus,
} from '../support/fixtures/events.ts';
import { history, startApp } from '../support/harness/app.tsx';

const golden = (name: string) => `golden/${name}.txt`;

describe.each([
  ['80x24', { columns: 80, rows: 24 }],
  ['120x30', { columns: 120, rows: 30 }],
  ['200x50', { columns: 200, rows: 50 }],
  ['40x10', { columns: 40, rows: 10 }],
] as const)('at %s', (name, size) => {
  test('shows the history', async () => {
    const app = startApp(size, { 1: 'S', 400: 'S', 500: 'S', 603: 'R' });
    await history(app);
    await expect(app.screen()).toMatchFileSnapshot(golden(`live-${name}`));
  });

  test('no row is wider than the terminal and none is missing', async () => {
    const app = startApp(size);
    await history(app);
    expect(app.lines()).toHaveLength(size.rows);
    expect(Math.max(...app.lines().map((line) => stringWidth(line)))).toBeLessThanOrEqual(size.columns);
  });

  test('help', async () => {
    const app = startApp(size);
    await history(app);
    app.type('?');
    await vi.waitFor(() => expect(app.screen()).toContain('pause or resume'));
    await expect(app.screen()).toMatchFileSnapshot(golden(`help-${name}`));
  });
});

test('before the first batch it says that it is looking', async () => {
  const app = startApp();
  await vi.waitFor(() => expect(app.screen()).toContain('quit'));
  await expect(app.screen()).toMatchFileSnapshot(golden('empty-80x24'));
});

test('smaller than 40x10 says so and recovers', async () => {
  const app = startApp({ columns: 39, rows: 10 });
  await history(app);
  expect(app.screen().trim()).toBe('needs 40x10, has 39x10');
  app.stdout.resize(80, 24);
  await vi.waitFor(() => expect(app.screen()).toContain('nginx'));
});

test('one by one cell does not fall over', async () => {
  const app = startApp({ columns: 1, rows: 1 });
  await history(app);
  expect(app.screen().length).toBeGreaterThan(0);
});

test('pause freezes the view, counts what comes, and resuming catches up', async () => {
  const app = startApp();
  await history(app);
  app.type('p');
  await vi.waitFor(() => expect(app.screen()).toContain(' PAUSED '));
  await app.play(104, spawned(700, 'while-paused', 104));
  expect(app.screen()).toContain('PAUSED +1');
  expect(app.screen()).not.toContain('while-paused');
  app.type(' ');
  await vi.waitFor(() => expect(app.screen()).toContain('while-paused'));
  expect(app.screen()).toContain('● LIVE');
});

test('the filter narrows table and log as it is typed, Enter keeps it, Esc clears it', async () => {
  const app = startApp();
  await history(app);
  app.type('/');
  app.type('backup');
  await vi.waitFor(() => expect(app.screen()).toContain('filter: backup'));
  expect(app.screen()).not.toContain('nginx');
  expect(app.screen()).toMatch(/- +602 backup/);
  app.type('\r');
  await vi.waitFor(() => expect(app.screen()).toContain('p pause'));
  expect(app.screen()).toContain('filter: backup');
  app.type('\x1b');
  await vi.waitFor(() => expect(app.screen()).toContain('nginx'));
});

test('letters and Enter that arrive as one call are letters and Enter', async () => {
  const app = startApp();
  await history(app);
  app.type('/');
  app.type('nginx\r');
  await vi.waitFor(() =>
    expect(app.store.getSnapshot().view).toMatchObject({ mode: 'normal', filterText: 'nginx' }),
  );
});

test('an expression that does not compile shows why and filters nothing away', async () => {
  const app = startApp();
  await history(app);
  app.type('/');
  app.type('/ngi(/');
  await vi.waitFor(() => expect(app.screen()).toContain('Unterminated group'));
  expect(app.screen()).toContain('nginx');
  expect(app.screen()).toContain('systemd');
  app.type('\r');
  app.type('\x7f\x7f');
  await vi.waitFor(() => expect(app.screen()).not.toContain('systemd'));
  expect(app.screen()).toContain('filter: /ngi');
});

test('a mistake is marked where it stands, also without colours', async () => {
  const app = startApp();
  await history(app);
  app.type('/');
  app.type('pid=x nginx');
  await vi.waitFor(() => expect(app.screen()).toContain('expected a whole number'));
  expect(app.painted()).toMatch(/pid=(\x1b\[[\d;]+m)*\x1b\[(\d+;)*4(;\d+)*m(\x1b\[[\d;]+m)*x\x1b/);
});

test('Tab completes in the filter line and shows what could stand there', async () => {
  const app = startApp();
  await history(app);
  app.type('/');
  app.type('event=e');
  app.type('\t');
  await vi.waitFor(() => expect(app.screen()).toMatch(/filter: event=ex .*exec {2}exited$/m));
  app.type('\t');
  app.type('\t');
  await vi.waitFor(() => expect(app.screen()).toContain('filter: event=exited'));
  expect(app.screen()).toMatch(/- +604 sleep/);
});

test('arrows bring kept filters back', async () => {
  const app = startApp();
  await history(app);
  app.type('/');
  app.type('nginx\r');
  app.type('/');
  app.type('\x15');
  app.type('\x1b[A');
  await vi.waitFor(() => expect(app.store.getSnapshot().view.filterText).toBe('nginx'));
});

test('what matches nothing says so', async () => {
  const app = startApp();
  await history(app);
  app.type('/');
  app.type('no-such');
  await vi.waitFor(() => expect(app.screen()).toContain('no process matches no-such'));
  expect(app.screen()).not.toContain('nginx');
});

test('the chosen row stays the same process while others arrive', async () => {
  const app = startApp();
  await history(app);
  app.type('jj');
  const chosen = () => app.store.getSnapshot().view.selection?.key;
  await vi.waitFor(() => expect(chosen()).toBeDefined());
  const before = chosen();
  await app.play(104, spawned(701, 'new-one', 104), spawned(702, 'new-two', 104));
  expect(chosen()).toBe(before);
  const inverse = app
    .painted()
    .split('\n')
    .filter((line) => line.includes('\x1b[7m'));
  expect(inverse).toHaveLength(1);
  expect(inverse[0]).toContain(before?.split('@')[0]);
});

test('Tab moves to the log, which scrolls and follows again', async () => {
  const app = startApp();
  await history(app);
  await app.play(
    104,
    ...Array.from({ length: 30 }, (_, index) => spawned(800 + index, `burst-${index}`, 104)),
  );
  app.type('\t');
  app.type('kkk');
  await vi.waitFor(() => expect(app.screen()).toContain('3 newer'));
  await app.play(105, spawned(900, 'unseen-below', 105));
  expect(app.screen()).toContain('4 newer');
  app.type('G');
  await vi.waitFor(() => expect(app.screen()).toMatch(/\+ +900 unseen-below/));
  expect(app.screen()).not.toContain('newer');
});

test('s sorts by the next column', async () => {
  const app = startApp();
  await history(app);
  app.type('s');
  await vi.waitFor(() => expect(app.store.getSnapshot().view.orders.live.by).toBe('comm'));
  const names = app
    .lines()
    .slice(4, 13)
    .flatMap((line) => /\b(nginx|cron|systemd|sh)\b/.exec(line.slice(35, 60))?.[0] ?? []);
  expect(names).toEqual(['cron', 'nginx', 'sh', 'systemd']);
});

test('the log says how many older entries fell off', async () => {
  const source = scriptedSource();
  const store = new Store({ info: sourceInfo, size: { columns: 80, rows: 24 }, maxLogEntries: 5 });
  const app = renderOn(
    <App
      source={source}
      store={store}
      look={{ theme: createTheme({ color: false }) }}
      stopSelf={async () => {}}
    />,
    { columns: 80, rows: 24 },
  );
  onTestFinished(() => app.unmount());
  const records = Array.from({ length: 12 }, (_, index) => spawned(100 + index, 'x', 1));
  source.listener().onBatch({ nowNs: seconds(1), records });
  await app.drawn();
  expect(app.screen()).toContain('7 older gone · 5 held');
});

test('an ended process stays for a second, struck out, with its lifetime', async () => {
  const app = startApp();
  await history(app);
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

  test.each([80, 120, 200])(
    'at %i columns they neither reach the screen raw nor move a column',
    async (columns) => {
      const app = startApp({ columns, rows: 50 });
      await app.play(1, ...names.map((name, index) => spawned(1000 + index, name, 1)));
      await app.play(1.1, ...names.map((name, index) => exited(1000 + index, name, 1.1)));
      await app.play(1.2, ...names.map((name, index) => spawned(2000 + index, name, 1.2)));
      const ours = app.painted().replaceAll(/\x1b\[[0-9;]*m/g, '');
      expect(ours).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]/);
      for (const line of app.lines()) expect(stringWidth(line)).toBeLessThanOrEqual(columns);
      // Only our own colours, nothing that was in a name.
      expect(app.painted()).not.toContain('\x1b[31mred');
      const rows = app.lines().filter((line) => /^[+] +20\d\d /.test(line));
      expect(rows.length).toBeGreaterThan(5);
      expect(new Set(rows.map((line) => line.indexOf(' root ')))).toHaveLength(1);
    },
  );

  test('typed or pasted into the filter, control characters are no text', async () => {
    const app = startApp();
    await history(app);
    app.type('/');
    app.type('\x1b[200~ng\x1b]0;x\x07inx\x1b[201~');
    await vi.waitFor(() => expect(app.screen()).toContain('filter: ng'));
    expect(app.painted()).not.toContain('\x1b]0');
  });
});

test('an error of the source is said in its own words', async () => {
  const app = startApp();
  await history(app);
  app.source.listener().onError(new Error('worker \x1b[2Jdied'));
  await app.drawn();
  expect(app.screen()).toContain('capture ended: worker ␛[2Jdied');
});

test.each([
  [cursorStatus, 'cursor mode · every 0.3ms · cpu 11.3% of 15.0% · unseen ≤ 4 · coverage ≥ 99.6%'],
  [walkStatus, 'walk mode · every 101ms · cpu 1.2% of 5.0% · unseen unknown'],
  [{ ...walkStatus, hiddenProcesses: 3, throttled: true }, 'of 5.0% (held back) · unseen unknown · 3 hidden'],
  [{ ...walkStatus, ownProcessesOnly: true }, 'others are invisible (hidepid)'],
])('the third line says what the sampler sees and what it costs', async (status, line) => {
  const app = startApp({ columns: 100, rows: 24 });
  await history(app);
  app.source.listener().onStatus(status);
  await app.drawn();
  expect(app.lines()[2]).toContain(line);
});

test.each([
  [110, 'cursor mode · every 0.3ms · cpu 11.3% of 15.0% · unseen ≤ 1,200,345 · coverage ≥ 0.1%'],
  [80, 'cursor mode · every 0.3ms · cpu 11.3% · unseen ≤ 1,200,345 · coverage ≥ 0.1%'],
  [72, 'cursor mode · every 0.3ms · unseen ≤ 1,200,345 · coverage ≥ 0.1%'],
  [60, 'cursor mode · unseen ≤ 1,200,345 · coverage ≥ 0.1%'],
  [40, 'unseen ≤ 1,200,345 · coverage ≥ 0.1%'],
])('at %i columns what was missed is told whole, whatever else must go', async (columns, line) => {
  const app = startApp({ columns, rows: 24 });
  await history(app);
  app.source.listener().onStatus({ ...cursorStatus, missedTasks: 1_200_345 });
  await app.drawn();
  expect(app.lines()[2]).toBe(line);
});

test('trouble is shown while it lasts', async () => {
  const app = startApp();
  await history(app);
  app.source.listener().onStatus({ ...walkStatus, lastError: 'cannot list (/proc)' });
  await app.drawn();
  expect(app.screen()).toContain('nothing seen for now: cannot list (/proc)');
});

test('unmounting stops the source', async () => {
  const app = startApp();
  app.unmount();
  await vi.waitFor(() => expect(app.source.stops).toBe(1));
});

describe('a fork and the program it was made for', () => {
  test('are one line of the log, under the name of the program', async () => {
    const app = startApp();
    await app.play(
      1,
      spawned(4100, 'bash', 1, { initial: true }),
      spawned(4242, 'bash', 1, { guest_ppid: 4100 }),
    );
    await app.play(1.001, execed(4242, 'ls', 1.001, { previous_comm: 'bash' }));
    expect(app.screen()).toMatch(/\+ +4242 ls +by bash 4100/);
    expect(app.screen()).not.toContain('was bash');
    // A program taken later is another matter.
    await app.play(3, execed(4242, 'less', 3, { previous_comm: 'ls' }));
    expect(app.screen()).toMatch(/> +4242 less +was ls/);
  });

  test('are found by the name of the program', async () => {
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

test('a mark stays with its process until it has left', async () => {
  const app = startApp();
  await history(app);
  app.type('jm');
  const { selection } = app.store.getSnapshot().view;
  await vi.waitFor(() => expect(app.store.getSnapshot().view.marks).toEqual([selection?.key]));
  await vi.waitFor(() => expect(app.screen()).toMatch(/^[-+ z]\* +\d+ /m));
});
