import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decode, decodeJsonLine, decodeLine } from '../../../src/trace/format/decode.ts';
import { encode, encodeStrict } from '../../../src/trace/format/encode.ts';
import { fastDecode } from '../../../src/trace/format/fast-decode.ts';
import {
  arbitraryRecord,
  arbitraryTraceRecord,
  recordSources,
} from '../../support/fixtures/arbitrary-records.ts';
import { syntheticEvents, syntheticTrace } from '../../support/fixtures/synthetic-trace.ts';

const seqs = fc.option(fc.maxSafeNat(), { nil: undefined });

/** Returns the result of `read`, or its error as text. */
const outcome = (read: () => unknown): unknown => {
  try {
    return read();
  } catch (error) {
    return `${(error as Error).name}: ${(error as Error).message}`;
  }
};

describe('decode returns what encode wrote', () => {
  test.each(recordSources)('for %s, exactly', (source) => {
    fc.assert(
      fc.property(arbitraryRecord(source), seqs, (record, seq) => {
        expect(decode(encode(record, seq))).toStrictEqual({ record, seq });
      }),
    );
  });

  test('and encode writes one line for any record', () => {
    fc.assert(fc.property(arbitraryTraceRecord, (record) => !encode(record, 1).includes('\n')));
  });

  test('for ns beyond 2^53, with all digits [fault:large-integer]', () => {
    const line =
      '{"probe_source":"process.exited","guest_pid":1,"guest_comm":"a","guest_monotonic_ns":9007199254740993,"lifetime_ns":9223372036854775807}';
    expect(decode(line)?.record).toEqual({
      probe_source: 'process.exited',
      guest_pid: 1,
      guest_comm: 'a',
      guest_monotonic_ns: 9_007_199_254_740_993n,
      lifetime_ns: 9_223_372_036_854_775_807n,
    });
  });

  test('and encodeStrict writes only the four keys', () => {
    const record = decode(
      '{"probe_source":"process.spawned","guest_pid":4242,"guest_comm":"bash","guest_monotonic_ns":93417000123456,"seq":18,"guest_ppid":4100}',
    )?.record;
    expect(record && encodeStrict(record)).toBe(
      '{"probe_source":"process.spawned","guest_pid":4242,"guest_comm":"bash","guest_monotonic_ns":93417000123456}',
    );
  });
});

describe('fastDecode', () => {
  test('returns the result of decodeJsonLine, or undefined', () => {
    const mangled = fc
      .tuple(
        arbitraryTraceRecord,
        seqs,
        fc.nat(),
        fc.nat(3),
        fc.constantFrom('', '0', '"', ',', '}', ' ', '\\', 'e1', '-', ':'),
      )
      .map(([record, seq, at, cut, put]) => {
        const line = encode(record, seq);
        const place = at % (line.length + 1);
        return line.slice(0, place) + put + line.slice(place + cut);
      });
    fc.assert(
      fc.property(mangled, (line) => {
        const decoded = fastDecode(line);
        if (decoded) expect(decoded).toStrictEqual(decodeJsonLine(line));
      }),
      { numRuns: 3000 },
    );
  });

  test('decodes the lines of a recorder', () => {
    const lines = [...syntheticTrace(syntheticEvents(200))].join('').trimEnd().split('\n').slice(1);
    expect(lines.filter((line) => fastDecode(line) === undefined)).toEqual([]);
  });

  test('decodes a line that was cut out of a text', () => {
    const line = encode({ probe_source: 'trace.end', monotonic_ns: 5n }, 3);
    const text = `x${line}\n${line}`;
    expect(decodeLine(text.slice(1, line.length + 1))).toStrictEqual({
      record: { probe_source: 'trace.end', monotonic_ns: 5n },
      seq: 3,
    });
  });
});

