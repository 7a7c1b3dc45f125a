import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ProbeEvent } from '../../src/domain/events/event.ts';
import { openProcReader, type ProcReader } from '../../src/proc/reader.ts';
import { ProcWalker } from '../../src/proc/walker.ts';
import { FakeKernel } from '../support/fakes/fake-kernel.ts';

const strict = ({ probe_source, guest_pid, guest_comm, guest_monotonic_ns }: ProbeEvent) =>
  `${probe_source} ${guest_pid} ${JSON.stringify(guest_comm)} ${guest_monotonic_ns}`;

/** The reference walker in its own words: a map PID -> comm, spawns in directory order, then exits. */
class Reference {
  #comms = new Map<number, string>();

  poll(proc: ProcReader, comms: (pid: number) => string, now: bigint): string[] {
    const listed = proc.listPids();
    const lines: string[] = [];
    for (const pid of listed) {
      if (this.#comms.has(pid)) continue;
      this.#comms.set(pid, comms(pid));
      lines.push(`process.spawned ${pid} ${JSON.stringify(comms(pid))} ${now}`);
    }
    const gone = [...this.#comms.keys()].filter((pid) => !listed.includes(pid)).sort((a, b) => a - b);
    for (const pid of gone) {
      lines.push(`process.exited ${pid} ${JSON.stringify(this.#comms.get(pid))} ${now}`);
      this.#comms.delete(pid);
    }
    return lines;
  }
}

const walk = (kernel: FakeKernel) => {
  let now = 0n;
  const proc = openProcReader(kernel.root, kernel.files);
  const walker = new ProcWalker({ proc, now: () => now });
  return {
    walker,
    proc,
    poll: (atNs = now + 1_000_000n) => {
      now = atNs;
      kernel.ticks++;
      return walker.poll();
    },
  };
};

describe('against the reference', () => {
  /** A history: some forks and ends, then a poll, again and again. Names are ASCII and never change here. */
  const step = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        do: fc.constant('fork' as const),
        comm: fc.string({ minLength: 1, maxLength: 24 }),
      }),
    },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('end' as const), which: fc.nat(50) }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('zombie' as const), which: fc.nat(50) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('thread' as const), which: fc.nat(50) }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('poll' as const) }) },
  );

  test('agrees on every history in which no PID is reused and nobody execs', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const kernel = new FakeKernel();
        const { walker, proc, poll } = walk(kernel);
        expect(walker.alive).toBe(0);
        const reference = new Reference();
        let now = 0n;
        const compare = () => {
          now += 1_000_000n;
          const comm = (pid: number) =>
            Buffer.from(kernel.tasks.get(pid)?.comm ?? '')
              .subarray(0, 16)
              .toString();
          const seen = poll(now).filter(({ probe_source }) => /spawned|exited/.test(probe_source));
          expect(seen.map(strict)).toEqual(reference.poll(proc, comm, now));
        };
        for (const action of steps) {
          const others = [...kernel.tasks.values()].filter((task) => task.pid > 1 && task.pid === task.tgid);
          const chosen = 'which' in action ? others[action.which % Math.max(1, others.length)] : undefined;
          if (action.do === 'fork') kernel.fork(1, action.comm, { execed: true });
          else if (action.do === 'poll') compare();
          else if (chosen && action.do === 'thread') kernel.thread(chosen.pid);
          else if (chosen && action.do === 'zombie') kernel.exit(chosen.pid);
          else if (chosen) kernel.end(chosen.pid);
        }
        compare();
      }),
    );
  });

  test('first poll discovers this very process and emits only spawns (real /proc)', () => {
    const walker = new ProcWalker();
    const events = walker.poll();
    expect(
      events.every(
        (event) => event.probe_source !== 'process.exited' && event.probe_source !== 'process.exec',
      ),
    ).toBe(true);
    expect(events.some((event) => event.guest_pid === process.pid)).toBe(true);
  });

  test('a second poll at once yields no more than the first (real /proc)', () => {
    const walker = new ProcWalker();
    const first = walker.poll().length;
    expect(walker.poll().length).toBeLessThanOrEqual(first);
  });
});

