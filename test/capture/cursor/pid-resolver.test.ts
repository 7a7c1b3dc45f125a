import { describe, expect, test } from 'vitest';
import { FakeKernel } from '../../support/fakes/fake-kernel.ts';
import { createCursorHarness } from '../../support/harness/cursor-sampler.ts';

describe('an idle guest', () => {
  test('an idle sample reads loadavg and nothing else, regardless of the process count', () => {
    const kernel = new FakeKernel();
    for (let count = 0; count < 500; count++) kernel.fork(1, 'idle', { execed: true });
    const { sample } = createCursorHarness({ kernel });
    sample();
    kernel.calls.length = 0;
    for (let count = 0; count < 10; count++) expect(sample()).toEqual([]);
    expect(kernel.calls).toEqual([]);
  });

  test('a sample opens only the PIDs that the counter passed', () => {
    const { kernel, sample } = createCursorHarness();
    for (let count = 0; count < 50; count++) kernel.fork(1, 'old', { execed: true });
    sample();
    sample();
    kernel.calls.length = 0;
    const pid = kernel.fork(1, 'new', { execed: true });
    sample();
    expect(kernel.calls).toEqual([`/proc/${pid}/stat`]);
  });
});

describe('spawns', () => {
  test('discovery reports every process as initial', () => {
    const kernel = new FakeKernel();
    kernel.fork(1, 'sh', { execed: true });
    const { discovered } = createCursorHarness({ kernel });
    expect(discovered).toMatchObject([
      { probe_source: 'process.spawned', guest_pid: 1, initial: true },
      { probe_source: 'process.spawned', guest_pid: 2, initial: true },
    ]);
    expect(discovered[0]).not.toHaveProperty('window_ns');
  });

  test('a spawn has its parent, its user and its window', () => {
    const { kernel, sample, clock } = createCursorHarness();
    const pid = kernel.fork(1, 'child', { execed: true, uid: 7 });
    expect(sample(0.25)).toEqual([
      {
        probe_source: 'process.spawned',
        guest_pid: pid,
        guest_comm: 'child',
        guest_monotonic_ns: clock.nowNs(),
        guest_ppid: 1,
        guest_uid: 7,
        window_ns: 250_000n,
        start_ticks: 1000,
      },
    ]);
  });

  test('spawns in one sample are reported in PID order', () => {
    const { kernel, sampleText } = createCursorHarness();
    kernel.fork(1, 'a', { execed: true });
    kernel.fork(1, 'b', { execed: true });
    expect(sampleText()).toEqual(['spawned 2 a', 'spawned 3 b']);
  });

  test('a thread is counted, and not reported', () => {
    const { kernel, sampleText, counters } = createCursorHarness();
    kernel.thread(1);
    expect(sampleText()).toEqual([]);
    expect(counters()).toMatchObject({ allocatedPids: 1, threadsSeen: 1, processesSeen: 0, missedTasks: 0 });
  });

  test('a process first read as a zombie is reported as spawned and as a zombie', () => {
    const { kernel, sample } = createCursorHarness();
    const pid = kernel.fork(1, 'short', { execed: true });
    kernel.exit(pid, 3 << 8);
    expect(sample()).toMatchObject([
      { probe_source: 'process.spawned', guest_pid: pid },
      { probe_source: 'process.zombie', guest_pid: pid, guest_ppid: 1, exit_code: 3 },
    ]);
    kernel.reap(pid);
    expect(sample()).toMatchObject([{ probe_source: 'process.exited', exit_code: 3 }]);
  });

  test('the exit code 0 and a core dump of a zombie are reported', () => {
    const { kernel, sample } = createCursorHarness();
    kernel.links.set('1/ns/pid', 'pid:[4026531836]');
    const success = kernel.fork(1, 'a', { execed: true });
    kernel.links.set(`${success}/ns/pid`, 'pid:[4026531836]');
    const crash = kernel.fork(1, 'b', { execed: true });
    sample();
    kernel.exit(success, 0);
    kernel.exit(crash, 11 | 0x80);
    const zombies = Array.from({ length: 5 }, () => sample()).flat();
    const zombieOf = (pid: number) => zombies.find(({ guest_pid }) => guest_pid === pid);
    expect(zombieOf(success)).toMatchObject({ probe_source: 'process.zombie', exit_code: 0 });
    expect(zombieOf(crash)).toMatchObject({
      probe_source: 'process.zombie',
      exit_signal: 11,
      core_dumped: true,
    });
  });

  test.each([1, 2, 3])('a process that becomes visible %i samples late is seen', (invisible) => {
    const { kernel, sample, sampleText, counters } = createCursorHarness();
    const pid = kernel.fork(1, 'late', { execed: true, invisible });
    for (let samples = 0; samples < invisible; samples++) expect(sample()).toEqual([]);
    expect(counters()).toMatchObject({ pendingPids: 1, missedTasks: 0 });
    expect(sampleText()).toEqual([`spawned ${pid} late`]);
    expect(counters()).toMatchObject({ allocatedPids: 1, processesSeen: 1, pendingPids: 0, missedTasks: 0 });
  });

  test('the window of a late process reaches back to the sample before its PID was allocated', () => {
    const { kernel, sample } = createCursorHarness();
    kernel.fork(1, 'late', { execed: true, invisible: 2 });
    sample(1);
    sample(1);
    expect(sample(1)).toMatchObject([{ window_ns: 3_000_000n }]);
  });

  test('a PID without a task is missed after three retries', () => {
    const { kernel, sample, counters } = createCursorHarness();
    kernel.burn();
    for (let samples = 0; samples < 3; samples++) sample();
    expect(counters()).toMatchObject({ pendingPids: 1, missedTasks: 0 });
    sample();
    expect(counters()).toMatchObject({ allocatedPids: 1, pendingPids: 0, missedTasks: 1 });
  });

  test('samples without sleep in between do not use up the retries', () => {
    const { kernel, sample, counters } = createCursorHarness();
    kernel.fork(1, 'late', { execed: true, invisible: 3 });
    for (let samples = 0; samples < 20; samples++) sample(0.01);
    expect(counters()).toMatchObject({ pendingPids: 1, missedTasks: 0 });
  });

  test('children of churntop are tracked, and not reported', () => {
    const { kernel, sample, counters } = createCursorHarness({ ownPid: 1 });
    const helper = kernel.fork(1, 'helper');
    expect(sample()).toEqual([]);
    kernel.exec(helper, 'xclip');
    expect(sample(20)).toEqual([]);
    kernel.fork(helper, 'grandchild', { execed: true });
    expect(sample()).toMatchObject([{ guest_comm: 'grandchild' }]);
    kernel.end(helper);
    expect(sample()).toEqual([]);
    expect(counters()).toMatchObject({ allocatedPids: 1, processesSeen: 1, missedTasks: 0 });
  });
});

