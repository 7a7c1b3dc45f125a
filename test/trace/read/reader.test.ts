import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { TraceRecord } from '../../../src/domain/events/record.ts';
import { encode } from '../../../src/trace/format/encode.ts';
import { TraceReader } from '../../../src/trace/read/reader.ts';
import { arbitraryTraceRecord } from '../../support/fixtures/arbitrary-records.ts';
import { syntheticEvents, syntheticTrace } from '../../support/fixtures/synthetic-trace.ts';
import { end, header, lines, one, read, two } from './reader-fixture.ts';

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
