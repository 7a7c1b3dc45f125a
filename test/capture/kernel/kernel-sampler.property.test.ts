import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isProbeEvent, type ProbeEvent } from '../../../src/domain/events/event.ts';
import { decodeWaitStatus } from '../../../src/domain/events/exit-status.ts';
import { FakeEventKernel, type Life } from '../../support/fakes/fake-event-kernel.ts';
import { createKernelHarness } from '../../support/fakes/kernel-harness.ts';

/** The steps of a history. `target` selects a process or thread. */
const target = fc.nat(1000);
const stepOf = <Name extends string>(weight: number, name: Name) => ({
  weight,
  arbitrary: fc.record({ do: fc.constant(name), target, value: fc.nat(255) }),
});
const step = fc.oneof(
  stepOf(8, 'fork'),
  stepOf(3, 'thread'),
  stepOf(3, 'exec'),
  stepOf(2, 'rename'),
  stepOf(2, 'user'),
  stepOf(4, 'exitThread'),
  stepOf(3, 'exit'),
  stepOf(5, 'end'),
  stepOf(6, 'reap'),
  stepOf(1, 'failFork'),
  stepOf(1, 'threadStorm'),
  stepOf(1, 'wrap'),
  stepOf(2, 'loss'),
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('sample' as const),
      target,
      value: fc.constantFrom(0.05, 1, 4, 30, 400, 1100),
    }),
  },
);

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

