import { expect, test } from 'vitest';
import { parseTruth } from '../../../../bench/capture/generators/truth.ts';
import { parseForkstat } from '../../../../bench/capture/tools/forkstat.ts';
import {
  type Observation,
  parseReport,
  parseWaitStatus,
  toLine,
} from '../../../../bench/capture/tools/observation.ts';
import { toObservation } from '../../../../bench/capture/tools/to-observation.ts';

const spawn: Observation = { what: 'spawn', pid: 7, comm: 'q0q1', ns: 9_007_199_254_740_993n, ppid: 5 };

test('observations are unchanged after encoding and parsing, beyond 2^53 and with hostile names', () => {
  const names = ['12n', 'a"b\\', 'line\nbreak', ''];
  const observations = [spawn, ...names.map((comm) => ({ ...spawn, comm }))];
  expect(parseReport(observations.map(toLine).join(''))).toEqual({ observations, statuses: [] });
});

test('an incomplete last line is ignored', () => {
  expect(parseReport(`${toLine(spawn)}${toLine(spawn).slice(0, 20)}`).observations).toEqual([spawn]);
});

test('parseTruth reads the generator’s log, and rejects other text', () => {
  const log = '# generator 9\n4242\t1000\t2000\tq0q1\tfork\t500\t768\n';
  const lifetimes = [
    { pid: 4242, forkNs: 1000n, exitNs: 1500n, reapNs: 2000n, comm: 'q0q1', status: 'exit 3' },
  ];
  expect(parseTruth(log)).toEqual({ generator: 9, lifetimes });
  expect(() => parseTruth('nothing of the kind')).toThrow('not a churn log');
  expect(() => parseTruth('# generator 9\n12\tx\n')).toThrow('not a lifetime');
});

test.each([
  ['21:22:37 fork   4505 child           bash', { what: 'spawn', pid: 4505, comm: 'bash' }],
  ['21:22:37 exec   4505                 two words', { what: 'exec', pid: 4505, comm: 'two words' }],
  ['21:22:37 comm   4505                 old -> new', { what: 'exec', pid: 4505, comm: 'new' }],
  [
    '21:22:37 exit   4505      0   0.201s sleep',
    { what: 'exit', pid: 4505, comm: 'sleep', status: 'exit 0' },
  ],
  [
    '21:22:37 exit   4505    256 unknown  sleep',
    { what: 'exit', pid: 4505, comm: 'sleep', status: 'exit 1' },
  ],
])('parseForkstat reads %s', (line, observation) => {
  expect(parseForkstat(line, 5n)).toEqual({ ...observation, ns: 5n });
});

test.each(['21:22:37 fork   4500 parent          bash', 'Time     Event   PID Info   Duration Process', ''])(
  'parseForkstat ignores %s',
  (line) => expect(parseForkstat(line, 5n)).toBeUndefined(),
);

test('initial spawns are found, zombies and gaps are ignored, and exits are reported', () => {
  const probe = { guest_pid: 7, guest_comm: 'a', guest_monotonic_ns: 5n };
  expect(toObservation({ probe_source: 'process.spawned', ...probe, initial: true })).toMatchObject({
    what: 'found',
    pid: 7,
  });
  expect(toObservation({ probe_source: 'process.zombie', ...probe })).toBeUndefined();
  expect(
    toObservation({
      probe_source: 'trace.gap',
      reason: 'unseen',
      from_monotonic_ns: 1n,
      to_monotonic_ns: 2n,
    }),
  ).toBeUndefined();
  expect(toObservation({ probe_source: 'process.exited', ...probe })).toEqual({
    what: 'exit',
    pid: 7,
    comm: 'a',
    ns: 5n,
  });
});

test('the exit status of a record is a code, a signal or unknown', () => {
  const exited = {
    probe_source: 'process.exited',
    guest_pid: 7,
    guest_comm: 'a',
    guest_monotonic_ns: 5n,
  } as const;
  expect(toObservation({ ...exited, exit_code: 0 })).toMatchObject({ status: 'exit 0' });
  expect(toObservation({ ...exited, exit_signal: 9 })).toMatchObject({ status: 'signal 9' });
  expect(toObservation(exited)).not.toHaveProperty('status');
});

test('parseWaitStatus ignores the flag of a core dump', () => {
  expect([0, 256, 42 << 8, 15, 139].map(parseWaitStatus)).toEqual([
    'exit 0',
    'exit 1',
    'exit 42',
    'signal 15',
    'signal 11',
  ]);
});
