import { expect, test } from 'vitest';
import { parseProcessKey, processKey } from '../../../src/domain/events/process-id.ts';

test.each([
  [{ pid: 4242, startTicks: 93417 }, '4242@93417'],
  [{ pid: 1, startTicks: 0 }, '1@0'],
  [{ pid: 4242, startTicks: undefined }, '4242@?'],
])('processKey of %o is %s, and parseProcessKey parses it', (id, key) => {
  expect(processKey(id)).toBe(key);
  expect(parseProcessKey(key)).toEqual(id);
});

test.each(['', '4242', '4242@', '@1', '4242@1\0sh'])('parseProcessKey returns undefined for %j', (key) => {
  expect(parseProcessKey(key)).toBeUndefined();
});
