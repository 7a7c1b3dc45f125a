import { describe, expect, test } from 'vitest';
import { FakeKernel } from '../../support/fakes/fake-kernel.ts';
import { brief, looking } from '../../support/harness/cursor-sampler.ts';

describe('exec', () => {
  test('a forked process is followed until it took its own program', () => {
    const { kernel, look } = looking();
    const pid = kernel.fork(1);
    expect(look()).toMatchObject([{ probe_source: 'process.spawned', guest_comm: 'init' }]);
    kernel.exec(pid, 'worker');
    expect(look(0.5)).toMatchObject([
      { probe_source: 'process.exec', guest_comm: 'worker', previous_comm: 'init', window_ns: 500_000n },
    ]);
  });

  test('the looks for it back off, and nothing is read in between', () => {
    const { kernel, look, clock } = looking();
    const pid = kernel.fork(1, 'forked');
    look();
    const reads: number[] = [];
    kernel.onRead = (path) => {
      if (path === `${pid}/stat`) reads.push(clock.ms());
    };
    for (let looks = 0; looks < 400; looks++) look(0.25);
    const gaps = reads.map((at, index) => at - (reads[index - 1] ?? 0));
    expect(reads.length).toBeGreaterThan(5);
    expect(reads.length).toBeLessThan(20);
    expect(gaps.slice(1)).toEqual(gaps.slice(1).toSorted((a, b) => a - b));
  });

  test('an exec of an old process is found by reading the old ones in turn', () => {
    const { kernel, look } = looking();
    const pid = kernel.fork(1, 'sh');
    look();
    look(2000);
    kernel.exec(pid, 'late');
    const events = Array.from({ length: 60 }, () => look(50)).flat();
    expect(events.map(brief)).toEqual([`exec ${pid} late`]);
  });

  test('however many live, no more than so many old ones are read again in a second', () => {
    const kernel = new FakeKernel();
    for (let count = 0; count < 1000; count++) kernel.fork(1, 'idle', { execed: true });
    const { look } = looking({ kernel });
    look(1);
    kernel.calls.length = 0;
    for (let looks = 0; looks < 500; looks++) look(2);
    const read = kernel.calls.filter((path) => path.endsWith('/stat')).length;
    expect(read).toBeGreaterThanOrEqual(40);
    expect(read).toBeLessThanOrEqual(60);
    expect(kernel.calls.filter((path) => path === '/proc')).toEqual([]);
  });

  test('kernel threads are not read again: no exec, no zombie, no name of their own becomes of them', () => {
    const kernel = new FakeKernel();
    for (let count = 0; count < 300; count++) kernel.fork(2, 'kworker', { kthread: true });
    const last = kernel.fork(1, 'idle', { execed: true });
    const { look } = looking({ kernel });
    look(1);
    kernel.calls.length = 0;
    for (let looks = 0; looks < 500; looks++) look(2);
    const read = new Set(kernel.calls.filter((path) => path.endsWith('/stat')));
    expect([...read].sort()).toEqual(['/proc/1/stat', `/proc/${last}/stat`].sort());
  });

  test('a listing costs as much as there are processes: one in five seconds while nothing moves', () => {
    const { kernel, look } = looking();
    const listings = (seconds: number, ms: number) => {
      kernel.calls.length = 0;
      for (let looks = 0; looks < (seconds * 1000) / ms; looks++) {
        if (ms > 2) kernel.thread(1);
        look(ms);
      }
      return kernel.calls.filter((path) => path === '/proc').length;
    };
    look();
    expect(listings(60, 2)).toBe(12);
    expect(listings(60, 100)).toBeGreaterThanOrEqual(59);
  });

  test('a kernel worker that changes its name has taken no program', () => {
    const { kernel, look } = looking();
    const pid = kernel.fork(1, 'kworker/0:1', { kthread: true });
    expect(look()).toMatchObject([{ kthread: true }]);
    kernel.rename(pid, 'kworker/0:1-events');
    expect(look(100)).toEqual([]);
  });
});

