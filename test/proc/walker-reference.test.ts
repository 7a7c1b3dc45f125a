import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ProcReader } from '../../src/proc/reader.ts';
import { ProcWalker } from '../../src/proc/walker.ts';
import { FakeKernel } from '../support/fakes/fake-kernel.ts';
import { openWalker, referenceLine } from '../support/harness/proc-walker.ts';

/** A model of the reference walker: a map from PID to comm; spawns in directory order, then exits. */
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

describe('like the reference, the walker', () => {
  /** One step of a history of forks, exits and polls. Names are ASCII and never change. */
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

  test('reports the same events for any history without PID reuse and exec', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const kernel = new FakeKernel();
        const { walker, proc, poll } = openWalker(kernel);
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
          expect(seen.map(referenceLine)).toEqual(reference.poll(proc, comm, now));
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

  test('discovers this process and emits only spawns at the first poll of the real /proc', () => {
    const walker = new ProcWalker();
    const events = walker.poll();
    expect(
      events.every(
        (event) => event.probe_source !== 'process.exited' && event.probe_source !== 'process.exec',
      ),
    ).toBe(true);
    expect(events.some((event) => event.guest_pid === process.pid)).toBe(true);
  });

  test('emits no more events at an immediate second poll of the real /proc', () => {
    const walker = new ProcWalker();
    const first = walker.poll().length;
    expect(walker.poll().length).toBeLessThanOrEqual(first);
  });
});
