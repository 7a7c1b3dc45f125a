import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { gapReasons } from '../../../src/domain/events/event.ts';
import { decode } from '../../../src/trace/format/decode.ts';
import { encode } from '../../../src/trace/format/encode.ts';
import { header } from './header-fixture.ts';

describe('decode of a line of a newer recorder', () => {
  test('rejects a header of another format', () => {
    expect(() => decode(encode({ ...header, format: 2 } as never))).toThrow('format 2, this version reads 1');
  });

  test('omits an unknown capture mode', () => {
    const { capture_mode, ...rest } = { ...header, capture_mode: 'cursor' };
    expect(decode(encode({ ...rest, capture_mode: 'ebpf' } as never))?.record).toEqual(rest);
  });
});

describe('decode of a line of another writer', () => {
  const base = { probe_source: 'process.spawned', guest_pid: 1, guest_comm: 'x', guest_monotonic_ns: '5' };
  const line = (change: object) => JSON.stringify({ ...base, ...change });

  test.each([
    ['an unknown source', line({ probe_source: 'process.renamed' })],
    ['a source named like a property of every object', line({ probe_source: 'constructor' })],
    ['nothing but a source', '{"probe_source":"trace.future"}'],
  ])('returns undefined for %s', (_, text) => {
    expect(decode(text)).toBeUndefined();
  });

  test('ignores unknown keys', () => {
    const text = line({ colour: 'red', nested: { guest_pid: 9, a_ns: 1 }, exit_code: 1, guest_comm_ns: 3 });
    expect(decode(text)?.record).toEqual({ ...base, guest_monotonic_ns: 5n });
    expect(decode(text.replace('{', '{"__proto__":{"initial":true},'))?.record).toEqual({
      ...base,
      guest_monotonic_ns: 5n,
    });
  });

  test('treats null as absent', () => {
    expect(decode(line({ guest_ppid: null, seq: null }))).toEqual({
      record: { ...base, guest_monotonic_ns: 5n },
      seq: undefined,
    });
  });

  test.each([
    ['', 'not JSON'],
    ['{', 'not JSON'],
    [`${line({})}x`, 'not JSON'],
    [line({}).slice(0, -1), 'not JSON'],
    ['null', 'not an object'],
    ['5', 'not an object'],
    ['"text"', 'not an object'],
    ['[]', 'not an object'],
    ['{}', 'no probe_source'],
    ['{"probe_source":1}', 'no probe_source'],
    ['{"probe_source":"trace.end"}', 'trace.end without monotonic_ns'],
    [line({ guest_comm: null }), 'process.spawned without guest_comm'],
    [line({ guest_comm: 5 }), 'guest_comm is not a text'],
    [line({ guest_comm: {} }), 'guest_comm is not a text'],
    [line({ guest_pid: -1 }), 'guest_pid is not a whole number'],
    [line({ guest_pid: 1.5 }), 'guest_pid is not a whole number'],
    [line({ guest_pid: 2 ** 53 }), 'guest_pid is not a whole number'],
    [line({ guest_pid: '9007199254740993' }), 'guest_pid is not a whole number'],
    [line({ guest_pid: '' }), 'guest_pid is not a whole number'],
    [line({ guest_pid: ' 1' }), 'guest_pid is not a whole number'],
    [line({ guest_pid: '0x1' }), 'guest_pid is not a whole number'],
    [line({ guest_pid: true }), 'guest_pid is not a whole number'],
    [line({ guest_pid: [1] }), 'guest_pid is not a whole number'],
    [line({ guest_monotonic_ns: 1.5 }), 'guest_monotonic_ns is not a whole number of nanoseconds'],
    [line({ guest_monotonic_ns: 'soon' }), 'guest_monotonic_ns is not a whole number of nanoseconds'],
    [line({ guest_monotonic_ns: {} }), 'guest_monotonic_ns is not a whole number of nanoseconds'],
    [
      '{"probe_source":"trace.end","monotonic_ns":1e999}',
      'monotonic_ns is not a whole number of nanoseconds',
    ],
    [line({ args: 'ls' }), 'args is not a list of texts'],
    [line({ args: ['ls', 1] }), 'args is not a list of texts'],
    [line({ initial: 'yes' }), 'initial is not true'],
    [line({ initial: false }), 'initial is not true'],
    ['{"probe_source":"trace.clock","clock":5}', 'clock is not a clock pair'],
    ['{"probe_source":"trace.clock","clock":[]}', 'clock is not a clock pair'],
    ['{"probe_source":"trace.clock","clock":{"monotonic_ns":1}}', 'clock is not a clock pair'],
    [
      '{"probe_source":"trace.gap","reason":"toString","from_monotonic_ns":1,"to_monotonic_ns":2}',
      'reason is not a known gap reason',
    ],
  ])('%s: %s', (text, message) => {
    expect(() => decode(text)).toThrow(expect.objectContaining({ name: 'TraceError', message }));
  });

  // Kernel clocks have signed 64 bits.
  test.each([2n ** 63n, -(2n ** 63n) - 1n, 10n ** 39n])('rejects a time of %d ns', (at) => {
    const message = 'monotonic_ns is not a whole number of nanoseconds';
    for (const value of [`${at}`, `"${at}"`]) {
      expect(() => decode(`{"probe_source":"trace.end","monotonic_ns":${value}}`)).toThrow(message);
    }
  });

  test.each([
    [
      '-0',
      '{"probe_source":"trace.gap","reason":"disk","events":-0,"from_monotonic_ns":0,"to_monotonic_ns":0}',
    ],
    [
      '"-0"',
      '{"probe_source":"trace.gap","reason":"disk","events":"-0","from_monotonic_ns":0,"to_monotonic_ns":0}',
    ],
  ])('returns a plain 0 for %s', (_, text) => {
    expect(decode(text)?.record).toMatchObject({ events: 0 });
  });

  test('returns a record or throws a TraceError for any text', () => {
    const value = fc.oneof(fc.jsonValue(), fc.bigInt().map(String), fc.constantFrom(...gapReasons));
    const keys = fc.constantFrom(
      'guest_pid',
      'guest_comm',
      'guest_monotonic_ns',
      'clock',
      'reason',
      'seq',
      'initial',
      'x_ns',
      '__proto__',
      'to_monotonic_ns',
      'from_monotonic_ns',
      'monotonic_ns',
    );
    const hostile = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.json(),
      fc
        .tuple(
          fc.constantFrom('process.spawned', 'process.exited', 'trace.gap', 'trace.clock', 'trace.end'),
          fc.dictionary(keys, value),
        )
        .map(([probe_source, others]) => JSON.stringify({ ...others, probe_source })),
    );
    fc.assert(
      fc.property(hostile, (text) => {
        try {
          const read = decode(text);
          if (read) expect(decode(encode(read.record, read.seq))).toEqual(read);
        } catch (error) {
          expect(error).toMatchObject({ name: 'TraceError' });
        }
      }),
      { numRuns: 2000 },
    );
  });

  test.each([
    ['deep', `${'['.repeat(200_000)}`],
    ['of digits', `{"probe_source":"trace.end","monotonic_ns":${'9'.repeat(1 << 20)}}`],
    ['of quotes', `{"probe_source":"trace.end","a_ns${'"'.repeat(1 << 20)}`],
    ['of keys that nearly are', `{"${'_ns'.repeat(1 << 18)}`],
    ['of spaces', `{"a_ns"${' '.repeat(1 << 20)}`],
  ])('rejects a mebibyte %s', (_, text) => {
    expect(() => decode(text)).toThrow(expect.objectContaining({ name: 'TraceError' }));
  });
});

test.each([
  ['guest_comm', 'x'],
  ['comm_hex', '"'],
  ['args', ['x'.repeat(16)]],
  ['args', ['']],
])('decode rejects a line when %s exceeds the maximum length', (key, value) => {
  const filled = (count: number) =>
    typeof value === 'string' ? value.repeat(count) : Array(count).fill(value[0]);
  const most = Math.floor(4096 / (typeof value === 'string' ? 1 : (value[0] as string).length + 1));
  const line = (count: number) =>
    JSON.stringify({
      probe_source: 'process.spawned',
      guest_pid: 1,
      guest_comm: 'x',
      guest_monotonic_ns: 5,
      [key as string]: filled(count),
    });
  expect(decode(line(most))?.record).toMatchObject({ [key as string]: filled(most) });
  expect(() => decode(line(most + 1))).toThrow(`${key} has more than 4096 characters`);
});
