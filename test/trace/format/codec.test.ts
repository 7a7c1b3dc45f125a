import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { gapReasons } from '../../../src/domain/events/event.ts';
import type { TraceRecord } from '../../../src/domain/events/record.ts';
import { decode, encode, encodeStrict } from '../../../src/trace/format/codec.ts';
import { alert, execed, exited, gap, note, spawned, zombie } from '../../support/fixtures/events.ts';

const past = 2n ** 53n + 1n;
const clock = { monotonic_ns: past, realtime: '2026-11-22T21:02:25.123456789Z' };
const header: TraceRecord = {
  probe_source: 'trace.header',
  format: 1,
  tool: 'churntop 0.1.0',
  host: 'guest',
  boot_id: 'b',
  pid_ns: 'pid:[1]',
  epistemic_status: 'DECLARED',
  capture_mode: 'walk',
  pid_max: 32768,
  clock,
  boot_offset_ns: 5n,
  filter: 'ng',
  hidden: 2,
};

describe('the order of keys on the line', () => {
  test('is the documented one, to the byte', () => {
    const { start_ticks: _, ...event } = spawned(4242, 'bash', 0, {
      window_ns: 312_000n,
      guest_ppid: 4100,
      guest_uid: 1000,
      guest_monotonic_ns: 93_417_000_123_456n,
    });
    expect(encode(event, 18)).toBe(
      '{"probe_source":"process.spawned","guest_pid":4242,"guest_comm":"bash","guest_monotonic_ns":93417000123456,"seq":18,"guest_ppid":4100,"guest_uid":1000,"window_ns":312000}',
    );
  });

  test('does not depend on how the record was put together', () => {
    const event = spawned(5, 'x', 1);
    const turned = Object.fromEntries(Object.entries(event).reverse()) as typeof event;
    expect(encode(turned, 3)).toBe(encode(event, 3));
  });

  test.each<[string, TraceRecord]>([
    ['process.spawned', spawned(5, 'x', 1)],
    ['process.exec', execed(5, 'x', 1)],
    ['process.zombie', zombie(5, 'x', 1)],
    ['process.exited', exited(5, 'x', 1)],
  ])('%s: the probe event, then seq', (source, record) => {
    expect(encode(record, 7)).toMatch(
      new RegExp(
        `^{"probe_source":"${source}","guest_pid":5,"guest_comm":"x","guest_monotonic_ns":1000000000,"seq":7[,}]`,
      ),
    );
  });

  test.each<[string, TraceRecord]>([
    ['trace.header', header],
    ['trace.clock', { probe_source: 'trace.clock', clock }],
    ['trace.gap', gap('unseen', { tasks: 1 })],
    ['trace.note', note('deployed', 1)],
    ['trace.alert', alert('zombies(parent)>20', 1)],
    ['trace.end', { probe_source: 'trace.end', monotonic_ns: past }],
  ])('%s: seq is first', (source, record) => {
    expect(encode(record, 7)).toMatch(new RegExp(`^{"probe_source":"${source}","seq":7,`));
    expect(encode(record)).not.toContain('seq');
  });

  test('absent values leave no key', () => {
    const event = { ...spawned(5, 'x', 1), window_ns: undefined, comm_hex: undefined };
    expect(encode(event as unknown as TraceRecord)).not.toMatch(/window_ns|comm_hex|undefined|null/);
  });
});

describe('on a terminal', () => {
  // CSI and NEL of C1, bidi overrides and isolates, line and paragraph separators, zero width, BOM, tag characters.
  const obeyed = '\x7f\x85\x9b31m\u061c\u200b\u200e\u2028\u2029\u202e\u2066\u2069\ufeff\u{e0041}';

  test.each<[string, string]>([
    ['a record', encode(spawned(5, obeyed, 1))],
    ['a header', encode({ ...header, host: obeyed, filter: obeyed })],
    ['the strict form', encodeStrict(spawned(5, obeyed, 1)) ?? ''],
  ])('%s shows what it is and does nothing', (_, line) => {
    expect(line).toMatch(/^[ -~]+$/);
    expect(JSON.parse(line)).toMatchObject(
      line.includes('trace.header') ? { host: obeyed } : { guest_comm: obeyed },
    );
  });

  test('letters of any script stay as they are', () => {
    expect(encode(spawned(5, 'dæmon-漢字👍', 1))).toContain('"dæmon-漢字👍"');
  });
});

