import { describe, expect, test } from 'vitest';
import type { TraceRecord } from '../../../src/domain/events/record.ts';
import { seconds } from '../../support/fixtures/events.ts';
import { end, header, lines, one, read, two } from './reader-fixture.ts';

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

  test('are named in the diagnostics', () => {
    const { diagnostics } = read({ file: 'a', text: 'x\n' }, { file: 'b', text: '\n\ny\n' });
    expect(diagnostics.map((diagnostic) => diagnostic.split(':', 2).join(':'))).toEqual([
      'skipped a:1',
      'skipped b:1',
      'skipped b:2',
      'skipped b:3',
    ]);
  });
});
