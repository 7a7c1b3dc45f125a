import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ReplayCommand } from '../../../../src/domain/source/replay-control.ts';
import { Store } from '../../../../src/store/store.ts';
import { TraceComposer } from '../../../../src/trace/format/composer.ts';
import type { ReplayFile } from '../../../../src/trace/replay/files/trace-file.ts';
import { Player } from '../../../../src/trace/replay/player/player.ts';
import { exited, seconds, sourceInfo, spawned } from '../../../support/fixtures/events.ts';
import {
  arbitraryTrace,
  comparableState,
  manualClock,
  memoryFile,
  replayFromStart,
  startIndexInline,
} from '../../../support/harness/replay.ts';

const limits = { count: 6, bytes: 1 << 20, spacing: 300 };
const history = 7;

const open = async (texts: string[], { chunk: chunkBytes = 333, playing = false } = {}) => {
  const files = texts.map((text, index) => memoryFile(text, `part-${index}`));
  const clock = manualClock();
  const startIndex = startIndexInline(files, limits, chunkBytes);
  const player = await Player.open({ files, startIndex, clock, history, chunkBytes, limits, playing });
  const store = new Store({ info: player.info, replay: player.replay.status(), maxLogEntries: history });
  store.connect(player);
  const status = () =>
    store.getSnapshot().replay as NonNullable<ReturnType<typeof store.getSnapshot>['replay']>;
  while (status().indexedShare < 1) await new Promise((done) => setImmediate(done));
  const run = async (...commands: ReplayCommand[]) => {
    for (const command of commands) player.replay.send(command);
    await player.whenIdle();
  };
  return { files, clock, player, store, status, run, world: () => store.getSnapshot().system };
};

/** Ten processes, born each second and gone half a second later; one gap; a minute of quiet in the middle. */
const quietTrace = (): string => {
  const composer = new TraceComposer({ info: sourceInfo, tool: 'churntop test' });
  let text = composer.begin(seconds(100));
  text += composer.line(spawned(1, 'systemd', 100, { initial: true }));
  for (let index = 0; index < 10; index++) {
    const at = 101 + index + (index >= 5 ? 60 : 0);
    text += composer.line(spawned(200 + index, index % 2 ? 'odd' : 'even', at));
    text += composer.line(
      exited(200 + index, index % 2 ? 'odd' : 'even', at + 0.5, { lifetime_ns: seconds(0.5) }),
    );
    if (index === 6)
      text += composer.line({
        probe_source: 'trace.gap',
        reason: 'unseen',
        tasks: 3,
        from_monotonic_ns: seconds(at),
        to_monotonic_ns: seconds(at + 0.7),
      });
  }
  return text + composer.end(seconds(171));
};

test.each([
  ['a moment far behind', 165.2, 165.2, 204],
  ['a moment behind the end', 999, 171, 209],
])('before anything is indexed one can go to %s', async (_, to, at, last) => {
  const files = [memoryFile(quietTrace())];
  const startIndex = () => ({ stop: async () => {} });
  const player = await Player.open({
    files,
    startIndex,
    clock: manualClock(),
    history,
    chunkBytes: 333,
    playing: false,
  });
  const store = new Store({ info: player.info, replay: player.replay.status(), maxLogEntries: history });
  store.connect(player);
  player.replay.send({ type: 'seek', toNs: seconds(to) + sourceInfo.wallOffsetNs });
  await player.whenIdle();
  const { system, replay } = store.getSnapshot();
  expect(replay?.positionNs).toBe(seconds(at) + sourceInfo.wallOffsetNs);
  expect(system.log.at(system.log.length - 1)?.record).toMatchObject({ guest_pid: last });
  await player.stop();
});

