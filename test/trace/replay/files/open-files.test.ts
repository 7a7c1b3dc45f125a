import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, expect, test } from 'vitest';
import { TraceComposer } from '../../../../src/trace/format/composer.ts';
import { openReplayFiles } from '../../../../src/trace/replay/files/open-files.ts';
import { seconds, sourceInfo, spawned } from '../../../support/fixtures/events.ts';
import { syntheticEvents, syntheticTrace } from '../../../support/fixtures/synthetic-trace.ts';
import { replayFromStart } from '../../../support/harness/replay.ts';
import { createTempDir } from '../../../support/harness/temp-dir.ts';

const folder = createTempDir();
afterAll(() => folder.remove());
const put = (name: string, bytes: string | Uint8Array): string => {
  const path = join(folder.path, name);
  writeFileSync(path, bytes);
  return path;
};

const composer = new TraceComposer({ info: sourceInfo, tool: 'churntop test' });
const part = (from: number): string =>
  composer.begin(seconds(from)) +
  composer.line(spawned(from, 'sh', from)) +
  composer.line(spawned(from + 1, 'sh', from));
const first = part(100);
const second = part(200);

const events = async (paths: string[]): Promise<{ names: string[]; events: number }> => {
  const files = await openReplayFiles(paths);
  const fold = await replayFromStart(files, { kind: 'event', events: Number.POSITIVE_INFINITY }, 100);
  await Promise.all(files.map((file) => file.close()));
  return { names: files.map(({ name }) => name), events: fold.events };
};

test('parts come in the order in which they were recorded, compressed or not', async () => {
  const newer = put('trace', second.slice(0, -7));
  const older = put('trace.1.gz', gzipSync(first));
  expect(await events([newer, older])).toEqual({ names: [older, newer], events: 3 });
});

test('a part that does not tell when it began leaves them as given', async () => {
  const newer = put('new', second);
  const older = put('strict', first.slice(first.indexOf('\n') + 1));
  expect((await events([newer, older])).names).toEqual([newer, older]);
});

test('of a damaged compressed part, what stands before the damage is there', async () => {
  const packed = gzipSync([...syntheticTrace(syntheticEvents(5000))].join(''));
  packed.fill(0xff, packed.length - 6000, packed.length - 5000);
  const path = put('damaged.gz', packed);
  expect((await events([path])).events).toBeGreaterThan(0);
  const [file] = await openReplayFiles([path]);
  expect(file?.damage).toBe('damaged gzip data');
  await file?.close();
});

test('nothing unpacked stays behind', async () => {
  await events([put('again.gz', gzipSync(first))]);
  expect(readdirSync(tmpdir()).filter((name) => /^churntop-[0-9a-f]{8}-/.test(name))).toEqual([]);
  expect(existsSync(folder.path)).toBe(true);
});
