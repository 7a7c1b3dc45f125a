import { expect, test } from 'vitest';
import { createKernelHarness } from '../../support/fakes/kernel-harness.ts';

test('an idle sample of the kernel sampler reads no file', () => {
  const { kernel, sample, events } = createKernelHarness();
  events.end(events.fork(1));
  sample();
  // The count of forks is read once after the events.
  sample(1000);
  kernel.calls.length = 0;
  for (let count = 0; count < 60; count++) expect(sample(50)).toEqual([]);
  expect(kernel.calls).toEqual([]);
});

// There are 20 idle samples a second, so a closure and some fractional numbers do not matter.
test('an idle sample of the kernel sampler allocates less than 256 bytes', () => {
  const { sampler, clock } = createKernelHarness();
  const nowMs = clock.nowMs();
  const sample = () => {
    sampler.sample(nowMs);
    sampler.take();
  };
  const bytesPerSample = () => {
    const before = process.memoryUsage().heapUsed;
    for (let count = 0; count < 100_000; count++) sample();
    return (process.memoryUsage().heapUsed - before) / 100_000;
  };
  // A garbage collection makes the difference negative.
  const rounds = Array.from({ length: 10 }, bytesPerSample).filter((bytes) => bytes >= 0);
  expect(Math.min(...rounds)).toBeLessThan(256);
});
