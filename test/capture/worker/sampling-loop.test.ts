import { describe, expect, test } from 'vitest';
import type { Sampler } from '../../../src/capture/core/sampler.ts';
import { createCursorSampler } from '../../../src/capture/cursor/cursor-sampler.ts';
import { createWalkSampler } from '../../../src/capture/samplers/walk-sampler.ts';
import { createIntervalController } from '../../../src/capture/worker/interval-controller.ts';
import { openOutbox } from '../../../src/capture/worker/outbox.ts';
import { runSamplingLoop } from '../../../src/capture/worker/sampling-loop.ts';
import type { Batch } from '../../../src/domain/events/event.ts';
import type { SourceStatus } from '../../../src/domain/source/event-source.ts';
import { openProcReader } from '../../../src/proc/reader.ts';
import { FakeKernel } from '../../support/fakes/fake-kernel.ts';
import { createManualClock, type ManualClock } from '../../support/fakes/manual-clock.ts';

type Script = (sleep: number, waited: number) => boolean | undefined;

const running = (
  script: Script,
  { mode = 'cursor' as 'cursor' | 'walk', pinnedMs: fixedMs = undefined as number | undefined } = {},
) => {
  const kernel = new FakeKernel();
  const clock = createManualClock();
  const batches: Batch[] = [];
  const statuses: SourceStatus[] = [];
  const waits: number[] = [];
  const proc = openProcReader(kernel.root, kernel.files);
  const common = { proc, clock, why: 'test', bootOffsetNs: 0n, ownPid: undefined, othersInvisible: false };
  const sampler: Sampler =
    mode === 'walk'
      ? createWalkSampler(common)
      : createCursorSampler({ ...common, maxOpenStats: 100, ownTaskCount: true });
  const run = (sleep = (ms: number) => clock.advance(ms)) =>
    runSamplingLoop({
      sampler,
      pace: createIntervalController({ fixedMs, cpuLimit: 0.05, cpuLimitBusy: 0.15 }),
      outbox: openOutbox({
        post: (batch) => batches.push(batch),
        ackedBatches: () => batches.length,
        nowNs: clock.now,
      }),
      clock,
      sleep(ms) {
        waits.push(ms);
        const going = script(waits.length, ms) ?? true;
        sleep(ms);
        kernel.ticks = Math.floor(clock.ms() / 10);
        return going;
      },
      cpu: () => clock.ms() * 0.02,
      onStatus: (status) => statuses.push(status),
    });
  return { kernel, clock, batches, statuses, waits, run };
};

const records = (batches: Batch[]) => batches.flatMap(({ records }) => records);

