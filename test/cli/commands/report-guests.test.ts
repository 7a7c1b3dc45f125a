import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { afterAll, describe, expect, test } from 'vitest';
import { type RunReportOptions, reportFiles } from '../../../src/cli/commands/report.ts';
import type { ChurnRecord } from '../../../src/domain/events/event.ts';
import { matchAll } from '../../../src/domain/filter/match-all.ts';
import { composerOf } from '../../support/fakes/fake-link.ts';
import { exited, gap, seconds, spawned } from '../../support/fixtures/events.ts';
import { filterOf } from '../../support/fixtures/filters.ts';
import { createTempDir } from '../../support/harness/temp-dir.ts';

const { path: directory, remove } = createTempDir();
afterAll(remove);

/** Writes a recording of a guest and returns its path. */
const record = (name: string, host: string, records: readonly ChurnRecord[], skewSeconds = 0): string => {
  const composer = composerOf(host, { recorder: name, skewSeconds });
  const text = [composer.begin(0n), ...records.map((each) => composer.line(each)), composer.end(seconds(10))];
  const path = join(directory, name);
  writeFileSync(path, text.join(''));
  return path;
};

const report = async (files: readonly string[], options: Partial<RunReportOptions> = {}): Promise<string> => {
  const out = new PassThrough().setEncoding('utf8');
  let text = '';
  out.on('data', (piece) => {
    text += piece;
  });
  await reportFiles(files, {
    filter: matchAll,
    userNames: () => String,
    groupBy: undefined,
    json: false,
    top: undefined,
    columns: 80,
    out,
    ...options,
    stdin: Readable.from([]),
    signal: new AbortController().signal,
  });
  return text;
};

/** A guest with `alive` processes that spawns `perSecond` for 10 s, with the same PIDs and start times as any other. */
const guestRecords = (alive: number, perSecond: number): ChurnRecord[] => [
  ...Array.from({ length: alive }, (_, index) => spawned(index + 1, 'daemon', 0, { initial: true })),
  ...Array.from({ length: 10 * perSecond }, (_, index) => {
    const at = (index + 0.5) / perSecond;
    return [spawned(1000 + index, 'sh', at), exited(1000 + index, 'sh', at + 0.01, { exit_code: index % 2 })];
  }).flat(),
  gap('unseen', { tasks: 3, from_monotonic_ns: seconds(9), to_monotonic_ns: seconds(9.5) }),
];

describe('a report of two guests that were recorded at the same time', () => {
  const web = record('web.ndjson', 'web1', guestRecords(51, 82));
  const db = record('db.ndjson', 'db2', guestRecords(46, 82), -3600 * 24 * 365);
  const overlapping = record('overlapping.ndjson', 'db2', guestRecords(46, 82));

  test('[fault:two-guests] adds up what is alive and the rates, and has a row for each host', async () => {
    const text = await report([web, overlapping]);
    expect(text).toContain('web1, db2: 10s watched');
    expect(text).toContain('1,640 spawned (164/s, peak 164), 1,640 exited, 97 alive\n');
    expect(text).toMatch(/^HOST .*\ndb2 +820 +82\.0 +82 +46 .*\nweb1 +820 +82\.0 +82 +51 /m);
    expect(text).toContain('6 missed');
  });

  test('keeps guests with equal headers apart by the names given', async () => {
    const text = await report([`a=${web}`, `b=${web}`], { groupBy: 'host' });
    expect(text).toContain('a, b: 10s watched');
    expect(text).toContain('(164/s, peak 164), 1,640 exited, 102 alive\n');
    expect(text).toMatch(/^HOST .*\na +820 +82\.0 +82 +51 .*\nb +820 +82\.0 +82 +51 /m);
    expect(text).not.toContain('COMM  ');
    const filter = filterOf('host=b');
    const filtered = await report([`a=${web}`, `b=${web}`], { filter });
    expect(filtered).toContain('820 spawned');
    expect(filtered).toMatch(/^HOST .*\nb +820 .*\na +0 /m);
  });

  test('does not count the time between recordings that do not overlap', async () => {
    const { total, span_ns } = JSON.parse(await report([web, db], { json: true }));
    expect(span_ns / 1e9).toBeCloseTo(20, 1);
    expect(total.spawns_per_second).toMatchObject({ peak: 82 });
    expect(total.spawns_per_second.mean).toBeCloseTo(82, 0);
    expect(total.alive).toBe(97);
  });

  test('has hosts, gaps of each host and its own times in JSON', async () => {
    const { by, hosts, coverage } = JSON.parse(await report([web, overlapping], { json: true }));
    expect(hosts).toEqual(['web1', 'db2']);
    expect(by.host.rows).toMatchObject([
      { key: 'db2', spawns: 820, alive: 46, exit_status: { known: 820, failed: 410 } },
      { key: 'web1', spawns: 820, alive: 51 },
    ]);
    expect(by.comm.rows[0]).toMatchObject({ key: 'sh', spawns: 1640 });
    expect(coverage.recent_gaps).toMatchObject([
      { host: 'web1', from_monotonic_ns: 9e9 },
      { host: 'db2', from_monotonic_ns: 9e9 },
    ]);
  });

  test('a report by host of one guest has the row of that guest', async () => {
    expect(await report([web], { groupBy: 'host' })).toMatch(/^HOST .*\nweb1 +820 +82\.0 +82 +51 /m);
  });
});
