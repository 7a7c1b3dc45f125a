import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { TraceRecord } from '../../../src/domain/events/record.ts';
import { encode } from '../../../src/trace/format/encode.ts';
import type { Diagnostic } from '../../../src/trace/format/errors.ts';
import type { TraceBatch } from '../../../src/trace/read/batches.ts';
import { TraceReader } from '../../../src/trace/read/reader.ts';
import { arbitraryTraceRecord } from '../../support/fixtures/arbitrary-records.ts';
import { exited, seconds, sourceInfo, spawned } from '../../support/fixtures/events.ts';
import { syntheticEvents, syntheticTrace } from '../../support/fixtures/synthetic-trace.ts';

type Part = string | { file: string; text: string | Uint8Array };

const read = (...parts: Part[]) => {
  const diagnostics: string[] = [];
  const collect = (kind: string) => (diagnostic: Diagnostic) =>
    diagnostics.push(`${kind} ${diagnostic.file}:${diagnostic.line}: ${diagnostic.message}`);
  const reader = new TraceReader({ onSkipped: collect('skipped'), onWarning: collect('warning') });
  const batches: TraceBatch[] = [];
  for (const part of parts) {
    const { file, text } = typeof part === 'string' ? { file: 't', text: part } : part;
    reader.open(file);
    batches.push(...reader.push(Buffer.from(text)), ...reader.close());
  }
  reader.finish();
  return { reader, batches, records: batches.flatMap(({ records }) => records), diagnostics };
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
  test('is read with a byte order mark before any line', () => {
    const text = `\ufeff${lines(header(), [one, 1], [two, 2], [end, 3])}`;
    const { records, reader, diagnostics } = read(text);
    expect(records).toHaveLength(4);
    expect(reader.skipped).toBe(0);
    expect(diagnostics).toEqual([]);
    expect(read({ file: 't', text: `${text}${text}` }).records).toHaveLength(8);
  });

  test('is read without a diagnostic', () => {
    const text = [...syntheticTrace(syntheticEvents(500))].join('');
    const { reader, batches, diagnostics, records } = read(text);
    expect(diagnostics).toEqual([]);
    expect(records.length).toBe(text.split('\n').length - 1);
    expect(reader).toMatchObject({ records: records.length, skipped: 0 });
    expect(batches[0]).toMatchObject({ isNewRecorder: true, file: 't', line: 1, header: records[0] });
  });

  test('without a header (--strict) has one recorder', () => {
    const { batches, diagnostics } = read(lines([one], [two]));
    expect(diagnostics).toEqual([]);
    expect(batches).toMatchObject([{ isNewRecorder: true, header: undefined, records: [one, two] }]);
  });

  test('without trace.end causes a warning', () => {
    expect(read(lines(header(), [one, 1])).diagnostics).toEqual([
      'warning t:2: no trace.end before this: the recorder was killed or is still running',
    ]);
  });
});

describe('bad lines', () => {
  test('are skipped, counted and reported, and all other lines are read [fault:invalid-line]', () => {
    const { records, reader, diagnostics } = read(
      `${lines([one])}nonsense\n\n{"probe_source":"process.exited"}\n${lines([two])}`,
    );
    expect(records).toEqual([one, two]);
    expect(reader.skipped).toBe(3);
    expect(diagnostics).toEqual([
      'skipped t:2: not JSON',
      'skipped t:3: not JSON',
      'skipped t:4: process.exited without guest_pid',
    ]);
  });

  test('that are torn last lines cause a warning', () => {
    expect(read(`${lines([one])}{"probe_source":"process.exi`)).toMatchObject({
      records: [one],
      reader: { skipped: 0 },
      diagnostics: ['warning t:2: the last line is torn'],
    });
  });

  test('do not include a last line that lacks only its newline', () => {
    expect(read(lines([one]).trimEnd())).toMatchObject({ records: [one], diagnostics: [] });
  });

  test('include zeros left by a power loss, as one line', () => {
    const { records, diagnostics } = read(`${lines([one])}${'\0'.repeat(4096)}\n${lines([two])}`);
    expect(records).toEqual([one, two]);
    expect(diagnostics).toEqual(['skipped t:2: not JSON']);
  });

  test('include all lines under a header of an unknown format [fault:unknown-format]', () => {
    const text = lines(header(0, { format: 2 }), [one, 1], header(), [two, 1], [end, 2]);
    const { records, diagnostics } = read(text);
    expect(records.slice(1)).toEqual([two, end]);
    expect(diagnostics).toEqual([
      'skipped t:1: format 2, this version reads 1',
      'skipped t:2: under a header of an unknown format',
    ]);
  });
});

