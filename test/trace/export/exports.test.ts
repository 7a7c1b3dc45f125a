import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { TraceRecord } from '../../../src/domain/events/record.ts';
import { parseFilter } from '../../../src/domain/filter/filter.ts';
import { matchAll } from '../../../src/domain/filter/match-all.ts';
import { unknownGuest } from '../../../src/domain/processes/guest.ts';
import { type ExportFormat, exportFormats } from '../../../src/trace/export/exporter.ts';
import { exporters } from '../../../src/trace/export/exporters.ts';
import { encode } from '../../../src/trace/format/encode.ts';
import { TraceReader } from '../../../src/trace/read/reader.ts';
import { TraceFilter } from '../../../src/trace/read/trace-filter.ts';
import { printable } from '../../../src/util/text.ts';
import { arbitraryTraceRecord } from '../../support/fixtures/arbitrary-records.ts';
import { alert, exited, note, seconds, spawned } from '../../support/fixtures/events.ts';
import { syntheticEvents, syntheticTrace } from '../../support/fixtures/synthetic-trace.ts';
import { needsPublished, requirePublished } from '../../support/harness/published-packages.ts';

const exported = (format: ExportFormat, text: string, filter = '') => {
  const exporter = exporters[format]({ tool: 'churntop 1.2.3' });
  const accepts = parseFilter(filter);
  const sieve = new TraceFilter(accepts.ok ? accepts : matchAll, () => unknownGuest);
  const reader = new TraceReader();
  let out = exporter.begin();
  for (const batch of [...reader.push(Buffer.from(text)), ...reader.close()])
    out += exporter.convert(batch, sieve.forBatch(batch));
  return { out: out + exporter.end(), left: exporter.skippedRecords };
};

/** An export of the story that ends before its note. */
const cutShort = (format: ExportFormat, why: string): string => {
  const exporter = exporters[format]({ tool: 'churntop 1.2.3' });
  const read = new TraceReader().push(Buffer.from(storyText.slice(0, storyText.indexOf('trace.note'))));
  let out = exporter.begin();
  for (const batch of read) out += exporter.convert(batch, () => true);
  return out + exporter.end(why);
};

const hostile = '\u001b]0;owned\u0007\u009b31m"\\\u202e';
const header: TraceRecord = {
  probe_source: 'trace.header',
  format: 1,
  tool: 't',
  host: 'web-1',
  boot_id: 'b',
  pid_ns: 'pid:[4026531836]',
  epistemic_status: 'DECLARED',
  clock: { monotonic_ns: 0n, realtime: '2026-01-01T12:00:00.000000000Z' },
};
const story: TraceRecord[] = [
  header,
  spawned(1, 'init', 1, { initial: true, guest_ppid: 0 }),
  spawned(7, 'bash', 2, { guest_ppid: 1, guest_uid: 1000, args: ['bash', '-c', hostile] }),
  {
    probe_source: 'process.exec',
    guest_pid: 7,
    guest_comm: hostile,
    guest_monotonic_ns: seconds(2),
    previous_comm: 'bash',
    args: [hostile, '--all'],
    args_cut: true,
  },
  {
    probe_source: 'trace.gap',
    reason: 'unseen',
    tasks: 4,
    from_monotonic_ns: seconds(2),
    to_monotonic_ns: seconds(3),
  },
  note(`deployed ${hostile}`, 3),
  alert('spawn_rate(comm)>50', 3, { key: hostile }),
  {
    probe_source: 'process.zombie',
    guest_pid: 7,
    guest_comm: hostile,
    guest_monotonic_ns: seconds(3),
    guest_ppid: 1,
  },
  exited(7, hostile, 4, { lifetime_ns: seconds(2), exit_code: 3, start_ticks: 200 }),
  { probe_source: 'trace.end', monotonic_ns: seconds(5) },
];
const storyText = story.map((record, seq) => `${encode(record, seq)}\n`).join('');
const made = [...syntheticTrace(syntheticEvents(2000))].join('');
const formats = Object.keys(exportFormats) as ExportFormat[];

const ndjson = (text: string) =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

describe.each(formats)('%s', (format) => {
  test('no name reaches a terminal as it is', () => {
    const { out } = exported(format, storyText);
    expect(out).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/);
    expect(out).toContain('\\u001b]0;owned\\u0007\\u009b31m');
  });

  test('whatever a trace holds, JSON comes out', () => {
    fc.assert(
      fc.property(fc.array(arbitraryTraceRecord, { maxLength: 30 }), (records) => {
        const { out } = exported(format, records.map((record) => `${encode(record)}\n`).join(''));
        if (format === 'perfetto') JSON.parse(out);
        else if (out !== '') ndjson(out);
      }),
    );
  });

  test('a filter exports some', () => {
    const { out } = exported(format, made, 'comm=git');
    expect(out).toContain('git');
    expect(out).not.toContain('containerd-shim');
  });
});

