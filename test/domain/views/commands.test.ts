import { describe, expect, test } from 'vitest';
import type { ChurnRecord, ProbeEvent } from '../../../src/domain/events/event.ts';
import { matchesRecord } from '../../../src/domain/filter/stream-filter.ts';
import { ProcessSubject } from '../../../src/domain/filter/subject.ts';
import { type ProcessOrigin, setLateArgs } from '../../../src/domain/processes/process-origin.ts';
import type { ProcessEntry } from '../../../src/domain/processes/process-table.ts';
import { SystemState } from '../../../src/domain/processes/system-state.ts';
import { commandOfEntry, commandOfProcess } from '../../../src/domain/views/commands.ts';
import { execed, exited, seconds, spawned } from '../../support/fixtures/events.ts';
import { filterOf } from '../../support/fixtures/filters.ts';

const systemOf = (...records: ChurnRecord[]) => {
  const system = new SystemState();
  system.apply({ nowNs: seconds(10), records });
  return system;
};
const commandOf = (system: SystemState, pid: number) =>
  commandOfProcess(system.table.get(pid) as ProcessEntry, system, 'command');
const logOf = (system: SystemState) =>
  [...system.log].map((entry) => commandOfEntry(entry, entry.record as ProbeEvent, 'command'));

const shell = spawned(1, 'sh', 1, { initial: true, args: ['sh', 'job.sh'] });
const fork = (pid: number, at = 2) => {
  const { window_ns: _, ...event } = spawned(pid, 'sh', at, { guest_ppid: 1 });
  return event;
};

test('a process that was only forked has the command of its parent', () => {
  expect(commandOf(systemOf(shell, fork(7)), 7)).toBe('sh job.sh');
  const polled = spawned(8, 'sh', 2, { guest_ppid: 1, window_ns: 1n });
  expect(commandOf(systemOf(shell, polled), 8)).toBe('sh job.sh');
});

test('a process that was seen after its exec does not have the command of its parent', () => {
  const polled = spawned(8, 'sleep', 2, { guest_ppid: 1, window_ns: 1n });
  expect(commandOf(systemOf(shell, polled), 8)).toBe('sleep');
  expect(commandOf(systemOf(shell, fork(7), execed(7, 'sleep', 2.01)), 7)).toBe('sleep');
});

test('a rename keeps the arguments', () => {
  const exec = execed(7, 'node', 2.01, { args: ['node', 'a.js'] });
  const renamed = execed(7, 'MainThread', 3, { renamed: true });
  expect(commandOf(systemOf(shell, fork(7), exec, renamed), 7)).toBe('node a.js');
});

test('the log shows the command as of each event', () => {
  const system = systemOf(
    shell,
    fork(7),
    execed(7, 'sh', 2.01, { args: ['/bin/sh', '-c', 'x'] }),
    execed(7, 'tool', 4, { args: ['tool', '--late'] }),
    exited(7, 'tool', 5, {}),
  );
  expect(logOf(system)).toEqual(['sh -c x', 'sh -c x', 'tool --late', 'tool --late']);
});

test('cmd and args select processes and all their records', () => {
  const system = systemOf(
    shell,
    fork(7),
    execed(7, 'sync', 2.01, { args: ['/opt/sync', '--tenant', 'acme'] }),
    fork(8, 3),
    execed(8, 'sync', 3.01, { args: ['/opt/sync', '--tenant', 'globex'] }),
    exited(8, 'sync', 4, {}),
  );
  const matching = (text: string) => {
    const filter = filterOf(text);
    const live = [...system.table.live()].filter((process) =>
      filter.matches(new ProcessSubject(process, system)),
    );
    const log = [...system.log].filter((entry) => matchesRecord(entry, filter, system.guest)).length;
    return [live.map(({ pid }) => pid), log];
  };
  expect(matching('args~acme')).toEqual([[7], 2]);
  expect(matching('args~globex')).toEqual([[], 3]);
  expect(matching('cmd~"sync --tenant"')).toEqual([[7], 5]);
  expect(matching('cmd="sync --tenant acme"')).toEqual([[7], 2]);
  expect(matching('args~/opt/sync')).toEqual([[7], 5]);
  expect(matching('cmd~/opt/sync')).toEqual([[], 0]);
  expect(matching('!args~acme')).toEqual([[1], 3]);
});

describe('arguments that are read later', () => {
  const setArgs = (system: SystemState, ...args: string[]) =>
    setLateArgs(system.ancestry.find({ pid: 7, startTicks: undefined }) as ProcessOrigin, args);

  test('are shown by the spawn and the exec of the program', () => {
    const system = systemOf(shell, fork(7), execed(7, 'sleep', 2.01));
    expect(logOf(system)).toEqual(['sleep', 'sleep']);
    setArgs(system, 'sleep', '600');
    expect(logOf(system)).toEqual(['sleep 600', 'sleep 600']);
  });

  test('are not those of a program that was replaced since', () => {
    const system = systemOf(
      shell,
      fork(7),
      execed(7, 'env', 2.01),
      execed(7, 'sleep', 3),
      execed(7, 'sleep', 4),
    );
    setArgs(system, 'sleep', '600');
    expect(logOf(system)).toEqual(['env', 'env', 'sleep', 'sleep 600']);
  });
});