describe('what a trace lacks', () => {
  const openFiles = async (files: ReplayFile[]) => {
    const startIndex = startIndexInline(files, limits, 333);
    const clock = manualClock();
    const player = await Player.open({ files, startIndex, clock, history, chunkBytes: 333, playing: false });
    const said: string[] = [];
    const indexed = new Promise<void>((resolve, reject) => {
      player.start({
        onBatch: () => {},
        onStatus: () => {},
        onError: reject,
        onReplayStatus: (status) => status.indexedShare === 1 && resolve(),
        onNotice: (text) => said.push(text),
      });
    });
    return { player, said, indexed };
  };

  test('is told at the start where a part is damaged', async () => {
    const { player, said, indexed } = await openFiles([
      { ...memoryFile(quietTrace(), 'part'), damage: 'damaged gzip data' },
    ]);
    await indexed;
    expect(said).toEqual(['damaged gzip data: part']);
    expect(player.replay.status().incomplete).toBe(true);
    await player.stop();
  });

  test('is nothing where nothing is', async () => {
    const { player, said, indexed } = await openFiles([memoryFile(quietTrace())]);
    await indexed;
    player.replay.send({ type: 'moveTo', share: 1 });
    await player.whenIdle();
    expect(said).toEqual([]);
    expect(player.replay.status().incomplete).toBe(false);
    await player.stop();
  });

  test('is told once where a file was cut short since it was opened', async () => {
    const text = quietTrace();
    const whole = memoryFile(text, 'part');
    let file = whole;
    const { player, said, indexed } = await openFiles([
      { ...whole, read: (buffer, position) => file.read(buffer, position) },
    ]);
    await indexed;
    file = memoryFile(text.slice(0, 900));
    for (const share of [1, 0, 1]) {
      player.replay.send({ type: 'moveTo', share });
      await player.whenIdle();
    }
    expect(said).toEqual(['cut short while viewed: part']);
    expect(player.replay.status()).toMatchObject({ incomplete: true, atEnd: true });
    await player.stop();
  });

  test('is told by the index, which may come to the end first', async () => {
    const whole = memoryFile(quietTrace(), 'part');
    const { said, indexed, player } = await openFiles([{ ...whole, size: whole.size + 5 }]);
    await indexed;
    expect(said).toEqual(['cut short while viewed: part']);
    await player.stop();
  });
});

const at = (second: number) => seconds(second) + sourceInfo.wallOffsetNs;

test('whatever was asked in whatever order, the world shown is the straight fold to its moment', () => {
  const command: fc.Arbitrary<ReplayCommand | { turn: number }> = fc.oneof(
    fc.record({ type: fc.constant('step' as const), events: fc.integer({ min: -5, max: 5 }) }),
    fc.record({ type: fc.constant('moveTo' as const), share: fc.double({ min: 0, max: 1, noNaN: true }) }),
    fc.record({
      type: fc.constant('scrub' as const),
      share: fc.double({ min: -0.3, max: 0.3, noNaN: true }),
    }),
    fc.record({
      type: fc.constant('landmark' as const),
      direction: fc.constantFrom(1 as const, -1 as const),
    }),
    fc.record({
      type: fc.constant('comm' as const),
      comm: fc.constantFrom('sh', 'cc1', 'a"b', '漢字'),
      direction: fc.constantFrom(1 as const, -1 as const),
    }),
    fc.record({
      type: fc.constant('pid' as const),
      pid: fc.integer({ min: 1, max: 12 }),
      direction: fc.constantFrom(1 as const, -1 as const),
    }),
    fc.record({ turn: fc.integer({ min: 50, max: 3000 }) }),
  );
  return fc.assert(
    fc.asyncProperty(arbitraryTrace, fc.array(command, { maxLength: 6 }), async (texts, commands) => {
      const { files, clock, player, store, run, world, status } = await open(texts);
      for (const each of commands) {
        if ('turn' in each) {
          await run({ type: 'togglePlay' });
          await clock.advance(each.turn);
          if (status().playing) await run({ type: 'togglePlay' });
        } else await run(each);
        expect(store.getSnapshot().ended).toBeUndefined();
      }
      // The moment alone does not tell how many of its events were taken; the count of log entries does.
      const { positionNs } = status();
      const shown = comparableState(world());
      const moments = [await replayFromStart(files, { kind: 'time', atNs: positionNs }, history)];
      for (let events = player.replay.status() ? 1 : 0; events <= moments[0]!.events; events++)
        moments.push(await replayFromStart(files, { kind: 'event', events }, history));
      moments.push(await replayFromStart(files, { kind: 'opening' }, history));
      expect(moments.map((fold) => JSON.stringify(comparableState(fold.systemState), bigints))).toContain(
        JSON.stringify(shown, bigints),
      );
      await player.stop();
    }),
    { numRuns: 60 },
  );
});

