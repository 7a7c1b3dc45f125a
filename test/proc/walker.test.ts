import { describe, expect, test } from 'vitest';
import { FakeKernel } from '../support/fakes/fake-kernel.ts';
import { openWalker, referenceLine } from '../support/harness/proc-walker.ts';

describe('unlike the reference, the walker', () => {
  test('throws when the root is unreadable, and loses no event', () => {
    const kernel = new FakeKernel();
    const { walker, poll } = openWalker(kernel);
    poll();
    const child = kernel.fork(1, 'child', { execed: true });
    kernel.fail('.', 'EMFILE');
    expect(() => poll()).toThrow(
      expect.objectContaining({ name: 'ProcError', code: 'EMFILE', path: '/proc' }),
    );
    expect(walker.alive).toBe(1);
    kernel.heal('.');
    expect(poll().map(referenceLine)).toEqual([`process.spawned ${child} "child" 3000000`]);
  });

  test('discards a poll when one read fails', () => {
    const kernel = new FakeKernel();
    const { poll } = openWalker(kernel);
    const child = kernel.fork(1, 'child', { execed: true });
    poll();
    kernel.fail(`${child}/stat`, 'EIO');
    expect(() => poll()).toThrow(expect.objectContaining({ name: 'ProcError', code: 'EIO' }));
    expect(kernel.open).toBe(0);
    kernel.heal(`${child}/stat`);
    expect(poll()).toEqual([]);
  });

  test('throws when no process is listed, instead of reporting exits', () => {
    const kernel = new FakeKernel();
    const { poll } = openWalker(kernel);
    poll();
    kernel.tasks.clear();
    expect(() => poll()).toThrow('no process listed');
  });

  test('[fault:fifo-over-file] reports one process while a listed PID cannot be read', () => {
    const kernel = new FakeKernel();
    const { poll } = openWalker(kernel);
    poll();
    const pid = kernel.fork(1, 'covered', { execed: true });
    kernel.fail(`${pid}/stat`, 'ENOENT');
    expect(poll().map(referenceLine)).toEqual([`process.spawned ${pid} "" 2000000`]);
    expect(poll()).toEqual([]);
    expect(poll()).toEqual([]);
    kernel.end(pid);
    expect(poll().map(referenceLine)).toEqual([`process.exited ${pid} "" 5000000`]);
  });

  test('reports the exit, then the spawn, when a PID is reused', () => {
    const kernel = new FakeKernel();
    const { poll } = openWalker(kernel);
    const pid = kernel.fork(1, 'old', { execed: true });
    poll();
    kernel.end(pid);
    kernel.seek(pid);
    expect(kernel.fork(1, 'new', { execed: true })).toBe(pid);
    expect(poll().map(referenceLine)).toEqual([
      `process.exited ${pid} "old" 2000000`,
      `process.spawned ${pid} "new" 2000000`,
    ]);
  });

  test('reports exec, and the latest comm on exit', () => {
    const kernel = new FakeKernel();
    const { poll } = openWalker(kernel);
    poll();
    const pid = kernel.fork(1);
    expect(poll()).toMatchObject([
      { probe_source: 'process.spawned', guest_comm: 'init', guest_ppid: 1, guest_uid: 1000 },
    ]);
    kernel.exec(pid, 'worker');
    expect(poll()).toMatchObject([
      { probe_source: 'process.exec', guest_comm: 'worker', previous_comm: 'init' },
    ]);
    kernel.end(pid);
    expect(poll()).toMatchObject([
      { probe_source: 'process.exited', guest_comm: 'worker', lifetime_ns: 2_000_000n },
    ]);
  });

  test('reports an exec to the same name', () => {
    const kernel = new FakeKernel();
    const { poll } = openWalker(kernel);
    const pid = kernel.fork(1, 'sh');
    poll();
    kernel.exec(pid, 'sh');
    expect(poll()).toMatchObject([{ probe_source: 'process.exec', guest_comm: 'sh', previous_comm: 'sh' }]);
    expect(poll()).toEqual([]);
  });
});

