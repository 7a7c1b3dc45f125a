import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ChurnRecord } from '../../../src/domain/events/event.ts';
import {
  countExits,
  type ExitGroups,
  ExitHistory,
  latestExitNs,
  noParent,
} from '../../../src/domain/processes/exit-history.ts';
import { SystemState } from '../../../src/domain/processes/system-state.ts';
import { exited, seconds, spawned } from '../../support/fixtures/events.ts';

const worldOf = (...records: ChurnRecord[]) => {
  const world = new SystemState();
  world.apply({ nowNs: seconds(100), records });
  return world;
};
const born = (pid: number, comm: string, at: number, ppid: number) =>
  spawned(pid, comm, at, { guest_ppid: ppid });
const gone = (pid: number, comm: string, at: number, start: number) =>
  exited(pid, comm, at, { start_ticks: start * 100, lifetime_ns: seconds(at - start) });

/** `{sh: [2, {cat: [1]}]}`: names, counts, and what is below. */
const told = (brood: ExitGroups | undefined): unknown =>
  brood &&
  Object.fromEntries([
    ...[...brood.byComm].map(([comm, kind]) => [comm, [kind.count, told(kind.exitGroups)]]),
    ...(brood.others > 0 ? [['…', brood.others]] : []),
  ]);
const all = (brood: ExitGroups | undefined): number =>
  !brood
    ? 0
    : countExits(brood) + [...brood.byComm.values()].reduce((sum, kind) => sum + all(kind.exitGroups), 0);

const init = spawned(1, 'init', 0, { guest_ppid: 0, start_ticks: 0, initial: true });

test('ended children are counted by name, with the shortest and the longest life and the last end', () => {
  const world = worldOf(
    init,
    born(10, 'cc', 1, 1),
    gone(10, 'cc', 4, 1),
    born(11, 'cc', 2, 1),
    gone(11, 'cc', 3, 2),
    born(12, 'ld', 3, 1),
    gone(12, 'ld', 5, 3),
  );
  const brood = world.exitHistory.get('1@0');
  expect(told(brood)).toEqual({ cc: [2, {}], ld: [1, {}] });
  expect(brood?.byComm.get('cc')).toMatchObject({ shortestNs: seconds(1), longestNs: seconds(3) });
  expect([countExits(brood), latestExitNs(brood)]).toEqual([3, seconds(5)]);
});

test('what an ended process had spawned goes below its name', () => {
  const build = (pid: number, at: number) => [
    born(pid, 'make', at, 1),
    born(pid + 1, 'cc', at, pid),
    gone(pid + 1, 'cc', at + 1, at),
    gone(pid, 'make', at + 2, at),
  ];
  const world = worldOf(init, ...build(10, 1), ...build(20, 5));
  expect(told(world.exitHistory.get('1@0'))).toEqual({ make: [2, { cc: [2, {}] }] });
  expect(world.exitHistory.get('10@100')).toBeUndefined();
});

test('an orphan is counted where its spawner was, not by who took it in', () => {
  const world = worldOf(
    init,
    born(5, 'cron', 1, 1),
    born(10, 'sh', 2, 5),
    born(11, 'job', 2, 10),
    gone(10, 'sh', 3, 2),
    gone(11, 'job', 4, 2),
  );
  expect(told(world.exitHistory.get('5@100'))).toEqual({ sh: [1, { job: [1, {}] }] });
});

test('a parent whose PID is borne by another now gets nobody else’s children', () => {
  const world = worldOf(
    init,
    born(10, 'sh', 1, 1),
    born(11, 'job', 2, 10),
    gone(10, 'sh', 3, 1),
    born(10, 'other', 4, 1),
    gone(11, 'job', 5, 2),
  );
  expect(world.exitHistory.get('10@400')).toBeUndefined();
  expect(told(world.exitHistory.get('1@0'))).toEqual({ sh: [1, { job: [1, {}] }] });
});

test('whoever has nobody above is counted outside', () => {
  const world = worldOf(init, born(10, 'exec', 1, 0), gone(10, 'exec', 2, 1), exited(77, 'never seen', 3));
  expect(told(world.exitHistory.get(noParent))).toEqual({ exec: [1, {}], 'never seen': [1, {}] });
});

test('of too many names the longest quiet one is no longer told apart', () => {
  const records = Array.from({ length: 30 }, (_, index) => [
    born(100 + index, `n${index}`, index, 1),
    gone(100 + index, `n${index}`, index + 1, index),
  ]);
  const brood = worldOf(init, ...records.flat()).exitHistory.get('1@0');
  expect([brood?.byComm.size, brood?.others, countExits(brood)]).toEqual([24, 6, 30]);
  expect(brood?.byComm.has('n5')).toBe(false);
  expect(brood?.byComm.has('n6')).toBe(true);
});

test('all parents together are bounded', () => {
  const parents = Array.from({ length: 300 }, (_, index) => born(1000 + index, 'p', 1, 1));
  const children = parents.flatMap(({ guest_pid }, index) =>
    Array.from({ length: 10 }, (_, child) => {
      const pid = 5000 + index * 10 + child;
      return [born(pid, `c${child}`, 2, guest_pid), gone(pid, `c${child}`, 3, 2)];
    }).flat(),
  );
  const { exitHistory } = worldOf(init, ...parents, ...children);
  expect(exitHistory.size).toBe(2_048);
  const ended = parents.reduce(
    (sum, { guest_pid }) => sum + countExits(exitHistory.get(`${guest_pid}@100`)),
    0,
  );
  expect(ended).toBe(3_000);
});

test('in any history each end is counted once, copies stand still, and the bounds hold', () => {
  const pid = fc.integer({ min: 1, max: 9 });
  const step = fc.record({ pid, ppid: fc.integer({ min: 0, max: 9 }), ends: fc.boolean(), name: fc.nat(40) });
  const history = fc.array(step, { maxLength: 120 });
  const play = (
    world: SystemState,
    steps: readonly { pid: number; ppid: number; ends: boolean; name: number }[],
  ) => {
    let ends = 0;
    for (const [index, { pid: at, ppid, ends: wants, name }] of steps.entries()) {
      const live = world.table.get(at);
      const records: ChurnRecord[] = [];
      if (live && (wants || live.pid === at)) {
        records.push(exited(at, live.comm, index, { start_ticks: live.startTicks as number }));
        ends++;
      }
      if (!wants) records.push(born(at, `n${name}`, index, ppid));
      world.apply({ nowNs: seconds(index), records });
    }
    return ends;
  };
  const counted = ({ exitHistory }: SystemState) =>
    exitHistory.snapshot().reduce((sum, [, brood]) => sum + all(brood), 0);
  fc.assert(
    fc.property(history, history, (early, late) => {
      const world = new SystemState();
      const ends = play(world, early);
      expect(counted(world)).toBe(ends);
      const before = world.exitHistory.snapshot();
      const copy = world.clone();
      const restored = ExitHistory.restore(before);
      expect(restored.snapshot()).toEqual(before);
      expect(restored.size).toBe(world.exitHistory.size);
      const more = play(world, late);
      expect(counted(world)).toBe(ends + more);
      expect(copy.exitHistory.snapshot()).toEqual(before);
      const kinds = (brood: ExitGroups): number =>
        [...brood.byComm.values()].reduce((sum, kind) => sum + 1 + kinds(kind.exitGroups), 0);
      const held = world.exitHistory.snapshot().reduce((sum, [, brood]) => sum + kinds(brood), 0);
      expect(world.exitHistory.size).toBe(held);
    }),
  );
});
