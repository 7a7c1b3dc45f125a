import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { checkGuest } from '../../src/capture/guest-check.ts';
import { type LiveOptions, openLive } from '../../src/capture/live-source.ts';
import type { ChurnRecord } from '../../src/domain/events/event.ts';
import type { EventSource, SourceStatus } from '../../src/domain/source/event-source.ts';

/** Starts a live source and collects what it delivers. `until` waits for a condition. */
const startSource = async (options: LiveOptions = {}) => {
  const source = openLive({ ownChildren: true, ...options });
  const records: ChurnRecord[] = [];
  const statuses: SourceStatus[] = [];
  const errors: Error[] = [];
  let wake = () => {};
  source.start({
    onBatch(batch) {
      records.push(...batch.records);
      wake();
    },
    onStatus(status) {
      statuses.push(status);
      wake();
    },
    onError(error) {
      errors.push(error);
      wake();
    },
  });
  const until = async (isMet: () => boolean) => {
    while (!isMet()) {
      if (errors[0]) throw errors[0];
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
  return { source, records, statuses, until };
};

test('stop resolves for each caller after the last batch [fault:stop-twice]', async () => {
  const { source, records, until } = await startSource();
  await until(() => records.length > 0);
  const forks = spawn('sh', ['-c', 'while :; do /bin/true; done'], { stdio: 'ignore' });
  await until(() => records.filter(({ probe_source }) => probe_source === 'process.exited').length > 5);
  const first = source.stop();
  await source.stop();
  const received = records.length;
  await first;
  await new Promise(setImmediate);
  forks.kill('SIGKILL');
  expect(records.length).toBe(received);
});

const hasEvent = (records: ChurnRecord[], source: string, pid: number | undefined) =>
  records.some(
    (record) => record.probe_source === source && 'guest_pid' in record && record.guest_pid === pid,
  );

/** Starts a source and counts the batches that report this process, up to the first batch without it. */
const countOwnSpawns = async (source: EventSource): Promise<number> => {
  let count = 0;
  await new Promise<void>((resolve, reject) => {
    source.start({
      onBatch({ records }) {
        if (hasEvent([...records], 'process.spawned', process.pid)) count++;
        else if (count > 0) resolve();
      },
      onStatus() {},
      onError: reject,
    });
  });
  return count;
};

describe('openLive on this machine', () => {
  test('records from before there is a listener are delivered to it once', async () => {
    const source = openLive({ ownChildren: true });
    source.startEarly();
    source.startEarly();
    // The child exits after the sampler has started, while there is no listener.
    await once(spawn('sleep', ['0.2']), 'exit');
    expect(await countOwnSpawns(source)).toBe(1);
    await source.stop();
  });

  test('a stopped source can be started again, with a new discovery', async () => {
    const source = openLive({ ownChildren: true });
    for (let start = 0; start < 2; start++) {
      expect(await countOwnSpawns(source)).toBe(1);
      await source.stop();
    }
  });

  test('a child is reported as spawned and exited once, in this order', async () => {
    const { source, records, until } = await startSource();
    await until(() => hasEvent(records, 'process.spawned', process.pid));
    const child = spawn('sleep', ['0.05']);
    await once(child, 'exit');
    await until(() => hasEvent(records, 'process.exited', child.pid));
    await source.stop();
    const own = records.filter((record) => 'guest_pid' in record && record.guest_pid === child.pid);
    const sources = own.map(({ probe_source }) => probe_source);
    expect(sources.filter((source) => source === 'process.spawned')).toHaveLength(1);
    expect(sources[0]).toBe('process.spawned');
    expect(sources.at(-1)).toBe('process.exited');
    expect(own.at(-1)).toMatchObject({ guest_comm: 'sleep' });
    expect(own[0]).toMatchObject({ guest_ppid: process.pid, guest_uid: process.getuid?.() });
  });

  test('children of this process are not reported by default, and grandchildren are', async () => {
    const { source, records, until } = await startSource({ ownChildren: false });
    await until(() => hasEvent(records, 'process.spawned', process.pid));
    const child = spawn('sh', ['-c', 'sleep 0.2 & echo $!; wait']);
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    const grandchild = Number(line.toString());
    await until(() => hasEvent(records, 'process.exited', grandchild));
    await source.stop();
    expect(hasEvent(records, 'process.spawned', grandchild)).toBe(true);
    expect(records.some((record) => 'guest_pid' in record && record.guest_pid === child.pid)).toBe(false);
  });

  test('cursor mode is selected here, and the counters are balanced', async () => {
    const { source, statuses, until } = await startSource({ source: 'proc' });
    await until(() => statuses.length >= 2);
    await source.stop();
    const status = statuses.at(-1) as SourceStatus;
    const { allocatedPids, processesSeen, threadsSeen, missedTasks, pendingPids } = status;
    expect(status.mode).toBe('cursor');
    expect(processesSeen + (threadsSeen ?? 0) + (missedTasks ?? 0) + (pendingPids ?? 0)).toBe(allocatedPids);
  });

  test('an invalid proc root is rejected before a thread is started', () => {
    expect(() => openLive({ root: '/nowhere' })).toThrow(expect.objectContaining({ code: 'ENOENT' }));
  });

  test('stop delivers the last batch and ends the thread', async () => {
    const { source, records, until } = await startSource();
    await until(() => records.length > 0);
    await source.stop();
    const count = records.length;
    await new Promise((resolve) => setImmediate(resolve));
    expect(records).toHaveLength(count);
  });

  test('checkGuest reports what this guest allows', async () => {
    const check = await checkGuest('/proc', 'proc');
    expect(check).toMatchObject({
      mode: 'cursor',
      pollingMode: 'cursor',
      kernelEvents: undefined,
      hiddenProcesses: 0,
      ownProcessesOnly: false,
      lastError: undefined,
    });
    expect(check.processes).toBeGreaterThan(1);
    expect(check.pidMax).toBeGreaterThan(300);
    for (const ns of [check.intervalNs, check.shortestLifetimeNs, check.sampleCostNs, check.walkCostNs]) {
      expect(ns).toBeGreaterThan(0n);
    }
    expect(check.sampleCostNs).toBeLessThan(check.walkCostNs);
  });
});
