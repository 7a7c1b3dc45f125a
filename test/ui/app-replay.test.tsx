import stringWidth from 'string-width';
import { describe, expect, test, vi } from 'vitest';
import type { ReplayCommand } from '../../src/domain/source/replay-control.ts';
import { Store } from '../../src/store/store.ts';
import { TraceComposer } from '../../src/trace/format/composer.ts';
import { Player } from '../../src/trace/replay/player/player.ts';
import { App } from '../../src/ui/app.tsx';
import { createTheme } from '../../src/ui/theme/theme.ts';
import { renderOn } from '../support/fakes/fake-terminal.ts';
import { exited, seconds, sourceInfo, spawned } from '../support/fixtures/events.ts';
import { manualClock, memoryFile, startIndexInline } from '../support/harness/replay.ts';

/** Returns a trace of two services, one of which spawns two bursts of jobs with a gap in between. */
const trace = (): string => {
  const composer = new TraceComposer({ info: sourceInfo, tool: 'churntop test' });
  let text = composer.begin(seconds(100));
  text += composer.line(spawned(1, 'systemd', 100, { guest_ppid: 0, start_ticks: 10, initial: true }));
  text += composer.line(spawned(500, 'cron', 100, { start_ticks: 5_000, initial: true }));
  const burst = (from: number, jobs: number) => {
    for (let index = 0; index < jobs; index++) {
      const at = from + index / 2;
      text += composer.line(spawned(600 + index, 'backup', at, { guest_ppid: 500 }));
      text += composer.line(
        exited(600 + index, 'backup', at + 0.25, { lifetime_ns: seconds(0.25), exit_code: 3 }),
      );
    }
  };
  burst(110, 12);
  text += composer.line({
    probe_source: 'trace.gap',
    reason: 'unseen',
    tasks: 4,
    from_monotonic_ns: seconds(140),
    to_monotonic_ns: seconds(141),
  });
  burst(150, 30);
  text += composer.line(spawned(700, 'left\x1b[2Jover', 180, { guest_ppid: 500 }));
  return text + composer.end(seconds(220));
};

const start = async (size = { columns: 80, rows: 24 }) => {
  const files = [memoryFile(trace())];
  const clock = manualClock();
  const player = await Player.open({ files, startIndex: startIndexInline(files), clock, playing: false });
  const usersOf = () => (uid: number) => (uid === 0 ? 'root' : String(uid));
  const store = new Store({ info: player.info, replay: player.replay.status(), size, usersOf });
  const theme = createTheme({ color: true });
  const app = renderOn(<App source={player} store={store} theme={theme} stopSelf={async () => {}} />, size);
  await vi.waitFor(() => expect(store.getSnapshot().replay?.indexedShare).toBe(1));
  const run = async (command: ReplayCommand) => {
    player.replay.send(command);
    await player.whenIdle();
    await app.drawn();
  };
  return { ...app, clock, player, store, run, lines: () => app.screen().split('\n') };
};

const golden = (name: string) => `golden/replay/${name}.txt`;

describe.each([
  ['80x24', { columns: 80, rows: 24 }],
  ['120x30', { columns: 120, rows: 30 }],
  ['200x50', { columns: 200, rows: 50 }],
  ['40x10', { columns: 40, rows: 10 }],
] as const)('at %s', (name, size) => {
  test('a position of the trace matches the golden screen', async () => {
    const app = await start(size);
    await app.run({ type: 'seek', toNs: seconds(155.1) + sourceInfo.wallOffsetNs });
    await expect(app.screen()).toMatchFileSnapshot(golden(name));
    expect(app.lines()).toHaveLength(size.rows);
    for (const line of app.lines()) expect(stringWidth(line)).toBeLessThanOrEqual(size.columns);
  });
});

test('the end of the trace matches the golden screen', async () => {
  const app = await start();
  await app.run({ type: 'scrubTo', share: 1 });
  await expect(app.screen()).toMatchFileSnapshot(golden('end-80x24'));
});

test('the help lists the keys of a replay', async () => {
  const app = await start({ columns: 80, rows: 50 });
  app.type('?');
  await vi.waitFor(() => expect(app.screen()).toContain('one event forward'));
  expect(app.screen()).not.toContain('capture continues');
  await expect(app.screen()).toMatchFileSnapshot(golden('help-80x50'));
});

test('the header shows the tabs of all views if they fit next to the time, without names if necessary', async () => {
  const app = await start({ columns: 80, rows: 24 });
  const tabs = '1 live  2 churn  3 tree  4 timeline  5 failures';
  expect(app.lines()[0]).toMatch(new RegExp(`^${tabs} +REPLAY ‖ 1x +12:01:40\\.000$`));
  app.type('>>i');
  await vi.waitFor(() =>
    expect(app.lines()[0]).toMatch(/^churntop {2}guest .* 1 live +REPLAY ‖ 4x skips idle +12:01:40\.000$/),
  );
});

test('keys play, step and change the speed', async () => {
  const app = await start();
  expect(app.lines()[0]).toMatch(/REPLAY ‖ 1x +12:01:40\.000$/);
  app.type('..');
  await vi.waitFor(() => expect(app.screen()).toMatch(/× +600 backup/));
  app.type(',');
  await vi.waitFor(() => expect(app.screen()).not.toMatch(/12:01:50\.250 - +600/));
  app.type('>>');
  await vi.waitFor(() => expect(app.screen()).toContain('‖ 4x'));
  app.type('i');
  await vi.waitFor(() => expect(app.screen()).toContain('4x skips idle'));
  app.type('p');
  await vi.waitFor(() => expect(app.screen()).toContain('▶ 4x'));
});

test('keys seek to a gap, to the next event of a comm, and to a time', async () => {
  const app = await start();
  app.type(']');
  await vi.waitFor(() => expect(app.lines()[0]).toContain('12:01:50.250'));
  expect(app.screen()).toMatch(/× +600 backup/);
  app.type(']');
  await vi.waitFor(() => expect(app.screen()).toContain('4 short-lived tasks missed'));
  app.type('[');
  await vi.waitFor(() => expect(app.lines()[0]).toContain('12:01:50.250'));
  app.type('[');
  await vi.waitFor(() => expect(app.screen()).toContain('no alert, failure, note or gap before this'));
  app.type(']');
  app.type('t');
  await vi.waitFor(() => expect(app.screen()).toContain('go to time:'));
  app.type('12:03:00');
  app.type('\r');
  await vi.waitFor(() => expect(app.lines()[0]).toContain('12:03:00.000'));
  expect(app.screen()).toContain('left␛[2Jover');
  app.type('N');
  await vi.waitFor(() => expect(app.screen()).toContain('no event of left␛[2Jover before this time'));
  app.type('t');
  app.type('soon\r');
  await vi.waitFor(() => expect(app.screen()).toContain('invalid time "soon"'));
});