test.each(formats)('%s cut short is whole all the same', (format) => {
  const out = cutShort(format, `broken ${hostile}`);
  const documents = format === 'perfetto' ? [out] : out.trimEnd().split('\n');
  for (const document of documents) expect(JSON.parse(document)).toBeTruthy();
});

describe('perfetto', () => {
  test('says that it is cut short, over everything and at the end', () => {
    const last = JSON.parse(cutShort('perfetto', `broken ${hostile}`)).traceEvents.at(-1);
    expect(last).toMatchObject({ ph: 'i', s: 'g', name: `cut short: broken ${printable(hostile)}`, ts: 3e6 });
  });

  type Event = {
    ph: string;
    name: string;
    pid: number;
    tid?: number;
    ts: number;
    dur: number;
    args: Record<string, unknown>;
  };
  const events = (text: string): Event[] => JSON.parse(exported('perfetto', text).out).traceEvents;

  test('a life is one slice under its last name, from its birth', () => {
    const slices = events(storyText).filter(({ ph }) => ph === 'X');
    expect(slices).toMatchObject([
      {
        name: expect.stringContaining('␛]0;owned'),
        ts: 2e6,
        dur: 2e6,
        args: {
          pid: 7,
          comm: hostile,
          ppid: 1,
          argv: [hostile, '--all'],
          previous_comm: 'bash',
          exit_code: 3,
        },
      },
      { name: 'init', ts: 1e6, args: { initial: true, end: 'still alive' } },
    ]);
  });

  test('gaps, notes and alerts are instants, spawns and exits counters', () => {
    const all = events(storyText);
    expect(all.filter(({ ph }) => ph === 'i')).toMatchObject([
      { s: 'g', name: 'gap: unseen', ts: 3e6, args: { tasks: 4 } },
      { s: 'g', name: `deployed ${printable(hostile)}`, ts: 3e6 },
      { s: 'g', name: `spawn rate: 62.0/s of ${printable(hostile)} (> 50)`, ts: 3e6 },
    ]);
    expect(all.filter(({ ph, args }) => ph === 'C' && Object.values(args)[0] === 1)).toMatchObject([
      { name: 'spawns/s', ts: 2e6 },
      { name: 'exits/s', ts: 4e6 },
    ]);
  });

  test('counters add up to the events', () => {
    const sum = (name: string) =>
      events(made)
        .filter((event) => event.name === name)
        .reduce((total, { args }) => total + (Object.values(args)[0] as number), 0);
    expect([sum('spawns/s'), sum('exits/s')]).toEqual([2000, 2000]);
  });

  test('slices of a lane do not overlap, and lanes are named', () => {
    const all = events(made);
    const named = new Set(all.filter(({ name }) => name === 'thread_name').map(({ tid }) => tid));
    const lanes = new Map<number, Event[]>();
    for (const event of all.filter(({ ph }) => ph === 'X')) {
      lanes.set(event.tid as number, [...(lanes.get(event.tid as number) ?? []), event]);
    }
    expect(new Set(lanes.keys())).toEqual(named);
    for (const slices of lanes.values()) {
      const sorted = slices.toSorted((a, b) => a.ts - b.ts);
      for (const [index, { ts }] of sorted.slice(1).entries()) {
        const before = sorted[index] as Event;
        // Times are doubles for JSON.parse; a thousandth of a nanosecond is no overlap.
        expect(ts - (before.ts + before.dur)).toBeGreaterThan(-0.001);
      }
    }
  });

  test('recorders of two boots lie one after the other', () => {
    const second = encode(
      {
        ...header,
        boot_id: 'c',
        clock: { monotonic_ns: 0n, realtime: '2026-01-01T13:00:00.000000000Z' },
      } as TraceRecord,
      0,
    );
    const all = events(`${storyText}${second}\n${encode(spawned(9, 'later', 1), 1)}\n`);
    expect(all.find(({ name, ph }) => ph === 'X' && name === 'later')?.ts).toBe(3601e6);
  });
});

