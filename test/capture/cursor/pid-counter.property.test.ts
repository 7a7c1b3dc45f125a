import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isProbeEvent } from '../../../src/domain/events/event.ts';
import { FakeKernel } from '../../support/fakes/fake-kernel.ts';
import { createCursorHarness } from '../../support/harness/cursor-sampler.ts';

const pidMax = 1000;
/** The counter wraps within this many PIDs. A complete turn between two samples cannot be seen. */
const maxPassed = 600;

/** The ways in which the PID counter moves: with a spawn, without one, set by hand, and around the end. */
const step = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant('fork' as const), lives: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('thread' as const) }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('burn' as const), count: fc.integer({ min: 1, max: 90 }) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('failFork' as const), count: fc.integer({ min: 1, max: 90 }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('set' as const), pid: fc.integer({ min: 1, max: pidMax - 1 }) }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('end' as const), target: fc.nat(1000) }) },
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant('sample' as const), ms: fc.constantFrom(0.25, 2, 20, 300, 1100) }),
  },
);

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

const runHistory = (steps: Step[], ownTaskCount: boolean) => {
  const kernel = new FakeKernel({ pidMax });
  kernel.seek(300);
  for (let count = 0; count < 5; count++) kernel.fork(1, 'initial', { execed: true });
  const { sample, counters, discovered } = createCursorHarness({ kernel, ownTaskCount });
  const alive = new Set(discovered.map(({ guest_pid }) => guest_pid));
  const forksBefore = kernel.forks;
  const isSet = steps.some((each) => each.do === 'set');
  let passed = 0;

  const takeSample = (ms: number) => {
    for (const event of sample(ms).filter(isProbeEvent)) {
      if (event.probe_source === 'process.spawned') {
        expect(alive.has(event.guest_pid), 'spawned while alive').toBe(false);
        alive.add(event.guest_pid);
      } else if (event.probe_source === 'process.exited') {
        expect(alive.delete(event.guest_pid), 'exited, but not alive').toBe(true);
      }
    }
    passed = 0;
    const { allocatedPids, processesSeen, threadsSeen, missedTasks, pendingPids } = counters();
    const parts = [processesSeen, threadsSeen, missedTasks, pendingPids] as number[];
    expect(Math.min(...parts)).toBeGreaterThanOrEqual(0);
    expect(parts.reduce((sum, count) => sum + count)).toBe(allocatedPids);
    const seen = processesSeen + (threadsSeen as number);
    const forks = kernel.forks - forksBefore;
    expect(missedTasks, 'more missed than there were').toBeLessThanOrEqual(forks - seen);
    return { missed: missedTasks as number, unseen: forks - seen };
  };
  const move = (action: () => void) => {
    const before = kernel.cursor;
    action();
    passed += (kernel.cursor - before + pidMax) % pidMax;
  };

  for (const action of steps) {
    const others = [...kernel.tasks.values()].filter(({ pid, tgid }) => pid > 1 && pid === tgid);
    const room = passed < maxPassed && kernel.tasks.size < 60;
    if (action.do === 'sample') takeSample(action.ms);
    else if (action.do === 'end') {
      const chosen = others[action.target % Math.max(1, others.length)];
      if (!chosen) continue;
      for (const task of [...kernel.tasks.values()])
        if (task.tgid === chosen.pid && task.pid !== chosen.pid) kernel.exit(task.pid);
      kernel.end(chosen.pid);
    } else if (!room) continue;
    else if (action.do === 'fork') {
      move(() => {
        const pid = kernel.fork(1, 'forked', { execed: true });
        if (!action.lives) kernel.end(pid);
      });
    } else if (action.do === 'thread') move(() => void kernel.thread(1));
    else if (action.do === 'burn') move(() => kernel.burn(action.count));
    else if (action.do === 'failFork') move(() => kernel.failFork(action.count));
    // A counter that is set between two samples passes PIDs that no sample sees.
    else if (passed === 0) move(() => kernel.seek(action.pid));
  }
  let last = { missed: 0, unseen: 0 };
  for (const ms of [1, 1, 1, 1, 300, 1100, 1100, 5100, 1100]) last = takeSample(ms);
  const expected = [...kernel.tasks.values()].filter(({ pid, tgid }) => pid === tgid).map(({ pid }) => pid);
  expect([...alive].toSorted(), 'alive at the end').toEqual(expected.toSorted());
  expect(counters().pendingPids).toBe(0);
  if (!isSet) expect(last.missed, 'each task was seen or missed').toBe(last.unseen);
};

test('nothing is missed that did not exist, however the PID counter moves [fault:pid-counter-histories]', () => {
  fc.assert(fc.property(fc.array(step, { maxLength: 80 }), fc.boolean(), runHistory), {
    seed: 20_261_122,
    numRuns: 400,
  });
});
