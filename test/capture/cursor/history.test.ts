import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isProbeEvent } from '../../../src/domain/events/event.ts';
import { FakeKernel } from '../../support/fakes/fake-kernel.ts';
import { looking } from '../../support/harness/cursor-sampler.ts';

/** Anything that can happen to processes and threads between two looks, and the looks. `who` picks a living process. */
const who = fc.nat(1000);
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('fork' as const), who, invisible: fc.constant(0) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('fork' as const),
      who,
      invisible: fc.integer({ min: 1, max: 8 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('thread' as const), who }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('exec' as const), who }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('end' as const), who }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('zombie' as const), who }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('appear' as const), who }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('chosen' as const),
      who,
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
  { weight: 3, arbitrary: fc.record({ do: fc.constant('reuse' as const), who }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('unlist' as const), who }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('fail' as const), who }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('failAll' as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('heal' as const) }) },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('look' as const),
      ms: fc.constantFrom(0.25, 1, 15, 60, 400, 1100),
    }),
  },
);

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** Runs a history on a kernel with 100 numbers to go round in, and holds what is told against what happened. */
const live = (steps: Step[], ownTaskCount: boolean) => {
  const kernel = new FakeKernel({ pidMax: 400 });
  kernel.ticks = 500;
  kernel.seek(300);
  for (let count = 0; count < 5; count++) kernel.fork(1, 'initial', { execed: true });
  const { clock, sampler, discovered, report } = looking({ kernel, ownTaskCount });
  type Task = NonNullable<ReturnType<typeof kernel.tasks.get>>;
  const told = new Map<number, Task>();
  const met = new Set<Task>();
  const failing = new Set<string>();
  let travelled = 0;
  const handedOutBefore = kernel.handedOut;
  let lastNs = 0n;

  const check = (events: ReturnType<typeof sampler.take>) => {
    for (const event of events) {
      if (!isProbeEvent(event)) continue;
      expect(event.guest_monotonic_ns).toBeGreaterThanOrEqual(lastNs);
      lastNs = event.guest_monotonic_ns;
      const bearer = told.get(event.guest_pid);
      if (event.probe_source === 'process.spawned') {
        expect(bearer, 'spawned while it lives').toBeUndefined();
        const task = kernel.tasks.get(event.guest_pid) as Task;
        expect(task, 'spawned, but nobody bears the number').toBeDefined();
        expect(task.tgid, 'a thread is no process').toBe(task.pid);
        expect(met.has(task), 'told twice').toBe(false);
        expect(event.start_ticks).toBe(task.startTicks);
        met.add(task);
        told.set(event.guest_pid, task);
      } else {
        expect(bearer, `${event.probe_source} of nobody`).toBeDefined();
        if (event.probe_source === 'process.exited') {
          expect(kernel.tasks.get(event.guest_pid), 'exited, but it lives').not.toBe(bearer);
          told.delete(event.guest_pid);
        }
      }
    }
    const { allocatedPids, processesSeen, threadsSeen, missedTasks, pendingPids } = report();
    const counts = [processesSeen, threadsSeen, missedTasks, pendingPids] as number[];
    expect(Math.min(...counts)).toBeGreaterThanOrEqual(0);
    expect(counts.reduce((sum, count) => sum + count)).toBe(allocatedPids);
  };
  check(discovered);

  const look = (ms: number) => {
    clock.advance(ms);
    kernel.ticks = Math.floor(clock.ms() / 10);
    while (sampler.sample(clock.ms()) === 'behind') clock.advance(0.2);
    check(sampler.take());
    if (failing.size > 0) return;
    travelled = 0;
    const handedOut = kernel.handedOut - handedOutBefore;
    const counted = report().allocatedPids as number;
    expect(counted, 'a birth was lost').toBeGreaterThanOrEqual(handedOut);
    expect(counted, 'births were made up').toBeLessThanOrEqual(handedOut + 50);
    for (const task of kernel.tasks.values()) {
      if (task.tgid === task.pid && task.invisible === 0 && !task.late) {
        expect(told.get(task.pid), 'alive over a look, but not told').toBe(task);
      }
    }
  };

  const allocate = (make: () => void) => {
    // A cursor that goes all the way round between two looks looks as if it had rested.
    if (travelled > 15 || kernel.tasks.size > 40) return;
    travel(make);
  };
  const travel = (make: () => void) => {
    const before = kernel.cursor;
    make();
    travelled += (kernel.cursor - before + 100) % 100;
  };
  /** End a process, go round until its number is next, and give it to another. */
  const reuse = (pid: number) => {
    const distance = (pid - kernel.cursor + 100) % 100;
    if (pid < 300 || distance === 0 || travelled + distance > 95) return;
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
    const chosen = 'who' in action ? others[action.who % Math.max(1, others.length)] : undefined;
    if (action.do === 'look') look(action.ms);
    else if (action.do === 'fork') {
      allocate(() => {
        const pid = kernel.fork(chosen?.pid ?? 1, undefined, { invisible: action.invisible });
        (kernel.tasks.get(pid) as Task).late = action.invisible > 0;
      });
    } else if (action.do === 'burn') allocate(() => kernel.burn(action.count));
    else if (action.do === 'outside') kernel.outside(action.count);
    else if (action.do === 'failAll') fail('*');
    else if (action.do === 'heal') heal();
    else if (action.do === 'chosen') {
      if (!kernel.tasks.has(action.pid)) {
        kernel.forkChosen(1, action.pid, 'chosen');
        (kernel.tasks.get(action.pid) as Task).late = true;
      }
    } else if (!chosen) continue;
    else if (action.do === 'thread') allocate(() => void kernel.thread(chosen.pid));
    else if (action.do === 'reuse') travel(() => reuse(chosen.pid));
    else if (action.do === 'unlist') kernel.unlisted.add(chosen.pid);
    else if (action.do === 'exec') kernel.exec(chosen.pid, `exec${action.who}`);
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
  for (const ms of [1100, 1100, 5100, 1100]) look(ms);
  const living = [...kernel.tasks.values()].filter(({ pid, tgid }) => pid === tgid).map(({ pid }) => pid);
  expect([...told.keys()].toSorted(), 'the living at the end').toEqual(living.toSorted());
  expect(report()).toMatchObject({ alive: living.length, pending: 0, trouble: undefined });
};

test('the books balance and the events are sane, whatever happens [fault:fork-storm-accounting]', () => {
  fc.assert(fc.property(fc.array(step, { maxLength: 120 }), fc.boolean(), live), { numRuns: 600 });
});
