import { describe, expect, test } from 'vitest';
import { FakeKernel } from '../../support/fakes/fake-kernel.ts';
import { createCursorHarness } from '../../support/harness/cursor-sampler.ts';
import { openWalker } from '../../support/harness/proc-walker.ts';

describe('a process that runs a setuid program under hidepid=2 [fault:hidepid-setuid]', () => {
  test.each([
    ['young', 1],
    ['old', 3000],
  ])('is hidden and not exited, when it is %s', (_, ageMs) => {
    const { kernel, sample, counters } = createCursorHarness();
    const pid = kernel.fork(1, 'sh', { execed: true });
    sample();
    sample(ageMs);
    kernel.concealed.add(pid);
    const events = Array.from({ length: 80 }, () => {
      kernel.end(kernel.fork(1, 'other'));
      return sample(100);
    }).flat();
    expect(events.filter(({ guest_pid }) => guest_pid === pid)).toEqual([]);
    expect(counters()).toMatchObject({ hiddenProcesses: 1, lastError: undefined });

    kernel.concealed.delete(pid);
    kernel.setUid(pid, 44);
    expect(Array.from({ length: 80 }, () => sample(100)).flat()).toMatchObject([
      { probe_source: 'process.user', guest_pid: pid, guest_uid: 44 },
    ]);
    expect(counters().hiddenProcesses).toBe(0);
  });

  test('exits when its task is gone', () => {
    const { kernel, sample, counters } = createCursorHarness();
    const pid = kernel.fork(1, 'sh', { execed: true });
    sample();
    kernel.concealed.add(pid);
    sample(3000);
    sample(3000);
    kernel.end(pid);
    expect([sample(3000), sample(3000)].flat()).toMatchObject([
      { probe_source: 'process.exited', guest_pid: pid, guest_comm: 'sh' },
    ]);
    expect(counters().hiddenProcesses).toBe(0);
  });

  test('keeps its PID when the counter passes it', () => {
    const { kernel, sample, counters } = createCursorHarness({ kernel: new FakeKernel({ pidMax: 310 }) });
    kernel.seek(305);
    const pid = kernel.fork(1, 'sh', { execed: true });
    sample();
    sample(3000);
    kernel.concealed.add(pid);
    sample(3000);
    kernel.burn(9);
    const events = Array.from({ length: 10 }, () => sample(100)).flat();
    expect(events).toEqual([]);
    expect(counters().hiddenProcesses).toBe(1);
  });

  test('is hidden and not exited in walk mode', () => {
    const kernel = new FakeKernel();
    const { walker, poll } = openWalker(kernel);
    const pid = kernel.fork(1, 'sh', { execed: true });
    poll();
    kernel.concealed.add(pid);
    expect(poll()).toEqual([]);
    expect(walker.hidden).toBe(1);
    kernel.concealed.delete(pid);
    kernel.exec(pid, 'sleep');
    expect(poll()).toMatchObject([{ probe_source: 'process.exec', guest_pid: pid, guest_comm: 'sleep' }]);
    expect(walker.hidden).toBe(0);
    kernel.concealed.add(pid);
    poll();
    kernel.end(pid);
    expect(poll()).toMatchObject([{ probe_source: 'process.exited', guest_pid: pid }]);
  });

  test('exits where the proc root belongs to another PID namespace, because nothing else is known', () => {
    const kernel = new FakeKernel();
    kernel.namespacePids = '4711\t1';
    const { poll } = openWalker(kernel);
    const pid = kernel.fork(1, 'sh', { execed: true });
    poll();
    kernel.concealed.add(pid);
    expect(poll()).toMatchObject([{ probe_source: 'process.exited', guest_pid: pid }]);
  });
});
