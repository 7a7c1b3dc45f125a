import { describe, expect, test } from 'vitest';
import { FakeKernel } from '../../support/fakes/fake-kernel.ts';
import { looking } from '../../support/harness/cursor-sampler.ts';

describe('quiescence', () => {
  test('a quiet look reads loadavg and nothing else, however many processes there are', () => {
    const kernel = new FakeKernel();
    for (let count = 0; count < 500; count++) kernel.fork(1, 'idle', { execed: true });
    const { look } = looking({ kernel });
    look();
    kernel.calls.length = 0;
    for (let count = 0; count < 10; count++) expect(look()).toEqual([]);
    expect(kernel.calls).toEqual([]);
  });

  test('only the numbers the cursor passed are opened', () => {
    const { kernel, look } = looking();
    for (let count = 0; count < 50; count++) kernel.fork(1, 'old', { execed: true });
    look();
    look();
    kernel.calls.length = 0;
    const pid = kernel.fork(1, 'new', { execed: true });
    look();
    expect(kernel.calls).toEqual([`/proc/${pid}/stat`]);
  });
});

describe('births', () => {
  test('the first look finds everyone and marks them', () => {
    const kernel = new FakeKernel();
    kernel.fork(1, 'sh', { execed: true });
    const { discovered } = looking({ kernel });
    expect(discovered).toMatchObject([
      { probe_source: 'process.spawned', guest_pid: 1, initial: true },
      { probe_source: 'process.spawned', guest_pid: 2, initial: true },
    ]);
    expect(discovered[0]).not.toHaveProperty('window_ns');
  });

  test('a birth is told with its parent, its owner and how long ago it may have been', () => {
    const { kernel, look, clock } = looking();
    const pid = kernel.fork(1, 'child', { execed: true, uid: 7 });
    expect(look(0.25)).toEqual([
      {
        probe_source: 'process.spawned',
        guest_pid: pid,
        guest_comm: 'child',
        guest_monotonic_ns: clock.now(),
        guest_ppid: 1,
        guest_uid: 7,
        window_ns: 250_000n,
        start_ticks: 1000,
      },
    ]);
  });

  test('several births are told in the order they happened', () => {
    const { kernel, seen } = looking();
    kernel.fork(1, 'a', { execed: true });
    kernel.fork(1, 'b', { execed: true });
    expect(seen()).toEqual(['spawned 2 a', 'spawned 3 b']);
  });

  test('a thread is counted, not told', () => {
    const { kernel, seen, report } = looking();
    kernel.thread(1);
    expect(seen()).toEqual([]);
    expect(report()).toMatchObject({ allocated: 1, threadsSeen: 1, processesSeen: 0, unseen: 0 });
  });

  test('a zombie at first sight is told as one, and is not exited', () => {
    const { kernel, look } = looking();
    const pid = kernel.fork(1, 'brief', { execed: true });
    kernel.exit(pid, 3 << 8);
    expect(look()).toMatchObject([
      { probe_source: 'process.spawned', guest_pid: pid },
      { probe_source: 'process.zombie', guest_pid: pid, guest_ppid: 1, exit_code: 3 },
    ]);
    kernel.reap(pid);
    expect(look()).toMatchObject([{ probe_source: 'process.exited', exit_code: 3 }]);
  });

  test.each([1, 2, 3])('a number whose bearer shows up %i looks late is seen', (invisible) => {
    const { kernel, look, seen, report } = looking();
    const pid = kernel.fork(1, 'late', { execed: true, invisible });
    for (let looks = 0; looks < invisible; looks++) expect(look()).toEqual([]);
    expect(report()).toMatchObject({ pending: 1, unseen: 0 });
    expect(seen()).toEqual([`spawned ${pid} late`]);
    expect(report()).toMatchObject({ allocated: 1, processesSeen: 1, pending: 0, unseen: 0 });
  });

  test('the window of a late one reaches back to before its number was handed out', () => {
    const { kernel, look } = looking();
    kernel.fork(1, 'late', { execed: true, invisible: 2 });
    look(1);
    look(1);
    expect(look(1)).toMatchObject([{ window_ns: 3_000_000n }]);
  });

  test('a number nobody bears after three more looks is unseen', () => {
    const { kernel, look, report } = looking();
    kernel.burn();
    for (let looks = 0; looks < 3; looks++) look();
    expect(report()).toMatchObject({ pending: 1, unseen: 0 });
    look();
    expect(report()).toMatchObject({ allocated: 1, pending: 0, unseen: 1 });
  });

  test('looks without pause in between are no retries', () => {
    const { kernel, look, report } = looking();
    kernel.fork(1, 'late', { execed: true, invisible: 3 });
    for (let looks = 0; looks < 20; looks++) look(0.01);
    expect(report()).toMatchObject({ pending: 1, unseen: 0 });
  });

  test('own children are known, but no churn', () => {
    const { kernel, look, report } = looking({ ownPid: 1 });
    const helper = kernel.fork(1, 'helper');
    expect(look()).toEqual([]);
    kernel.exec(helper, 'xclip');
    expect(look(20)).toEqual([]);
    kernel.fork(helper, 'grandchild', { execed: true });
    expect(look()).toMatchObject([{ guest_comm: 'grandchild' }]);
    kernel.end(helper);
    expect(look()).toEqual([]);
    expect(report()).toMatchObject({ allocated: 1, processesSeen: 1, unseen: 0 });
  });
});

