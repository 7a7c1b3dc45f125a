import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ChildrenCpu } from '../../../src/domain/processes/children-cpu.ts';
import type { ProcessEntry } from '../../../src/domain/processes/process-table.ts';
import { UsageTable } from '../../../src/domain/processes/process-usage.ts';
import { SystemState } from '../../../src/domain/processes/system-state.ts';
import { commandOfProcess } from '../../../src/domain/views/commands.ts';
import {
  compareProcesses,
  type ProcessColumnId,
  processColumns,
  processSorts,
} from '../../../src/store/views/process-columns.ts';
import type { CellContext } from '../../../src/store/views/table-column.ts';
import { seconds, usageReading } from '../../support/fixtures/events.ts';

const processOf = (more: Partial<ProcessEntry> = {}): ProcessEntry => ({
  arrivalIndex: 0,
  pid: 42,
  startTicks: 100,
  comm: 'nginx',
  commHex: undefined,
  ppid: 1,
  uid: 0,
  kthread: false,
  cgroup: undefined,
  initial: false,
  firstSeenNs: seconds(8),
  zombie: false,
  reaperPid: undefined,
  exitedNs: undefined,
  lifetimeNs: undefined,
  zombieSinceNs: undefined,
  zombieNs: undefined,
  exitStatus: {},
  cpuNs: undefined,
  ...more,
});
const usage = new UsageTable();
usage.update(new Map([[42, { ...usageReading, startTicks: 100, readNs: seconds(2) }]]), 0n);
const context: CellContext = {
  nowNs: seconds(10),
  bootOffsetNs: 0n,
  userName: (uid) => (uid === 0 ? 'root' : String(uid)),
  state: () => 'S',
  usage,
  childrenCpu: new ChildrenCpu(),
  command: (process) => commandOfProcess(process, new SystemState(), 'command'),
  commandStyle: 'command',
};
const cellsOf = (process: ProcessEntry) =>
  Object.fromEntries(processColumns.map(({ id, cell }) => [id, cell(process, context)]));

describe('cells', () => {
  test('show the values of a process', () => {
    expect(cellsOf(processOf())).toEqual({
      unit: '?',
      pid: '42',
      ppid: '1',
      user: 'root',
      state: 'S',
      cpu: '25.0',
      rss: '12M',
      age: '2.0s',
      exit: '',
      command: 'nginx',
    });
  });

  test('show ? for a process that could not be read', () => {
    const unread = processOf({
      comm: '',
      ppid: undefined,
      uid: undefined,
      startTicks: undefined,
      initial: true,
    });
    expect(cellsOf(unread)).toMatchObject({ ppid: '?', user: '?', age: '?', command: '?' });
  });

  test('show how long an exited process ran, without its time as a zombie', () => {
    const process = processOf({ exitedNs: seconds(9), lifetimeNs: seconds(0.5), zombieNs: seconds(3) });
    expect(cellsOf(process).age).toBe('500ms');
  });

  test.each<[ProcessEntry['exitStatus'], string]>([
    [{ exit_code: 0 }, '0'],
    [{ exit_code: 3 }, '3'],
    [{ exit_signal: 11, core_dumped: true }, 'SEGV'],
    [{ exit_signal: 40 }, 'S40'],
    [{}, '?'],
  ])('show the exit status %j of an exited process and of a zombie as %s', (exitStatus, text) => {
    expect(cellsOf(processOf({ exitedNs: seconds(9), exitStatus })).exit).toBe(text);
    expect(cellsOf(processOf({ zombie: true, exitStatus })).exit).toBe(text);
  });

  test('show a kernel thread in brackets', () => {
    expect(cellsOf(processOf({ kthread: true, comm: 'kworker/0:1' })).command).toBe('[kworker/0:1]');
  });
});

test('every column is a sort order once', () => {
  expect(processSorts.toSorted()).toEqual(processColumns.map(({ id }) => id).toSorted());
});

describe.each(processSorts)('sorted by %s', (sort: ProcessColumnId) => {
  const some = fc.option(fc.nat(3), { nil: undefined });
  const processes = fc
    .array(
      fc.record({
        pid: fc.nat(5),
        startTicks: some,
        ppid: some,
        uid: some,
        zombie: fc.boolean(),
        comm: fc.constantFrom('a', 'B', 'é', ''),
      }),
      { maxLength: 12 },
    )
    .map((list) => list.map((each, arrivalIndex) => processOf({ ...each, arrivalIndex })));

  test('sorting gives the same result for any input order', () => {
    fc.assert(
      fc.property(processes, (list) => {
        const compare = compareProcesses({ by: sort, reversed: false });
        const sorted = list.toSorted(compare);
        expect(list.toReversed().toSorted(compare)).toEqual(sorted);
        for (let index = 1; index < sorted.length; index++) {
          expect(compare(sorted[index - 1] as ProcessEntry, sorted[index] as ProcessEntry)).toBeLessThan(0);
        }
      }),
    );
  });
});

test('a process that is not read shows - for CPU usage and memory', () => {
  const others = [processOf({ pid: 43 }), processOf({ startTicks: 99 }), processOf({ zombie: true })];
  for (const other of others) expect(cellsOf(other)).toMatchObject({ cpu: '-', rss: '-' });
});

test.each<ProcessColumnId>(['cpu', 'rss'])('sorting by %s puts the process that uses most first', (by) => {
  const readings = [2, 1, 9, 4].map((amount, pid) => {
    return [pid, { ...usageReading, cpuTicks: amount, rssBytes: amount }] as const;
  });
  const table = new UsageTable();
  table.update(new Map(readings), 0n);
  const list = [0, 1, 2, 3, 4].map((pid) => processOf({ pid, startTicks: 0 }));
  const sorted = list.toSorted(compareProcesses({ by, reversed: false }, table));
  expect(sorted.map(({ pid }) => pid)).toEqual([2, 3, 0, 1, 4]);
});

test.each<[ProcessColumnId, number[]]>([
  ['age', [3, 2, 1]],
  ['command', [2, 3, 1]],
  ['pid', [1, 2, 3]],
  ['ppid', [3, 1, 2]],
  ['user', [2, 3, 1]],
  ['state', [2, 3, 1]],
])('sorting by %s puts the most interesting processes first', (sort, pids) => {
  const list = [
    processOf({ pid: 1, startTicks: 1, comm: 'c', ppid: 5, uid: 33 }),
    processOf({ pid: 2, startTicks: 2, comm: 'a', ppid: 9, uid: 0, zombie: true }),
    processOf({ pid: 3, startTicks: 3, comm: 'b', ppid: 1, uid: 7 }),
  ];
  expect(list.toSorted(compareProcesses({ by: sort, reversed: false })).map(({ pid }) => pid)).toEqual(pids);
});