describe('PID reuse and wraparound', () => {
  test('a reused PID is reported as exited, then as spawned', () => {
    const { kernel, sampleText } = createCursorHarness({ kernel: new FakeKernel({ pidMax: 400 }) });
    kernel.seek(350);
    const pid = kernel.fork(1, 'old', { execed: true });
    expect(sampleText()).toContain('spawned 350 old');
    kernel.end(pid);
    sampleText(2000);
    kernel.fork(1, 'kept', { execed: true });
    sampleText();
    kernel.burn(98);
    sampleText(2000);
    const reused = kernel.fork(1, 'new', { execed: true });
    expect(reused).toBe(350);
    expect(sampleText()).toEqual(['spawned 350 new']);
  });

  test('a PID reused between two samples is reported as exited and spawned', () => {
    const { kernel, sampleText, counters } = createCursorHarness({ kernel: new FakeKernel({ pidMax: 400 }) });
    kernel.seek(350);
    const pid = kernel.fork(1, 'old', { execed: true });
    kernel.burn();
    for (let samples = 0; samples < 30; samples++) sampleText();
    const before = counters().allocatedPids as number;
    kernel.end(pid);
    kernel.burn(98);
    expect(kernel.fork(1, 'new', { execed: true })).toBe(350);
    expect(sampleText()).toEqual(['exited 350 old', 'spawned 350 new']);
    for (let samples = 0; samples < 30; samples++) sampleText();
    expect(counters()).toMatchObject({ allocatedPids: before + 99, pendingPids: 0 });
  });

  test('PIDs in use that the counter skips are not counted as allocated', () => {
    const kernel = new FakeKernel({ pidMax: 400 });
    kernel.seek(310);
    const old = kernel.fork(1, 'old', { execed: true });
    kernel.thread(old);
    kernel.seek(399);
    const { sample, counters } = createCursorHarness({ kernel });
    sample(5000);
    kernel.burn(21);
    expect(kernel.cursor).toBe(321);
    for (let samples = 0; samples < 5; samples++) sample();
    expect(counters()).toMatchObject({
      allocatedPids: 21,
      missedTasks: 21,
      threadsSeen: 0,
      processesSeen: 0,
    });
  });

  test('a process that lives through a wraparound is reported once', () => {
    const { kernel, sample, counters } = createCursorHarness({ kernel: new FakeKernel({ pidMax: 400 }) });
    kernel.seek(350);
    kernel.fork(1, 'stays', { execed: true });
    sample();
    for (let wrap = 0; wrap < 5; wrap++) {
      kernel.burn(80);
      expect(sample(100)).toEqual([]);
    }
    expect(counters().alive).toBe(2);
  });
});

describe('backlog', () => {
  test('the newest PIDs are opened first, and the backlog is processed without sleep', () => {
    const { kernel, clock, sampler, counters } = createCursorHarness();
    for (let count = 0; count < 200; count++) kernel.fork(1, 'many', { execed: true });
    kernel.calls.length = 0;
    clock.advance(1);
    expect(sampler.sample(clock.nowMs())).toBe('backlog');
    expect(kernel.calls[0]).toBe(`/proc/${kernel.cursor}/stat`);
    let samples = 1;
    while (sampler.sample(clock.nowMs()) === 'backlog') samples++;
    expect(samples).toBeLessThan(10);
    expect(counters()).toMatchObject({
      allocatedPids: 200,
      processesSeen: 200,
      missedTasks: 0,
      pendingPids: 0,
    });
  });

  test('after a long stall the reads are bounded, a walk finds live processes, and the rest is missed', () => {
    const kernel = new FakeKernel({ pidMax: 4_194_304 });
    const { sample, counters } = createCursorHarness({ kernel });
    kernel.fork(1, 'survivor', { execed: true });
    kernel.burn(1_000_000);
    kernel.calls.length = 0;
    const events = [sample(60_000), sample(), sample(), sample(500), sample()].flat();
    expect(events).toMatchObject([{ guest_comm: 'survivor', probe_source: 'process.spawned' }]);
    expect(kernel.calls.length).toBeLessThan(10_000);
    sample(500);
    expect(counters()).toMatchObject({
      allocatedPids: 1_000_001,
      processesSeen: 1,
      missedTasks: 1_000_000,
      pendingPids: 0,
    });
  });
});