describe('reuse and wrap', () => {
  test('a reused PID is exited, then spawned', () => {
    const { kernel, seen } = looking({ kernel: new FakeKernel({ pidMax: 400 }) });
    kernel.seek(350);
    const pid = kernel.fork(1, 'old', { execed: true });
    expect(seen()).toContain('spawned 350 old');
    kernel.end(pid);
    seen(2000);
    kernel.fork(1, 'kept', { execed: true });
    seen();
    kernel.burn(98);
    seen(2000);
    const again = kernel.fork(1, 'new', { execed: true });
    expect(again).toBe(350);
    expect(seen()).toEqual(['spawned 350 new']);
  });

  test('between two looks: the old one ended, its number went round and is borne again', () => {
    const { kernel, seen, report } = looking({ kernel: new FakeKernel({ pidMax: 400 }) });
    kernel.seek(350);
    const pid = kernel.fork(1, 'old', { execed: true });
    kernel.burn();
    for (let looks = 0; looks < 30; looks++) seen();
    const before = report().allocatedPids as number;
    kernel.end(pid);
    kernel.burn(98);
    expect(kernel.fork(1, 'new', { execed: true })).toBe(350);
    expect(seen()).toEqual(['exited 350 old', 'spawned 350 new']);
    for (let looks = 0; looks < 30; looks++) seen();
    expect(report()).toMatchObject({ allocated: before + 99, pending: 0 });
  });

  test('old processes and old threads that the cursor steps over are no allocations', () => {
    const kernel = new FakeKernel({ pidMax: 400 });
    kernel.seek(310);
    const old = kernel.fork(1, 'old', { execed: true });
    kernel.thread(old);
    kernel.seek(399);
    const { look, report } = looking({ kernel });
    look(5000);
    kernel.burn(21);
    expect(kernel.cursor).toBe(321);
    for (let looks = 0; looks < 5; looks++) look();
    expect(report()).toMatchObject({ allocated: 21, unseen: 21, threadsSeen: 0, processesSeen: 0 });
  });

  test('a process alive through a whole round stays one', () => {
    const { kernel, look, report } = looking({ kernel: new FakeKernel({ pidMax: 400 }) });
    kernel.seek(350);
    kernel.fork(1, 'stays', { execed: true });
    look();
    for (let round = 0; round < 5; round++) {
      kernel.burn(80);
      expect(look(100)).toEqual([]);
    }
    expect(report().alive).toBe(2);
  });
});

describe('behind', () => {
  test('the newest are opened first and a backlog is worked off without sleep', () => {
    const { kernel, clock, sampler, report } = looking();
    for (let count = 0; count < 200; count++) kernel.fork(1, 'many', { execed: true });
    kernel.calls.length = 0;
    clock.advance(1);
    expect(sampler.sample(clock.ms())).toBe('behind');
    expect(kernel.calls[0]).toBe(`/proc/${kernel.cursor}/stat`);
    let looks = 1;
    while (sampler.sample(clock.ms()) === 'behind') looks++;
    expect(looks).toBeLessThan(10);
    expect(report()).toMatchObject({ allocated: 200, processesSeen: 200, unseen: 0, pending: 0 });
  });

  test('after a long stall the work is bounded; the living are found by a walk, the rest is unseen', () => {
    const kernel = new FakeKernel({ pidMax: 4_194_304 });
    const { look, report } = looking({ kernel });
    kernel.fork(1, 'survivor', { execed: true });
    kernel.burn(1_000_000);
    kernel.calls.length = 0;
    const events = [look(60_000), look(), look(), look(500), look()].flat();
    expect(events).toMatchObject([{ guest_comm: 'survivor', probe_source: 'process.spawned' }]);
    expect(kernel.calls.length).toBeLessThan(10_000);
    look(500);
    expect(report()).toMatchObject({ allocated: 1_000_001, processesSeen: 1, unseen: 1_000_000, pending: 0 });
  });
});