describe('where the reference is wrong', () => {
  test('an unreadable root is an error, changes nothing, and loses no event', () => {
    const kernel = new FakeKernel();
    const { walker, poll } = walk(kernel);
    poll();
    const child = kernel.fork(1, 'child', { execed: true });
    kernel.fail('.', 'EMFILE');
    expect(() => poll()).toThrow(
      expect.objectContaining({ name: 'ProcError', code: 'EMFILE', path: '/proc' }),
    );
    expect(walker.alive).toBe(1);
    kernel.heal('.');
    expect(poll().map(strict)).toEqual([`process.spawned ${child} "child" 3000000`]);
  });

  test('a read that fails in the middle of a sweep discards the sweep', () => {
    const kernel = new FakeKernel();
    const { poll } = walk(kernel);
    const child = kernel.fork(1, 'child', { execed: true });
    poll();
    kernel.fail(`${child}/stat`, 'EIO');
    expect(() => poll()).toThrow(expect.objectContaining({ name: 'ProcError', code: 'EIO' }));
    expect(kernel.open).toBe(0);
    kernel.heal(`${child}/stat`);
    expect(poll()).toEqual([]);
  });

  test('a listing without any process is an error, not the end of everyone', () => {
    const kernel = new FakeKernel();
    const { poll } = walk(kernel);
    poll();
    kernel.tasks.clear();
    expect(() => poll()).toThrow('no process listed');
  });

  test('a reused PID is exited, then spawned', () => {
    const kernel = new FakeKernel();
    const { poll } = walk(kernel);
    const pid = kernel.fork(1, 'old', { execed: true });
    poll();
    kernel.end(pid);
    kernel.seek(pid);
    expect(kernel.fork(1, 'new', { execed: true })).toBe(pid);
    expect(poll().map(strict)).toEqual([
      `process.exited ${pid} "old" 2000000`,
      `process.spawned ${pid} "new" 2000000`,
    ]);
  });

  test('comm is followed through exec, and the exit bears the last one', () => {
    const kernel = new FakeKernel();
    const { poll } = walk(kernel);
    poll();
    const pid = kernel.fork(1);
    expect(poll()).toMatchObject([
      { probe_source: 'process.spawned', guest_comm: 'init', guest_ppid: 1, guest_uid: 1000 },
    ]);
    kernel.exec(pid, 'worker');
    expect(poll()).toMatchObject([
      { probe_source: 'process.exec', guest_comm: 'worker', previous_comm: 'init' },
    ]);
    kernel.end(pid);
    expect(poll()).toMatchObject([
      { probe_source: 'process.exited', guest_comm: 'worker', lifetime_ns: 2_000_000n },
    ]);
  });

  test('an exec to the same name is an exec', () => {
    const kernel = new FakeKernel();
    const { poll } = walk(kernel);
    const pid = kernel.fork(1, 'sh');
    poll();
    kernel.exec(pid, 'sh');
    expect(poll()).toMatchObject([{ probe_source: 'process.exec', guest_comm: 'sh', previous_comm: 'sh' }]);
    expect(poll()).toEqual([]);
  });
});

describe('what it tells', () => {
  test('a kernel thread that works on something else has not execed', () => {
    const kernel = new FakeKernel();
    const { poll } = walk(kernel);
    const pid = kernel.fork(1, 'kworker/0:1-mm', { execed: true, kthread: true });
    expect(poll()).toMatchObject([{ guest_pid: 1 }, { guest_pid: pid, kthread: true }]);
    kernel.rename(pid, 'kworker/0:1-events');
    expect(poll()).toEqual([]);
  });

  test('names of several processes read in one sweep do not mix', () => {
    const kernel = new FakeKernel();
    const { poll } = walk(kernel);
    kernel.fork(1, 'alpha', { execed: true });
    kernel.fork(1, 'a much longer one', { execed: true });
    expect(poll().map(({ guest_comm }) => guest_comm)).toEqual(['init', 'alpha', 'a much longer on']);
  });

  test('a zombie is not exited until it is reaped, and its exit status goes with it', () => {
    const kernel = new FakeKernel();
    const { poll } = walk(kernel);
    const pid = kernel.fork(1, 'dead', { execed: true });
    poll();
    kernel.exit(pid, 3 << 8);
    expect(poll()).toMatchObject([
      { probe_source: 'process.zombie', guest_pid: pid, guest_ppid: 1, exit_code: 3 },
    ]);
    expect(poll()).toEqual([]);
    kernel.reap(pid);
    expect(poll()).toMatchObject([{ probe_source: 'process.exited', guest_pid: pid, exit_code: 3 }]);
  });

  test('a leader that left its threads behind is alive', () => {
    const kernel = new FakeKernel();
    const { poll } = walk(kernel);
    const pid = kernel.fork(1, 'main', { execed: true });
    kernel.thread(pid);
    poll();
    kernel.exit(pid);
    expect(poll()).toEqual([]);
  });

  test('a process this user may not read is hidden, not gone', () => {
    const kernel = new FakeKernel();
    const { walker, poll } = walk(kernel);
    const pid = kernel.fork(1, 'secret', { execed: true });
    poll();
    kernel.fail(`${pid}/stat`, 'EACCES');
    expect(poll()).toEqual([]);
    expect(walker.hidden).toBe(1);
    kernel.heal(`${pid}/stat`);
    kernel.end(pid);
    expect(poll()).toMatchObject([{ probe_source: 'process.exited', guest_comm: 'secret' }]);
  });

  test('the window is the time since the poll before, and discovery has none', () => {
    const kernel = new FakeKernel();
    const { poll } = walk(kernel);
    expect(poll()[0]).toMatchObject({ initial: true });
    kernel.fork(1, 'a', { execed: true });
    const [event] = poll(9_000_000n);
    expect(event).toMatchObject({ window_ns: 8_000_000n });
    expect(event).not.toHaveProperty('initial');
  });

  test('an initial process that ends has lived since its start ticks', () => {
    const kernel = new FakeKernel();
    const { poll } = walk(kernel);
    const pid = kernel.fork(1, 'old', { execed: true });
    poll(20_000_000_000n);
    kernel.end(pid);
    expect(poll(30_000_000_000n)).toMatchObject([{ lifetime_ns: 20_000_000_000n }]);
  });

  test('times beyond 2^53 ns stay exact', () => {
    const kernel = new FakeKernel();
    const { poll } = walk(kernel);
    expect(poll(2n ** 53n + 1n)[0]?.guest_monotonic_ns).toBe(9_007_199_254_740_993n);
  });
});