describe('the walker', () => {
  test('reports no exec when a kernel thread changes its name', () => {
    const kernel = new FakeKernel();
    const { poll } = openWalker(kernel);
    const pid = kernel.fork(1, 'kworker/0:1-mm', { execed: true, kthread: true });
    expect(poll()).toMatchObject([{ guest_pid: 1 }, { guest_pid: pid, kthread: true }]);
    kernel.rename(pid, 'kworker/0:1-events');
    expect(poll()).toEqual([]);
  });

  test('does not mix up the names of processes read in one poll', () => {
    const kernel = new FakeKernel();
    const { poll } = openWalker(kernel);
    kernel.fork(1, 'alpha', { execed: true });
    kernel.fork(1, 'a much longer one', { execed: true });
    expect(poll().map(({ guest_comm }) => guest_comm)).toEqual(['init', 'alpha', 'a much longer on']);
  });

  test('reports the exit of a zombie when it is reaped, with the exit status', () => {
    const kernel = new FakeKernel();
    const { poll } = openWalker(kernel);
    const pid = kernel.fork(1, 'dead', { execed: true });
    poll();
    kernel.exit(pid, 3 << 8);
    expect(poll()).toMatchObject([
      { probe_source: 'process.zombie', guest_pid: pid, guest_ppid: 1, exit_code: 3 },
    ]);
    expect(poll()).toEqual([]);
    kernel.reap(pid);
    expect(poll()).toMatchObject([{ probe_source: 'process.exited', guest_pid: pid, exit_code: 3 }]);
  });

  test('reports the exit code 0 only if this user may read it [fault:unknown-is-success]', () => {
    const kernel = new FakeKernel();
    const { poll } = openWalker(kernel);
    const [readable, unreadable] = [
      kernel.fork(1, 'a', { execed: true }),
      kernel.fork(1, 'b', { execed: true }),
    ];
    for (const pid of [1, readable]) kernel.links.set(`${pid}/ns/pid`, 'pid:[4026531836]');
    poll();
    kernel.exit(readable, 0);
    kernel.exit(unreadable, 0);
    const [known, unknown] = poll();
    expect(known).toMatchObject({ probe_source: 'process.zombie', exit_code: 0 });
    expect(unknown).toMatchObject({ probe_source: 'process.zombie' });
    expect(unknown).not.toHaveProperty('exit_code');
    kernel.reap(readable);
    kernel.reap(unreadable);
    const [known2, unknown2] = poll();
    expect(known2).toMatchObject({ probe_source: 'process.exited', exit_code: 0 });
    expect(unknown2).not.toHaveProperty('exit_code');
  });

  test('reports no zombie when the main thread exits before the others', () => {
    const kernel = new FakeKernel();
    const { poll } = openWalker(kernel);
    const pid = kernel.fork(1, 'main', { execed: true });
    kernel.thread(pid);
    poll();
    kernel.exit(pid);
    expect(poll()).toEqual([]);
  });

  test('counts a process as hidden when this user may not read it', () => {
    const kernel = new FakeKernel();
    const { walker, poll } = openWalker(kernel);
    const pid = kernel.fork(1, 'secret', { execed: true });
    poll();
    kernel.fail(`${pid}/stat`, 'EACCES');
    expect(poll()).toEqual([]);
    expect(walker.hidden).toBe(1);
    kernel.heal(`${pid}/stat`);
    kernel.end(pid);
    expect(poll()).toMatchObject([{ probe_source: 'process.exited', guest_comm: 'secret' }]);
  });

  test('reports the time since the previous poll as the window, except in discovery', () => {
    const kernel = new FakeKernel();
    const { poll } = openWalker(kernel);
    expect(poll()[0]).toMatchObject({ initial: true });
    kernel.fork(1, 'a', { execed: true });
    const [event] = poll(9_000_000n);
    expect(event).toMatchObject({ window_ns: 8_000_000n });
    expect(event).not.toHaveProperty('initial');
  });

  test('computes the lifetime of an initial process from its start ticks', () => {
    const kernel = new FakeKernel();
    const { poll } = openWalker(kernel);
    const pid = kernel.fork(1, 'old', { execed: true });
    poll(20_000_000_000n);
    kernel.end(pid);
    expect(poll(30_000_000_000n)).toMatchObject([{ lifetime_ns: 20_000_000_000n }]);
  });

  test('separates the time that a process ran from its time as a zombie [fault:zombie-lifetime]', () => {
    const kernel = new FakeKernel();
    const { poll } = openWalker(kernel);
    const old = kernel.fork(1, 'old', { execed: true });
    const dead = kernel.fork(1, 'dead', { execed: true });
    kernel.exit(dead);
    poll(20_000_000_000n);
    const young = kernel.fork(1, 'young', { execed: true });
    poll(20_100_000_000n);
    kernel.exit(young);
    kernel.exit(old);
    poll(20_150_000_000n);
    for (const pid of [old, dead, young]) kernel.end(pid);
    const exits = Object.fromEntries(poll(24_150_000_000n).map((event) => [event.guest_comm, event]));
    expect(exits).toMatchObject({
      old: { lifetime_ns: 10_150_000_000n, zombie_ns: 4_000_000_000n },
      young: { lifetime_ns: 50_000_000n, zombie_ns: 4_000_000_000n },
      dead: { zombie_ns: 4_150_000_000n },
    });
    // It was a zombie from the first sample on.
    expect(exits.dead).not.toHaveProperty('lifetime_ns');
  });

  test('is exact for times beyond 2^53 ns', () => {
    const kernel = new FakeKernel();
    const { poll } = openWalker(kernel);
    expect(poll(2n ** 53n + 1n)[0]?.guest_monotonic_ns).toBe(9_007_199_254_740_993n);
  });
});