const bigints = (_: string, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value);

describe('playing', () => {
  test('trace time goes by as real time does, times the speed', async () => {
    const { clock, run, status } = await open([quietTrace()]);
    expect(status()).toMatchObject({
      positionNs: at(100),
      fromNs: at(100),
      toNs: at(171),
      playing: false,
      landmarks: 1,
    });
    await clock.advance(1000);
    expect(status().positionNs).toBe(at(100));
    await run({ type: 'togglePlay' });
    await clock.advance(2000);
    expect(status().positionNs).toBe(at(102));
    await run({ type: 'speed', steps: 2 });
    expect(status().speed).toBe('4x');
    await clock.advance(1000);
    expect(status().positionNs).toBe(at(106));
    await run({ type: 'speed', steps: -9 });
    expect(status().speed).toBe('1/8x');
  });

  test('idle time is skipped up to shortly before the next event', async () => {
    const { clock, run, status } = await open([quietTrace()]);
    await run({ type: 'seek', toNs: at(106) }, { type: 'toggleSkipIdle' }, { type: 'togglePlay' });
    await clock.advance(100);
    expect(status().positionNs).toBe(at(165.8));
  });

  test('it ends at the end, and begins anew from there', async () => {
    const { clock, run, status, world } = await open([quietTrace()]);
    await run({ type: 'seek', toNs: at(170.5) }, { type: 'togglePlay' });
    await clock.advance(3000);
    expect(status()).toMatchObject({ atEnd: true, playing: false, positionNs: at(171) });
    expect(world().table.size).toBe(1);
    await run({ type: 'togglePlay' });
    expect(status()).toMatchObject({ atEnd: false, playing: true, positionNs: at(100) });
  });
});

const last = (store: Store) => {
  const { log } = store.getSnapshot().system;
  return log.at(log.length - 1)?.record;
};

describe('jumping', () => {
  test('event by event, forwards and backwards', async () => {
    const { run, store, world } = await open([quietTrace()]);
    await run({ type: 'step', events: 1 });
    expect(last(store)).toMatchObject({ probe_source: 'process.spawned', guest_pid: 200 });
    await run({ type: 'step', events: 1 }, { type: 'step', events: 1 });
    expect(last(store)).toMatchObject({ guest_pid: 201 });
    expect(world().table.get(201)).toBeDefined();
    await run({ type: 'step', events: -1 });
    expect(last(store)).toMatchObject({ probe_source: 'process.exited', guest_pid: 200 });
    await run({ type: 'step', events: -99 });
    expect(world().table.size).toBe(1);
  });

  test('to gaps, and to the events of a comm or a PID', async () => {
    const { run, store } = await open([quietTrace()]);
    await run({ type: 'landmark', direction: 1 });
    expect(last(store)).toMatchObject({ probe_source: 'trace.gap', tasks: 3 });
    await run({ type: 'comm', comm: 'odd', direction: 1 });
    expect(last(store)).toMatchObject({ probe_source: 'process.spawned', guest_pid: 207 });
    await run({ type: 'comm', comm: 'odd', direction: -1 });
    expect(last(store)).toMatchObject({ probe_source: 'process.exited', guest_pid: 205 });
    await run({ type: 'pid', pid: 200, direction: -1 });
    expect(last(store)).toMatchObject({ probe_source: 'process.exited', guest_pid: 200 });
    await run({ type: 'pid', pid: 208, direction: 1 });
    expect(last(store)).toMatchObject({ probe_source: 'process.spawned', guest_pid: 208 });
    await run({ type: 'landmark', direction: 1 });
    expect(store.getSnapshot().view.notice?.text).toBe('no gap, note or alert behind this moment');
  });

  test('outside of the trace is its nearest end', async () => {
    const { run, status } = await open([quietTrace()]);
    await run({ type: 'seek', toNs: at(99_999) });
    expect(status()).toMatchObject({ positionNs: at(171), atEnd: true });
    await run({ type: 'seek', toNs: 0n });
    expect(status().positionNs).toBe(at(100));
  });
});

