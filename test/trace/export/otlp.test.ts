import { describe, expect, test } from 'vitest';
import { encode } from '../../../src/trace/format/encode.ts';
import { printable } from '../../../src/util/printable.ts';
import { spawned } from '../../support/fixtures/events.ts';
import { needsPublished, requirePublished } from '../../support/harness/published-packages.ts';
import { exportText, hostile, ndjson, place, storyText, synthetic } from './export-fixture.ts';

describe('otlp', () => {
  const requests = ndjson(exportText('otlp', storyText).out);
  const { resource, scopeLogs } = requests[0].resourceLogs[0];
  const records = scopeLogs[0].logRecords;
  const plain = (attributes: { key: string; value: Record<string, unknown> }[]) =>
    Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));

  test('writes one request per line, with the host as resource', () => {
    expect(plain(resource.attributes)).toMatchObject({
      'host.name': 'web-1',
      'service.name': 'churntop',
      'os.type': 'linux',
    });
    expect(scopeLogs[0].scope).toEqual({ name: 'churntop', version: '1.2.3' });
    expect(ndjson(exportText('otlp', synthetic).out).length).toBe(
      Math.ceil((synthetic.split('\n').length - 3) / 512),
    );
  });

  test.each([
    ['long arguments', Array.from({ length: 8 }, () => 'x'.repeat(500))],
    ['arguments that JSON escapes', ['\u0001'.repeat(4000)]],
    ['wide arguments', ['漢'.repeat(4000)]],
    ['many empty arguments', Array.from({ length: 4000 }, () => '')],
  ])('[fault:otlp-line] writes requests of at most 1 MiB with %s', (_, args) => {
    const count = 1500;
    const lines = Array.from({ length: count }, (_, pid) => encode(spawned(pid + 1, 'x', 1, { args })));
    const { out } = exportText('otlp', `${lines.join('\n')}\n`);
    const requests = out.trimEnd().split('\n');
    for (const request of requests) expect(Buffer.byteLength(request) + 1).toBeLessThanOrEqual(1 << 20);
    expect(requests.length).toBeGreaterThan(1);
    const written = requests.map((line) => JSON.parse(line).resourceLogs[0].scopeLogs[0].logRecords.length);
    expect(written.reduce((sum, length) => sum + length)).toBe(count);
  });

  test('writes an exit with all facts about the process, and 64-bit integers as strings', () => {
    const last = records.at(-1);
    expect(last).toMatchObject({
      timeUnixNano: '1767268804000000000',
      severityNumber: 9,
      eventName: 'process.exited',
    });
    expect(plain(last.attributes)).toMatchObject({
      'process.pid': '7',
      'process.parent_pid': '1',
      'process.user.id': '1000',
      'process.executable.name': hostile,
      'process.creation.time': '2026-01-01T12:00:02.000000000Z',
      'process.exit.code': '3',
      'epistemic.status': 'DECLARED',
      'container.id': place.containerId,
      'container.runtime.name': 'containerd',
      'k8s.pod.uid': place.podUid,
      'churntop.unit': `cri-containerd-${place.containerId}.scope`,
      'churntop.lifetime_ns': '2000000000',
    });
  });

  test('writes arguments as a list of texts', () => {
    const spawn = records.find(({ eventName }: { eventName: string }) => eventName === 'process.exec');
    expect(plain(spawn.attributes)).toMatchObject({
      'process.command_args': { values: [{ stringValue: hostile }, { stringValue: '--all' }] },
      'churntop.args_cut': 'true',
    });
  });

  test('writes a gap as a warning', () => {
    expect(records.find(({ eventName }: { eventName: string }) => eventName === 'trace.gap')).toMatchObject({
      severityText: 'WARN',
      body: { stringValue: 'gap: unseen' },
    });
  });

  test('writes a raised alert as a warning, a note as information', () => {
    const said = records
      .filter(({ eventName }: { eventName: string }) => /alert|note/.test(eventName))
      .map(({ severityText, body }: { severityText: string; body: object }) => ({ severityText, ...body }));
    expect(said).toEqual([
      { severityText: 'INFO', stringValue: `deployed ${printable(hostile)}` },
      { severityText: 'WARN', stringValue: `spawn rate: 62.0/s of ${printable(hostile)} (> 50)` },
    ]);
  });

  type Message = { fromObject(value: unknown): unknown; toObject(message: unknown, how: object): unknown };
  type Root = {
    opentelemetry: { proto: { collector: { logs: { v1: { ExportLogsServiceRequest: Message } } } } };
  };
  const root = requirePublished<Root>('@opentelemetry/otlp-transformer/build/src/generated/root');
  test.skipIf(root === undefined)(
    `writes requests that the published protocol accepts, key by key ${needsPublished}`,
    () => {
      const { ExportLogsServiceRequest } = (root as Root).opentelemetry.proto.collector.logs.v1;
      // The protocol drops unknown keys and values of a wrong type.
      for (const request of [...requests, ...ndjson(exportText('otlp', synthetic).out)])
        expect(
          ExportLogsServiceRequest.toObject(ExportLogsServiceRequest.fromObject(request), { longs: String }),
        ).toEqual(request);
    },
  );

  const conventions = requirePublished<Record<string, unknown>>(
    '@opentelemetry/semantic-conventions/incubating',
  );
  test.skipIf(conventions === undefined)(
    `writes only attributes of the semantic conventions, or with the prefix of churntop ${needsPublished}`,
    () => {
      const known = new Set(Object.values(conventions ?? {}));
      const used: string[] = [resource, ...records].flatMap(({ attributes }) =>
        Object.keys(plain(attributes)),
      );
      expect(
        [...new Set(used)].filter((key) => !known.has(key) && !/^(churntop|epistemic)\./.test(key)),
      ).toEqual([]);
    },
  );

  test('writes time 0 without a clock pair', () => {
    const [request] = ndjson(exportText('otlp', `${encode(spawned(1, 'a', 1))}\n`).out);
    expect(request.resourceLogs[0].scopeLogs[0].logRecords[0].timeUnixNano).toBe('0');
  });
});
