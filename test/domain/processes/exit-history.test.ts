import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ChurnRecord } from '../../../src/domain/events/event.ts';
import { countExits, type ExitGroups, latestExitNs } from '../../../src/domain/processes/exit-groups.ts';
import { ExitHistory, noParent } from '../../../src/domain/processes/exit-history.ts';
import { SystemState } from '../../../src/domain/processes/system-state.ts';
import { exited, seconds, spawned } from '../../support/fixtures/events.ts';
import { exit, init, spawn, stateOf } from '../../support/fixtures/system-state.ts';

/** Returns names, counts and the groups below: `{sh: [2, {cat: [1, {}]}]}`. */
const summary = (groups: ExitGroups | undefined): unknown =>
  groups &&
  Object.fromEntries([
    ...[...groups.byComm].map(([comm, group]) => [comm, [group.count, summary(group.exitGroups)]]),
    ...(groups.others > 0 ? [['…', groups.others]] : []),
  ]);
const countAll = (groups: ExitGroups | undefined): number =>
  !groups
    ? 0
    : countExits(groups) +
      [...groups.byComm.values()].reduce((sum, group) => sum + countAll(group.exitGroups), 0);

test('exited children are counted by name, with the shortest and longest lifetime and the last exit', () => {
  const state = stateOf(
    init,
    spawn(10, 'cc', 1, 1),
    exit(10, 'cc', 4, 1),
    spawn(11, 'cc', 2, 1),
    exit(11, 'cc', 3, 2),
    spawn(12, 'ld', 3, 1),
    exit(12, 'ld', 5, 3),
  );
  const groups = state.exitHistory.get('1@0');
  expect(summary(groups)).toEqual({ cc: [2, {}], ld: [1, {}] });
  expect(groups?.byComm.get('cc')).toMatchObject({ shortestNs: seconds(1), longestNs: seconds(3) });
  expect([countExits(groups), latestExitNs(groups)]).toEqual([3, seconds(5)]);
});

test('a group has the arguments that all its exits begin with', () => {
  const job = (pid: number, at: number, ...args: string[]) => [
    spawned(pid, 'sh', at, { guest_ppid: 1, args }),
    exit(pid, 'sh', at + 1, at),
  ];
  const runs = [
    job(10, 1, 'sh', '-c', 'df'),
    job(11, 2, 'sh', '-c', 'df'),
    job(12, 3, 'sh', '-c', 'date'),
    job(13, 4, 'sh', '-c', 'df'),
  ];
  const groupAfter = (count: number) => {
    const group = stateOf(init, ...runs.slice(0, count).flat())
      .exitHistory.get('1@0')
      ?.byComm.get('sh');
    return [group?.args, group?.argsVary];
  };
  expect(groupAfter(2)).toEqual([['sh', '-c', 'df'], false]);
  expect(groupAfter(3)).toEqual([['sh', '-c'], true]);
  expect(groupAfter(4)).toEqual([['sh', '-c'], true]);
});

test('the arguments of a group vary when those of an exit are not known', () => {
  const known = [
    spawned(10, 'sh', 1, { guest_ppid: 1, args: ['sh', 'job.sh'] }),
    exit(10, 'sh', 2, 1),
  ] as const;
  const unknown = [spawned(11, 'sh', 3, { guest_ppid: 1 }), exit(11, 'sh', 4, 3)] as const;
  for (const records of [
    [...known, ...unknown],
    [...unknown, ...known],
  ])
    expect(
      stateOf(init, ...records)
        .exitHistory.get('1@0')
        ?.byComm.get('sh'),
    ).toMatchObject({
      args: ['sh', 'job.sh'],
      argsVary: true,
    });
});

test('the exit groups of a process move below its name when it exits', () => {
  const build = (pid: number, at: number) => [
    spawn(pid, 'make', at, 1),
    spawn(pid + 1, 'cc', at, pid),
    exit(pid + 1, 'cc', at + 1, at),
    exit(pid, 'make', at + 2, at),
  ];
  const state = stateOf(init, ...build(10, 1), ...build(20, 5));
  expect(summary(state.exitHistory.get('1@0'))).toEqual({ make: [2, { cc: [2, {}] }] });
  expect(state.exitHistory.get('10@100')).toBeUndefined();
});

test('an orphan is counted below its spawner when it is reparented', () => {
  const state = stateOf(
    init,
    spawn(5, 'cron', 1, 1),
    spawn(10, 'sh', 2, 5),
    spawn(11, 'job', 2, 10),
    exit(10, 'sh', 3, 2),
    exit(11, 'job', 4, 2),
  );
  expect(summary(state.exitHistory.get('5@100'))).toEqual({ sh: [1, { job: [1, {}] }] });
});