test('TraceReader skips lines under a header of another format with other keys', () => {
  const { records, diagnostics } = read(
    `{"probe_source":"trace.header","format":9,"clock":5}\n${lines([one, 1])}`,
  );
  expect(records).toEqual([]);
  expect(diagnostics).toEqual([
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

  test('with a hole causes a gap at its position [fault:seq-hole]', () => {
    expect(read(lines(header(), [one, 1], [two, 5], [end, 6])).records.slice(1)).toEqual([
      one,
      gap(3, 1, 2),
      two,
      end,
    ]);
  });

  test('with a hole that the recorder reported causes no second gap', () => {
    const told = gap(3, 1, 2);
    expect(read(lines(header(), [one, 1], [told, 5], [two, 6], [end, 7])).records.slice(1)).toEqual([
      one,
      told,
      two,
      end,
    ]);
  });

  test('of unknown records counts [fault:unknown-record]', () => {
    const unknown = '{"probe_source":"trace.future","seq":1,"text":"hi"}\n';
    expect(read(lines(header()) + unknown + lines([one, 2], [end, 3])).records.slice(1)).toEqual([one, end]);
  });

  test('that goes back causes a warning, and the records are read [fault:seq-backwards]', () => {
    const { records, diagnostics } = read(lines([one, 7], [two, 3], [end, 4]));
    expect(records).toEqual([one, two, end]);
    expect(diagnostics).toEqual(['warning t:2: seq goes back to 3']);
  });
});

describe('several files', () => {
  test('that were rotated are one recording', () => {
    const { batches, diagnostics } = read(
      { file: 'a.1', text: lines(header(0), [one, 1]) },
      { file: 'a', text: lines(header(2), [two, 3], [end, 4]) },
    );
    expect(diagnostics).toEqual([]);
    expect(batches).toMatchObject([
      { file: 'a.1', line: 1, isNewRecorder: true },
      { file: 'a', line: 1, isNewRecorder: false },
    ]);
  });

  test('with a missing file between them have a gap, and reset earlier state', () => {
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
  ])('of %s reset earlier state, without a gap', (_, more) => {
    const { batches, records } = read(
      { file: 'a', text: lines(header(0, { recorder: 'a' }), [one, 1], [end, 2]) },
      { file: 'b', text: lines(header(9, { recorder: 'a', ...more }), [two, 10], [end, 11]) },
    );
    expect(batches).toMatchObject([{ isNewRecorder: true }, { isNewRecorder: true }]);
    expect(records.some(({ probe_source }) => probe_source === 'trace.gap')).toBe(false);
  });

  test('are named in diagnostics', () => {
    const { diagnostics } = read({ file: 'a', text: 'x\n' }, { file: 'b', text: '\n\ny\n' });
    expect(diagnostics.map((diagnostic) => diagnostic.split(':', 2).join(':'))).toEqual([
      'skipped a:1',
      'skipped b:1',
      'skipped b:2',
      'skipped b:3',
    ]);
  });
});

describe('any bytes', () => {
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

  test('are read as records, skipped, torn or unknown lines, in chunks of any size [fault:random-bytes]', () => {
    fc.assert(
      fc.property(fc.array(junk, { maxLength: 20 }), fc.integer({ min: 1, max: 50 }), (pieces, step) => {
        const bytes = Buffer.concat(pieces);
        const whole = read({ file: 't', text: bytes });
        const diagnostics: string[] = [];
        const reader = new TraceReader({
          onSkipped: ({ line, message }) => diagnostics.push(`skipped t:${line}: ${message}`),
          onWarning: ({ line, message }) => diagnostics.push(`warning t:${line}: ${message}`),
        });
        reader.open('t');
        const records: TraceRecord[] = [];
        for (let at = 0; at < bytes.length; at += step) {
          for (const batch of reader.push(bytes.subarray(at, at + step))) records.push(...batch.records);
        }
        for (const batch of reader.close()) records.push(...batch.records);
        reader.finish();
        expect(records).toEqual(whole.records);
        expect(diagnostics).toEqual(whole.diagnostics);
      }),
      { numRuns: 300 },
    );
  });
});
