import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { TraceRecord } from '../../../src/domain/events/record.ts';
import { encode } from '../../../src/trace/format/codec.ts';
import type { Diagnostic } from '../../../src/trace/format/errors.ts';
import type { TraceBatch } from '../../../src/trace/read/batches.ts';
import { TraceReader } from '../../../src/trace/read/reader.ts';
import { arbitraryTraceRecord } from '../../support/fixtures/arbitrary-records.ts';
import { exited, seconds, sourceInfo, spawned } from '../../support/fixtures/events.ts';
import { syntheticEvents, syntheticTrace } from '../../support/fixtures/synthetic-trace.ts';

type Part = string | { file: string; text: string | Uint8Array };

const read = (...parts: Part[]) => {
  const remarks: string[] = [];
  const say = (kind: string) => (remark: Diagnostic) =>
    remarks.push(`${kind} ${remark.file}:${remark.line}: ${remark.message}`);
  const reader = new TraceReader({ onSkipped: say('skipped'), onWarning: say('note') });
  const batches: TraceBatch[] = [];
  for (const part of parts) {
    const { file, text } = typeof part === 'string' ? { file: 't', text: part } : part;
    reader.open(file);
    batches.push(...reader.push(Buffer.from(text)), ...reader.close());
  }
  reader.finish();
  return { reader, batches, records: batches.flatMap(({ records }) => records), remarks };
};

const lines = (...records: (readonly [TraceRecord, number?])[]): string =>
  records.map(([record, seq]) => `${encode(record, seq)}\n`).join('');

const header = (seq = 0, more: object = {}): readonly [TraceRecord, number] => [
  {
    probe_source: 'trace.header',
    format: 1,
    tool: 'churntop test',
    host: 'guest',
    boot_id: sourceInfo.bootId,
    pid_ns: sourceInfo.pidNamespace,
    epistemic_status: 'DECLARED',
    clock: { monotonic_ns: 0n, realtime: '2026-01-01T12:00:00.000000000Z' },
    ...more,
  } as TraceRecord,
  seq,
];
const end: TraceRecord = { probe_source: 'trace.end', monotonic_ns: seconds(9) };
const one = spawned(10, 'one', 1);
const two = exited(10, 'one', 2);

describe('a whole trace', () => {
  test('a byte order mark before a line costs nothing, as pipelines and editors put it there', () => {
    const text = `\ufeff${lines(header(), [one, 1], [two, 2], [end, 3])}`;
    const { records, reader, remarks } = read(text);
    expect(records).toHaveLength(4);
    expect(reader.skipped).toBe(0);
    expect(remarks).toEqual([]);
    expect(read({ file: 't', text: `${text}${text}` }).records).toHaveLength(8);
  });

  test('comes out record by record, without a remark', () => {
    const text = [...syntheticTrace(syntheticEvents(500))].join('');
    const { reader, batches, remarks, records } = read(text);
    expect(remarks).toEqual([]);
    expect(records.length).toBe(text.split('\n').length - 1);
    expect(reader).toMatchObject({ records: records.length, skipped: 0 });
    expect(batches[0]).toMatchObject({ isNewRecorder: true, file: 't', line: 1, header: records[0] });
  });

  test('without a header (--strict) is one recorder too', () => {
    const { batches, remarks } = read(lines([one], [two]));
    expect(remarks).toEqual([]);
    expect(batches).toMatchObject([{ isNewRecorder: true, header: undefined, records: [one, two] }]);
  });

  test('a recorder that died is noted', () => {
    expect(read(lines(header(), [one, 1])).remarks).toEqual([
      'note t:2: no trace.end before this: the recorder died or still writes',
    ]);
  });
});

describe('bad lines', () => {
  test('are skipped, counted and named; the rest is read [fault:invalid-line]', () => {
    const { records, reader, remarks } = read(
      `${lines([one])}nonsense\n\n{"probe_source":"process.exited"}\n${lines([two])}`,
    );
    expect(records).toEqual([one, two]);
    expect(reader.skipped).toBe(3);
    expect(remarks).toEqual([
      'skipped t:2: not JSON',
      'skipped t:3: not JSON',
      'skipped t:4: process.exited without guest_pid',
    ]);
  });

  test('exactly one torn last line is taken with a note', () => {
    expect(read(`${lines([one])}{"probe_source":"process.exi`)).toMatchObject({
      records: [one],
      reader: { skipped: 0 },
      remarks: ['note t:2: the last line is torn'],
    });
  });

  test('a last line that only lacks its newline is whole', () => {
    expect(read(lines([one]).trimEnd())).toMatchObject({ records: [one], remarks: [] });
  });

  test('zeros left by a power loss are one bad line', () => {
    const { records, remarks } = read(`${lines([one])}${'\0'.repeat(4096)}\n${lines([two])}`);
    expect(records).toEqual([one, two]);
    expect(remarks).toEqual(['skipped t:2: not JSON']);
  });

  test('what stands under a header of an unknown format is not guessed at [fault:unknown-format]', () => {
    const text = lines(header(0, { format: 2 }), [one, 1], header(), [two, 1], [end, 2]);
    const { records, remarks } = read(text);
    expect(records.slice(1)).toEqual([two, end]);
    expect(remarks).toEqual([
      'skipped t:1: format 2, this version reads 1',
      'skipped t:2: under a header of an unknown format',
    ]);
  });
});

