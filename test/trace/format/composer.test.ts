import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ChurnRecord } from '../../../src/domain/events/event.ts';
import { type ComposerOptions, TraceComposer } from '../../../src/trace/format/composer.ts';
import { decode } from '../../../src/trace/format/decode.ts';
import { gap, seconds, sourceInfo, spawned } from '../../support/fixtures/events.ts';

const composer = (more: Partial<ComposerOptions> = {}) =>
  new TraceComposer({ info: sourceInfo, tool: 'churntop test', ...more });
const read = (lines: string) =>
  lines
    .split('\n')
    .slice(0, -1)
    .map((line) => decode(line)?.record);

test('header contains the recorder, the guest and the capture mode', () => {
  const full = composer({
    info: { ...sourceInfo, bootOffsetNs: 7n },
    filter: '!/sh/',
    mode: 'walk',
    hidden: 3,
  });
  expect(read(full.begin(seconds(1.5)))).toEqual([
    {
      probe_source: 'trace.header',
      format: 1,
      tool: 'churntop test',
      host: 'guest',
      boot_id: sourceInfo.bootId,
      pid_ns: sourceInfo.pidNamespace,
      epistemic_status: 'DECLARED',
      capture_mode: 'walk',
      pid_max: 32768,
      clock: { monotonic_ns: seconds(1.5), realtime: '2026-01-01T12:00:01.500000000Z' },
      boot_offset_ns: 7n,
      filter: '!/sh/',
      hidden: 3,
    },
  ]);
});

test('header has no key for unknown facts', () => {
  const bare = composer({ info: { ...sourceInfo, pidMax: undefined }, filter: '', hidden: 0 }).begin(0n);
  for (const key of ['pid_max', 'filter', 'hidden', 'boot_offset_ns', 'capture_mode'])
    expect(bare).not.toContain(key);
});

test('compose adds a clock pair every ten seconds, with the wall clock after a clock step [fault:clock-set]', () => {
  let wall = 0n;
  const { begin, compose } = ((made) => ({
    begin: (at: number) => made.begin(seconds(at)),
    compose: (at: number, ...records: ChurnRecord[]) => read(made.compose(records, seconds(at))),
  }))(composer({ wallOffsetNs: () => wall }));
  begin(0);
  expect(compose(9.999)).toEqual([]);
  wall = seconds(3600);
  expect(compose(10, spawned(5, 'x', 9))).toMatchObject([
    { probe_source: 'process.spawned' },
    { clock: { monotonic_ns: seconds(10), realtime: '1970-01-01T01:00:10.000000000Z' } },
  ]);
  expect(compose(19.999)).toEqual([]);
  // Late by a stall: one pair, not one for each that was missed.
  expect(compose(95)).toHaveLength(1);
  expect(compose(104.999)).toEqual([]);
  expect(compose(105)).toHaveLength(1);
});

test('compose writes complete lines, numbered without gaps', () => {
  const step = fc.record({ wait: fc.nat(15), records: fc.nat(4) });
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const trace = composer();
      let now = 0;
      let text = trace.begin(seconds(now));
      for (const { wait, records } of steps) {
        now += wait;
        text += trace.compose(
          Array.from({ length: records }, (_, pid) => (pid % 2 ? gap('unseen') : spawned(pid, 'a\nb', now))),
          seconds(now),
        );
      }
      text += trace.end(seconds(now));
      const lines = text.split('\n');
      expect(lines.pop()).toBe('');
      expect(lines.map((line) => decode(line)?.seq)).toEqual(lines.map((_, seq) => seq));
      expect(trace.recordCount).toBe(lines.length);
      expect(decode(lines.at(-1) as string)?.record).toEqual({
        probe_source: 'trace.end',
        monotonic_ns: seconds(now),
      });
    }),
  );
});
