import { expect, test } from 'vitest';
import { processKey } from '../../../src/domain/events/process-id.ts';

test.each([
  [{ pid: 4242, startTicks: 93417 }, '4242@93417'],
  [{ pid: 1, startTicks: 0 }, '1@0'],
  [{ pid: 4242, startTicks: undefined }, '4242@?'],
])('%o', (identity, key) => {
  expect(processKey(identity)).toBe(key);
});
