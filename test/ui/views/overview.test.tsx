import stringWidth from 'string-width';
import { describe, expect, test, vi } from 'vitest';
import { Store } from '../../../src/store/store.ts';
import { TraceComposer } from '../../../src/trace/format/composer.ts';
import { Player } from '../../../src/trace/replay/player/player.ts';
import { App } from '../../../src/ui/app.tsx';
import { createTheme } from '../../../src/ui/theme/theme.ts';
import { renderOn } from '../../support/fakes/fake-terminal.ts';
import { alert, exited, seconds, sourceInfo, spawned } from '../../support/fixtures/events.ts';
import { manualClock, memoryFile, startIndexInline } from '../../support/harness/replay.ts';

/** Returns a trace with steady churn, two bursts, failures, an alert, a note, and a gap. */
const trace = ({ withStatus = true } = {}): string => {
  const composer = new TraceComposer({ info: sourceInfo, tool: 'churntop test' });
  let text = composer.begin(seconds(100));
  text += composer.line(spawned(500, 'cron', 100, { start_ticks: 5_000, initial: true }));
  for (let at = 101; at < 400; at++) {
    const isBurst = (at >= 180 && at < 200) || (at >= 300 && at < 304);
    const jobs = isBurst ? 12 : at % 3 === 0 ? 1 : 0;
    for (let job = 0; job < jobs; job++) {
      const pid = at * 20 + job;
      text += composer.line(spawned(pid, 'job', at + job / 100, { guest_ppid: 500 }));
    }
    for (let job = 0; job < jobs; job++) {
      const pid = at * 20 + job;
      const exit_code = at >= 185 && at < 190 ? 3 : 0;
      text += composer.line(
        exited(pid, 'job', at + 0.5, { lifetime_ns: seconds(0.5), ...(withStatus && { exit_code }) }),
      );
    }
    const rate = alert('spawn_rate>5', 182);
    if (at === 182) text += composer.line(rate);
    if (at === 210) text += composer.line({ ...rate, ended: true, monotonic_ns: seconds(210.6) });
    if (at === 250)
      text += composer.line({ probe_source: 'trace.note', text: 'deploy', monotonic_ns: seconds(250.6) });
    if (at === 350)
      text += composer.line({
        probe_source: 'trace.gap',
        reason: 'stalled',
        from_monotonic_ns: seconds(348),
        to_monotonic_ns: seconds(350.6),
      });
  }
  return text + composer.end(seconds(400));
};

const start = async (size = { columns: 80, rows: 24 }, { ascii = false, text = trace() } = {}) => {
  const files = [memoryFile(text)];
  const startIndex = startIndexInline(files);
  const player = await Player.open({ files, startIndex, clock: manualClock(), playing: false });
  const store = new Store({ info: player.info, replay: player.replay.status(), size, overview: true });
  const theme = createTheme({ color: true, ascii });
  const app = renderOn(<App source={player} store={store} theme={theme} stopSelf={async () => {}} />, size);
  await vi.waitFor(() => expect(store.getSnapshot().replay?.indexedShare).toBe(1));
  await app.drawn();
  const press = async (keys: string) => {
    app.type(keys);
    await vi.waitFor(() => expect(store.getSnapshot().replay?.busy).toBeUndefined());
    await player.whenIdle();
    await app.drawn();
  };
  return { ...app, player, store, press, lines: () => app.screen().split('\n') };
};

describe.each([
  ['40x10', { columns: 40, rows: 10 }],
  ['80x24', { columns: 80, rows: 24 }],
  ['120x30', { columns: 120, rows: 30 }],
  ['200x50', { columns: 200, rows: 50 }],
] as const)('at %s', (name, size) => {
  test('a replay opens paused, on an overview of the whole trace', async () => {
    const app = await start(size);
    expect(app.store.getSnapshot().replay?.playing).toBe(false);
    await expect(app.screen()).toMatchFileSnapshot(`golden/overview/${name}.txt`);
    expect(app.lines()).toHaveLength(size.rows);
    for (const line of app.lines()) expect(stringWidth(line)).toBeLessThanOrEqual(size.columns);
  });
});

test('the overview has no other characters than ASCII with --ascii', async () => {
  const app = await start({ columns: 80, rows: 24 }, { ascii: true });
  expect(app.screen()).toMatch(/^[\x20-\x7e\n]*$/);
  await expect(app.screen()).toMatchFileSnapshot('golden/overview/ascii-80x24.txt');
});

test('the overview counts exits whose status is unknown, which may have failed', async () => {
  const app = await start({ columns: 80, rows: 24 }, { text: trace({ withStatus: false }) });
  expect(app.screen()).toMatch(/TRACE 5m00s +379 spawns, 379 exits, 0 failed, 379 unknown/);
  expect(app.screen()).toMatch(/^cursor .* 1 exit, 0 failed, 1 unknown in /m);
});

test('} and { go to bursts', async () => {
  const app = await start();
  const time = () => app.lines()[0];
  await app.press('}');
  await vi.waitFor(() => expect(time()).toMatch(/12:0(2:59|3:00)/));
  await app.press('}');
  await vi.waitFor(() => expect(time()).toMatch(/12:0(4:5\d|5:00)/));
  await app.press('}');
  await vi.waitFor(() => expect(app.screen()).toContain('no burst after this time'));
  await app.press('{');
  await vi.waitFor(() => expect(time()).toMatch(/12:0(2:59|3:00)/));
  expect(app.screen()).toMatch(/^failures /m);
});

test('] and [ go to the alert, the first failure, the note and the gap', async () => {
  const app = await start();
  const time = () => app.lines()[0];
  for (const at of ['12:03:02', '12:03:05', '12:04:10', '12:05:50']) {
    await app.press(']');
    await vi.waitFor(() => expect(time()).toContain(at));
  }
  await app.press('[');
  await vi.waitFor(() => expect(time()).toContain('12:04:10'));
});

test.each([['\r'], [' '], ['p']])('the key %j plays from the cursor', async (key) => {
  const app = await start();
  await app.press('}');
  app.type(key);
  await vi.waitFor(() => expect(app.screen()).toContain('REPLAY ▶'));
  expect(app.screen()).toContain('EVENTS');
  expect(app.lines()[0]).toMatch(/12:0(2:59|3:00)/);
});

test('an input line, the help and the alert list return to the overview', async () => {
  const app = await start();
  app.type('t');
  await vi.waitFor(() => expect(app.screen()).toContain('go to time:'));
  app.type('12:04:00\r');
  await vi.waitFor(() => expect(app.lines()[0]).toContain('12:04:00'));
  expect(app.screen()).toMatch(/^failures /m);
  app.type('!');
  await vi.waitFor(() => expect(app.screen()).toContain('spawn rate: max 62.0/s, cleared'));
  app.type('\x1b');
  await vi.waitFor(() => expect(app.screen()).toMatch(/^failures /m));
  app.type('?');
  await vi.waitFor(() => expect(app.screen()).toContain('On the screen'));
  app.type('?');
  await vi.waitFor(() => expect(app.screen()).toMatch(/^failures /m));
});

test('a key of the views closes the overview, and w opens it', async () => {
  const app = await start();
  app.type('2');
  await vi.waitFor(() =>
    expect(app.store.getSnapshot().view).toMatchObject({ activeView: 'churn', mode: 'normal' }),
  );
  expect(app.screen()).not.toMatch(/^failures /m);
  app.type('w');
  await vi.waitFor(() => expect(app.screen()).toMatch(/^failures /m));
  app.type('\x1b');
  await vi.waitFor(() => expect(app.screen()).not.toMatch(/^failures /m));
});