describe('the loop', () => {
  test('says at once who is there and how it looks', () => {
    const { run, batches, statuses } = running(() => false);
    run();
    expect(batches[0]?.records).toMatchObject([{ guest_pid: 1, initial: true }]);
    expect(statuses[0]).toMatchObject({
      mode: 'cursor',
      why: 'test',
      allocated: 0,
      unseen: 0,
      trouble: undefined,
    });
  });

  test('looks faster while the cursor moves and slows down as it rests', () => {
    const { run, kernel, waits } = running((sleep) => {
      if (sleep === 10) kernel.fork(1, 'x', { execed: true });
      return sleep < 3000;
    });
    run();
    expect(waits.slice(0, 10)).toEqual(new Array(10).fill(2));
    expect(waits[10]).toBeCloseTo(0.25, 6);
    expect(new Set(waits.map((ms) => Math.round(ms * 100) / 100))).toEqual(new Set([2, 0.25, 0.5, 1]));
    expect(waits.at(-1)).toBeCloseTo(2, 6);
  });

  test('does not sleep while it is behind', () => {
    const { run, kernel, waits } = running((sleep) => {
      if (sleep === 1) for (let count = 0; count < 300; count++) kernel.fork(1, 'x', { execed: true });
      return sleep < 20;
    });
    run();
    expect(waits.slice(1, 4)).toEqual([0, 0, 0]);
    expect(waits[15]).toBeGreaterThan(0);
  });

  test('makes up for waking late', () => {
    const { run, clock, waits } = running((sleep) => sleep < 400, { pinnedMs: 1 });
    run((ms) => clock.advance(ms + 0.08));
    expect(waits[0]).toBe(1);
    expect(waits.at(-1)).toBeCloseTo(0.92, 3);
  });

  test('asks the clock once a look while it is quiet: asking costs as much as the rest of the look', () => {
    let asked = 0;
    let before = 0;
    const { run, clock } = running(
      (sleep) => {
        if (sleep === 1000) before = asked;
        return sleep < 2000;
      },
      { pinnedMs: 1 },
    );
    const { ms } = clock;
    clock.ms = () => {
      asked++;
      return ms();
    };
    run((waitMs) => clock.advance(waitMs));
    // The fake kernel's ticks ask once, too; chores and old ones come now and then.
    expect((asked - before) / 1000).toBeLessThan(2.2);
  });

  test('tells how it looked over the last second', () => {
    const { run, statuses } = running((sleep) => sleep < 1200, { pinnedMs: 2 });
    run();
    expect(statuses.at(-1)).toMatchObject({
      intervalNs: 2_000_000n,
      longestNs: 2_000_000n,
      cpu: expect.closeTo(0.02, 6),
      budget: 0.05,
      throttled: false,
      stalls: 0,
      dropped: 0,
    });
    expect(Number(statuses.at(-1)?.meanIntervalNs)).toBeCloseTo(2e6, -3);
    expect(Number(statuses.at(-1)?.shortestLifetimeNs)).toBeCloseTo(1.98e6, -3);
  });

  test('tells of trouble at once, and of its end', () => {
    const { run, kernel, statuses } = running((sleep) => {
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
  test('being held up makes one record', () => {
    const { run, clock, batches } = running((sleep) => {
      if (sleep === 50) clock.advance(5000);
      return sleep < 3000;
    });
    run();
    expect(records(batches).filter((record) => record.probe_source === 'trace.gap')).toMatchObject([
      { reason: 'stalled' },
    ]);
  });

  test('what was missed is told, in records that add up, the last of it at the end', () => {
    const { run, kernel, batches, statuses } = running((sleep) => {
      if (sleep % 7 === 0) kernel.burn(3);
      return sleep < 5000;
    });
    run();
    const gaps = records(batches).filter((record) => record.probe_source === 'trace.gap');
    const told = gaps.reduce((sum, gap) => sum + (gap.tasks ?? 0), 0);
    expect(told).toBeGreaterThan(2000);
    expect(told).toBeGreaterThanOrEqual(statuses.at(-1)?.missedTasks ?? 0);
    expect(gaps.length).toBeLessThanOrEqual(4);
  });
});

describe('walk mode', () => {
  test('tells who came and went, and that it knows nothing of the rest', () => {
    const { run, kernel, batches, statuses } = running(
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
      allocated: undefined,
      threadsSeen: undefined,
      unseen: undefined,
      pending: undefined,
      processesSeen: 1,
    });
  });

  test('a root that cannot be listed for the moment is trouble, and ends nobody', () => {
    const { run, kernel, batches, statuses } = running(
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

test('a quiet look leaves next to nothing to the garbage collector', () => {
  const line = Buffer.from('0.00 0.01 0.05 1/2 7\n');
  const buffer = new Uint8Array(64);
  buffer.set(line);
  const clock: ManualClock = { now: () => 0n, ms: () => 1, advance: () => {} };
  const proc = openProcReader('/proc', {
    list: () => ['1'],
    open: () => 3,
    read: () => line,
    readInto: () => line.length,
    buffer,
    exists: () => false,
    readLink: () => '',
    ownerUid: () => 0,
    close: () => {},
  });
  const listed = { ...proc, list: () => [1], read: () => 'hidden' as const };
  const sampler = createCursorSampler({
    proc: listed,
    clock,
    why: '',
    bootOffsetNs: 0n,
    ownPid: undefined,
    maxOpenStats: 0,
    ownTaskCount: true,
    othersInvisible: false,
  });
  for (let look = 0; look < 20_000; look++) sampler.sample(clock.ms());
  sampler.take();
  const before = process.memoryUsage().heapUsed;
  for (let look = 0; look < 100_000; look++) sampler.sample(clock.ms());
  const perLook = (process.memoryUsage().heapUsed - before) / 100_000;
  expect(perLook).toBeLessThan(48);
});
