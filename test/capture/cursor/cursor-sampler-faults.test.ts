import { describe, expect, test } from 'vitest';
import { createCursorHarness } from '../../support/harness/cursor-sampler.ts';

describe('a failing /proc', () => {
  test.each(['EMFILE', 'ENOMEM', 'EIO'])(
    '%s while reading new PIDs discards the sample, and loses no process',
    (code) => {
      const { kernel, sample, sampleText, counters } = createCursorHarness();
      kernel.fork(1, 'a', { execed: true });
      const b = kernel.fork(1, 'b', { execed: true });
      kernel.fork(1, 'c', { execed: true });
      kernel.fail(`${b}/stat`, code);
      expect(sample()).toEqual([]);
      expect(counters()).toMatchObject({ processesSeen: 0, lastError: expect.stringContaining(code) });
      expect(kernel.open).toBe(1);
      kernel.heal(`${b}/stat`);
      expect(sampleText()).toEqual(['spawned 2 a', 'spawned 3 b', 'spawned 4 c']);
      expect(counters().lastError).toBeUndefined();
    },
  );

  test('no process exits while /proc cannot be read', () => {
    const { kernel, sample, sampleText, counters } = createCursorHarness();
    const pid = kernel.fork(1, 'recent', { execed: true });
    sample();
    kernel.fail('*', 'EIO');
    for (let samples = 0; samples < 50; samples++) expect(sample(100)).toEqual([]);
    expect(counters()).toMatchObject({ alive: 2, lastError: expect.stringContaining('EIO') });
    kernel.heal('*');
    kernel.end(pid);
    expect([sampleText(100), sampleText(100), sampleText(1000)].flat()).toEqual([`exited ${pid} recent`]);
    expect(counters().lastError).toBeUndefined();
  });

  test('a listing that fails or is incomplete reports no exit [fault:listing-fails]', () => {
    const { kernel, sample, counters } = createCursorHarness();
    const pid = kernel.fork(1, 'kept', { execed: true });
    sample();
    sample(2000);
    kernel.unlisted.add(pid);
    expect([sample(5000), sample(5000)].flat()).toEqual([]);
    expect(counters()).toMatchObject({ alive: 2, lastError: expect.stringContaining('not listed') });
    kernel.unlisted.delete(pid);
    sample(5000);
    expect(counters().lastError).toBeUndefined();
    kernel.fail('.', 'ENOMEM');
    expect(sample(5000)).toEqual([]);
    expect(counters().lastError).toContain('ENOMEM');
  });

  test('the sampler walks while loadavg cannot be read', () => {
    const { kernel, sample, sampleText, counters } = createCursorHarness();
    kernel.fail('loadavg', 'EACCES');
    const pid = kernel.fork(1, 'meanwhile', { execed: true });
    expect(sampleText()).toEqual([`spawned ${pid} meanwhile`]);
    expect(counters().lastError).toContain('loadavg');
    kernel.heal('loadavg');
    const next = kernel.fork(1, 'after', { execed: true });
    expect(sampleText()).toEqual([`spawned ${next} after`]);
    expect(sample()).toEqual([]);
    expect(counters()).toMatchObject({
      lastError: undefined,
      allocatedPids: 2,
      processesSeen: 2,
      missedTasks: 0,
    });
  });

  test('the sampler walks while loadavg cannot be parsed', () => {
    const { kernel, sampleText, counters } = createCursorHarness();
    kernel.loadavg = 'garbage\n';
    const pid = kernel.fork(1, 'meanwhile', { execed: true });
    expect(sampleText()).toEqual([`spawned ${pid} meanwhile`]);
    expect(counters().lastError).toContain('loadavg');
  });

  test('descriptors of recent processes are closed when none is left for new PIDs', () => {
    const { kernel, sample, sampleText, counters } = createCursorHarness();
    for (let count = 0; count < 5; count++) kernel.fork(1, 'recent', { execed: true });
    sample();
    kernel.maxOpenFiles = kernel.open;
    const pid = kernel.fork(1, 'next', { execed: true });
    expect(sampleText()).toEqual([`spawned ${pid} next`]);
    expect(counters().lastError).toBeUndefined();
  });

  test('an error that is not transient is thrown', () => {
    const { kernel, sample } = createCursorHarness();
    kernel.fail('.', 'ENOENT');
    expect(() => sample(5000)).toThrow(expect.objectContaining({ name: 'ProcError', code: 'ENOENT' }));
  });
});

describe('hidden processes', () => {
  test('a process that can no longer be read is hidden, not exited', () => {
    const { kernel, sample, counters } = createCursorHarness();
    const pid = kernel.fork(1, 'secret', { execed: true });
    sample();
    sample(1500);
    kernel.fail(`${pid}/stat`, 'EACCES');
    for (let samples = 0; samples < 40; samples++) expect(sample(50)).toEqual([]);
    expect(counters()).toMatchObject({ hiddenProcesses: 1, alive: 2 });
  });

  test('a PID that fails with EPERM is missed until a walk lists it', () => {
    const { kernel, sample, counters } = createCursorHarness();
    const pid = kernel.fork(1, 'secret', { execed: true });
    kernel.fail(`${pid}/stat`, 'EPERM');
    expect(sample()).toEqual([]);
    expect(counters()).toMatchObject({ allocatedPids: 1, missedTasks: 1, processesSeen: 0 });
    expect(sample(1000)).toMatchObject([{ probe_source: 'process.spawned', guest_pid: pid, guest_comm: '' }]);
    expect(counters()).toMatchObject({
      allocatedPids: 1,
      missedTasks: 0,
      processesSeen: 1,
      hiddenProcesses: 1,
    });
    kernel.heal(`${pid}/stat`);
    kernel.end(pid);
    expect([sample(1), sample(1), sample(1)].flat()).toMatchObject([
      { probe_source: 'process.exited', guest_pid: pid },
    ]);
  });
});
