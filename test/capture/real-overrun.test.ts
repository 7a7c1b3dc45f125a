import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, expect, onTestFinished, test } from 'vitest';
import { openEventQueue } from '../../src/capture/connector/open-event-queue.ts';
import { KernelSampler } from '../../src/capture/kernel/kernel-sampler.ts';
import { type ChurnRecord, isProbeEvent } from '../../src/domain/events/event.ts';
import { loadLibc } from '../../src/native/load-libc.ts';
import { readForkCount } from '../../src/proc/fork-count.ts';
import { readHostInfo } from '../../src/proc/host-info.ts';
import { openProcReader } from '../../src/proc/reader.ts';
import { compile, compilerObstacle } from '../support/harness/c-programs.ts';
import { waitFor } from '../support/harness/recording.ts';
import { createTempDir } from '../support/harness/temp-dir.ts';
import { kernelObstacle } from '../support/installed/sources.ts';

const folder = createTempDir();
afterAll(() => folder.remove());

const storm = 3000;

test('a full queue loses no process that is alive, and counts the others [fault:kernel-queue-full]', async (context) => {
  const obstacle = kernelObstacle ?? compilerObstacle;
  if (obstacle) return context.skip(obstacle);
  const events = compile('kernel/process-events', folder.path);
  const proc = openProcReader('/proc');
  const clock = { nowNs: process.hrtime.bigint, nowMs: () => performance.now() };
  const forksBefore = readForkCount(proc) as number;
  const sampler = new KernelSampler({
    // Room for fewer than 200 events.
    queue: openEventQueue({ libc: loadLibc(), proc, receiveBufferBytes: 32 << 10 }),
    proc,
    clock,
    modeReason: 'test',
    bootOffsetNs: readHostInfo(proc, clock.nowNs).bootOffsetNs,
    ownPid: undefined,
    ownProcessesOnly: false,
  });
  onTestFinished(() => sampler.close());
  const records: ChurnRecord[] = [];
  const sample = () => {
    sampler.sample(clock.nowMs());
    records.push(...sampler.take());
  };
  const sampleUntil = (what: string, isDone: () => boolean) =>
    waitFor(what, () => {
      sample();
      return isDone();
    });
  const has = (source: string, pid: number | undefined) =>
    records.some(
      (record) => isProbeEvent(record) && record.probe_source === source && record.guest_pid === pid,
    );

  sample();
  const early = spawn('sleep', ['600']);
  await sampleUntil('a process', () => has('process.spawned', early.pid));
  // This thread takes no events meanwhile. Those of the last two processes do not fit either.
  const script = `${events} vfork ${storm}; sleep 600 > /dev/null 2>&1 & echo $!; kill -9 ${early.pid}`;
  const late = Number(spawnSync('sh', ['-c', script], { encoding: 'utf8' }).stdout);
  onTestFinished(() => void process.kill(late, 'SIGKILL'));
  await once(early, 'exit');
  await sampleUntil('the process of a lost fork', () => has('process.spawned', late));
  await sampleUntil('the process of a lost exit', () => has('process.exited', early.pid));
  await sampleUntil('the missed tasks', () => (sampler.counters().missedTasks ?? 0) > storm / 2);
  const { missedTasks, lostEvents, allocatedPids } = sampler.counters(true);
  const forks = (readForkCount(proc) as number) - forksBefore;

  expect(lostEvents).toBeGreaterThan(storm);
  expect(missedTasks).toBeGreaterThan(storm - 200);
  expect(missedTasks).toBeLessThanOrEqual(lostEvents as number);
  expect(allocatedPids).toBeGreaterThan(storm);
  expect(allocatedPids).toBeLessThanOrEqual(forks);
  const found = records.find(
    (record) => record.probe_source === 'process.spawned' && record.guest_pid === late,
  );
  // It was spawned at some time since the loss.
  expect(found).toMatchObject({ guest_comm: 'sleep', window_ns: expect.any(BigInt) });
});
