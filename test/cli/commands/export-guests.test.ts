import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { afterAll, expect, test } from 'vitest';
import { exportFiles } from '../../../src/cli/commands/export.ts';
import { matchAll } from '../../../src/domain/filter/match-all.ts';
import type { ExportFormat } from '../../../src/trace/export/exporter.ts';
import { composerOf } from '../../support/fakes/fake-link.ts';
import { exited, seconds, spawned } from '../../support/fixtures/events.ts';
import { createTempDir } from '../../support/harness/temp-dir.ts';

const { path: directory, remove } = createTempDir();
afterAll(remove);

/** Writes two files of a guest, the second of which continues the first. Its PIDs are 5 and 6, under PID 1. */
const record = (host: string, parent: string): string[] => {
  const composer = composerOf(host);
  const init = spawned(1, parent, 0, { initial: true, guest_ppid: 0 });
  const texts = [
    [composer.begin(0n), composer.line(init), composer.line(spawned(5, 'sh', 1))],
    [composer.begin(seconds(2)), composer.line(init), composer.line(exited(5, 'sh', 3))],
  ];
  return texts.map((lines, index) => {
    const path = join(directory, `${host}-${index}.ndjson`);
    writeFileSync(path, lines.join(''));
    return path;
  });
};

const exportText = async (to: ExportFormat, files: readonly string[]): Promise<string> => {
  const out = new PassThrough().setEncoding('utf8');
  let text = '';
  out.on('data', (piece) => {
    text += piece;
  });
  const stdin = Readable.from([]);
  const { signal } = new AbortController();
  await exportFiles({
    files,
    to,
    tool: 'test',
    filter: matchAll,
    userNames: () => String,
    out,
    stdin,
    signal,
  });
  return text;
};

const web = record('web1', 'systemd');
const db = record('db2', 'init');
const mixed = [db[1], web[0], web[1], db[0]] as string[];

type EcsDocument = {
  host: { hostname: string };
  process: { pid: number; parent?: { name: string } };
  event: { action: string };
};

test('an export of recordings made at the same time has the host and the parent of each record', async () => {
  const documents = (await exportText('ecs', mixed)).trimEnd().split('\n');
  const events = documents.map((line) => {
    const { host, process, event } = JSON.parse(line) as EcsDocument;
    return `${host.hostname} ${process.pid} ${event.action} ${process.parent?.name}`;
  });
  for (const [host, parent] of [
    ['web1', 'systemd'],
    ['db2', 'init'],
  ])
    for (const action of ['spawned', 'exited'])
      expect(events.filter((event) => event.startsWith(`${host} 5 `))).toContainEqual(
        expect.stringMatching(new RegExp(`${action}.* ${parent}$`)),
      );
});

test('an export has the names that were given to guests with equal headers', async () => {
  const text = await exportText('otlp', [`a=${web[0]}`, `b=${web[0]}`]);
  expect(text).toContain('"host.name","value":{"stringValue":"a"}');
  expect(text).toContain('"host.name","value":{"stringValue":"b"}');
  expect(text).not.toContain('"stringValue":"web1"');
});

test('an export to Perfetto has tracks and counters of each host', async () => {
  const { traceEvents } = JSON.parse(await exportText('perfetto', mixed)) as {
    traceEvents: { ph: string; name: string; args?: { name?: string } }[];
  };
  const tracks = traceEvents.filter(({ name }) => name === 'process_name').map(({ args }) => args?.name);
  expect(tracks.toSorted()).toEqual(['churn', 'db2 init', 'db2 sh', 'web1 sh', 'web1 systemd']);
  const counters = new Set(traceEvents.filter(({ ph }) => ph === 'C').map(({ name }) => name));
  expect([...counters].toSorted()).toEqual(['exits/s db2', 'exits/s web1', 'spawns/s db2', 'spawns/s web1']);
  const oneHost = await exportText('perfetto', web);
  expect(oneHost).not.toContain('web1');
});
