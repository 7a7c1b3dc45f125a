import { describe, expect, test } from 'vitest';
import type { ExitStatus } from '../../../src/domain/events/exit-status.ts';
import { matchesRecord } from '../../../src/domain/filter/stream-filter.ts';
import { ProcessSubject } from '../../../src/domain/filter/subject.ts';
import { SystemState } from '../../../src/domain/processes/system-state.ts';
import { exited, seconds, spawned, zombie } from '../../support/fixtures/events.ts';
import { filterOf } from '../../support/fixtures/filters.ts';
import { createSubject } from '../../support/fixtures/subjects.ts';

const statuses: Readonly<Record<string, ExitStatus>> = {
  unknown: {},
  success: { exit_code: 0 },
  three: { exit_code: 3 },
  shell: { exit_code: 139 },
  segv: { exit_signal: 11, core_dumped: true },
  kill: { exit_signal: 9 },
};

describe('filters on the exit status', () => {
  test.each<[string, string[]]>([
    ['exit=0', ['success']],
    ['exit!=0', ['three', 'shell', 'segv', 'kill']],
    ['exit>128', ['shell', 'segv', 'kill']],
    ['exit=3,139', ['three', 'shell', 'segv']],
    ['signal=SEGV', ['segv']],
    ['signal=SIGSEGV,9', ['segv', 'kill']],
    ['signal=11', ['segv']],
    ['signal!=segv', ['kill']],
    ['exit!=0 exit<=128 or signal=KILL', ['three', 'kill']],
    ['event=exited !exit>=0', ['unknown']],
  ])('%s matches %j [fault:unknown-is-success]', (text, expected) => {
    const { matches } = filterOf(text);
    const matching = Object.entries(statuses).filter(([, exitStatus]) =>
      matches(createSubject({ event: 'exited', exitStatus })),
    );
    expect(matching.map(([name]) => name)).toEqual(expected);
  });

  test('do not match a live process, nor a spawn', () => {
    for (const text of ['exit=0', 'exit!=0', 'signal!=KILL'])
      expect(filterOf(text).matches(createSubject())).toBe(false);
  });

  test('match the zombie and the exit, in the log and in the table', () => {
    const state = new SystemState();
    const records = [
      spawned(7, 'sh', 1),
      zombie(7, 'sh', 2, { start_ticks: 100, exit_code: 3 }),
      exited(7, 'sh', 3, { start_ticks: 100, exit_code: 3 }),
    ];
    const failed = filterOf('exit!=0');
    const matchesTable: boolean[] = [];
    for (const record of records) {
      state.apply({ nowNs: record.guest_monotonic_ns, records: [record] });
      const process = state.table.get(7) ?? state.table.recentlyExited()[0];
      if (process) matchesTable.push(failed.matches(new ProcessSubject(process, state)));
    }
    expect(matchesTable).toEqual([false, true, true]);
    const log = [...state.log].map((entry) => matchesRecord(entry, failed, state.guest));
    expect(log).toEqual([false, true, true]);
    expect(state.nowNs).toBe(seconds(3));
  });
});