const groupBy = <T>(items: readonly T[], keyOf: (item: T) => number): Map<number, T[]> => {
  const groups = new Map<number, T[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
};

const start = (pidMax: number) => {
  const events = new FakeEventKernel({ pidMax });
  const { kernel } = events;
  kernel.seek(310);
  for (let count = 0; count < 5; count++) events.fork(1, { comm: `initial${count}` });
  events.thread(311);
  events.thread(312);
  const forksBefore = kernel.forks;
  return { ...createKernelHarness({ events }), forksBefore };
};

type Options = {
  withLoss: boolean;
  /** Whether a sample follows each step, so that no name is read too late. */
  prompt: boolean;
};

/** Runs the steps. Returns all records. */
const runHistory = (steps: readonly Step[], { withLoss, prompt }: Options) => {
  const harness = start(withLoss ? 32768 : 400);
  const { events, kernel, sampler, sample, discovered, forksBefore } = harness;
  const records: ProbeEvent[] = [...discovered];
  const counters = () => {
    const { allocatedPids, processesSeen, threadsSeen, missedTasks, pendingPids } = sampler.counters();
    expect(allocatedPids).toBe(processesSeen + (threadsSeen ?? 0) + (missedTasks ?? 0) + (pendingPids ?? 0));
    expect(allocatedPids).toBeLessThanOrEqual(kernel.forks - forksBefore);
    if (!withLoss) expect(missedTasks).toBe(0);
  };
  const tasks = (where: (task: { pid: number; tgid: number; state: string }) => boolean) =>
    [...kernel.tasks.values()].filter((task) => task.tgid !== 1 && where(task)).map(({ pid }) => pid);
  const isLive = ({ pid }: { pid: number }) => events.threadsOf(pid).length > 0;
  const isLeader = ({ pid, tgid }: { pid: number; tgid: number }) => pid === tgid;
  const pick = (pids: readonly number[], index: number) => pids[index % pids.length];
  const tgidOf = (tid: number) => kernel.tasks.get(tid)?.tgid as number;
  for (const { do: name, target: index, value } of steps) {
    if (prompt) records.push(...sample(0.05));
    const process = pick(
      tasks((task) => isLeader(task) && isLive(task)),
      index,
    );
    const thread = pick(
      tasks(({ state }) => state !== 'Z'),
      index,
    );
    const zombie = pick(
      tasks((task) => isLeader(task) && !isLive(task)),
      index,
    );
    if (name === 'sample') {
      records.push(...sample(value));
      counters();
    } else if (name === 'loss') events.losing = withLoss && !events.losing;
    else if (name === 'failFork') kernel.failFork();
    else if (name === 'wrap') kernel.seek(300 + (withLoss ? index * 32 : index % 90));
    else if (name === 'reap' && zombie !== undefined) events.reap(zombie);
    else if (kernel.tasks.size > 60 && (name === 'fork' || name === 'thread')) continue;
    else if (name === 'fork') {
      const parentTid = thread ?? 1;
      events.fork(tgidOf(parentTid), { parentTid });
    } else if (process === undefined || thread === undefined) continue;
    else if (name === 'thread') events.thread(tgidOf(thread), thread);
    else if (name === 'exec') events.exec(tgidOf(thread), `exec${value}`, thread);
    else if (name === 'rename') events.rename(thread, `name${value}`);
    else if (name === 'user') events.setUid(process, 1000 + (value % 3));
    // The status of a thread that ends on its own is 0; that of the last one is the status of the process.
    else if (name === 'exitThread')
      events.exit(thread, events.threadsOf(tgidOf(thread)).length > 1 ? 0 : value << 8);
    else if (name === 'exit') for (const tid of events.threadsOf(process)) events.exit(tid, value & 0x8f);
    else if (name === 'end') events.end(process, value << 8);
    else if (name === 'threadStorm')
      for (let count = 0; count < value % 40; count++) events.exit(events.thread(process));
  }
  events.losing = false;
  for (let count = 0; count < 16; count++) records.push(...sample(1000));
  counters();
  sampler.counters(true);
  records.push(...sampler.take().filter(isProbeEvent));
  expect(sampler.counters()).toMatchObject({
    allocatedPids: kernel.forks - forksBefore,
    pendingPids: 0,
    lostEvents: events.lost,
    lastError: undefined,
  });
  // A zombie is not read again after a loss: its name and user are those that were known.
  expectTable(harness, (process) => ({
    ...process,
    comm: prompt && !(withLoss && process.zombie) ? process.comm : '',
    uid: withLoss && process.zombie ? undefined : process.uid,
  }));
  return { ...harness, records };
};

type Known = { pid: number; comm: string; uid: number | undefined; zombie: boolean };

/** Expects that the sampler knows what the kernel knows. */
const expectTable = (
  { kernel, sampler }: ReturnType<typeof start>,
  comparable: (process: Known) => Known,
) => {
  const known = [...sampler.liveProcesses()].map(({ pid, comm, uid, zombie }) => ({
    pid,
    comm,
    uid,
    zombie,
  }));
  const actual = [...kernel.tasks.values()]
    .filter(({ pid, tgid }) => pid === tgid)
    .map(({ pid, comm, uid, state }) => ({
      pid,
      comm: Buffer.from(comm).toString(),
      uid,
      zombie:
        state === 'Z' && [...kernel.tasks.values()].every((task) => task.tgid !== pid || task.pid === pid),
    }));
  const byPid = (a: { pid: number }, b: { pid: number }) => a.pid - b.pid;
  expect(known.map(comparable).toSorted(byPid)).toEqual(actual.map(comparable).toSorted(byPid));
};

/** Expects that the records of one life are complete and exact. */
const expectLife = (life: Life, records: readonly ProbeEvent[]) => {
  const [spawned] = records;
  expect(spawned).toMatchObject({ probe_source: 'process.spawned' });
  if (!life.initial)
    expect(spawned).toMatchObject({ guest_monotonic_ns: life.spawnedNs, guest_ppid: life.ppid });
  const exits = records.filter((record) => record.probe_source === 'process.exited');
  expect(exits).toHaveLength(life.reaped ? 1 : 0);
  const zombie = records.find((record) => record.probe_source === 'process.zombie');
  const status = life.status === undefined ? {} : decodeWaitStatus(life.status);
  if (zombie) expect(zombie).toMatchObject({ guest_monotonic_ns: life.exitedNs, ...status });
  if (!life.reaped) return;
  const exit = exits[0] as ProbeEvent & { probe_source: 'process.exited' };
  expect(records.at(-1)).toBe(exit);
  expect(exit).toMatchObject(status);
  if (!life.initial) expect(exit.lifetime_ns).toBe((life.exitedNs as bigint) - life.spawnedNs);
  if (zombie) expect(exit.guest_monotonic_ns).toBe((life.exitedNs as bigint) + (exit.zombie_ns as bigint));
  else expect(exit.guest_monotonic_ns).toBe(life.exitedNs);
};

/** Expects that a spawn or exit happened within the window before the time of its record. */
const expectInWindow = (record: ProbeEvent, lives: readonly Life[]) => {
  const { probe_source, guest_pid, guest_monotonic_ns: atNs, window_ns: windowNs = 0n } = record;
  const isWithin = (ns: bigint | undefined) => ns !== undefined && ns <= atNs && ns >= atNs - windowNs;
  const ofPid = lives.filter(({ pid }) => pid === guest_pid);
  if (probe_source === 'process.spawned' && !record.initial)
    expect(ofPid.map(({ spawnedNs }) => spawnedNs).some(isWithin)).toBe(true);
  if (probe_source === 'process.exited' && record.zombie_ns === undefined)
    expect(ofPid.map(({ exitedNs }) => exitedNs).some(isWithin)).toBe(true);
};

test('the kernel sampler reports each life exactly once, in any history [fault:kernel-histories]', () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 120 }), fc.boolean(), (steps, prompt) => {
      const { events, records } = runHistory(steps, { withLoss: false, prompt });
      const livesOf = groupBy(events.lives, ({ pid }) => pid);
      const recordsOf = groupBy(records, ({ guest_pid }) => guest_pid);
      expect([...recordsOf.keys()].toSorted()).toEqual([...livesOf.keys()].toSorted());
      for (const [pid, lives] of livesOf) {
        const all = recordsOf.get(pid) ?? [];
        for (const [index, life] of lives.entries()) {
          const spawns = all.flatMap(({ probe_source }, at) =>
            probe_source === 'process.spawned' ? [at] : [],
          );
          expect(spawns).toHaveLength(lives.length);
          expectLife(life, all.slice(spawns[index], spawns[index + 1]));
        }
      }
      for (const [index, record] of records.entries())
        if (index > 0)
          expect(record.guest_monotonic_ns).toBeGreaterThanOrEqual(
            records[index - 1]?.guest_monotonic_ns ?? 0n,
          );
    }),
    { numRuns: 300 },
  );
});

test('the kernel sampler knows all processes again after lost events, and counts what it missed [fault:kernel-recovery]', () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 120 }), fc.boolean(), (steps, prompt) => {
      const { events, records } = runHistory(steps, { withLoss: true, prompt });
      for (const record of records) expectInWindow(record, events.lives);
      for (const [, all] of groupBy(records, ({ guest_pid }) => guest_pid)) {
        let isLive = false;
        for (const { probe_source } of all) {
          expect(isLive).toBe(probe_source !== 'process.spawned');
          isLive = probe_source !== 'process.exited';
        }
      }
    }),
    { numRuns: 300 },
  );
});
