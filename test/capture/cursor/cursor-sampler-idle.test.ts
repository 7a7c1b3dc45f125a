import { expect, test } from 'vitest';
import { CursorSampler } from '../../../src/capture/cursor/cursor-sampler.ts';
import { openProcReader } from '../../../src/proc/reader.ts';
import type { ManualClock } from '../../support/fakes/manual-clock.ts';

test('an idle sample allocates almost nothing', () => {
  const line = Buffer.from('0.00 0.01 0.05 1/2 7\n');
  const buffer = new Uint8Array(64);
  buffer.set(line);
  const clock: ManualClock = { nowNs: () => 0n, nowMs: () => 1, advance: () => {} };
  const proc = openProcReader('/proc', {
    list: () => ['1'],
    open: () => 3,
    read: () => line,
    readInto: () => line.length,
    buffer,
    exists: () => false,
    readLink: () => '',
    ownerUid: () => 0,
    taskExists: () => false,
    close: () => {},
  });
  const listed = { ...proc, listPids: () => [1], readProcess: () => 'hidden' as const };
  const sampler = new CursorSampler({
    proc: listed,
    clock,
    modeReason: '',
    bootOffsetNs: 0n,
    ownPid: undefined,
    maxOpenStats: 0,
    ownTaskCount: true,
    ownProcessesOnly: false,
  });
  // Until the code is optimized: in baseline code, reading a fractional number from a field allocates it.
  for (let sample = 0; sample < 300_000; sample++) sampler.sample(clock.nowMs());
  sampler.take();
  const before = process.memoryUsage().heapUsed;
  for (let sample = 0; sample < 100_000; sample++) sampler.sample(clock.nowMs());
  const bytesPerSample = (process.memoryUsage().heapUsed - before) / 100_000;
  expect(bytesPerSample).toBeLessThan(48);
});
