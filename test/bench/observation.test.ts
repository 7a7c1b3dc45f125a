import { expect, test } from 'vitest';
import { parseForkstat } from '../../bench/capture/forkstat-text.ts';
import { type Observation, parseReport, toLine } from '../../bench/capture/observation.ts';
import { observationOf } from '../../bench/capture/told.ts';
import { parseTruth } from '../../bench/capture/truth.ts';

const spawn: Observation = { what: 'spawn', pid: 7, comm: 'q0q1', ns: 9_007_199_254_740_993n, ppid: 5 };

test('observations come back from lines as they were, beyond 2^53 and with hostile names', () => {
  const names = ['12n', 'a"b\\', 'line\nbreak', ''];
  const told = [spawn, ...names.map((comm) => ({ ...spawn, comm }))];
  expect(parseReport(told.map(toLine).join(''))).toEqual({ observations: told, statuses: [] });
});

test('a last line cut short is left out', () => {
  expect(parseReport(`${toLine(spawn)}${toLine(spawn).slice(0, 20)}`).observations).toEqual([spawn]);
});

test('the generator’s log', () => {
  const log = '# generator 9\n4242\t1000\t2000\tq0q1\tfork\t500\n';
  const lives = [{ pid: 4242, forkNs: 1000n, reapNs: 2000n, comm: 'q0q1' }];
  expect(parseTruth(log)).toEqual({ generator: 9, lives });
  expect(() => parseTruth('nothing of the kind')).toThrow('not a churn log');
  expect(() => parseTruth('# generator 9\n12\tx\n')).toThrow('not a life');
});

test.each([
  ['21:22:37 fork   4505 child           bash', { what: 'spawn', pid: 4505, comm: 'bash' }],
  ['21:22:37 exec   4505                 two words', { what: 'exec', pid: 4505, comm: 'two words' }],
  ['21:22:37 comm   4505                 old -> new', { what: 'exec', pid: 4505, comm: 'new' }],
  ['21:22:37 exit   4505      0   0.201s sleep', { what: 'exit', pid: 4505, comm: 'sleep' }],
  ['21:22:37 exit   4505    256 unknown  sleep', { what: 'exit', pid: 4505, comm: 'sleep' }],
])('forkstat: %s', (line, told) => {
  expect(parseForkstat(line, 5n)).toEqual({ ...told, ns: 5n });
});

test.each(['21:22:37 fork   4500 parent          bash', 'Time     Event   PID Info   Duration Process', ''])(
  'forkstat: %s tells nothing',
  (line) => expect(parseForkstat(line, 5n)).toBeUndefined(),
);

test('those found alive were not seen to be born; a zombie is not yet gone; a gap is no process', () => {
  const probe = { guest_pid: 7, guest_comm: 'a', guest_monotonic_ns: 5n };
  expect(observationOf({ probe_source: 'process.spawned', ...probe, initial: true })).toMatchObject({
    what: 'found',
    pid: 7,
  });
  expect(observationOf({ probe_source: 'process.zombie', ...probe })).toBeUndefined();
  expect(
    observationOf({
      probe_source: 'trace.gap',
      reason: 'unseen',
      from_monotonic_ns: 1n,
      to_monotonic_ns: 2n,
    }),
  ).toBeUndefined();
  expect(observationOf({ probe_source: 'process.exited', ...probe })).toEqual({
    what: 'exit',
    pid: 7,
    comm: 'a',
    ns: 5n,
  });
});
