import { expect, test } from 'vitest';
import { Throughput } from '../../../src/trace/record/throughput.ts';
import { seconds } from '../../support/fixtures/events.ts';

test('Throughput counts lines and bytes and measures over at least a second', () => {
  const throughput = new Throughput(seconds(10));
  expect(throughput.add(2, 100)).toBe(2);
  throughput.measure(seconds(10.5));
  expect(throughput).toMatchObject({ lines: 2, bytes: 100, bytesPerSecond: 0 });
  throughput.add(1, 300);
  throughput.measure(seconds(12));
  expect(throughput).toMatchObject({ lines: 3, bytes: 400, bytesPerSecond: 200 });
  throughput.measure(seconds(13));
  expect(throughput.bytesPerSecond).toBe(0);
});
