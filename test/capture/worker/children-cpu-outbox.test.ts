import { expect, test } from 'vitest';
import { ChildrenCpuOutbox } from '../../../src/capture/worker/children-cpu-outbox.ts';
import type { Outbox } from '../../../src/capture/worker/outbox.ts';
import type { ChurnRecord } from '../../../src/domain/events/event.ts';
import { openProcReader } from '../../../src/proc/reader.ts';
import { FakeKernel } from '../../support/fakes/fake-kernel.ts';
import { exited, spawned, zombie } from '../../support/fixtures/events.ts';

const start = () => {
  const kernel = new FakeKernel();
  const records: ChurnRecord[] = [];
  const inner: Outbox = {
    dropped: 0,
    queued: 0,
    put: (record) => records.push(record),
    flush: () => {},
    close: () => {},
  };
  const outbox = new ChildrenCpuOutbox(inner, openProcReader(kernel.root, kernel.files));
  const startTicks = kernel.ticks;
  const fork = (ppid: number, at: number) => {
    const pid = kernel.fork(ppid, 'sh', { execed: true });
    outbox.put(spawned(pid, 'sh', at, { guest_ppid: ppid, start_ticks: startTicks }));
    return pid;
  };
  /** Lets a child exit after it has used the CPU. */
  const runChild = (ppid: number, at: number, cpuTicks: number) => {
    const pid = fork(ppid, at);
    kernel.useInChildren(ppid, cpuTicks);
    kernel.exit(pid);
    kernel.reap(pid);
    outbox.put(exited(pid, 'sh', at + 0.1, { start_ticks: startTicks }));
  };
  const totals = () =>
    records.flatMap((record) =>
      record.probe_source === 'process.children'
        ? [{ pid: record.guest_pid, ticks: Number(record.children_cpu_ns) / 1e7 }]
        : [],
    );
  return { kernel, records, outbox, fork, runChild, totals };
};

test('a parent is read once a second after a child has exited', () => {
  const { outbox, fork, runChild, totals } = start();
  const parent = fork(1, 1);
  outbox.flush(0);
  runChild(parent, 1.1, 5);
  outbox.flush(10);
  runChild(parent, 1.2, 7);
  outbox.flush(500);
  expect(totals()).toEqual([{ pid: parent, ticks: 5 }]);
  outbox.flush(1010);
  expect(totals()).toEqual([
    { pid: parent, ticks: 5 },
    { pid: parent, ticks: 12 },
  ]);
});

test('a parent without a growth is not reported', () => {
  const { outbox, fork, runChild, totals } = start();
  runChild(fork(1, 1), 1.1, 0);
  outbox.flush(0);
  expect(totals()).toEqual([]);
});

test('a parent is read when it becomes a zombie, and at the end of the capture', () => {
  const { kernel, outbox, fork, runChild, totals } = start();
  const [first, second] = [fork(1, 1), fork(1, 1)];
  outbox.flush(0);
  runChild(first, 1.1, 5);
  runChild(second, 1.1, 6);
  kernel.exit(first);
  outbox.put(zombie(first, 'sh', 2, { guest_ppid: 1 }));
  expect(totals()).toEqual([{ pid: first, ticks: 5 }]);
  outbox.close(1);
  expect(totals()).toEqual([
    { pid: first, ticks: 5 },
    { pid: second, ticks: 6 },
  ]);
});

test('at most 100 parents are read per second', () => {
  const { outbox, fork, runChild, totals } = start();
  for (let index = 0; index < 150; index++) runChild(fork(1, 1), 1.1, 1);
  outbox.flush(0);
  expect(totals()).toHaveLength(100);
  outbox.flush(1000);
  expect(totals()).toHaveLength(150);
});

test('a process that has reused the PID of a parent is not read', () => {
  const { kernel, outbox, fork, runChild, totals } = start();
  const parent = fork(1, 1);
  runChild(parent, 1.1, 5);
  kernel.exit(parent);
  kernel.reap(parent);
  kernel.ticks += 100;
  kernel.forkWithPid(1, parent, 'other');
  kernel.useInChildren(parent, 9);
  outbox.flush(0);
  expect(totals()).toEqual([]);
});
