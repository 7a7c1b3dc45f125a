import { describe, expect, test } from 'vitest';
import { CursorSampler } from '../../../src/capture/cursor/cursor-sampler.ts';
import { FallbackSampler } from '../../../src/capture/samplers/fallback-sampler.ts';
import { WalkSampler } from '../../../src/capture/samplers/walk-sampler.ts';
import type { ProbeEvent } from '../../../src/domain/events/event.ts';
import { ProcError } from '../../../src/proc/errors.ts';
import { observeFirst } from '../../../src/proc/lifecycle.ts';
import type { ObservedProcess } from '../../../src/proc/lifecycle-events.ts';
import { openProcReader } from '../../../src/proc/reader.ts';
import { FakeKernel } from '../../support/fakes/fake-kernel.ts';
import { FakeKernelSampler } from '../../support/fakes/fake-kernel-sampler.ts';
import { createManualClock } from '../../support/fakes/manual-clock.ts';

const setUp = (next: 'cursor' | 'walk' = 'cursor') => {
  const kernel = new FakeKernel();
  const clock = createManualClock();
  const proc = openProcReader(kernel.root, kernel.files);
  const first = new FakeKernelSampler();
  const common = { proc, clock, bootOffsetNs: 0n, ownPid: undefined, ownProcessesOnly: false };
  const reasons: string[] = [];
  const sampler = new FallbackSampler({
    first,
    openNext: (modeReason) => {
      reasons.push(modeReason);
      return next === 'walk'
        ? new WalkSampler({ ...common, modeReason })
        : new CursorSampler({ ...common, modeReason, maxOpenStats: 100, ownTaskCount: true });
    },
    clock,
    bootOffsetNs: 0n,
  });
  /** Returns a process as the kernel sampler knows it. */
  const know = (pid: number, more: Partial<ObservedProcess> = {}): ObservedProcess => {
    const time = { nowNs: clock.nowNs(), windowNs: 0n };
    const process = observeFirst({ pid, reading: proc.readProcess(pid), time, events: [] });
    first.live.push({ ...process, ...more });
    return process;
  };
  const sample = (afterMs = 0) => {
    clock.advance(afterMs);
    kernel.ticks = Math.floor(clock.nowMs() / 10);
    const result = sampler.sample(clock.nowMs());
    return { result, records: sampler.take() };
  };
  return { kernel, clock, first, sampler, reasons, know, sample };
};

const lost = new Error('cannot receive process events (EBADF)');

