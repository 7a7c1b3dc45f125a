import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { gapReasons } from '../../../src/domain/events/event.ts';
import type { TraceRecord } from '../../../src/domain/events/record.ts';
import { decode } from '../../../src/trace/format/decode.ts';
import { encode } from '../../../src/trace/format/encode.ts';
import { arbitraryRecord } from '../../support/fixtures/arbitrary-records.ts';

/** Names that the kernel allows, and names that imitate JSON. */
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
const ended = { exit_code: fc.nat(255), exit_signal: fc.nat(64), core_dumped: fc.constant(true as const) };
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
  arbitraryRecord('trace.alive'),
  arbitraryRecord('trace.pulse'),
);

describe('decode returns the encoded record', () => {
  test('for every record, exactly', () => {
    fc.assert(
      fc.property(anyRecord, fc.option(count, { nil: undefined }), (record, seq) => {
        expect(decode(encode(record, seq))).toEqual({ record, seq });
      }),
      { numRuns: 2000 },
    );
  });

  test('and JSON.parse reads the line with the same text', () => {
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

  test('with any spacing, key order, and decimal strings for numbers', () => {
    fc.assert(
      fc.property(anyRecord, (record) => {
        const asStrings = (value: unknown): unknown => {
          if (typeof value === 'bigint' || typeof value === 'number') return String(value);
          if (Array.isArray(value)) return value.map(asStrings);
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
