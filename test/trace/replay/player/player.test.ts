import { describe, expect, test } from 'vitest';
import { Store } from '../../../../src/store/store.ts';
import { TraceComposer } from '../../../../src/trace/format/composer.ts';
import type { ReplayFile } from '../../../../src/trace/replay/files/replay-file.ts';
import { Player } from '../../../../src/trace/replay/player/player.ts';
import { seconds, sourceInfo, spawned } from '../../../support/fixtures/events.ts';
import { manualClock, memoryFile, startIndexInline } from '../../../support/harness/replay.ts';
import { at, history, limits, openPlayer, quietTrace } from './player-fixture.ts';

describe('Player reports an incomplete file', () => {
  const openFiles = async (files: ReplayFile[]) => {
    const startIndex = startIndexInline(files, limits, 333);
    const clock = manualClock();
    const player = await Player.open({ files, startIndex, clock, history, chunkBytes: 333, playing: false });
    const notices: string[] = [];
    const indexed = new Promise<void>((resolve, reject) => {
      player.start({
        onBatch: () => {},
        onStatus: () => {},
        onError: reject,
        onReplayStatus: (status) => status.indexedShare === 1 && resolve(),
        onNotice: (text) => notices.push(text),
      });
    });
    return { player, notices, indexed };
  };

  test('at the start, if it is damaged', async () => {
    const { player, notices, indexed } = await openFiles([
      { ...memoryFile(quietTrace(), 'part'), damage: 'damaged gzip data' },
    ]);
    await indexed;
    expect(notices).toEqual(['damaged gzip data: part']);
    expect(player.replay.status().incomplete).toBe(true);
    await player.stop();
  });

  test('in no other case', async () => {
    const { player, notices, indexed } = await openFiles([memoryFile(quietTrace())]);
    await indexed;
    player.replay.send({ type: 'scrubTo', share: 1 });
    await player.whenIdle();
    expect(notices).toEqual([]);
    expect(player.replay.status().incomplete).toBe(false);
    await player.stop();
  });

  test('once, if it was truncated after it was opened', async () => {
    const text = quietTrace();
    const whole = memoryFile(text, 'part');
    let file = whole;
    const { player, notices, indexed } = await openFiles([
      { ...whole, read: (buffer, position) => file.read(buffer, position) },
    ]);
    await indexed;
    file = memoryFile(text.slice(0, 900));
    for (const share of [1, 0, 1]) {
      player.replay.send({ type: 'scrubTo', share });
      await player.whenIdle();
    }
    expect(notices).toEqual(['truncated while viewed: part']);
    expect(player.replay.status()).toMatchObject({ incomplete: true, atEnd: true });
    await player.stop();
  });

  test('when the index reaches the end of it first', async () => {
    const whole = memoryFile(quietTrace(), 'part');
    const { notices, indexed, player } = await openFiles([{ ...whole, size: whole.size + 5 }]);
    await indexed;
    expect(notices).toEqual(['truncated while viewed: part']);
    await player.stop();
  });

  test('again, after the notice that a jump was made once the index was complete', async () => {
    const whole = memoryFile(quietTrace(), 'part');
    const { notices, indexed, player } = await openFiles([{ ...whole, size: whole.size + 5 }]);
    player.replay.send({ type: 'seekShare', share: 1 });
    await indexed;
    await player.whenIdle();
    expect(notices).toContain('the trace is indexed; at 100%');
    expect(notices.at(-1)).toBe('truncated while viewed: part');
    await player.stop();
  });
});

describe('Player, while playing,', () => {
  test('advances trace time by real time, times the speed', async () => {
    const { clock, run, status } = await openPlayer([quietTrace()]);
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
    await run({ type: 'changeSpeed', steps: 2 });
    expect(status().speed).toBe('4x');
    await clock.advance(1000);
    expect(status().positionNs).toBe(at(106));
    await run({ type: 'changeSpeed', steps: -9 });
    expect(status().speed).toBe('1/8x');
  });

  test('skips idle time up to shortly before the next event', async () => {
    const { clock, run, status } = await openPlayer([quietTrace()]);
    await run({ type: 'seek', toNs: at(106) }, { type: 'toggleSkipIdle' }, { type: 'togglePlay' });
    await clock.advance(100);
    expect(status().positionNs).toBe(at(165.8));
  });

  test('stops at the end, and starts over from there', async () => {
    const { clock, run, status, world } = await openPlayer([quietTrace()]);
    await run({ type: 'seek', toNs: at(170.5) }, { type: 'togglePlay' });
    await clock.advance(3000);
    expect(status()).toMatchObject({ atEnd: true, playing: false, positionNs: at(171) });
    expect(world().table.size).toBe(1);
    await run({ type: 'togglePlay' });
    expect(status()).toMatchObject({ atEnd: false, playing: true, positionNs: at(100) });
  });
});

test('Player replaces the system state and the source info when another recorder begins', async () => {
  const other = new TraceComposer({
    info: { ...sourceInfo, host: 'other', bootId: 'b9' },
    tool: 'churntop test',
  });
  const text = other.begin(seconds(172)) + other.line(spawned(9, 'theirs', 173)) + other.end(seconds(174));
  const { clock, player, run, store, world } = await openPlayer([quietTrace(), text]);
  await run({ type: 'seek', toNs: at(171) }, { type: 'togglePlay' });
  expect([...world().table.live()].map(({ pid }) => pid)).toEqual([1]);
  expect(player.info.host).toBe(sourceInfo.host);
  for (let turns = 0; turns < 40; turns++) await clock.advance(100);
  expect(store.getSnapshot().info).toMatchObject({ host: 'other', bootId: 'b9' });
  expect([...world().table.live()].map(({ pid }) => pid)).toEqual([9]);
});

describe('Player', () => {
  test.each([
    ['empty', ''],
    ['only a header', quietTrace().split('\n', 1).join('')],
    ['only junk', 'junk\n{}\n'],
    ['one long line without an end', 'x'.repeat(3 << 20)],
    ['only NUL bytes', '\0'.repeat(1000)],
  ])('opens, plays and searches a trace that is %s, without an error', async (_, text) => {
    const { clock, run, store, status } = await openPlayer([text]);
    await run({ type: 'scrubTo', share: 0.5 }, { type: 'togglePlay' });
    await run(
      { type: 'step', events: 1 },
      { type: 'seekLandmark', direction: -1 },
      { type: 'seekComm', comm: 'x', direction: 1 },
    );
    await clock.advance(500);
    expect(store.getSnapshot().ended).toBeUndefined();
    expect(status().indexedShare).toBe(1);
  });

  test('counts invalid lines', async () => {
    const lines = quietTrace().split('\n');
    lines.splice(3, 0, 'junk', '{"probe_source":"process.exited"}');
    expect((await openPlayer([lines.join('\n')])).status().skippedLines).toBe(2);
  });

  test('ends where a file was truncated while open', async () => {
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