describe('FallbackSampler', () => {
  test('passes everything through while the first sampler works', () => {
    const { first, sampler, sample, reasons } = setUp();
    const spawn: ProbeEvent = {
      probe_source: 'process.spawned',
      guest_pid: 7,
      guest_comm: 'x',
      guest_monotonic_ns: 1n,
    };
    first.queued.push(spawn);
    expect(sample()).toEqual({ result: 'changed', records: [spawn] });
    expect(sampler.counters()).toBe(first.counts);
    sampler.setBootOffset(5n);
    expect(first.bootOffsetNs).toBe(5n);
    sampler.wait?.(20);
    expect(first.waitsMs).toEqual([20]);
    sampler.close();
    expect(first.closed).toBe(true);
    expect(reasons).toEqual([]);
  });

  test('does not report known processes again when the next sampler takes over [fault:kernel-events-end]', () => {
    const { kernel, first, sampler, sample, know, clock, reasons } = setUp();
    const kept = kernel.fork(1, 'kept', { execed: true });
    know(1);
    know(kept);
    sample();
    const workedNs = clock.nowNs();
    first.sampleError = lost;
    const { records } = sample(20);
    expect(records).toEqual([
      {
        probe_source: 'trace.gap',
        reason: 'source',
        capture_mode: 'cursor',
        from_monotonic_ns: workedNs,
        to_monotonic_ns: workedNs + 20_000_000n,
      },
    ]);
    expect(reasons).toEqual([lost.message]);
    expect(sampler).toMatchObject({ mode: 'cursor', modeReason: lost.message, wait: undefined });
    expect(first.closed).toBe(true);
    kernel.end(kept);
    expect(sample(5).records).toMatchObject([{ probe_source: 'process.exited', guest_pid: kept }]);
  });

  test('reports what exited and what spawned in between, with a window', () => {
    const { kernel, first, sampler, sample, know } = setUp();
    know(1);
    const gone = kernel.fork(1, 'gone', { execed: true });
    know(gone, { firstSeenNs: 9_000_000_000n });
    sample();
    kernel.end(gone);
    kernel.ticks += 1;
    const fresh = kernel.fork(1, 'fresh', { execed: true });
    first.sampleError = lost;
    const { records } = sample(30);
    expect(records).toMatchObject([
      { reason: 'source' },
      {
        probe_source: 'process.exited',
        guest_pid: gone,
        guest_comm: 'gone',
        window_ns: 30_000_000n,
        lifetime_ns: 1_030_000_000n,
      },
      { probe_source: 'process.spawned', guest_pid: fresh, guest_comm: 'fresh', window_ns: 30_000_000n },
    ]);
    expect(records[2]).not.toHaveProperty('initial');
    expect(sampler.counters()).toMatchObject({ allocatedPids: 1, processesSeen: 1, missedTasks: 0 });
  });

  test('reports a reused PID as an exit and a spawn', () => {
    const { kernel, first, sample, know } = setUp();
    know(1);
    const pid = kernel.fork(1, 'old', { execed: true });
    know(pid, { startTicks: 5, comm: 'older' });
    sample();
    first.sampleError = lost;
    expect(sample(1).records.slice(1)).toMatchObject([
      { probe_source: 'process.exited', guest_pid: pid, guest_comm: 'older', start_ticks: 5 },
      { probe_source: 'process.spawned', guest_pid: pid, guest_comm: 'old' },
    ]);
  });

  test('reports a zombie that was not known as one, and keeps the exit status of a known one', () => {
    const { kernel, first, sample, know } = setUp();
    know(1);
    const [known, late, reaped] = ['a', 'b', 'c'].map((comm) => kernel.fork(1, comm, { execed: true }));
    for (const pid of [late, reaped]) know(pid as number);
    kernel.exit(known as number);
    know(known as number);
    sample();
    kernel.exit(late as number);
    kernel.end(reaped as number);
    const codes = first.live.find(({ pid }) => pid === reaped) as { exitStatus: object };
    codes.exitStatus = { exit_code: 3 };
    first.sampleError = lost;
    expect(sample(4).records.slice(1)).toMatchObject([
      { probe_source: 'process.exited', guest_pid: reaped, exit_code: 3 },
      { probe_source: 'process.zombie', guest_pid: late, window_ns: 4_000_000n },
    ]);
  });

  test('takes over after a failed wait, with the records that are left', () => {
    const { first, sampler, sample, know } = setUp();
    know(1);
    sample();
    first.waitError = lost;
    first.queued.push({ probe_source: 'trace.note', text: 'left', monotonic_ns: 0n });
    sampler.wait?.(10);
    expect(sampler.mode).toBe('cursor');
    expect(sample().records).toMatchObject([{ text: 'left' }, { reason: 'source' }]);
  });

  test('compares the first listing that succeeds', () => {
    const { kernel, first, sample, sampler, know } = setUp();
    know(1);
    sample();
    first.sampleError = lost;
    kernel.fail('.', 'EMFILE');
    expect(sample(10).records).toEqual([]);
    expect(sampler.counters().lastError).toContain('EMFILE');
    kernel.heal('.');
    expect(sample(10).records).toMatchObject([{ reason: 'source' }]);
  });

  test('adds the counters of both samplers, and what was pending is missed', () => {
    const { kernel, first, sample, sampler, know } = setUp();
    know(1);
    first.counts = {
      ...first.counts,
      allocatedPids: 30,
      processesSeen: 20,
      threadsSeen: 4,
      missedTasks: 1,
      pendingPids: 5,
      lostEvents: 7,
    };
    sample();
    first.sampleError = lost;
    sample();
    kernel.fork(1, 'x', { execed: true });
    sample(1);
    const { allocatedPids, processesSeen, threadsSeen, missedTasks, pendingPids, lostEvents } =
      sampler.counters();
    expect([processesSeen, threadsSeen, missedTasks, pendingPids, lostEvents]).toEqual([21, 4, 6, 0, 7]);
    expect(allocatedPids).toBe(31);
  });

  test('counts nothing as missed when walk mode takes over', () => {
    const { first, sample, sampler, know } = setUp('walk');
    know(1);
    first.counts = { ...first.counts, allocatedPids: 3, processesSeen: 3 };
    sample();
    first.sampleError = lost;
    expect(sample().records).toMatchObject([{ reason: 'source', capture_mode: 'walk' }]);
    expect(sampler.counters()).toMatchObject({
      processesSeen: 3,
      allocatedPids: undefined,
      threadsSeen: undefined,
      missedTasks: undefined,
      pendingPids: undefined,
    });
  });

  test('does not take over after an error of /proc itself', () => {
    const { first, sample, reasons } = setUp();
    first.sampleError = new ProcError('cannot list', { path: '/proc' });
    expect(() => sample()).toThrow(first.sampleError);
    expect(reasons).toEqual([]);
  });
});
