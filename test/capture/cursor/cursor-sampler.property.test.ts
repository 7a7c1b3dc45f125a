import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isProbeEvent } from '../../../src/domain/events/event.ts';
import { FakeKernel } from '../../support/fakes/fake-kernel.ts';
import { createCursorHarness } from '../../support/harness/cursor-sampler.ts';

/** The steps of a history: changes of processes and threads, and samples. `target` selects a live process. */
const target = fc.nat(1000);
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant('fork' as const), target, invisible: fc.constant(0) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('fork' as const),
      target,
      invisible: fc.integer({ min: 1, max: 8 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('thread' as const), target }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('exec' as const), target }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('end' as const), target }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('zombie' as const), target }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('appear' as const), target }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('forkWithPid' as const),
      target,
      pid: fc.integer({ min: 300, max: 399 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('burn' as const), count: fc.integer({ min: 1, max: 40 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('outside' as const), count: fc.integer({ min: -3, max: 3 }) }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('reuse' as const), target }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('unlist' as const), target }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('fail' as const), target }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('failAll' as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('heal' as const) }) },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('sample' as const),
      ms: fc.constantFrom(0.25, 1, 15, 60, 400, 1100),
    }),
  },
);

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** Runs a history on a kernel with 100 PIDs, and compares the reported events with the kernel's processes. */
const runHistory = (steps: Step[], ownTaskCount: boolean, countsRuns: boolean) => {
  const kernel = new FakeKernel({ pidMax: 400 });
  kernel.countsRuns = countsRuns;
  kernel.ticks = 500;
  kernel.seek(300);
  for (let count = 0; count < 5; count++) kernel.fork(1, 'initial', { execed: true });
  const { clock, sampler, discovered, counters } = createCursorHarness({
    kernel,
    ownTaskCount,
    maxOldFiles: 10,
  });
  type Task = NonNullable<ReturnType<typeof kernel.tasks.get>>;
  const alive = new Map<number, Task>();
  const spawned = new Set<Task>();
  const failing = new Set<string>();
  /** PIDs that the cursor passed since the last sample. */
  let passed = 0;
  const allocatedBefore = kernel.allocatedPids;
  let lastNs = 0n;

  const check = (events: ReturnType<typeof sampler.take>) => {
    for (const event of events) {
      if (!isProbeEvent(event)) continue;
      expect(event.guest_monotonic_ns).toBeGreaterThanOrEqual(lastNs);
      lastNs = event.guest_monotonic_ns;
      const known = alive.get(event.guest_pid);
      if (event.probe_source === 'process.spawned') {
        expect(known, 'spawned while alive').toBeUndefined();
        const task = kernel.tasks.get(event.guest_pid) as Task;
        expect(task, 'spawned, but no task has the PID').toBeDefined();
        expect(task.tgid, 'spawned, but it is a thread').toBe(task.pid);
        expect(spawned.has(task), 'spawned twice').toBe(false);
        expect(event.start_ticks).toBe(task.startTicks);
        spawned.add(task);
        alive.set(event.guest_pid, task);
      } else {
        expect(known, `${event.probe_source} of an unknown process`).toBeDefined();
        if (event.probe_source === 'process.exited') {
          expect(kernel.tasks.get(event.guest_pid), 'exited, but alive').not.toBe(known);
          alive.delete(event.guest_pid);
        }
      }
    }
    const { allocatedPids, processesSeen, threadsSeen, missedTasks, pendingPids } = counters();
    const counts = [processesSeen, threadsSeen, missedTasks, pendingPids] as number[];
    expect(Math.min(...counts)).toBeGreaterThanOrEqual(0);
    expect(counts.reduce((sum, count) => sum + count)).toBe(allocatedPids);
  };
  check(discovered);

  const sample = (ms: number) => {
    clock.advance(ms);
    kernel.ticks = Math.floor(clock.nowMs() / 10);
    while (sampler.sample(clock.nowMs()) === 'backlog') clock.advance(0.2);
    check(sampler.take());
    if (failing.size > 0) return;
    passed = 0;
    const allocated = kernel.allocatedPids - allocatedBefore;
    const counted = counters().allocatedPids as number;
    expect(counted, 'an allocated PID was lost').toBeGreaterThanOrEqual(allocated);
    expect(counted, 'a PID was invented').toBeLessThanOrEqual(allocated + 50);
    for (const task of kernel.tasks.values()) {
      if (task.tgid === task.pid && task.invisible === 0 && !task.maySpawnLate) {
        expect(alive.get(task.pid), 'alive during a sample, but not reported').toBe(task);
      }
    }
  };

  const allocate = (action: () => void) => {
    // A cursor that wraps completely between two samples appears unchanged.
    if (passed > 15 || kernel.tasks.size > 40) return;
    countPassed(action);
  };
  const countPassed = (action: () => void) => {
    const before = kernel.cursor;
    action();
    passed += (kernel.cursor - before + 100) % 100;
  };
  /** Ends a process, and allocates PIDs until another process gets its PID. */
  const reuse = (pid: number) => {
    const distance = (pid - kernel.cursor + 100) % 100;
    if (pid < 300 || distance === 0 || passed + distance > 95) return;
    kernel.end(pid);
    while (kernel.next !== pid) kernel.burn();
    kernel.fork(1, 'reuser', { execed: true });
  };

  const fail = (path: string) => {
    failing.add(path);
    kernel.fail(path, 'EIO');
  };
  const heal = () => {
    for (const path of failing) kernel.heal(path);
    failing.clear();
    kernel.unlisted.clear();
  };

  for (const action of steps) {
    const all = [...kernel.tasks.values()].filter(({ pid, tgid }) => pid === tgid);
    const others = all.filter(({ pid, state }) => pid !== 1 && state !== 'Z');
    const chosen = 'target' in action ? others[action.target % Math.max(1, others.length)] : undefined;
    if (action.do === 'sample') sample(action.ms);
    else if (action.do === 'fork') {
      allocate(() => {
        const pid = kernel.fork(chosen?.pid ?? 1, undefined, { invisible: action.invisible });
        (kernel.tasks.get(pid) as Task).maySpawnLate = action.invisible > 0;
      });
    } else if (action.do === 'burn') allocate(() => kernel.burn(action.count));
    else if (action.do === 'outside') kernel.addOutsideTasks(action.count);
    else if (action.do === 'failAll') fail('*');
    else if (action.do === 'heal') heal();
    else if (action.do === 'forkWithPid') {
      if (!kernel.tasks.has(action.pid)) {
        kernel.forkWithPid(1, action.pid, 'explicit');
        (kernel.tasks.get(action.pid) as Task).maySpawnLate = true;
      }
    } else if (!chosen) continue;
    else if (action.do === 'thread') allocate(() => void kernel.thread(chosen.pid));
    else if (action.do === 'reuse') countPassed(() => reuse(chosen.pid));
    else if (action.do === 'unlist') kernel.unlisted.add(chosen.pid);
    else if (action.do === 'exec') kernel.exec(chosen.pid, `exec${action.target}`);
    else if (action.do === 'appear') kernel.appear(chosen.pid);
    else if (action.do === 'fail') fail(`${chosen.pid}/stat`);
    else {
      for (const task of kernel.tasks.values()) {
        if (task.tgid === chosen.pid && task.pid !== chosen.pid) kernel.exit(task.pid);
      }
      if (action.do === 'end') kernel.end(chosen.pid);
      else kernel.exit(chosen.pid);
    }
  }

  heal();
  for (const task of kernel.tasks.values()) task.invisible = 0;
  for (const ms of [1100, 1100, 5100, 1100]) sample(ms);
  const expected = [...kernel.tasks.values()].filter(({ pid, tgid }) => pid === tgid).map(({ pid }) => pid);
  expect([...alive.keys()].toSorted(), 'alive at the end').toEqual(expected.toSorted());
  expect(counters()).toMatchObject({ alive: expected.length, pendingPids: 0, lastError: undefined });
};

test('the cursor sampler reports consistent events and balanced counters in any history [fault:fork-storm-accounting]', () => {
  const steps = fc.array(step, { maxLength: 120 });
  fc.assert(fc.property(steps, fc.boolean(), fc.boolean(), runHistory), { numRuns: 600 });
});
