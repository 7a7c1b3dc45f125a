import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, expect, test } from 'vitest';
import { FleetSource } from '../../../src/fleet/core/fleet-source.ts';
import { FileLink } from '../../../src/fleet/files/file-link.ts';
import { groupByGuest } from '../../../src/fleet/files/guest-files.ts';
import { openGuestFiles } from '../../../src/fleet/files/open-files.ts';
import { composerOf, entryText, FleetRecorder } from '../../support/fakes/fake-link.ts';
import { seconds, spawned } from '../../support/fixtures/events.ts';
import { createTempDir } from '../../support/harness/temp-dir.ts';

const { path: directory, remove } = createTempDir();
afterAll(remove);

/** Writes a recording with spawns at the given seconds, whose PIDs are these seconds. */
const record = (
  name: string,
  host: string,
  at: readonly number[],
  recorder = `recorder of ${host}`,
  bootId?: string,
): string => {
  const composer = composerOf(host, { recorder, bootId });
  const header = composer.begin(seconds(at[0] ?? 0));
  const text = header + at.map((second) => composer.line(spawned(second, 'sh', second))).join('');
  const path = join(directory, name);
  writeFileSync(path, name.endsWith('.gz') ? gzipSync(text) : text);
  return path;
};

const readAll = (source: ReturnType<typeof openGuestFiles>): Promise<FleetRecorder> =>
  new Promise((resolve) => {
    const received = new FleetRecorder();
    source.start(Object.assign(received, { onEnd: () => resolve(received) }));
  });

test('files belong to the guest of their name, or else to that of their header', async () => {
  const web = record('web.ndjson', 'web1', [1]);
  const later = record('later.ndjson.gz', 'web1', [9], 'later');
  const db = record('db.ndjson', 'db2', [1]);
  const odd = record('odd=name.ndjson', 'web1', [5], 'odd');
  expect(await groupByGuest([later, db, web])).toEqual([
    { id: 'web1', host: 'web1', isNamed: false, paths: [web, later] },
    { id: 'db2', host: 'db2', isNamed: false, paths: [db] },
  ]);
  expect(await groupByGuest([`a=${web}`, `b=${web}`, `a=${later}`])).toMatchObject([
    { id: 'a', paths: [web, later] },
    { id: 'b', paths: [web] },
  ]);
  // Two boots at the same time are two guests with one name; one after the other, they are one.
  const boots = (['boot-1', 'boot-2', 'boot-3'] as const).map((boot, index) =>
    record(`${boot}.ndjson.gz`, 'vm', [index < 2 ? 1 : 50, index < 2 ? 9 : 60], boot, boot),
  );
  expect(await groupByGuest(boots)).toMatchObject([
    { id: 'vm', paths: [boots[0], boots[2]] },
    { id: 'vm-2', paths: [boots[1]] },
  ]);
  expect(await groupByGuest([odd])).toMatchObject([{ id: 'web1', paths: [odd] }]);
  await expect(groupByGuest(['a=/no/such/file'])).rejects.toMatchObject({ code: 'ENOENT' });
});

test('recordings are merged in order, however their sizes differ', async () => {
  const long = Array.from({ length: 9000 }, (_, index) => index * 2 + 1);
  const guests = await groupByGuest([
    `a=${record('a.ndjson', 'host', long)}`,
    `b=${record('b.ndjson', 'host', [2, 17_990])}`,
    `b=${record('b2.ndjson.gz', 'host', [17_996, 17_998], 'second')}`,
  ]);
  const source = openGuestFiles(guests);
  const received = await readAll(source);
  expect(received.entries.slice(-8).map(entryText)).toEqual([
    'a 17991',
    'a 17993',
    'a 17995',
    'b trace.gap',
    'b 17996',
    'a 17997',
    'b 17998',
    'a 17999',
  ]);
  expect(source.fleet?.guests()).toMatchObject([
    { id: 'a', state: 'ended', alive: undefined, lost: 0 },
    { id: 'b', state: 'ended' },
  ]);
  source.fleet?.focus('b');
  expect(received.states.at(-1)?.state.log.length).toBe(3);
  await source.stop();
});

test('a damaged or unreadable recording ends its guest only [fault:guest-file-damaged]', async () => {
  const path = record('ok.ndjson', 'ok', [1, 2]);
  const read = async function* (file: string) {
    if (file === 'gone') throw Object.assign(new Error('gone'), { code: 'EIO' });
    const composer = composerOf('ok');
    const lines = Buffer.from(composer.begin(0n) + composer.line(spawned(7, 'sh', 1)));
    yield file === 'cut' ? gzipSync(lines).subarray(0, -8) : lines;
  };
  const source = new FleetSource(
    new FileLink(
      [
        { id: 'ok', host: 'ok', isNamed: false, paths: [path] },
        { id: 'bad', host: 'bad', isNamed: false, paths: ['gone'] },
        { id: 'cut', host: 'cut', isNamed: false, paths: ['cut'] },
      ],
      { read },
    ),
  );
  const { entries } = await readAll(source);
  expect(source.fleet.guests()).toMatchObject([
    { id: 'ok', state: 'ended' },
    { id: 'bad', state: 'failed', reason: 'gone: EIO' },
    { id: 'cut', state: 'ended' },
  ]);
  expect(entries.map(entryText)).toEqual(['ok 7', 'cut 7']);
});
