import { describe, expect, test, vi } from 'vitest';
import { functionKeyCharacter } from '../../src/util/function-keys.ts';
import { playHistory, startApp } from '../support/harness/app.tsx';

const key = functionKeyCharacter;
const started = async (size = { columns: 80, rows: 24 }) => {
  const app = startApp(size);
  await playHistory(app);
  return app;
};

describe('function keys', () => {
  test.each([
    [1, 'On the screen'],
    [3, 'search:'],
    [4, 'filter:'],
    [5, 'PROCESS TREE'],
    [6, 'SORT BY'],
    [9, 'F9: churntop sends no signals'],
  ])('F%i acts as in htop', async (number, text) => {
    const app = await started();
    app.type(key(number));
    await vi.waitFor(() => expect(app.screen()).toContain(text));
  });

  test('F10 quits', async () => {
    const app = await started();
    app.type(key(10));
    await vi.waitFor(() => expect(app.source.stops).toBe(1));
  });
});

describe('the search', () => {
  test('selects matches with n and N, and Esc ends it', async () => {
    const app = await started();
    const selected = () => Number.parseInt(app.store.getSnapshot().view.selection?.key ?? '', 10);
    app.type('S');
    await vi.waitFor(() => expect(app.screen()).toContain('search:'));
    // The search looks in the commands as shown: [sh] <defunct>.
    app.type('n');
    await vi.waitFor(() => expect(selected()).toBe(601));
    app.type('\r');
    await vi.waitFor(() => expect(app.lines().at(-1)).toContain('search: n'));
    app.type('n');
    await vi.waitFor(() => expect(selected()).toBe(500));
    app.type('N');
    await vi.waitFor(() => expect(selected()).toBe(601));
    app.type('\x1b');
    await vi.waitFor(() => expect(app.screen()).not.toContain('search: n'));
    expect(selected()).toBe(601);
  });

  test('the line shows that nothing matches', async () => {
    const app = await started();
    app.type('Szsh');
    await vi.waitFor(() => expect(app.lines().at(-1)).toMatch(/^search: zsh +no match for zsh$/));
  });
});

describe('the sort menu', () => {
  test('is left of the table, and Enter sorts', async () => {
    const app = await started();
    app.type('o');
    await vi.waitFor(() => expect(app.screen()).toContain('SORT BY'));
    expect(app.lines()[3]).toMatch(/^ {2}LIFE ▾/);
    expect(app.lines()[2]).toMatch(/SORT BY +› +PID/);
    app.type('j\r');
    await vi.waitFor(() => expect(app.screen()).not.toContain('SORT BY'));
    expect(app.store.getSnapshot().view.orders.live.by).not.toBe('age');
  });

  test('fits on the smallest screen', async () => {
    const app = await started({ columns: 40, rows: 10 });
    app.type('2o');
    await vi.waitFor(() => expect(app.screen()).toContain('SORT BY'));
    expect(app.lines()).toHaveLength(10);
    app.type('G');
    await vi.waitFor(() => expect(app.screen()).toMatch(/^ {2}COMM/m));
  });
});

describe('the log on the whole screen', () => {
  test('shows more events, and L or Esc goes back', async () => {
    const app = await started();
    app.type('3L');
    await vi.waitFor(() => expect(app.lines()[2]).toMatch(/^› EVENTS/));
    expect(app.screen()).toContain('backup');
    app.type('k');
    await vi.waitFor(() => expect(app.screen()).toContain('back'));
    app.type('\x1b');
    await vi.waitFor(() => expect(app.screen()).toContain('PROCESS TREE'));
    app.type('L');
    await vi.waitFor(() => expect(app.screen()).not.toContain('PROCESS TREE'));
    app.type('L');
    await vi.waitFor(() => expect(app.screen()).toContain('PROCESS TREE'));
  });

  test('is filtered, and keeps the filter when it is closed', async () => {
    const app = await started();
    app.type('L/curl\r');
    await vi.waitFor(() => expect(app.screen()).toContain('filter: curl'));
    expect(app.screen()).not.toContain('backup');
    app.type('L');
    await vi.waitFor(() => expect(app.screen()).toContain('COMM'));
    expect(app.screen()).toContain('filter: curl');
  });
});

describe('the second pane', () => {
  test('of the live view at 200x50 shows the details of the selected row, and the log after Tab', async () => {
    const app = startApp({ columns: 200, rows: 50 });
    await playHistory(app);
    expect(app.screen()).toContain('EVENTS');
    app.type('jj');
    await vi.waitFor(() => expect(app.screen()).toMatch(/│ › curl {2}PID 603/));
    expect(app.screen()).toContain('spawned by  cron 500 ← systemd 1');
    app.type('\t');
    await vi.waitFor(() => expect(app.screen()).toMatch(/│ › EVENTS/));
    app.type('\t');
    await vi.waitFor(() => expect(app.screen()).toMatch(/│ › curl {2}PID 603/));
  });

  const wide = { columns: 200, rows: 50 };

  test.each(['2', '3', '4'])('of view %s has the log, or the details of the selected row', async (digit) => {
    const app = await started(wide);
    app.type(digit);
    await vi.waitFor(() => expect(app.screen()).toContain('9 events'));
    expect(app.screen()).not.toContain('newest first');
    app.type('j');
    await vi.waitFor(() => expect(app.screen()).toMatch(/(PID \d+|all with this comm)/));
    expect(app.lines()).toHaveLength(50);
  });
});

describe('details', () => {
  test('open for the first row when none is selected', async () => {
    const app = await started();
    app.type('\r');
    await vi.waitFor(() => expect(app.screen()).toContain('sleep  PID 604'));
  });

  test('scroll, but not beyond their end', async () => {
    const app = await started({ columns: 80, rows: 10 });
    app.type('jj\r');
    await vi.waitFor(() => expect(app.screen()).toContain('curl  PID 603'));
    const first = app.lines()[3];
    app.type('G');
    await vi.waitFor(() => expect(app.lines()[3]).not.toBe(first));
    const { detailsTop } = app.store.getSnapshot().view;
    expect(detailsTop).toBeLessThan(50);
    app.type('kg');
    await vi.waitFor(() => expect(app.lines()[3]).toBe(first));
  });

  test('digits go to a view and select the process there', async () => {
    const app = await started();
    app.type('jj\r');
    await vi.waitFor(() => expect(app.screen()).toContain('curl  PID 603'));
    app.type('3');
    await vi.waitFor(() => expect(app.screen()).toContain('PROCESS TREE'));
    expect(app.store.getSnapshot().view.selection?.key).toMatch(/^603@/);
  });

  test('are on screen again after the help', async () => {
    const app = await started();
    app.type('\r');
    await vi.waitFor(() => expect(app.screen()).toContain('PID 604'));
    app.type('?');
    await vi.waitFor(() => expect(app.screen()).toContain('On the screen'));
    app.type('?');
    await vi.waitFor(() => expect(app.screen()).toContain('PID 604'));
    app.type('\r');
    await vi.waitFor(() => expect(app.screen()).toContain('COMM'));
  });
});

test('help pages with Space, and g and G go to its ends', async () => {
  const app = await started();
  app.type('?');
  await vi.waitFor(() => expect(app.screen()).toContain('1–22 of'));
  app.type(' ');
  await vi.waitFor(() => expect(app.screen()).toContain('22–43 of'));
  app.type('G');
  await vi.waitFor(() => expect(app.screen()).toContain('not attested by the kernel'));
  app.type('g');
  await vi.waitFor(() => expect(app.screen()).toContain('1–22 of'));
});