describe('what a newer recorder writes', () => {
  test('a header of another format is none', () => {
    expect(() => decode(encode({ ...header, format: 2 } as never))).toThrow('format 2, this version reads 1');
  });

  test('a capture mode not known leaves the rest of the header', () => {
    const { capture_mode, ...rest } = { ...header, capture_mode: 'cursor' };
    expect(decode(encode({ ...rest, capture_mode: 'ebpf' } as never))?.record).toEqual(rest);
  });
});

describe('the strict form', () => {
  test('has the four keys of the guest agent, to the byte', () => {
    const event = spawned(4242, '"\n', 0, { guest_monotonic_ns: past, initial: true });
    expect(encodeStrict(event)).toBe(
      '{"probe_source":"process.spawned","guest_pid":4242,"guest_comm":"\\"\\n","guest_monotonic_ns":9007199254740993}',
    );
    expect(encodeStrict(exited(1, 'x', 1))).toBe(
      '{"probe_source":"process.exited","guest_pid":1,"guest_comm":"x","guest_monotonic_ns":1000000000}',
    );
  });

  test.each<[TraceRecord]>([[execed(1, 'x', 1)], [zombie(1, 'x', 1)], [gap('disk')], [header]])(
    'knows no $probe_source',
    (record) => {
      expect(encodeStrict(record)).toBeUndefined();
    },
  );
});

/** Names as the kernel may have them, and names that imitate the line they stand on. */
const comm = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 16 }),
  fc.constantFrom(
    '","x_ns":1',
    '","x_ns":1,"y":"',
    'x_ns":1,',
    '"x_ns":1,',
    '\\"x_ns":1}',
    '_ns',
    '"_ns":12}',
    '\\',
    '\\u0022',
    '"}\n{"',
    '\ud800',
    '\u2028',
    '\x1b]0;x\x07',
  ),
);
const count = fc.maxSafeNat();
const ns = fc.bigInt(0n, 2n ** 63n - 1n);
const someOf = <T extends object>(fields: { [K in keyof T]: fc.Arbitrary<T[K]> }) =>
  fc.record(fields, { requiredKeys: [] });
const probe = { guest_pid: count, guest_comm: comm, guest_monotonic_ns: ns };
const observed = { window_ns: ns, start_ticks: count, comm_hex: fc.stringMatching(/^([0-9a-f]{2}){1,16}$/) };
const ended = { exit_code: fc.nat(255), exit_signal: fc.nat(64) };
const yes = fc.constant(true as const);
const pair = fc.record({ monotonic_ns: ns, realtime: comm });
const merged = (
  source: string,
  required: Record<string, fc.Arbitrary<unknown>>,
  optional: Record<string, fc.Arbitrary<unknown>>,
) =>
  fc
    .tuple(fc.record(required), someOf(optional))
    .map(([all, some]) => ({ probe_source: source, ...all, ...some }) as unknown as TraceRecord);

const anyRecord = fc.oneof(
  merged('process.spawned', probe, {
    guest_ppid: count,
    guest_uid: count,
    ...observed,
    initial: yes,
    kthread: yes,
  }),
  merged('process.exec', { ...probe, previous_comm: comm }, { guest_uid: count, ...observed }),
  merged('process.zombie', probe, { guest_ppid: count, ...observed, ...ended }),
  merged('process.exited', probe, { lifetime_ns: ns, ...observed, ...ended }),
  merged(
    'trace.header',
    {
      format: fc.constant(1),
      tool: comm,
      host: comm,
      boot_id: comm,
      pid_ns: comm,
      epistemic_status: fc.constant('DECLARED'),
      clock: pair,
    },
    {
      capture_mode: fc.constantFrom('walk', 'cursor'),
      pid_max: count,
      boot_offset_ns: ns,
      filter: comm,
      hidden: count,
    },
  ),
  merged('trace.clock', { clock: pair }, {}),
  merged(
    'trace.gap',
    { reason: fc.constantFrom(...gapReasons), from_monotonic_ns: ns, to_monotonic_ns: ns },
    { tasks: count, events: count },
  ),
  merged('trace.end', { monotonic_ns: ns }, {}),
);