test('played on into another recorder, the world begins anew and is told whose it is', async () => {
  const other = new TraceComposer({
    info: { ...sourceInfo, host: 'other', bootId: 'b9' },
    tool: 'churntop test',
  });
  const text = other.begin(seconds(172)) + other.line(spawned(9, 'theirs', 173)) + other.end(seconds(174));
  const { clock, player, run, store, world } = await open([quietTrace(), text]);
  await run({ type: 'seek', toNs: at(171) }, { type: 'togglePlay' });
  expect([...world().table.live()].map(({ pid }) => pid)).toEqual([1]);
  expect(player.info.host).toBe(sourceInfo.host);
  for (let turns = 0; turns < 40; turns++) await clock.advance(100);
  expect(store.getSnapshot().info).toMatchObject({ host: 'other', bootId: 'b9' });
  expect([...world().table.live()].map(({ pid }) => pid)).toEqual([9]);
});

test.each(['x\x9b31m', 'a\u202eb', '"', '\u2028', 'say "hi"', 'back\\slash', 'é'])(
  'finds the name %j however it is spelt',
  async (comm) => {
    const line = (pid: number, name: string) =>
      `{"probe_source":"process.spawned","guest_pid":${pid},"guest_comm":${name},"guest_monotonic_ns":${101 + pid}000000000}\n`;
    const raw = JSON.stringify(comm);
    const ascii = raw.replace(/[^ -~]/g, (it) => `\\u${it.charCodeAt(0).toString(16).padStart(4, '0')}`);
    const { run, store } = await open([quietTrace() + line(70, raw) + line(71, '"z"') + line(72, ascii)]);
    for (const pid of [70, 72]) {
      await run({ type: 'comm', comm, direction: 1 });
      expect(last(store)).toMatchObject({ guest_pid: pid });
    }
  },
);

describe('odd traces', () => {
  test.each([
    ['empty', ''],
    ['only a header', quietTrace().split('\n', 1).join('')],
    ['only junk', 'junk\n{}\n'],
    ['one endless line', 'x'.repeat(3 << 20)],
    ['NUL bytes', '\0'.repeat(1000)],
  ])('%s opens, plays and jumps without a word of protest', async (_, text) => {
    const { clock, run, store, status } = await open([text]);
    await run({ type: 'moveTo', share: 0.5 }, { type: 'togglePlay' });
    await run(
      { type: 'step', events: 1 },
      { type: 'landmark', direction: -1 },
      { type: 'comm', comm: 'x', direction: 1 },
    );
    await clock.advance(500);
    expect(store.getSnapshot().ended).toBeUndefined();
    expect(status().indexedShare).toBe(1);
  });

  test('lines that cannot be read are counted', async () => {
    const lines = quietTrace().split('\n');
    lines.splice(3, 0, 'junk', '{"probe_source":"process.exited"}');
    expect((await open([lines.join('\n')])).status().skippedLines).toBe(2);
  });

  test('a file cut short while it is open ends there', async () => {
    const whole = Buffer.from(quietTrace());
    const half = whole.subarray(0, whole.length / 2);
    const file = { ...memoryFile(half), size: whole.length };
    const player = await Player.open({
      files: [file],
      startIndex: startIndexInline([file]),
      clock: manualClock(),
    });
    const store = new Store({ info: player.info, replay: player.replay.status() });
    store.connect(player);
    player.replay.send({ type: 'step', events: 1000 });
    await player.whenIdle();
    expect(store.getSnapshot().ended).toBeUndefined();
    expect(store.getSnapshot().replay?.atEnd).toBe(true);
  });
});
