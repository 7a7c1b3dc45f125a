import { describe, expect, test } from 'vitest';
import { createCursorHarness } from '../../support/harness/cursor-sampler.ts';

describe('the effective user [fault:user-change]', () => {
  test('an exec record has the user after the exec', () => {
    const { kernel, sample } = createCursorHarness();
    const pid = kernel.fork(1, 'sh', { uid: 0 });
    expect(sample()).toMatchObject([{ probe_source: 'process.spawned', guest_uid: 0 }]);
    kernel.setUid(pid, 33);
    kernel.exec(pid, 'sleep');
    expect(sample(0.5)).toMatchObject([{ probe_source: 'process.exec', guest_comm: 'sleep', guest_uid: 33 }]);
    expect(sample(2000)).toEqual([]);
  });

  test('a change without an exec is a record, within milliseconds of the spawn', () => {
    const { kernel, sample } = createCursorHarness();
    const pid = kernel.fork(1, 'nginx', { uid: 0 });
    sample();
    kernel.setUid(pid, 33);
    const events = Array.from({ length: 20 }, () => sample(0.5)).flat();
    expect(events).toMatchObject([
      { probe_source: 'process.user', guest_pid: pid, guest_comm: 'nginx', guest_uid: 33, previous_uid: 0 },
    ]);
  });

  test('a process that changes its user within its first second is reported after a quarter of a second', () => {
    const { kernel, sample } = createCursorHarness();
    const pid = kernel.fork(1, 'daemon', { execed: true, uid: 0 });
    const samplesFor = (ms: number) => Array.from({ length: ms / 10 }, () => sample(10)).flat();
    samplesFor(400);
    kernel.setUid(pid, 33);
    expect(samplesFor(320)).toMatchObject([{ probe_source: 'process.user', guest_uid: 33 }]);
    kernel.setUid(pid, 0);
    expect(samplesFor(320)).toMatchObject([{ probe_source: 'process.user', guest_uid: 0 }]);
  });

  test('a rescan finds the change of an old process, in both directions', () => {
    const { kernel, sample } = createCursorHarness();
    const pid = kernel.fork(1, 'su', { execed: true, uid: 0 });
    sample();
    sample(2000);
    const rescan = () => Array.from({ length: 60 }, () => sample(50)).flat();
    kernel.setUid(pid, 33);
    expect(rescan()).toMatchObject([{ probe_source: 'process.user', guest_uid: 33, previous_uid: 0 }]);
    kernel.setUid(pid, 0);
    expect(rescan()).toMatchObject([{ probe_source: 'process.user', guest_uid: 0, previous_uid: 33 }]);
    expect(rescan()).toEqual([]);
  });

  test('an exec record has no user where it cannot be read', () => {
    const { kernel, sample } = createCursorHarness();
    const pid = kernel.fork(1, 'sh');
    sample();
    kernel.exec(pid, 'sudo');
    kernel.concealed.add(pid);
    const [event] = sample(0.5);
    expect(event).toMatchObject({ probe_source: 'process.exec', guest_comm: 'sudo' });
    expect(event).not.toHaveProperty('guest_uid');
  });

  test('a user that is read while the process exits is not reported', () => {
    const { kernel, sample } = createCursorHarness();
    const pid = kernel.fork(1, 'sh', { uid: 33 });
    sample();
    kernel.exec(pid, 'true');
    let reads = 0;
    kernel.onRead = (path) => {
      // After the line that shows the exec: the process exits, and its directory belongs to root.
      if (path !== `${pid}/stat` || ++reads !== 2) return;
      kernel.end(pid);
    };
    kernel.onUid = () => 0;
    const [event] = sample(0.5);
    expect(event).toMatchObject({ probe_source: 'process.exec', guest_comm: 'true' });
    expect(event).not.toHaveProperty('guest_uid');
  });

  test('a sample reads no user while nothing changes, and a process costs few reads', () => {
    const { kernel, sample } = createCursorHarness();
    kernel.fork(1, 'worker', { execed: true });
    sample();
    kernel.uidReads = 0;
    for (let count = 0; count < 1000; count++) sample(1);
    expect(kernel.uidReads).toBeLessThanOrEqual(6 + 5);
  });
});