describe('what was written reads back', () => {
  test('every record, exactly', () => {
    fc.assert(
      fc.property(anyRecord, fc.option(count, { nil: undefined }), (record, seq) => {
        expect(decode(encode(record, seq))).toEqual({ record, seq });
      }),
      { numRuns: 2000 },
    );
  });

  test('as JSON, too: one line that any reader takes, with the same text in it', () => {
    fc.assert(
      fc.property(anyRecord, (record) => {
        const line = encode(record, 1);
        expect(line).not.toMatch(/[\n\r]/);
        const parsed = JSON.parse(line);
        expect(Object.keys(parsed).toSorted()).toEqual([...Object.keys(record), 'seq'].toSorted());
        if ('guest_comm' in record) expect(parsed.guest_comm).toBe(record.guest_comm);
      }),
    );
  });

  test('however a foreign writer spaces and orders it, with decimal strings for numbers', () => {
    fc.assert(
      fc.property(anyRecord, (record) => {
        const asStrings = (value: unknown): unknown => {
          if (typeof value === 'bigint' || typeof value === 'number') return String(value);
          if (typeof value !== 'object' || value === null) return value;
          return Object.fromEntries(
            Object.entries(value)
              .reverse()
              .map(([key, inner]) => [key, asStrings(inner)]),
          );
        };
        expect(decode(JSON.stringify(asStrings(record), undefined, 1))).toEqual({ record, seq: undefined });
        const spaced = encode(record).replaceAll(/"(\w+)":/g, '"$1" : ');
        if (!JSON.stringify(record, (_, value) => (typeof value === 'bigint' ? 0 : value)).includes('\\"'))
          expect(decode(` ${spaced} \r`)?.record).toEqual(record);
      }),
    );
  });
});

describe('a line from elsewhere', () => {
  const base = { probe_source: 'process.spawned', guest_pid: 1, guest_comm: 'x', guest_monotonic_ns: '5' };
  const line = (change: object) => JSON.stringify({ ...base, ...change });

  test.each([
    ['an unknown source', line({ probe_source: 'process.renamed' })],
    ['a source named as what every object has', line({ probe_source: 'constructor' })],
    ['nothing but a source', '{"probe_source":"trace.future"}'],
  ])('with %s is skipped', (_, text) => {
    expect(decode(text)).toBeUndefined();
  });

  test('keeps what is known and leaves out what is not', () => {
    const text = line({ colour: 'red', nested: { guest_pid: 9, a_ns: 1 }, exit_code: 1, guest_comm_ns: 3 });
    expect(decode(text)?.record).toEqual({ ...base, guest_monotonic_ns: 5n });
    expect(decode(text.replace('{', '{"__proto__":{"initial":true},'))?.record).toEqual({
      ...base,
      guest_monotonic_ns: 5n,
    });
  });

  test('may have null for what is absent', () => {
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

  // A clock of the kernel counts signed 64 bits; what is beyond it is no time, and no Date could show it.
  test.each([2n ** 63n, -(2n ** 63n) - 1n, 10n ** 39n])('with a time of %d ns is refused', (at) => {
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
  ])('with %s for nothing has a plain 0', (_, text) => {
    expect(decode(text)?.record).toMatchObject({ events: 0 });
  });

  test('is read or refused, never anything else', () => {
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
  ])('that is a mebibyte %s is refused', (_, text) => {
    expect(() => decode(text)).toThrow(expect.objectContaining({ name: 'TraceError' }));
  });
});

test.each([
  ['guest_comm', 'x'],
  ['comm_hex', '"'],
  ['args', ['x'.repeat(16)]],
  ['args', ['']],
])('%s longer than what is held of it is a bad line, however it is written', (key, value) => {
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
