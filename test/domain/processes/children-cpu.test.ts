import { expect, test } from 'vitest';
import type { ChildrenEvent } from '../../../src/domain/events/event.ts';
import { ChildrenCpu } from '../../../src/domain/processes/children-cpu.ts';
import { childrenCpu, exited, seconds, spawned } from '../../support/fixtures/events.ts';

const start = () => {
  const cpu = new ChildrenCpu();
  cpu.apply(spawned(1, 'init', 0, { initial: true, children_cpu_ns: seconds(100) }));
  cpu.apply(spawned(2, 'make', 1));
  cpu.apply(spawned(3, 'sh', 2, { guest_ppid: 2 }));
  const grow = (event: ChildrenEvent) => cpu.apply(event);
  return { cpu, grow };
};

test('the CPU time before the start is not growth', () => {
  const { cpu, grow } = start();
  expect(cpu.seenNs(1)).toBeUndefined();
  expect(grow(childrenCpu(1, 3, 102))).toEqual({ growthNs: seconds(2), newNs: seconds(2) });
  expect(cpu.seenNs(1)).toBe(seconds(2));
});

test('CPU time that appears again at an ancestor is new only once', () => {
  const { cpu, grow } = start();
  expect(grow(childrenCpu(3, 3, 4))?.newNs).toBe(seconds(4));
  cpu.apply(exited(3, 'sh', 4, { lifetime_ns: seconds(2) }));
  // The shell has used 0.5 s itself.
  expect(grow(childrenCpu(2, 4, 4.5))).toEqual({ growthNs: seconds(4.5), newNs: seconds(0.5) });
  cpu.apply(exited(2, 'make', 5, { lifetime_ns: seconds(4) }));
  expect(grow(childrenCpu(1, 5, 104.5))).toEqual({ growthNs: seconds(4.5), newNs: 0n });
});

test('the usage of short-lived processes leaves out the growth after a process that ran for more than 10 s', () => {
  const { cpu, grow } = start();
  const usage = () => cpu.shortLived.total / 1e9;
  grow(childrenCpu(2, 3, 1));
  expect(usage()).toBe(1);
  cpu.apply(exited(3, 'sh', 20, { lifetime_ns: seconds(18) }));
  grow(childrenCpu(2, 20, 15));
  expect(usage()).toBe(1);
  grow(childrenCpu(2, 21, 15.5));
  expect(usage()).toBe(1.5);
});

test('the CPU time of an orphan appears at init', () => {
  const { cpu, grow } = start();
  expect(grow(childrenCpu(3, 3, 4))?.newNs).toBe(seconds(4));
  cpu.apply(exited(2, 'make', 4, { lifetime_ns: seconds(3) }));
  cpu.apply(exited(3, 'sh', 20, { lifetime_ns: seconds(18) }));
  expect(grow(childrenCpu(1, 20, 130))).toEqual({ growthNs: seconds(30), newNs: seconds(26) });
  // The orphan ran for long.
  expect(cpu.shortLived.total / 1e9).toBe(4);
});

test('a copy and a restored snapshot are independent', () => {
  const { cpu, grow } = start();
  grow(childrenCpu(2, 3, 1));
  const [copy, restored] = [cpu.clone(), ChildrenCpu.restore(cpu.snapshot())];
  grow(childrenCpu(2, 4, 3));
  for (const other of [copy, restored]) {
    expect(other.seenNs(2)).toBe(seconds(1));
    expect(other.shortLived.total).toBe(1e9);
  }
});

test('the CPU time of a process that is not known, or does not grow, is ignored', () => {
  const { grow } = start();
  expect(grow(childrenCpu(99, 3, 1))).toBeUndefined();
  grow(childrenCpu(2, 3, 1));
  expect(grow(childrenCpu(2, 4, 1))).toBeUndefined();
});
