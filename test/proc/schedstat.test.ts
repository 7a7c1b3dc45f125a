import { expect, test } from 'vitest';
import { parseSchedstat } from '../../src/proc/schedstat.ts';

const parse = (text: string) => {
  const counters = { ranNs: -1, runs: -1 };
  const isCounted = parseSchedstat(Buffer.from(text), text.length, counters);
  return isCounted ? counters : undefined;
};

test.each([
  ['51517 0 1\n', { ranNs: 51_517, runs: 1 }],
  ['8997199254740 123456789 4294967295\n', { ranNs: 8_997_199_254_740, runs: 4_294_967_295 }],
  ['0 0 1', { ranNs: 0, runs: 1 }],
])('the run time and the number of runs are parsed: %j', (text, expected) =>
  expect(parse(text)).toEqual(expected),
);

test.each(['0 0 0\n', '', '\n', '5', '5 0', '5 0 ', '5 0 1 2\n', 'x 0 1\n', '-1 0 1\n'])(
  'a line without counts is rejected: %j',
  (text) => expect(parse(text)).toBeUndefined(),
);

test('bytes after the line are ignored', () => {
  const counters = { ranNs: 0, runs: 0 };
  expect(parseSchedstat(Buffer.from('10 0 2\n99'), 7, counters)).toBe(true);
  expect(counters).toEqual({ ranNs: 10, runs: 2 });
});