describe('exits', () => {
  test('a young one is missed at the first look after its end, without any listing', () => {
    const { kernel, look } = looking();
    const pid = kernel.fork(1, 'brief', { execed: true });
    look();
    look(100);
    kernel.calls.length = 0;
    kernel.end(pid);
    expect(look(0.25)).toMatchObject([
      { probe_source: 'process.exited', guest_pid: pid, guest_comm: 'brief', lifetime_ns: 100_250_000n },
    ]);
    expect(kernel.calls).toEqual([]);
    expect(kernel.open).toBe(1);
  });

  test('its window is the time since the look before: the task count said that all were alive then', () => {
    const { kernel, look } = looking();
    const pid = kernel.fork(1, 'brief', { execed: true });
    look();
    look(50);
    look(0.5);
    kernel.end(pid);
    expect(look(0.25)).toMatchObject([{ window_ns: 250_000n }]);
  });

  test('where the task count is shared with other PID namespaces the window reaches to the last sight', () => {
    const { kernel, look, clock } = looking({ ownTaskCount: false });
    const pid = kernel.fork(1, 'brief', { execed: true });
    for (let looks = 0; looks < 300; looks++) look(1);
    const endedNs = clock.now();
    kernel.end(pid);
    kernel.outside(1);
    const events = Array.from({ length: 60 }, () => look(1)).flat();
    expect(events.map(brief)).toEqual([`exited ${pid} brief`]);
    const [event] = events;
    expect((event?.guest_monotonic_ns ?? 0n) - (event?.window_ns ?? 0n)).toBeLessThanOrEqual(endedNs);
  });

  test('births elsewhere do not hide an end for long', () => {
    const { kernel, look } = looking();
    const pid = kernel.fork(1, 'brief', { execed: true });
    look();
    kernel.end(pid);
    kernel.outside(1);
    const events = Array.from({ length: 60 }, () => look(1)).flat();
    expect(events.map(brief)).toEqual([`exited ${pid} brief`]);
  });

  test('an old one is found by a walk as soon as the task count tells of an end', () => {
    const { kernel, seen } = looking();
    const pid = kernel.fork(1, 'old', { execed: true });
    seen();
    seen(1500);
    expect(kernel.open).toBe(1);
    kernel.end(pid);
    const events = [seen(1), seen(1), seen(1)].flat();
    expect(events).toEqual([`exited ${pid} old`]);
  });

  test('a young one that becomes a zombie is told without any change of the two numbers', () => {
    const { kernel, look } = looking();
    const pid = kernel.fork(1, 'dead', { execed: true });
    look();
    kernel.exit(pid, 9);
    const events = Array.from({ length: 60 }, () => look(1)).flat();
    expect(events).toMatchObject([
      { probe_source: 'process.zombie', guest_pid: pid, guest_ppid: 1, exit_signal: 9 },
    ]);
    kernel.reap(pid);
    expect(look()).toMatchObject([{ probe_source: 'process.exited', exit_signal: 9 }]);
  });

  test('a leader that left its threads behind is alive', () => {
    const { kernel, look } = looking();
    const pid = kernel.fork(1, 'main', { execed: true });
    kernel.thread(pid);
    look();
    kernel.exit(pid);
    for (let looks = 0; looks < 2000; looks++) expect(look(1)).toEqual([]);
  });

  test('the spawner stays the first parent seen', () => {
    const { kernel, look } = looking();
    const parent = kernel.fork(1, 'parent', { execed: true });
    const pid = kernel.fork(parent, 'child', { execed: true });
    expect(look()).toMatchObject([{}, { guest_pid: pid, guest_ppid: parent }]);
    kernel.end(parent);
    kernel.reparent(pid, 1);
    expect(look().map(brief)).toEqual([`exited ${parent} parent`]);
    expect(look(2000)).toEqual([]);
  });

  test('one walk a second finds what the cursor cannot show, once', () => {
    const { kernel, seen, report } = looking();
    seen();
    kernel.forkChosen(1, 5000, 'restored');
    expect(seen(1)).toEqual([]);
    expect(seen(1000)).toEqual(['spawned 5000 restored']);
    expect(report()).toMatchObject({ allocated: 1, processesSeen: 1, unseen: 0 });
  });

  test('found by the audit while its number is still looked for: told once, counted once', () => {
    const { kernel, look, seen, report } = looking();
    look(999);
    const pid = kernel.fork(1, 'late', { execed: true, invisible: 3 });
    kernel.onList = () => kernel.appear(pid);
    expect(seen(1)).toEqual([`spawned ${pid} late`]);
    for (let looks = 0; looks < 10; looks++) expect(seen(300)).toEqual([]);
    expect(report()).toMatchObject({ allocated: 1, processesSeen: 1, unseen: 0, pending: 0 });
  });

  test('found by the audit after it was given up: no longer unseen', () => {
    const { kernel, look, seen, report } = looking();
    const pid = kernel.fork(1, 'later', { execed: true, invisible: 100 });
    for (let looks = 0; looks < 5; looks++) look();
    expect(report()).toMatchObject({ unseen: 1, pending: 0 });
    kernel.appear(pid);
    expect(seen(1000)).toEqual([`spawned ${pid} later`]);
    expect(report()).toMatchObject({ allocated: 1, processesSeen: 1, unseen: 0 });
  });
});

describe('descriptors', () => {
  test('are given back after a second', () => {
    const { kernel, look } = looking();
    for (let count = 0; count < 10; count++) kernel.fork(1, 'x', { execed: true });
    look();
    expect(kernel.open).toBe(11);
    look(500);
    expect(kernel.open).toBe(11);
    look(501);
    expect(kernel.open).toBe(1);
  });

  test('no more are held than allowed, and the exits of the others are found by walks', () => {
    const { kernel, look } = looking({ mostHeld: 4 });
    const pids = Array.from({ length: 10 }, () => kernel.fork(1, 'x', { execed: true }));
    look();
    expect(kernel.open).toBe(5);
    for (const pid of pids) kernel.end(pid);
    const events = [look(), look(), look(), look()].flat().map(brief);
    expect(events.toSorted()).toEqual(pids.map((pid) => `exited ${pid} x`).toSorted());
  });
});
