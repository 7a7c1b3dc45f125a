import { describe, expect, test } from 'vitest';
import { FakeKernel } from '../../support/fakes/fake-kernel.ts';
import { createCursorHarness, formatEvent } from '../../support/harness/cursor-sampler.ts';

const setUp = ({ processes = 20, maxOldFiles = 100 } = {}) => {
  const kernel = new FakeKernel({ pidMax: 4000 });
  kernel.countsRuns = true;
  kernel.seek(300);
  const pids = Array.from({ length: processes }, () => kernel.fork(1, 'idle', { execed: true }));
  const threaded = kernel.fork(1, 'threaded', { execed: true });
  kernel.thread(threaded);
  const harness = createCursorHarness({ kernel, maxOldFiles });
  const settle = (ms = 2500) => Array.from({ length: ms / 5 }, () => harness.sample(5)).flat();
  settle(4000);
  const reads: string[] = [];
  kernel.onRead = (path) => {
    if (path.includes('stat') && path !== 'stat') reads.push(path);
  };
  return { ...harness, pids, threaded, settle, reads };
};

describe.each([
  { name: 'open files', maxOldFiles: 100 },
  { name: 'files that are opened for each read', maxOldFiles: 0 },
])('with $name', ({ maxOldFiles }) => {
  test('the stat line of a process that has not run is not read', () => {
    const { pids, settle, reads } = setUp({ maxOldFiles });
    expect(settle()).toEqual([]);
    const ofPid = reads.filter((path) => path.startsWith(`${pids[0]}/`));
    expect(ofPid.length).toBeGreaterThanOrEqual(2);
    expect(new Set(ofPid)).toEqual(new Set([`${pids[0]}/schedstat`]));
  });

  test('changes of old processes are found', () => {
    const { kernel, pids, settle } = setUp({ maxOldFiles });
    const [renamed, execed, zombie, gone, changedUser] = pids as [number, number, number, number, number];
    kernel.rename(renamed, 'other');
    kernel.exec(execed, 'program');
    kernel.exit(zombie);
    kernel.end(gone);
    kernel.setUid(changedUser, 33);
    const lines = settle().map(formatEvent);
    expect(lines.toSorted()).toEqual(
      [
        `exec ${renamed} other`,
        `exec ${execed} program`,
        `zombie ${zombie} idle`,
        `exited ${gone} idle`,
        `user ${changedUser} idle`,
      ].toSorted(),
    );
    kernel.reap(zombie);
    expect(settle().map(formatEvent)).toEqual([`exited ${zombie} idle`]);
  });

  test('a reused PID of an old process is reported as exited, then as spawned', () => {
    const { kernel, pids, settle } = setUp({ maxOldFiles });
    const pid = pids[3] as number;
    kernel.end(pid);
    kernel.forkWithPid(1, pid, 'reuser');
    kernel.exec(pid, 'reuser');
    expect(settle(6000).map(formatEvent)).toEqual([`exited ${pid} idle`, `spawned ${pid} reuser`]);
  });

  test('a name that another thread has set is found later', () => {
    const { kernel, threaded, settle } = setUp({ maxOldFiles });
    kernel.renameByThread(threaded, 'renamed');
    expect(settle(15_000).map(formatEvent)).toEqual([`exec ${threaded} renamed`]);
  });

  test('a process is found as a zombie when its last thread exits after its main thread', () => {
    const { kernel, threaded, settle } = setUp({ maxOldFiles });
    kernel.exit(threaded);
    expect(settle()).toEqual([]);
    kernel.exit(threaded + 1);
    expect(settle().map(formatEvent)).toEqual([`zombie ${threaded} threaded`]);
  });
});

test('the time of the last reading is known, so that the window of an exit is short', () => {
  const { kernel, pids, settle } = setUp();
  settle();
  kernel.end(pids[0] as number);
  const [exit] = settle();
  expect(exit?.window_ns).toBeLessThanOrEqual(1_100_000_000n);
});

test('no more files are open than allowed, and those of exited processes are closed', () => {
  const { kernel, pids, settle } = setUp({ maxOldFiles: 7 });
  // With loadavg.
  expect(kernel.open).toBe(8);
  for (const pid of pids) kernel.end(pid);
  settle();
  expect(kernel.open).toBe(3);
});

test('the files are closed when descriptors run out, and at the end', () => {
  const { kernel, sampler, sample, counters } = setUp();
  kernel.maxOpenFiles = kernel.open;
  const pid = kernel.fork(1, 'next', { execed: true });
  expect(sample().map(formatEvent)).toEqual([`spawned ${pid} next`]);
  expect(counters().lastError).toBeUndefined();
  sampler.close();
  expect(kernel.open).toBe(0);
});
