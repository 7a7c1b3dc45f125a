import { describe, expect, test } from 'vitest';
import type { Sampler } from '../../../src/capture/core/sampler.ts';
import { CursorSampler } from '../../../src/capture/cursor/cursor-sampler.ts';
import { WalkSampler } from '../../../src/capture/samplers/walk-sampler.ts';
import { IntervalController } from '../../../src/capture/worker/interval-controller.ts';
import { BatchOutbox } from '../../../src/capture/worker/outbox.ts';
import { runSamplingLoop } from '../../../src/capture/worker/sampling-loop.ts';
import type { Batch } from '../../../src/domain/events/event.ts';
import type { SourceStatus } from '../../../src/domain/source/event-source.ts';
import { openProcReader } from '../../../src/proc/reader.ts';
import { FakeKernel } from '../../support/fakes/fake-kernel.ts';
import { FakeKernelSampler } from '../../support/fakes/fake-kernel-sampler.ts';
import { createManualClock, type ManualClock } from '../../support/fakes/manual-clock.ts';

/** Called with the number of each sleep. @returns false to stop the loop */
type Script = (sleep: number) => boolean | undefined;

const setUp = (
  script: Script,
  { mode = 'cursor' as 'cursor' | 'walk', fixedMs = undefined as number | undefined } = {},
) => {
  const kernel = new FakeKernel();
  const clock = createManualClock();
  const batches: Batch[] = [];
  const statuses: SourceStatus[] = [];
  const sleepsMs: number[] = [];
  const proc = openProcReader(kernel.root, kernel.files);
  const common = {
    proc,
    clock,
    modeReason: 'test',
    bootOffsetNs: 0n,
    ownPid: undefined,
    ownProcessesOnly: false,
  };
  const sampler: Sampler =
    mode === 'walk'
      ? new WalkSampler(common)
      : new CursorSampler({ ...common, maxOpenStats: 100, ownTaskCount: true });
  const run = (sleep = (ms: number) => clock.advance(ms)) =>
    runSamplingLoop({
      sampler,
      interval: new IntervalController({ fixedMs, cpuLimit: 0.05, cpuLimitBusy: 0.15 }),
      outbox: new BatchOutbox({
        post: (batch) => batches.push(batch),
        ackedBatches: () => batches.length,
        nowNs: clock.nowNs,
      }),
      clock,
      sleep(ms) {
        sleepsMs.push(ms);
        const running = script(sleepsMs.length) ?? true;
        sleep(ms);
        kernel.ticks = Math.floor(clock.nowMs() / 10);
        return running;
      },
      threadCpuMs: () => clock.nowMs() * 0.02,
      onStatus: (status) => statuses.push(status),
    });
  return { kernel, clock, batches, statuses, sleepsMs, run };
};

const records = (batches: Batch[]) => batches.flatMap(({ records }) => records);