describe('decode accepts', () => {
  const four = '"guest_pid":7,"guest_comm":"a","guest_monotonic_ns":5';

  test.each([
    ['unknown keys', `{"probe_source":"process.exited",${four},"colour":"red","deep":{"x_ns":1}}`],
    [
      'another order',
      `{"guest_comm":"a","guest_monotonic_ns":5,"guest_pid":7,"probe_source":"process.exited"}`,
    ],
    [
      'spaces',
      ` { "probe_source" : "process.exited" , "guest_pid" : 7 , "guest_comm":"a", "guest_monotonic_ns" : 5 } `,
    ],
    [
      'ns as a decimal string',
      '{"probe_source":"process.exited","guest_pid":7,"guest_comm":"a","guest_monotonic_ns":"5"}',
    ],
    ['null for absent', `{"probe_source":"process.exited",${four},"exit_code":null}`],
    ['a carriage return', `{"probe_source":"process.exited",${four}}\r`],
  ])('%s', (_, line) => {
    expect(decode(line)?.record).toStrictEqual({
      probe_source: 'process.exited',
      guest_pid: 7,
      guest_comm: 'a',
      guest_monotonic_ns: 5n,
    });
  });

  test('decode returns undefined for unknown records, and decodeLine their seq', () => {
    const line = '{"probe_source":"process.renamed","seq":12,"anything":[1]}';
    expect(decode(line)).toBeUndefined();
    expect(decodeLine(line)).toStrictEqual({ record: undefined, seq: 12 });
  });
});

describe('decode throws a TraceError with the cause', () => {
  const spawned = (rest: string) => `{"probe_source":"process.spawned",${rest}}`;
  test.each([
    ['', 'not JSON'],
    ['{', 'not JSON'],
    ['[]', 'not an object'],
    ['null', 'not an object'],
    ['{}', 'no probe_source'],
    ['{"probe_source":7}', 'no probe_source'],
    [spawned('"guest_pid":1'), 'process.spawned without guest_comm'],
    [spawned('"guest_pid":"x","guest_comm":"a","guest_monotonic_ns":1'), 'guest_pid is not a whole number'],
    [spawned('"guest_pid":-1,"guest_comm":"a","guest_monotonic_ns":1'), 'guest_pid is not a whole number'],
    [spawned('"guest_pid":1.5,"guest_comm":"a","guest_monotonic_ns":1'), 'guest_pid is not a whole number'],
    [
      spawned('"guest_pid":9007199254740993,"guest_comm":"a","guest_monotonic_ns":1'),
      'guest_pid is not a whole number',
    ],
    [spawned('"guest_pid":1,"guest_comm":["a"],"guest_monotonic_ns":1'), 'guest_comm is not a text'],
    [
      spawned('"guest_pid":1,"guest_comm":"a","guest_monotonic_ns":1e9'),
      'guest_monotonic_ns is not a whole number of nanoseconds',
    ],
    [spawned('"guest_pid":1,"guest_comm":"a","guest_monotonic_ns":007'), 'not JSON'],
    [
      spawned(`"guest_pid":1,"guest_comm":"a","guest_monotonic_ns":${'9'.repeat(300_000)}`),
      'guest_monotonic_ns is not a whole number of nanoseconds',
    ],
    [spawned('"guest_pid":1,"guest_comm":"a","guest_monotonic_ns":1,"initial":"yes"'), 'initial is not true'],
    ['{"probe_source":"trace.clock","clock":7}', 'clock is not a clock pair'],
    [
      '{"probe_source":"trace.gap","reason":"tired","from_monotonic_ns":1,"to_monotonic_ns":2}',
      'reason is not a known gap reason',
    ],
  ])('%.60s', (line, message) => {
    expect(outcome(() => decode(line))).toBe(`TraceError: ${message}`);
  });

  test('and no other error for any text', () => {
    const texts = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.json(),
      fc.json().map((text) => `{"probe_source":"process.exited","guest_pid":${text}}`),
    );
    fc.assert(
      fc.property(texts, (text) => !/^(?!TraceError)\w*Error: /.test(String(outcome(() => decode(text))))),
    );
  });
});