test('nor what stands under one whose other keys are of that format, too', () => {
  const { records, remarks } = read(
    `{"probe_source":"trace.header","format":9,"clock":5}\n${lines([one, 1])}`,
  );
  expect(records).toEqual([]);
  expect(remarks).toEqual([
    'skipped t:1: format 9, this version reads 1',
    'skipped t:2: under a header of an unknown format',
  ]);
});

describe('seq', () => {
  const gap = (events: number, from: number, to: number): TraceRecord => ({
    probe_source: 'trace.gap',
    reason: 'dropped',
    events,
    from_monotonic_ns: seconds(from),
    to_monotonic_ns: seconds(to),
  });

  test('a hole is counted loss, where it is [fault:seq-hole]', () => {
    expect(read(lines(header(), [one, 1], [two, 5], [end, 6])).records.slice(1)).toEqual([
      one,
      gap(3, 1, 2),
      two,
      end,
    ]);
  });

  test('a loss that the recorder told itself is not told twice', () => {
    const told = gap(3, 1, 2);
    expect(read(lines(header(), [one, 1], [told, 5], [two, 6], [end, 7])).records.slice(1)).toEqual([
      one,
      told,
      two,
      end,
    ]);
  });

  test('unknown records have their number, too [fault:unknown-record]', () => {
    const unknown = '{"probe_source":"trace.future","seq":1,"text":"hi"}\n';
    expect(read(lines(header()) + unknown + lines([one, 2], [end, 3])).records.slice(1)).toEqual([one, end]);
  });

  test('running backwards is noted, and the records are read [fault:seq-backwards]', () => {
    const { records, remarks } = read(lines([one, 7], [two, 3], [end, 4]));
    expect(records).toEqual([one, two, end]);
    expect(remarks).toEqual(['note t:2: seq goes back to 3']);
  });
});

describe('several files', () => {
  test('rotated parts are one recording', () => {
    const { batches, remarks } = read(
      { file: 'a.1', text: lines(header(0), [one, 1]) },
      { file: 'a', text: lines(header(2), [two, 3], [end, 4]) },
    );
    expect(remarks).toEqual([]);
    expect(batches).toMatchObject([
      { file: 'a.1', line: 1, isNewRecorder: true },
      { file: 'a', line: 1, isNewRecorder: false },
    ]);
  });

  test('a part between that is missing is a gap, and who is alive must be told anew', () => {
    const { batches } = read(
      { file: 'a.1', text: lines(header(0), [one, 1]) },
      { file: 'a.3', text: lines(header(50), [two, 51], [end, 52]) },
    );
    expect(batches[1]).toMatchObject({ isNewRecorder: true });
    expect(batches[1]?.records[1]).toMatchObject({ probe_source: 'trace.gap', events: 48 });
  });

  test.each([
    ['another boot', { boot_id: 'ffffffff-0000-4000-8000-000000000000' }],
    ['another host', { host: 'elsewhere' }],
    ['another recorder', { recorder: 'b' }],
  ])('%s begins anew, without a gap', (_, more) => {
    const { batches, records } = read(
      { file: 'a', text: lines(header(0, { recorder: 'a' }), [one, 1], [end, 2]) },
      { file: 'b', text: lines(header(9, { recorder: 'a', ...more }), [two, 10], [end, 11]) },
    );
    expect(batches).toMatchObject([{ isNewRecorder: true }, { isNewRecorder: true }]);
    expect(records.some(({ probe_source }) => probe_source === 'trace.gap')).toBe(false);
  });

  test('remarks name the file', () => {
    const { remarks } = read({ file: 'a', text: 'x\n' }, { file: 'b', text: '\n\ny\n' });
    expect(remarks.map((remark) => remark.split(':', 2).join(':'))).toEqual([
      'skipped a:1',
      'skipped b:1',
      'skipped b:2',
      'skipped b:3',
    ]);
  });
});

describe('whatever the bytes are', () => {
  const junk = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc
      .tuple(arbitraryTraceRecord, fc.option(fc.maxSafeNat(), { nil: undefined }))
      .map(([record, seq]) => Buffer.from(`${encode(record, seq)}\n`)),
    fc
      .tuple(arbitraryTraceRecord, fc.nat(400))
      .map(([record, at]) => Buffer.from(encode(record).slice(0, at))),
    fc.json().map((text) => Buffer.from(`${text}\n`)),
  );

  test('every line is a record, skipped, torn or unknown, however it is cut [fault:random-bytes]', () => {
    fc.assert(
      fc.property(fc.array(junk, { maxLength: 20 }), fc.integer({ min: 1, max: 50 }), (pieces, step) => {
        const bytes = Buffer.concat(pieces);
        const whole = read({ file: 't', text: bytes });
        const remarks: string[] = [];
        const reader = new TraceReader({
          onSkipped: ({ line, message }) => remarks.push(`skipped t:${line}: ${message}`),
          onWarning: ({ line, message }) => remarks.push(`note t:${line}: ${message}`),
        });
        reader.open('t');
        const records: TraceRecord[] = [];
        for (let at = 0; at < bytes.length; at += step) {
          for (const batch of reader.push(bytes.subarray(at, at + step))) records.push(...batch.records);
        }
        for (const batch of reader.close()) records.push(...batch.records);
        reader.finish();
        expect(records).toEqual(whole.records);
        expect(remarks).toEqual(whole.remarks);
      }),
      { numRuns: 300 },
    );
  });
});
