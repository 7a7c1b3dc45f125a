import { expect, test } from 'vitest';
import { parseTimeTarget } from '../../../src/domain/source/time-target.ts';
import { parseRfc3339 } from '../../../src/util/time.ts';

const at = (time: string) => parseRfc3339(time) as bigint;
const timeline = {
  fromNs: at('2026-11-22T22:00:00Z'),
  toNs: at('2026-11-23T02:00:00Z'),
  positionNs: at('2026-11-22T23:00:00Z'),
};

test.each([
  ['+30s', '2026-11-22T23:00:30Z'],
  ['-0.5h', '2026-11-22T22:30:00Z'],
  ['50%', '2026-11-23T00:00:00Z'],
  [' 22:15 ', '2026-11-22T22:15:00Z'],
  ['23:04:05.5', '2026-11-22T23:04:05.5Z'],
  ['1:30', '2026-11-23T01:30:00Z'],
  ['2026-11-22T22:03:04Z', '2026-11-22T22:03:04Z'],
])('parseTimeTarget parses %j to %s', (input, time) => {
  expect(parseTimeTarget(input, timeline)).toBe(at(time));
});

test.each(['', '30s', '+30', '%', '12', '25:00:00Z', 'noon'])(
  'parseTimeTarget returns undefined for %j',
  (input) => {
    expect(parseTimeTarget(input, timeline)).toBeUndefined();
  },
);
