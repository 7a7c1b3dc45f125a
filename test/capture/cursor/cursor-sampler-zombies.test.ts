import { describe, expect, test } from 'vitest';
import { FakeKernel } from '../../support/fakes/fake-kernel.ts';
import { createCursorHarness } from '../../support/harness/cursor-sampler.ts';
import { openWalker } from '../../support/harness/proc-walker.ts';

describe('a zombie that gets another parent [fault:zombie-adopted]', () => {
  const start = () => {
    const harness = createCursorHarness();
    const { kernel, sample } = harness;
    const parent = kernel.fork(1, 'parent', { execed: true });
    const child = kernel.fork(parent, 'child', { execed: true });
    sample();
    kernel.exit(child);
    const events = [sample(100), sample(100)].flat();
    expect(events).toMatchObject([{ probe_source: 'process.zombie', guest_pid: child, guest_ppid: parent }]);
    sample(3000);
    return { ...harness, parent, child };
  };
  const zombiesOf = (events: readonly object[]) =>
    events.filter((event) => 'probe_source' in event && event.probe_source === 'process.zombie');

  test('is reported again with it, when the first one has exited', () => {
    const { kernel, sample, parent, child } = start();
    kernel.reparent(child, 1);
    kernel.end(parent);
    const events = [sample(3000), sample(1)].flat();
    expect(zombiesOf(events)).toMatchObject([
      { guest_pid: child, guest_ppid: 1, zombie_ns: expect.any(BigInt) },
    ]);
    expect(zombiesOf(Array.from({ length: 40 }, () => sample(100)).flat())).toEqual([]);
  });

  test('is reported again with it, when the first one is a zombie itself', () => {
    const { kernel, sample, parent, child } = start();
    kernel.reparent(child, 1);
    kernel.exit(parent);
    const events = Array.from({ length: 40 }, () => sample(50)).flat();
    expect(zombiesOf(events)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ guest_pid: child, guest_ppid: 1 }),
        expect.objectContaining({ guest_pid: parent, guest_ppid: 1 }),
      ]),
    );
    expect(zombiesOf(events)).toHaveLength(2);
  });

  test('exits when the new parent reaps it at once', () => {
    const { kernel, sample, parent, child } = start();
    kernel.end(parent);
    kernel.reap(child);
    const events = [sample(3000), sample(1)].flat();
    expect(zombiesOf(events)).toEqual([]);
    expect(events.map(({ guest_pid }) => guest_pid).toSorted()).toEqual([parent, child].toSorted());
  });

  test('is reported again in walk mode', () => {
    const kernel = new FakeKernel();
    const { poll } = openWalker(kernel);
    const parent = kernel.fork(1, 'parent', { execed: true });
    const child = kernel.fork(parent, 'child', { execed: true });
    kernel.exit(child);
    poll();
    kernel.reparent(child, 1);
    kernel.end(parent);
    expect(poll()).toMatchObject([
      { probe_source: 'process.zombie', guest_pid: child, guest_ppid: 1 },
      { probe_source: 'process.exited', guest_pid: parent },
    ]);
    expect(poll()).toEqual([]);
  });
});
