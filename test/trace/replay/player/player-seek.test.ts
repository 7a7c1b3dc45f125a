import { describe, expect, test } from 'vitest';
import { Store } from '../../../../src/store/store.ts';
import type { StartIndex } from '../../../../src/trace/replay/index/client.ts';
import { Player } from '../../../../src/trace/replay/player/player.ts';
import { seconds, sourceInfo } from '../../../support/fixtures/events.ts';
import { manualClock, memoryFile, startIndexInline } from '../../../support/harness/replay.ts';
import { at, history, lastRecord, openPlayer, quietTrace } from './player-fixture.ts';

test.each([
  ['a time far ahead', 165.2, 165.2, 204],
  ['a time after the end', 999, 171, 209],
])('Player seeks to %s before anything is indexed', async (_, to, at, last) => {
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

describe('[fault:seek-before-index] Player', () => {
  const openUnindexed = async () => {
    const files = [memoryFile(quietTrace())];
    let finish = () => {};
    const startIndex: StartIndex = (onMessage, onError) => {
      finish = () => void startIndexInline(files)(onMessage, onError);
      return { stop: async () => {} };
    };
    const clock = manualClock();
    const player = await Player.open({ files, startIndex, clock, history, chunkBytes: 333, playing: false });
    const store = new Store({ info: player.info, replay: player.replay.status(), maxLogEntries: history });
    store.connect(player);
    const notice = () => store.getSnapshot().view.notice?.text;
    const position = () => store.getSnapshot().replay?.positionNs;
    const index = async () => {
      finish();
      while ((store.getSnapshot().replay?.indexedShare ?? 0) < 1)
        await new Promise((done) => setImmediate(done));
      await player.whenIdle();
    };
    return { player, notice, position, index };
  };

  test('seeks to a share of the trace once it is indexed, and reports that it will', async () => {
    const { player, notice, position, index } = await openUnindexed();
    player.replay.send({ type: 'seekShare', share: 0.5 });
    expect(notice()).toBe('0% of the trace is indexed; goes to 50% when it is done');
    await index();
    expect(position()).toBe(at(135.5));
    await player.stop();
    expect(notice()).toBe('the trace is indexed; at 50%');
  });

  test('drops the share when another command follows', async () => {
    const { player, position, index } = await openUnindexed();
    player.replay.send({ type: 'seekShare', share: 0.5 });
    player.replay.send({ type: 'seek', toNs: at(102) });
    await index();
    expect(position()).toBe(at(102));
    await player.stop();
  });

  test('reports that the target of a scrub is not known before the trace is indexed', async () => {
    const { player, notice } = await openUnindexed();
    player.replay.send({ type: 'scrubBy', share: 0.01 });
    expect(notice()).toBe('0% of the trace is indexed; the target is not known yet');
    await player.stop();
  });
});

test('[fault:time-of-day] Player reports where the wall clock was set back', async () => {
  const pair = (second: number, wall: string) =>
    `{"probe_source":"trace.clock","clock":{"monotonic_ns":${second}000000000,"realtime":"${wall}"}}\n`;
  const lines = quietTrace().trimEnd().split('\n').slice(0, -1);
  const setBack = `${lines.join('\n')}\n${pair(200, '2026-01-01T11:03:20.000000000Z')}`;
  const { status } = await openPlayer([setBack]);
  expect(status().wallSteps).toEqual([
    { atNs: 0n, offsetNs: 0n },
    // The timeline does not go back: it stays at the last record before, 29.5 s earlier.
    { atNs: at(170.5), offsetNs: -3_570_500_000_000n },
  ]);
});

describe('Player seeks', () => {
  test('event by event, forwards and backwards', async () => {
    const { run, store, world } = await openPlayer([quietTrace()]);
    await run({ type: 'step', events: 1 });
    expect(lastRecord(store)).toMatchObject({ probe_source: 'process.spawned', guest_pid: 200 });
    await run({ type: 'step', events: 1 }, { type: 'step', events: 1 });
    expect(lastRecord(store)).toMatchObject({ guest_pid: 201 });
    expect(world().table.get(201)).toBeDefined();
    await run({ type: 'step', events: -1 });
    expect(lastRecord(store)).toMatchObject({ probe_source: 'process.exited', guest_pid: 200 });
    await run({ type: 'step', events: -99 });
    expect(world().table.size).toBe(1);
  });

  test('to gaps, and to events of a comm or a PID', async () => {
    const { run, store } = await openPlayer([quietTrace()]);
    await run({ type: 'seekLandmark', direction: 1 });
    expect(lastRecord(store)).toMatchObject({ probe_source: 'trace.gap', tasks: 3 });
    await run({ type: 'seekComm', comm: 'odd', direction: 1 });
    expect(lastRecord(store)).toMatchObject({ probe_source: 'process.spawned', guest_pid: 207 });
    await run({ type: 'seekComm', comm: 'odd', direction: -1 });
    expect(lastRecord(store)).toMatchObject({ probe_source: 'process.exited', guest_pid: 205 });
    await run({ type: 'seekPid', pid: 200, direction: -1 });
    expect(lastRecord(store)).toMatchObject({ probe_source: 'process.exited', guest_pid: 200 });
    await run({ type: 'seekPid', pid: 208, direction: 1 });
    expect(lastRecord(store)).toMatchObject({ probe_source: 'process.spawned', guest_pid: 208 });
    await run({ type: 'seekLandmark', direction: 1 });
    expect(store.getSnapshot().view.notice?.text).toBe('no alert, failure, note or gap after this time');
  });

  test('to the nearest end for a time outside of the trace', async () => {
    const { run, status } = await openPlayer([quietTrace()]);
    await run({ type: 'seek', toNs: at(99_999) });
    expect(status()).toMatchObject({ positionNs: at(171), atEnd: true });
    await run({ type: 'seek', toNs: 0n });
    expect(status().positionNs).toBe(at(100));
  });
});

test.each(['x\x9b31m', 'a\u202eb', '"', '\u2028', 'say "hi"', 'back\\slash', 'é'])(
  'Player finds the name %j in any JSON encoding',
  async (comm) => {
    const line = (pid: number, name: string) =>
      `{"probe_source":"process.spawned","guest_pid":${pid},"guest_comm":${name},"guest_monotonic_ns":${101 + pid}000000000}\n`;
    const raw = JSON.stringify(comm);
    const ascii = raw.replace(/[^ -~]/g, (it) => `\\u${it.charCodeAt(0).toString(16).padStart(4, '0')}`);
    const { run, store } = await openPlayer([
      quietTrace() + line(70, raw) + line(71, '"z"') + line(72, ascii),
    ]);
    for (const pid of [70, 72]) {
      await run({ type: 'seekComm', comm, direction: 1 });
      expect(lastRecord(store)).toMatchObject({ guest_pid: pid });
    }
  },
);