describe('runSamplingLoop', () => {
  test('the loop reports the processes and a status at once', () => {
    const { run, batches, statuses } = setUp(() => false);
    run();
    expect(batches[0]?.records).toMatchObject([{ guest_pid: 1, initial: true }]);
    expect(statuses[0]).toMatchObject({
      mode: 'cursor',
      modeReason: 'test',
      allocatedPids: 0,
      missedTasks: 0,
      lastError: undefined,
    });
  });

  test('the interval is short after the PID counter moved, and grows while it does not', () => {
    const { run, kernel, sleepsMs } = setUp((sleep) => {
      if (sleep === 10) kernel.fork(1, 'x', { execed: true });
      return sleep < 3000;
    });
    run();
    expect(sleepsMs.slice(0, 10)).toEqual(new Array(10).fill(2));
    expect(sleepsMs[10]).toBeCloseTo(0.25, 6);
    expect(new Set(sleepsMs.map((ms) => Math.round(ms * 100) / 100))).toEqual(new Set([2, 0.25, 0.5, 1]));
    expect(sleepsMs.at(-1)).toBeCloseTo(2, 6);
  });

  test('the loop does not sleep while there is a backlog', () => {
    const { run, kernel, sleepsMs } = setUp((sleep) => {
      if (sleep === 1) for (let count = 0; count < 300; count++) kernel.fork(1, 'x', { execed: true });
      return sleep < 20;
    });
    run();
    expect(sleepsMs.slice(1, 4)).toEqual([0, 0, 0]);
    expect(sleepsMs[15]).toBeGreaterThan(0);
  });

  test('the loop compensates late wake-ups', () => {
    const { run, clock, sleepsMs } = setUp((sleep) => sleep < 400, { fixedMs: 1 });
    run((ms) => clock.advance(ms + 0.08));
    expect(sleepsMs[0]).toBe(1);
    expect(sleepsMs.at(-1)).toBeCloseTo(0.92, 3);
  });

  test('an idle sample reads the clock once', () => {
    let reads = 0;
    let readsBefore = 0;
    const { run, clock } = setUp(
      (sleep) => {
        if (sleep === 1000) readsBefore = reads;
        return sleep < 2000;
      },
      { fixedMs: 1 },
    );
    const { nowMs } = clock;
    clock.nowMs = () => {
      reads++;
      return nowMs();
    };
    run((sleepMs) => clock.advance(sleepMs));
    // The fake kernel reads the clock once as well. Housekeeping and rescans are rare.
    expect((reads - readsBefore) / 1000).toBeLessThan(2.2);
  });

  test('a status covers the last second', () => {
    const { run, statuses } = setUp((sleep) => sleep < 1200, { fixedMs: 2 });
    run();
    expect(statuses.at(-1)).toMatchObject({
      intervalNs: 2_000_000n,
      maxIntervalNs: 2_000_000n,
      cpuUsage: expect.closeTo(0.02, 6),
      cpuLimit: 0.05,
      throttled: false,
      stalls: 0,
      droppedRecords: 0,
    });
    expect(Number(statuses.at(-1)?.meanIntervalNs)).toBeCloseTo(2e6, -3);
    expect(Number(statuses.at(-1)?.shortestLifetimeNs)).toBeCloseTo(1.98e6, -3);
  });

  test('an error is reported at once, and so is its end', () => {
    const { run, kernel, statuses } = setUp((sleep) => {
      if (sleep === 100) kernel.fail('loadavg', 'EIO');
      if (sleep === 110) kernel.heal('loadavg');
      return sleep < 2000;
    });
    run();
    expect(statuses.map(({ lastError }) => lastError !== undefined)).toContain(true);
    expect(statuses.at(-1)?.lastError).toBeUndefined();
  });
});

describe('gaps', () => {
  test('a stall makes one gap record', () => {
    const { run, clock, batches } = setUp((sleep) => {
      if (sleep === 50) clock.advance(5000);
      return sleep < 3000;
    });
    run();
    expect(records(batches).filter((record) => record.probe_source === 'trace.gap')).toMatchObject([
      { reason: 'stalled' },
    ]);
  });

  test('the gap records of missed tasks add up, and the last one comes at the end', () => {
    const { run, kernel, batches, statuses } = setUp((sleep) => {
      if (sleep % 7 === 0) kernel.burn(3);
      return sleep < 5000;
    });
    run();
    const gaps = records(batches).filter((record) => record.probe_source === 'trace.gap');
    const reported = gaps.reduce((sum, gap) => sum + (gap.tasks ?? 0), 0);
    expect(reported).toBeGreaterThan(2000);
    expect(reported).toBeGreaterThanOrEqual(statuses.at(-1)?.missedTasks ?? 0);
    expect(gaps.length).toBeLessThanOrEqual(4);
  });
});

describe('walk mode', () => {
  test('walk mode reports spawns and exits, and no counts of missed tasks', () => {
    const { run, kernel, batches, statuses } = setUp(
      (sleep) => {
        if (sleep === 3) kernel.fork(1, 'x', { execed: true });
        if (sleep === 6) kernel.end(2);
        return sleep < 200;
      },
      { mode: 'walk' },
    );
    run();
    expect(records(batches)).toMatchObject([
      { initial: true },
      { probe_source: 'process.spawned', guest_pid: 2 },
      { probe_source: 'process.exited', guest_pid: 2 },
    ]);
    expect(statuses.at(-1)).toMatchObject({
      mode: 'walk',
      allocatedPids: undefined,
      threadsSeen: undefined,
      missedTasks: undefined,
      pendingPids: undefined,
      processesSeen: 1,
    });
  });

  test('a transient listing error is reported, and no process exits', () => {
    const { run, kernel, batches, statuses } = setUp(
      (sleep) => {
        if (sleep === 3) kernel.fail('.', 'EMFILE');
        return sleep < 500;
      },
      { mode: 'walk' },
    );
    run();
    expect(records(batches)).toHaveLength(1);
    expect(statuses.at(-1)?.lastError).toContain('EMFILE');
  });
});

