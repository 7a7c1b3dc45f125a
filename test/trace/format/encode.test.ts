import { describe, expect, test } from 'vitest';
import type { TraceRecord } from '../../../src/domain/events/record.ts';
import { encode, encodeStrict } from '../../../src/trace/format/encode.ts';
import { alert, execed, exited, gap, note, spawned, zombie } from '../../support/fixtures/events.ts';
import { clock, header, past } from './header-fixture.ts';

describe('encode writes keys in an order', () => {
  test('that equals the documented one, byte for byte', () => {
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

  test('that does not depend on the order in the record', () => {
    const event = spawned(5, 'x', 1);
    const turned = Object.fromEntries(Object.entries(event).reverse()) as typeof event;
    expect(encode(turned, 3)).toBe(encode(event, 3));
  });

  test.each<[string, TraceRecord]>([
    ['process.spawned', spawned(5, 'x', 1)],
    ['process.exec', execed(5, 'x', 1)],
    ['process.zombie', zombie(5, 'x', 1)],
    ['process.exited', exited(5, 'x', 1)],
  ])('with seq after the probe event for %s', (source, record) => {
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
  ])('with seq first for %s', (source, record) => {
    expect(encode(record, 7)).toMatch(new RegExp(`^{"probe_source":"${source}","seq":7,`));
    expect(encode(record)).not.toContain('seq');
  });

  test('without keys for absent values', () => {
    const event = { ...spawned(5, 'x', 1), window_ns: undefined, comm_hex: undefined };
    expect(encode(event as unknown as TraceRecord)).not.toMatch(/window_ns|comm_hex|undefined|null/);
  });
});

describe('encode escapes text so that on a terminal', () => {
  // CSI and NEL of C1, bidi overrides and isolates, line and paragraph separators, zero width, BOM, tag characters.
  const interpreted = '\x7f\x85\x9b31m\u061c\u200b\u200e\u2028\u2029\u202e\u2066\u2069\ufeff\u{e0041}';

  test.each<[string, string]>([
    ['a record', encode(spawned(5, interpreted, 1))],
    ['a header', encode({ ...header, host: interpreted, filter: interpreted })],
    ['the strict form', encodeStrict(spawned(5, interpreted, 1)) ?? ''],
  ])('%s is printable ASCII', (_, line) => {
    expect(line).toMatch(/^[ -~]+$/);
    expect(JSON.parse(line)).toMatchObject(
      line.includes('trace.header') ? { host: interpreted } : { guest_comm: interpreted },
    );
  });

  test('letters of any script are not escaped', () => {
    expect(encode(spawned(5, 'dæmon-漢字👍', 1))).toContain('"dæmon-漢字👍"');
  });
});

describe('encodeStrict', () => {
  test('writes the four keys of the guest agent, byte for byte', () => {
    const event = spawned(4242, '"\n', 0, { guest_monotonic_ns: past, initial: true });
    expect(encodeStrict(event)).toBe(
      '{"probe_source":"process.spawned","guest_pid":4242,"guest_comm":"\\"\\n","guest_monotonic_ns":9007199254740993}',
    );
    expect(encodeStrict(exited(1, 'x', 1))).toBe(
      '{"probe_source":"process.exited","guest_pid":1,"guest_comm":"x","guest_monotonic_ns":1000000000}',
    );
  });

  test.each<[TraceRecord]>([[execed(1, 'x', 1)], [zombie(1, 'x', 1)], [gap('disk')], [header]])(
    'returns undefined for $probe_source',
    (record) => {
      expect(encodeStrict(record)).toBeUndefined();
    },
  );
});
