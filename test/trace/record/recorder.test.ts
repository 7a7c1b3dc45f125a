import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { Batch } from '../../../src/domain/events/event.ts';
import { openRecorder } from '../../../src/trace/record/recorder.ts';
import { exited, seconds, sourceInfo, spawned, walkStatus } from '../../support/fixtures/events.ts';
import { decodeTrace } from '../../support/harness/recording.ts';
import { createTempDir } from '../../support/harness/temp-dir.ts';

const folder = createTempDir();
afterAll(() => folder.remove());

const open = (name: string) =>
  openRecorder({ path: join(folder.path, name), info: sourceInfo, tool: 'churntop test' });

test('openRecorder writes all batches before stop, counts them, and reports its status', async () => {
  const recorder = await open('trace');
  expect(recorder.status).toMatchObject({ state: 'recording', bytes: 0, dropped: 0 });
  const states: string[] = [];
  recorder.subscribe(({ state }) => states.push(state));
  const batches: Batch[] = [
    { nowNs: seconds(1), records: [spawned(1, 'init', 1, { initial: true }), spawned(2, 'a\u001b]\n"', 1)] },
    { nowNs: seconds(2), records: [exited(2, 'a\u001b]\n"', 2, { lifetime_ns: 2n ** 60n + 1n })] },
  ];
  recorder.feed.port.postMessage({ type: 'status', status: walkStatus });
  for (const batch of batches) recorder.feed.port.postMessage({ type: 'batch', batch });
  const last = await recorder.stop();
  const text = readFileSync(join(folder.path, 'trace'), 'utf8');
  const read = decodeTrace(text);
  expect(read.slice(1, -1).map(({ record }) => record)).toEqual(batches.flatMap(({ records }) => records));
  expect(last).toMatchObject({
    state: 'stopped',
    records: 5,
    bytes: Buffer.byteLength(text),
    queued: 0,
    dropped: 0,
  });
  expect(Atomics.load(recorder.feed.acked, 0)).toBe(2);
  expect(states.at(-1)).toBe('stopped');
  expect(await recorder.stop()).toEqual(last);
});

test('openRecorder rejects with the details of the error in the thread', async () => {
  const path = join(folder.path, 'there');
  writeFileSync(path, '');
  await expect(open('there')).rejects.toMatchObject({
    name: 'RecordError',
    details: { reason: 'exists', path },
  });
});