describe('otlp', () => {
  const requests = ndjson(exported('otlp', storyText).out);
  const { resource, scopeLogs } = requests[0].resourceLogs[0];
  const records = scopeLogs[0].logRecords;
  const plain = (attributes: { key: string; value: Record<string, unknown> }[]) =>
    Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));

  test('one request a line, the host a resource', () => {
    expect(plain(resource.attributes)).toMatchObject({
      'host.name': 'web-1',
      'service.name': 'churntop',
      'os.type': 'linux',
    });
    expect(scopeLogs[0].scope).toEqual({ name: 'churntop', version: '1.2.3' });
    expect(ndjson(exported('otlp', made).out).length).toBe(Math.ceil((made.split('\n').length - 3) / 512));
  });

  test('an end with all that is known of the life; 64-bit integers are strings', () => {
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
      'churntop.lifetime_ns': '2000000000',
    });
  });

  test('arguments are a list of texts', () => {
    const born = records.find(({ eventName }: { eventName: string }) => eventName === 'process.exec');
    expect(plain(born.attributes)).toMatchObject({
      'process.command_args': { values: [{ stringValue: hostile }, { stringValue: '--all' }] },
      'churntop.args_cut': 'true',
    });
  });

  test('a gap is a warning', () => {
    expect(records.find(({ eventName }: { eventName: string }) => eventName === 'trace.gap')).toMatchObject({
      severityText: 'WARN',
      body: { stringValue: 'gap: unseen' },
    });
  });

  test('a raised alert is a warning, a note is none', () => {
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
    `every request is one by the published protocol, key by key ${needsPublished}`,
    () => {
      const { ExportLogsServiceRequest } = (root as Root).opentelemetry.proto.collector.logs.v1;
      // What the protocol does not know, or not of this type, does not come back.
      for (const request of [...requests, ...ndjson(exported('otlp', made).out)])
        expect(
          ExportLogsServiceRequest.toObject(ExportLogsServiceRequest.fromObject(request), { longs: String }),
        ).toEqual(request);
    },
  );

  const conventions = requirePublished<Record<string, unknown>>(
    '@opentelemetry/semantic-conventions/incubating',
  );
  test.skipIf(conventions === undefined)(
    `every attribute is a semantic convention, or under a name of our own ${needsPublished}`,
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

  test('without a clock pair the time is not known', () => {
    const [request] = ndjson(exported('otlp', `${encode(spawned(1, 'a', 1))}\n`).out);
    expect(request.resourceLogs[0].scopeLogs[0].logRecords[0].timeUnixNano).toBe('0');
  });
});

describe('ecs', () => {
  const documents = ndjson(exported('ecs', storyText).out);

  test('each record is what ECS calls it', () => {
    expect(documents.map(({ event }) => `${event.type} ${event.action}`)).toEqual([
      'info process-found',
      'start process-spawned',
      'change process-exec',
      'info observation-gap',
      'info note',
      'info alert-raised',
      'info process-zombie',
      'end process-exited',
    ]);
    expect(documents.at(-1)).toMatchObject({
      '@timestamp': '2026-01-01T12:00:04.000000000Z',
      event: { kind: 'event', category: ['process'], duration: 2_000_000_000 },
      process: {
        pid: 7,
        name: hostile,
        entity_id: 'b/7/200',
        parent: { pid: 1, name: 'init' },
        start: '2026-01-01T12:00:02.000000000Z',
        exit_code: 3,
      },
      host: { name: 'web-1', boot: { id: 'b' }, pid_ns_ino: '4026531836' },
    });
  });

  test('arguments are told with their number, unless there were more', () => {
    const [born, exec] = ['start', 'change'].map((type) =>
      documents.find(({ event }) => event.type[0] === type),
    );
    expect(born.process).toMatchObject({ args: ['bash', '-c', hostile], args_count: 3 });
    expect(exec.process.args).toEqual([hostile, '--all']);
    expect(exec.process).not.toHaveProperty('args_count');
  });

  test('a record without a wall time is left and counted', () => {
    expect(exported('ecs', `${encode(spawned(1, 'a', 1))}\n`)).toEqual({ out: '', left: 1 });
  });

  type Fields = Record<string, { type: string; normalize?: string[]; allowed_values?: { name: string }[] }>;
  const fields = requirePublished<{ EcsFlat: Fields }>('@elastic/ecs')?.EcsFlat;

  test.skipIf(fields === undefined)(
    `every field is published, of its type and with an allowed value ${needsPublished}`,
    () => {
      const types: Record<string, (value: unknown) => boolean> = {
        long: Number.isInteger,
        date: (value) => !Number.isNaN(Date.parse(String(value))),
      };
      const wrong = new Set<string>();
      const walk = (value: object, path: string): void => {
        for (const [key, inner] of Object.entries(value)) {
          const name = path === '' ? key : `${path}.${key}`;
          if (name === 'churntop') continue;
          const field = fields?.[name];
          if (!field && typeof inner === 'object' && !Array.isArray(inner)) walk(inner, name);
          else if (!field) wrong.add(`${name} is not published`);
          else {
            const isText = (each: unknown) => typeof each === 'string';
            for (const each of [inner].flat()) {
              if (!(types[field.type] ?? isText)(each)) wrong.add(`${name} is no ${field.type}`);
              if (field.allowed_values?.every((allowed) => allowed.name !== each))
                wrong.add(`${name}: ${each}`);
            }
            if ((field.normalize ?? []).includes('array') !== Array.isArray(inner))
              wrong.add(`${name} as an array`);
          }
        }
      };
      for (const document of documents) walk(document, '');
      expect([...wrong]).toEqual([]);
    },
  );
});
