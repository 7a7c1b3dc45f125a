import { describe, expect, test } from 'vitest';
import { ExecNames } from '../../../src/capture/kernel/exec-names.ts';
import type { ExecEvent, KernelEvent } from '../../../src/capture/kernel/kernel-event.ts';
import { openProcReader } from '../../../src/proc/reader.ts';
import { FakeEventKernel } from '../../support/fakes/fake-event-kernel.ts';

const isExec = (event: KernelEvent): event is ExecEvent => event.type === 'exec';

const setUp = () => {
  const events = new FakeEventKernel();
  const { kernel } = events;
  events.isSubscribed = true;
  const names = new ExecNames(openProcReader(kernel.root, kernel.files));
  /** Reads the names for the queued events, and returns them. */
  const read = () => {
    names.read(events.queued);
    return events.queued.filter(isExec).map((event) => names.of(event)?.comm);
  };
  return { events, kernel, read };
};

describe('the names of programs that were executed', () => {
  test('are read for the newest event first', () => {
    const { events, kernel, read } = setUp();
    const pids = [events.fork(1), events.fork(1), events.fork(1)];
    for (const pid of pids) events.exec(pid, `program-${pid}`);
    kernel.calls.length = 0;
    expect(read()).toEqual(pids.map((pid) => `program-${pid}`));
    expect(kernel.calls).toEqual(pids.toReversed().map((pid) => `${kernel.root}/${pid}/comm`));
  });

  test('are missing for a process that is gone', () => {
    const { events, read } = setUp();
    const pid = events.fork(1);
    events.exec(pid, 'true');
    events.end(pid);
    expect(read()).toEqual([undefined]);
  });

  test('are missing for a process whose PID was forked again', () => {
    const { events, kernel, read } = setUp();
    const pid = events.fork(1);
    events.exec(pid, 'first');
    events.end(pid);
    kernel.seek(pid);
    expect(events.fork(1)).toBe(pid);
    events.exec(pid, 'second');
    expect(read()).toEqual([undefined, 'second']);
  });
});