describe('a sampler that waits for events', () => {
  /** Runs the loop until `script` returns false for the number of a wait. */
  const runWaiting = (
    script: (wait: number, sampler: FakeKernelSampler, clock: ManualClock) => boolean | undefined,
  ) => {
    const clock = createManualClock();
    const sampler = new FakeKernelSampler();
    const batches: Batch[] = [];
    const statuses: SourceStatus[] = [];
    const sleepsMs: number[] = [];
    let running = true;
    sampler.onWait = (ms) => {
      running = script(sampler.waitsMs.length, sampler, clock) ?? true;
      clock.advance(ms);
    };
    runSamplingLoop({
      sampler,
      interval: new IntervalController({ fixedMs: undefined, cpuLimit: 0.05, cpuLimitBusy: 0.15 }),
      outbox: new BatchOutbox({
        post: (batch) => batches.push(batch),
        ackedBatches: () => batches.length,
        nowNs: clock.nowNs,
      }),
      clock,
      sleep(ms) {
        sleepsMs.push(ms);
        return running;
      },
      threadCpuMs: () => clock.nowMs() * 0.9,
      onStatus: (status) => statuses.push(status),
    });
    return { clock, sampler, batches, statuses, sleepsMs };
  };

  test('waits for at most 100 ms, then checks whether to stop', () => {
    const { sampler, sleepsMs } = runWaiting((wait) => wait < 200);
    expect(Math.max(...sampler.waitsMs)).toBe(100);
    expect(new Set(sleepsMs)).toEqual(new Set([0]));
    expect(sampler.closed).toBe(true);
  });

  test('samples 20 times a second while nothing happens', () => {
    const { sampler, clock } = runWaiting((wait, _, running) => {
      // A sample takes some time.
      running.advance(0.3);
      return wait < 200;
    });
    expect(sampler.waitsMs.length / ((clock.nowMs() - 10_000) / 1000)).toBeLessThan(20.5);
  });

  test('has no interval and no stall, however late it wakes up', () => {
    const { statuses, batches } = runWaiting((wait, _, clock) => {
      if (wait === 10) clock.advance(3000);
      return wait < 60;
    });
    expect(statuses.at(-1)).toMatchObject({
      mode: 'kernel',
      intervalNs: 0n,
      meanIntervalNs: 0n,
      maxIntervalNs: 0n,
      shortestLifetimeNs: undefined,
      throttled: false,
      stalls: 0,
      lostEvents: 0,
    });
    expect(records(batches)).toEqual([]);
  });

  test('delivers an event at once, and the events that are left when it stops', () => {
    const note = (text: string) => ({ probe_source: 'trace.note', text, monotonic_ns: 0n }) as const;
    const { batches, clock } = runWaiting((wait, sampler) => {
      if (wait === 20) sampler.queued.push(note('first'));
      if (wait === 40) sampler.queued.push(note('last'));
      return wait < 40;
    });
    expect(records(batches)).toMatchObject([{ text: 'first' }, { text: 'last' }]);
    expect(clock.nowMs()).toBeGreaterThan(11_000);
  });

  test('reports lost events as a gap', () => {
    const { batches, statuses } = runWaiting((wait, sampler) => {
      if (wait === 20) sampler.counts = { ...sampler.counts, lostEvents: 12 };
      return wait < 60;
    });
    expect(records(batches)).toMatchObject([{ reason: 'queue', events: 12 }]);
    expect(statuses.at(-1)?.lostEvents).toBe(12);
  });

  test('is not slowed down by the CPU limit', () => {
    const { statuses } = runWaiting((wait) => wait < 3000);
    expect(statuses.at(-1)).toMatchObject({ cpuUsage: expect.closeTo(0.9, 6), throttled: false });
  });
});
