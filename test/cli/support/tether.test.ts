import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { tetherSignal } from '../../../src/cli/support/tether.ts';

const second = 1_000_000_000n;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('a tether aborts after a silence, counted from the last byte', async () => {
  const input = new PassThrough();
  const signal = tetherSignal(input, 10n * second);
  vi.advanceTimersByTime(9_000);
  const received = once(input, 'data');
  input.write('.');
  await received;
  vi.advanceTimersByTime(9_999);
  expect(signal.aborted).toBe(false);
  vi.advanceTimersByTime(1);
  expect(signal.aborted).toBe(true);
  expect(input.destroyed).toBe(true);
});

test.each<[string, (input: PassThrough) => void]>([
  ['ends', (input) => input.end()],
  ['fails', (input) => input.destroy(new Error('EIO'))],
])('a tether aborts when its input %s', async (_, act) => {
  const input = new PassThrough();
  const signal = tetherSignal(input, 10n * second);
  const aborted = once(signal, 'abort');
  act(input);
  await aborted;
});
