import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import type { SourceInfo } from '../../../src/domain/source/event-source.ts';
import { TraceComposer } from '../../../src/trace/format/composer.ts';
import { followTrace } from '../../../src/trace/replay/follow.ts';
import { seconds, sourceInfo, spawned } from '../../support/fixtures/events.ts';

const recording = (from: SourceInfo, pid: number) => {
  const composer = new TraceComposer({ info: from, tool: 'churntop test' });
  const text = composer.begin(seconds(100)) + composer.line(spawned(pid, 'sh', 101));
  return text + composer.end(seconds(102));
};

const play = async (...texts: string[]) => {
  const told: (string | number[])[] = [];
  const chunks = async function* () {
    for (const text of texts) yield Buffer.from(text);
  };
  await new Promise<void>((resolve, reject) => {
    followTrace(chunks()).start({
      onBatch: ({ records }) =>
        told.push(records.map((record) => ('guest_pid' in record ? record.guest_pid : 0))),
      onSystemState: (world, { host, bootId }) =>
        told.push(
          `${host} ${bootId}`,
          [...world.table.live()].map(({ pid }) => pid),
        ),
      onStatus: () => {},
      onError: reject,
      onEnd: resolve,
    });
  });
  return told;
};

test('a compressed trace that is damaged says so', async () => {
  const packed = gzipSync(recording(sourceInfo, 5).repeat(2000));
  packed.fill(0xff, packed.length - 60, packed.length - 20);
  const said: string[] = [];
  await new Promise<void>((resolve, reject) => {
    const source = followTrace(Readable.from([packed]));
    source.start({
      onBatch: () => {},
      onStatus: () => {},
      onError: reject,
      onEnd: resolve,
      onNotice: (text) => said.push(text),
    });
  });
  expect(said).toEqual(['damaged gzip data; the rest of the file is not read']);
});

test.each([
  ['of another host', { ...sourceInfo, host: 'other' }],
  ['of another boot', { ...sourceInfo, bootId: 'later' }],
  ['of the same guest', sourceInfo],
])('where a recorder %s begins, the world begins anew and is told whose it is', async (_, second) => {
  expect(await play(recording(sourceInfo, 5), recording(second, 6))).toEqual([
    `${sourceInfo.host} ${sourceInfo.bootId}`,
    [5],
    `${second.host} ${second.bootId}`,
    [6],
  ]);
});
