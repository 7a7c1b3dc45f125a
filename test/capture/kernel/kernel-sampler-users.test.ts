import { expect, test } from 'vitest';
import { FakeEventKernel } from '../../support/fakes/fake-event-kernel.ts';
import { createKernelHarness, summaryOf } from '../../support/fakes/kernel-harness.ts';

test('a change of the user without an exec is a record of its own, at its time', () => {
  const { events, sample, settle } = createKernelHarness();
  const pid = events.fork(1);
  sample();
  events.setUid(pid, 0);
  const atNs = events.clock.nowNs();
  expect(settle()).toMatchObject([
    { probe_source: 'process.user', guest_uid: 0, previous_uid: 1000, guest_monotonic_ns: atNs },
  ]);
  expect(settle()).toEqual([]);
});

test('changes of the user are in order when a process changes it twice', () => {
  const { events, sample, settle } = createKernelHarness();
  const [first, second] = [events.fork(1), events.fork(1)];
  sample();
  events.setUid(first, 5);
  events.setUid(second, 6);
  events.fork(1);
  events.setUid(first, 7);
  const times = [...sample(), ...settle()].map(({ guest_monotonic_ns }) => guest_monotonic_ns);
  expect(times).toHaveLength(4);
  expect(times).toEqual(times.toSorted((a, b) => Number(a - b)));
});

test('the exec of a setuid program reports the new user once', () => {
  const { events, sample, settle } = createKernelHarness();
  const pid = events.fork(1);
  sample();
  events.setUid(pid, 0);
  expect(sample()).toEqual([]);
  events.exec(pid, 'sudo');
  expect(settle()).toMatchObject([{ probe_source: 'process.exec', guest_comm: 'sudo', guest_uid: 0 }]);
});

test('a child has the user of its parent, also while its change is not reported yet', () => {
  const { events, settle } = createKernelHarness();
  const pid = events.fork(1);
  events.setUid(pid, 5);
  events.fork(pid);
  expect(settle()).toMatchObject([
    { probe_source: 'process.spawned', guest_uid: 1000 },
    { probe_source: 'process.user', guest_uid: 5 },
    { probe_source: 'process.spawned', guest_uid: 5 },
  ]);
});

test('children of churntop are tracked but not reported, and not counted', () => {
  const events = new FakeEventKernel();
  const own = events.fork(1);
  const { sample, sampler } = createKernelHarness({ events, ownPid: own });
  const child = events.fork(own);
  events.exec(child, 'helper');
  sample();
  const grandchild = events.fork(child);
  events.end(child);
  expect(summaryOf(sample())).toEqual([['spawned', grandchild, 'helper']]);
  expect(sampler.counters(true)).toMatchObject({ processesSeen: 1, allocatedPids: 1, missedTasks: 0 });
});

test('a kernel thread has its own name, and a helper that the kernel starts is none', () => {
  const events = new FakeEventKernel();
  const kthreadd = events.fork(0, { comm: 'kthreadd', kthread: true });
  const { sample, kernel } = createKernelHarness({ events });
  const worker = events.fork(kthreadd, { comm: 'kworker/0:1', kthread: true });
  const helper = events.fork(worker);
  const task = kernel.tasks.get(helper);
  if (task) task.flags &= ~0x200000;
  expect(sample()).toMatchObject([
    { guest_pid: worker, guest_comm: 'kworker/0:1', kthread: true },
    { guest_pid: helper, guest_comm: 'kworker/0:1' },
  ]);
  events.exec(helper, 'modprobe');
  const child = events.fork(helper);
  const records = sample();
  expect(records).toMatchObject([{ guest_comm: 'modprobe' }, { guest_pid: child, guest_comm: 'modprobe' }]);
  expect(records[1]).not.toHaveProperty('kthread');
});

test('a process that the proc root hides is followed, and its exit is not mistaken', () => {
  const events = new FakeEventKernel();
  const { sample, settle, kernel, sampler } = createKernelHarness({ events, ownProcessesOnly: true });
  const pid = events.fork(1);
  kernel.concealed.add(pid);
  events.exec(pid, 'secret');
  expect(sample()).toMatchObject([
    { probe_source: 'process.spawned', guest_comm: 'init' },
    { probe_source: 'process.exec', guest_comm: 'init', unread: ['comm'] },
  ]);
  for (let count = 0; count < 30; count++) expect(sample(1000)).toEqual([]);
  expect(sampler.counters()).toMatchObject({ hiddenProcesses: 1 });
  events.exit(pid, 1 << 8);
  expect(settle()).toMatchObject([{ probe_source: 'process.zombie', exit_code: 1 }]);
  events.reap(pid);
  expect([...sample(500), ...sample(500)]).toMatchObject([{ probe_source: 'process.exited', exit_code: 1 }]);
});

test('a child of a process that is not known has the name that is read', () => {
  const events = new FakeEventKernel();
  const parent = events.fork(1, { comm: 'parent' });
  events.kernel.unlisted.add(parent);
  const { sample } = createKernelHarness({ events });
  const child = events.fork(parent, { comm: 'child' });
  const gone = events.fork(parent);
  events.end(gone);
  expect(sample()).toMatchObject([
    { guest_pid: child, guest_comm: 'child', guest_ppid: parent },
    { guest_pid: gone, guest_comm: '', guest_ppid: parent, unread: ['comm'] },
    { probe_source: 'process.exited', guest_pid: gone, exit_code: 0 },
  ]);
});

test('start ticks are exact after a suspend, although the boot clock is known to 10 ms only', () => {
  const events = new FakeEventKernel();
  const { sample, kernel, sampler } = createKernelHarness({ events });
  const offsetNs = 3_600_007_300_000n;
  sampler.setBootOffset(3_600_000_000_000n);
  for (let count = 0; count < 300; count++) {
    events.advance(3.7);
    kernel.ticks = Number((events.clock.nowNs() + 1000n + offsetNs) / 10_000_000n);
    const pid = events.fork(1);
    const task = kernel.tasks.get(pid);
    if (task) task.startTicks = Number((events.clock.nowNs() + offsetNs) / 10_000_000n);
    sampler.sample(events.clock.nowMs());
    const [spawned] = [...sampler.take(), ...sample(0.01)];
    expect(spawned).toMatchObject({ guest_pid: pid, start_ticks: task?.startTicks });
  }
  // Few of them had to be read.
  expect(kernel.calls.filter((path) => /\/\d+\/stat$/.test(path)).length).toBeLessThan(60);
});

test('wait returns early while a zombie is undecided, and otherwise after the time', () => {
  const { events, sampler, sample } = createKernelHarness();
  sampler.wait(50);
  const pid = events.fork(1);
  events.exit(pid);
  sample();
  sampler.wait(50);
  expect(events.waited).toEqual([50, 1]);
});
