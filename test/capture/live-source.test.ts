import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { checkGuest } from '../../src/capture/guest-check.ts';
import { type LiveOptions, openLive } from '../../src/capture/live-source.ts';
import type { ChurnRecord } from '../../src/domain/events/event.ts';
import type { EventSource, SourceStatus } from '../../src/domain/source/event-source.ts';

/** A live source and what it delivers; `until` waits for a state of it, not for a time. */
const watching = async (options: LiveOptions = {}) => {
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
  const until = async (done: () => boolean) => {
    while (!done()) {
      if (errors[0]) throw errors[0];
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
  return { source, records, statuses, until };
};

const has = (records: ChurnRecord[], kind: string, pid: number | undefined) =>
  records.some((record) => record.probe_source === kind && 'guest_pid' in record && record.guest_pid === pid);

/** Start it, and count the batches that tell of this very process, up to the first behind them: a heartbeat comes each second. */
const timesToldOfItself = async (source: EventSource): Promise<number> => {
  let times = 0;
  await new Promise<void>((resolve, reject) => {
    source.start({
      onBatch({ records }) {
        if (has([...records], 'process.spawned', process.pid)) times++;
        else if (times > 0) resolve();
      },
      onStatus() {},
      onError: reject,
    });
  });
  return times;
};

describe('on this machine', () => {
  test('what is seen before anyone listens is told to who then does, once', async () => {
    const source = openLive({ ownChildren: true });
    source.startEarly();
    source.startEarly();
    // Born while nobody listens: the child ends after the sampler has begun.
    await once(spawn('sleep', ['0.2']), 'exit');
    expect(await timesToldOfItself(source)).toBe(1);
    await source.stop();
  });

  test('a source that was stopped can be started again, and begins anew', async () => {
    const source = openLive({ ownChildren: true });
    for (let start = 0; start < 2; start++) {
      expect(await timesToldOfItself(source)).toBe(1);
      await source.stop();
    }
  });

  test('a child is seen to be born, to take its program and to end, in this order, once', async () => {
    const { source, records, until } = await watching();
    await until(() => has(records, 'process.spawned', process.pid));
    const child = spawn('sleep', ['0.05']);
    await once(child, 'exit');
    await until(() => has(records, 'process.exited', child.pid));
    await source.stop();
    const own = records.filter((record) => 'guest_pid' in record && record.guest_pid === child.pid);
    const kinds = own.map(({ probe_source }) => probe_source);
    expect(kinds.filter((kind) => kind === 'process.spawned')).toHaveLength(1);
    expect(kinds[0]).toBe('process.spawned');
    expect(kinds.at(-1)).toBe('process.exited');
    expect(own.at(-1)).toMatchObject({ guest_comm: 'sleep' });
    expect(own[0]).toMatchObject({ guest_ppid: process.pid, guest_uid: process.getuid?.() });
  });

  test('own children are no churn unless asked for, their children are', async () => {
    const { source, records, until } = await watching({ ownChildren: false });
    await until(() => has(records, 'process.spawned', process.pid));
    const child = spawn('sh', ['-c', 'sleep 0.2 & echo $!; wait']);
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    const grandchild = Number(line.toString());
    await until(() => has(records, 'process.exited', grandchild));
    await source.stop();
    expect(has(records, 'process.spawned', grandchild)).toBe(true);
    expect(records.some((record) => 'guest_pid' in record && record.guest_pid === child.pid)).toBe(false);
  });

  test('the cursor is trusted here, and the books balance', async () => {
    const { source, statuses, until } = await watching();
    await until(() => statuses.length >= 2);
    await source.stop();
    const { mode, allocatedPids, processesSeen, threadsSeen, missedTasks, pendingPids } = statuses.at(
      -1,
    ) as SourceStatus;
    expect(mode).toBe('cursor');
    expect(processesSeen + (threadsSeen ?? 0) + (missedTasks ?? 0) + (pendingPids ?? 0)).toBe(allocatedPids);
  });

  test('a proc root that is none is refused before a thread is started', () => {
    expect(() => openLive({ root: '/nowhere' })).toThrow(expect.objectContaining({ code: 'ENOENT' }));
  });

  test('stopping delivers the last batch and ends the thread', async () => {
    const { source, records, until } = await watching();
    await until(() => records.length > 0);
    await source.stop();
    const count = records.length;
    await new Promise((resolve) => setImmediate(resolve));
    expect(records).toHaveLength(count);
  });

  test('what this guest allows', async () => {
    const check = await checkGuest();
    expect(check).toMatchObject({ mode: 'cursor', hidden: 0, othersInvisible: false, trouble: undefined });
    expect(check.processes).toBeGreaterThan(1);
    expect(check.pidMax).toBeGreaterThan(300);
    for (const ns of [check.intervalNs, check.shortestLifetimeNs, check.sampleCostNs, check.walkCostNs]) {
      expect(ns).toBeGreaterThan(0n);
    }
    expect(check.sampleCostNs).toBeLessThan(check.walkCostNs);
  });
});
