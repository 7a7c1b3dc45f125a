import { describe, expect, test } from 'vitest';
import { parseTimeTarget, timeCommandOf } from '../../../src/domain/source/time-target.ts';
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

describe('[fault:time-of-day] a time of day', () => {
  test.each([
    // [position, typed, found]
    ['2026-11-23T00:20:00Z', '23:55', '2026-11-22T23:55:00Z'],
    ['2026-11-22T23:50:00Z', '0:10', '2026-11-23T00:10:00Z'],
    ['2026-11-22T23:50:00Z', '23:50', '2026-11-22T23:50:00Z'],
    ['2026-11-23T00:20:00Z', '00:20:00', '2026-11-23T00:20:00Z'],
  ])('across midnight, at %s: %s', (position, input, found) => {
    const night = {
      fromNs: at('2026-11-22T23:50:00Z'),
      toNs: at('2026-11-23T00:20:00Z'),
      positionNs: at(position),
    };
    expect(timeCommandOf(input, night)).toEqual({ command: { type: 'seek', toNs: at(found) } });
  });

  test('of the day shown is preferred, else the nearest is found', () => {
    const days = { fromNs: at('2026-11-20T08:00:00Z'), toNs: at('2026-11-24T08:00:00Z') };
    const target = (position: string, input: string) =>
      parseTimeTarget(input, { ...days, positionNs: at(position) });
    expect(target('2026-11-22T23:59:00Z', '1:00')).toBe(at('2026-11-22T01:00:00Z'));
    expect(target('2026-11-20T09:00:00Z', '7:00')).toBe(at('2026-11-21T07:00:00Z'));
    expect(target('2026-11-24T07:00:00Z', '9:00')).toBe(at('2026-11-23T09:00:00Z'));
  });

  test('that the trace does not have is an error', () => {
    expect(timeCommandOf('12:00', timeline)).toEqual({
      error: 'no 12:00 in the trace (2026-11-22 22:00:00 to 2026-11-23 02:00:00)',
    });
    expect(timeCommandOf('noon', timeline)).toEqual({
      error: 'invalid time "noon" (expected 12:03:04, +30s, -5m or 50%)',
    });
  });

  test('may lie beyond the indexed part', () => {
    const partly = { ...timeline, toNs: timeline.positionNs, indexedShare: 0.1 };
    expect(timeCommandOf('1:30', partly)).toEqual({
      command: { type: 'seek', toNs: at('2026-11-23T01:30:00Z') },
    });
  });

  test('follows the clock shown after the wall clock was set back', () => {
    // Recorded from 12:00; at 13:00 the clock was set back to 12:00; recorded until 12:30.
    const setBack = {
      fromNs: at('2026-11-22T12:00:00Z'),
      toNs: at('2026-11-22T13:30:00Z'),
      wallSteps: [
        { atNs: 0n, offsetNs: 0n },
        { atNs: at('2026-11-22T13:00:00Z'), offsetNs: -3_600_000_000_000n },
      ],
    };
    const target = (position: string, input: string) =>
      parseTimeTarget(input, { ...setBack, positionNs: at(position) });
    expect(target('2026-11-22T12:05:00Z', '12:20')).toBe(at('2026-11-22T12:20:00Z'));
    expect(target('2026-11-22T13:25:00Z', '12:20')).toBe(at('2026-11-22T13:20:00Z'));
    expect(target('2026-11-22T13:25:00Z', '12:45')).toBe(at('2026-11-22T12:45:00Z'));
    expect(target('2026-11-22T13:25:00Z', '13:10')).toBeUndefined();
    expect(target('2026-11-22T13:25:00Z', '2026-11-22T12:20:00Z')).toBe(at('2026-11-22T13:20:00Z'));
  });
});

test('timeCommandOf leaves a share of the trace to the player', () => {
  expect(timeCommandOf('50%', timeline)).toEqual({ command: { type: 'seekShare', share: 0.5 } });
  expect(timeCommandOf('250%', timeline)).toEqual({ command: { type: 'seekShare', share: 1 } });
});