test('an exit is not counted for a process that reused the PID of its parent', () => {
  const state = stateOf(
    init,
    spawn(10, 'sh', 1, 1),
    spawn(11, 'job', 2, 10),
    exit(10, 'sh', 3, 1),
    spawn(10, 'other', 4, 1),
    exit(11, 'job', 5, 2),
  );
  expect(state.exitHistory.get('10@400')).toBeUndefined();
  expect(summary(state.exitHistory.get('1@0'))).toEqual({ sh: [1, { job: [1, {}] }] });
});

test('an exit without a known parent is counted under noParent', () => {
  const state = stateOf(init, spawn(10, 'exec', 1, 0), exit(10, 'exec', 2, 1), exited(77, 'never seen', 3));
  expect(summary(state.exitHistory.get(noParent))).toEqual({ exec: [1, {}], 'never seen': [1, {}] });
});

test('the group that has been idle longest is merged into others beyond the limit per parent', () => {
  const records = Array.from({ length: 30 }, (_, index) => [
    spawn(100 + index, `n${index}`, index, 1),
    exit(100 + index, `n${index}`, index + 1, index),
  ]);
  const groups = stateOf(init, ...records.flat()).exitHistory.get('1@0');
  expect([groups?.byComm.size, groups?.others, countExits(groups)]).toEqual([24, 6, 30]);
  expect(groups?.byComm.has('n5')).toBe(false);
  expect(groups?.byComm.has('n6')).toBe(true);
});

test('the groups of all parents together are bounded', () => {
  const parents = Array.from({ length: 300 }, (_, index) => spawn(1000 + index, 'p', 1, 1));
  const children = parents.flatMap(({ guest_pid }, index) =>
    Array.from({ length: 10 }, (_, child) => {
      const pid = 5000 + index * 10 + child;
      return [spawn(pid, `c${child}`, 2, guest_pid), exit(pid, `c${child}`, 3, 2)];
    }).flat(),
  );
  const { exitHistory } = stateOf(init, ...parents, ...children);
  expect(exitHistory.size).toBe(2_048);
  const exits = parents.reduce(
    (sum, { guest_pid }) => sum + countExits(exitHistory.get(`${guest_pid}@100`)),
    0,
  );
  expect(exits).toBe(3_000);
});

test('each exit is counted once, and copies are independent, in any history', () => {
  const pid = fc.integer({ min: 1, max: 9 });
  const step = fc.record({ pid, ppid: fc.integer({ min: 0, max: 9 }), ends: fc.boolean(), name: fc.nat(40) });
  const history = fc.array(step, { maxLength: 120 });
  const play = (
    state: SystemState,
    steps: readonly { pid: number; ppid: number; ends: boolean; name: number }[],
  ) => {
    let ends = 0;
    for (const [index, { pid: at, ppid, ends: exits, name }] of steps.entries()) {
      const live = state.table.get(at);
      const records: ChurnRecord[] = [];
      if (live) {
        records.push(exited(at, live.comm, index, { start_ticks: live.startTicks as number }));
        ends++;
      }
      if (!exits) records.push(spawn(at, `n${name}`, index, ppid));
      state.apply({ nowNs: seconds(index), records });
    }
    return ends;
  };
  const countedExits = ({ exitHistory }: SystemState) =>
    exitHistory.snapshot().reduce((sum, [, groups]) => sum + countAll(groups), 0);
  fc.assert(
    fc.property(history, history, (early, late) => {
      const state = new SystemState();
      const ends = play(state, early);
      expect(countedExits(state)).toBe(ends);
      const before = state.exitHistory.snapshot();
      const copy = state.clone();
      const restored = ExitHistory.restore(before);
      expect(restored.snapshot()).toEqual(before);
      expect(restored.size).toBe(state.exitHistory.size);
      const more = play(state, late);
      expect(countedExits(state)).toBe(ends + more);
      expect(copy.exitHistory.snapshot()).toEqual(before);
      const countGroups = (groups: ExitGroups): number =>
        [...groups.byComm.values()].reduce((sum, group) => sum + 1 + countGroups(group.exitGroups), 0);
      const groupCount = state.exitHistory
        .snapshot()
        .reduce((sum, [, groups]) => sum + countGroups(groups), 0);
      expect(state.exitHistory.size).toBe(groupCount);
    }),
  );
});
