import { expect, test } from 'vitest';
import { ForkAudit } from '../../../src/capture/kernel/fork-audit.ts';
import type { KernelEvent } from '../../../src/capture/kernel/kernel-event.ts';
import { openProcReader } from '../../../src/proc/reader.ts';
import { FakeEventKernel } from '../../support/fakes/fake-event-kernel.ts';

const create = () => {
  const events = new FakeEventKernel();
  const { kernel, clock, queue } = events;
  const counts = { processes: 0, threads: 0, ownChildren: 0 };
  const drain = (): readonly KernelEvent[] => {
    const drained = queue.drain();
    for (const { type, pid, tid } of drained)
      if (type === 'fork') counts[pid === tid ? 'processes' : 'threads']++;
    return drained;
  };
  const audit = new ForkAudit({ proc: openProcReader(kernel.root, kernel.files), clock, counts, drain });
  /** Calls a function once, while the fork count is read. */
  const duringRead = (body: () => void) => {
    kernel.onRead = (path) => {
      if (path !== 'stat') return;
      kernel.onRead = () => {};
      body();
    };
  };
  const result = () => ({ missed: audit.missed, pending: audit.pending });
  return { events, kernel, audit, duringRead, result };
};

test('forks without an event are missed after the next audit', () => {
  const { events, kernel, audit, result } = create();
  audit.start();
  events.fork(1);
  kernel.burn(3);
  expect(audit.execute(false)).toBe(3);
  expect(result()).toEqual({ missed: 0, pending: 3 });
  expect(audit.execute(false)).toBe(0);
  expect(result()).toEqual({ missed: 3, pending: 0 });
});

test('forks while the fork count is read are not missed', () => {
  const { events, audit, duringRead, result } = create();
  audit.start();
  for (let count = 0; count < 5; count++) {
    duringRead(() => events.fork(1));
    audit.execute(false);
    expect(result()).toEqual({ missed: 0, pending: 0 });
  }
});

test('forks between the audit and its second drain do not hide missed ones', () => {
  const { events, kernel, audit, result } = create();
  audit.start();
  kernel.burn(2);
  // The count that is read is from before this fork.
  kernel.statText = `processes ${kernel.forks}\n`;
  events.advance(1);
  const now = events.clock.nowNs;
  let calls = 0;
  events.clock.nowNs = () => {
    const time = now();
    if (++calls === 2) events.fork(1);
    return time;
  };
  audit.execute(false);
  expect(result()).toEqual({ missed: 0, pending: 2 });
});

test('an event that is late is not missed', () => {
  const { events, audit, result } = create();
  audit.start();
  events.fork(1);
  const late = events.queued;
  events.queued = [];
  audit.execute(false);
  expect(result()).toEqual({ missed: 0, pending: 1 });
  events.queued = late;
  audit.execute(false);
  expect(result()).toEqual({ missed: 0, pending: 0 });
});

test('a process that a walk found is not missed any more', () => {
  const { kernel, audit, result } = create();
  audit.start();
  kernel.burn(2);
  audit.execute(false);
  audit.execute(false);
  audit.found();
  expect(result()).toEqual({ missed: 1, pending: 0 });
});

test('nothing stays pending at the end, and nothing is counted without a fork count', () => {
  const { kernel, audit, result } = create();
  audit.start();
  kernel.burn(1);
  audit.execute(true);
  expect(result()).toEqual({ missed: 1, pending: 0 });
  const other = create();
  other.kernel.fail('stat', 'EACCES');
  other.audit.start();
  other.audit.execute(false);
  expect(other.result()).toEqual({ missed: undefined, pending: undefined });
});
