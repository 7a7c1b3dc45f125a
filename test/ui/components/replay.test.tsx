import stringWidth from 'string-width';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { ReplayCommand, ReplayStatus } from '../../../src/domain/source/replay-control.ts';
import { scrubCells } from '../../../src/store/scrub-bar.ts';
import { Store } from '../../../src/store/store.ts';
import { TraceComposer } from '../../../src/trace/format/composer.ts';
import { Player } from '../../../src/trace/replay/player/player.ts';
import { App } from '../../../src/ui/app.tsx';
import { scrubBarLine } from '../../../src/ui/components/scrub-bar.tsx';
import { createTheme } from '../../../src/ui/theme/theme.ts';
import { exited, seconds, sourceInfo, spawned } from '../../support/fixtures/events.ts';
import { renderOn } from '../../support/fakes/fake-terminal.ts';
import { manualClock, memoryFile, startIndexInline } from '../../support/harness/replay.ts';

const open: { unmount: () => void }[] = [];
afterEach(() => {
  for (const app of open.splice(0)) app.unmount();
});

/** Two services; one of them keeps starting jobs, in two bursts with a gap between. */
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
  const look = { theme: createTheme({ color: true }) };
  const app = renderOn(<App source={player} store={store} look={look} stopSelf={async () => {}} />, size);
  open.push(app);
  await vi.waitFor(() => expect(store.getSnapshot().replay?.indexedShare).toBe(1));
  const run = async (command: ReplayCommand) => {
    player.replay.send(command);
    await player.whenIdle();
    await app.drawn();
  };
  return { ...app, clock, player, store, run, lines: () => app.screen().split('\n') };
};

const golden = (name: string) => `golden/${name}.txt`;

describe.each([
  ['80x24', { columns: 80, rows: 24 }],
  ['120x30', { columns: 120, rows: 30 }],
  ['200x50', { columns: 200, rows: 50 }],
  ['40x10', { columns: 40, rows: 10 }],
] as const)('at %s', (name, size) => {
  test('shows a moment of the trace and where it is', async () => {
    const app = await start(size);
    await app.run({ do: 'seek', toNs: seconds(155.1) + sourceInfo.wallOffsetNs });
    await expect(app.screen()).toMatchFileSnapshot(golden(`replay-${name}`));
    expect(app.lines()).toHaveLength(size.rows);
    for (const line of app.lines()) expect(stringWidth(line)).toBeLessThanOrEqual(size.columns);
  });
});

test('the end of the trace is marked', async () => {
  const app = await start();
  await app.run({ do: 'moveTo', share: 1 });
  await expect(app.screen()).toMatchFileSnapshot(golden('replay-end-80x24'));
});

test('the help shows the keys of a replay', async () => {
  const app = await start({ columns: 80, rows: 50 });
  app.type('?');
  await vi.waitFor(() => expect(app.screen()).toContain('one event forward'));
  expect(app.screen()).not.toContain('capture goes on');
  await expect(app.screen()).toMatchFileSnapshot(golden('replay-help-80x50'));
});

test('keys play, step and change the speed', async () => {
  const app = await start();
  expect(app.lines()[0]).toMatch(/REPLAY ‖ 1x +12:01:40\.000$/);
  app.type('..');
  await vi.waitFor(() => expect(app.screen()).toMatch(/- +600 backup/));
  app.type(',');
  await vi.waitFor(() => expect(app.screen()).not.toMatch(/12:01:50\.250 - +600/));
  app.type('>>');
  await vi.waitFor(() => expect(app.screen()).toContain('‖ 4x'));
  app.type('i');
  await vi.waitFor(() => expect(app.screen()).toContain('4x skips idle'));
  app.type('p');
  await vi.waitFor(() => expect(app.screen()).toContain('▶ 4x'));
});

test('keys jump: to a gap, to the next of the same comm, to a typed time', async () => {
  const app = await start();
  app.type(']');
  await vi.waitFor(() => expect(app.screen()).toContain('4 tasks came and went unseen'));
  app.type('[');
  await vi.waitFor(() => expect(app.screen()).toContain('no gap, note or alert before this moment'));
  app.type(']');
  app.type('t');
  await vi.waitFor(() => expect(app.screen()).toContain('to time:'));
  app.type('12:03:00');
  app.type('\r');
  await vi.waitFor(() => expect(app.lines()[0]).toContain('12:03:00.000'));
  expect(app.screen()).toContain('left␛[2Jover');
  app.type('N');
  await vi.waitFor(() => expect(app.screen()).toContain('no event of left␛[2Jover before this moment'));
  app.type('t');
  app.type('soon\r');
  await vi.waitFor(() => expect(app.screen()).toContain('not a time: soon'));
});

describe('the timeline', () => {
  const status = (more: Partial<ReplayStatus> = {}): ReplayStatus => ({
    fromNs: 0n,
    toNs: 100n,
    positionNs: 50n,
    speed: '1x',
    playing: true,
    skipIdle: false,
    indexedShare: 1,
    density: {
      fromNs: 0n,
      bucketNs: 10n,
      spawns: [1, 0, 0, 0, 8, 0, 0, 0, 0, 0],
      exits: [0, 0, 0, 0, 0, 0, 0, 0, 0, 4],
      gaps: [0, 0, 1, 0, 0, 0, 0, 0, 0, 0],
    },
    landmarks: 1,
    skippedLines: 0,
    incomplete: false,
    busy: undefined,
    atEnd: false,
    ...more,
  });

  test('a cell is as high as its churn, beside the busiest', () => {
    const { cells, cursor } = scrubCells(status(), 10);
    expect(cells.map(({ level }) => level)).toEqual([1, 0, 0, 0, 8, 0, 0, 0, 0, 4]);
    expect(cells.map(({ gap }) => gap).indexOf(true)).toBe(2);
    expect(cursor).toBe(5);
  });

  test('what is not indexed yet is not shown as quiet', () => {
    const { cells } = scrubCells(status({ indexedShare: 0.5 }), 20);
    expect(cells.map(({ indexed }) => indexed)).toEqual([
      ...new Array<boolean>(10).fill(true),
      ...new Array<boolean>(10).fill(false),
    ]);
    expect(
      scrubBarLine(status({ indexedShare: 0.5, skippedLines: 2 }), 60, createTheme({ color: false })),
    ).toContain('indexing 50% 2 bad lines');
  });

  test('one moment, no width and no record fall over nothing', () => {
    const nothing = { fromNs: 0n, bucketNs: 1n, spawns: [], exits: [], gaps: [] };
    expect(scrubCells(status({ toNs: 0n, positionNs: 0n, density: nothing }), 5).cursor).toBe(0);
    expect(
      scrubBarLine(status({ toNs: 0n, positionNs: 0n, density: nothing }), 1, createTheme({ color: false })),
    ).toContain('│');
  });
});
