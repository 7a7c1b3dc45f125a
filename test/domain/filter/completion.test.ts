import { describe, expect, test } from 'vitest';
import { signalNames } from '../../../src/domain/events/exit-status.ts';
import { complete } from '../../../src/domain/filter/completion.ts';
import { filterFields } from '../../../src/domain/filter/fields.ts';
import { knownValues } from '../../../src/domain/filter/known-values.ts';
import { SystemState } from '../../../src/domain/processes/system-state.ts';
import { seconds, spawned } from '../../support/fixtures/events.ts';

const system = new SystemState(undefined, {
  bootOffsetNs: 0n,
  userName: (uid) => (uid === 0 ? 'root' : String(uid)),
});
system.apply({
  nowNs: seconds(3),
  records: [
    spawned(1, 'cron', 1, { cgroup: '/system.slice/cron.service' }),
    spawned(2, 'node', 1, {
      guest_uid: 33,
      cgroup: `/system.slice/docker-4f1d2c3b4a59${'0'.repeat(52)}.scope`,
    }),
    spawned(3, 'a b', 1, { cgroup: '/system.slice/docker.service' }),
    spawned(4, 'node', 1, { cgroup: '/lxc.payload.web' }),
    spawned(5, 'node', 1),
  ],
});

const names = filterFields.map(({ name }) => name);

describe('complete returns the options at the cursor', () => {
  test.each<[string, readonly string[], number]>([
    ['', names, 0],
    ['c', ['comm', 'cmd', 'cgroup', 'container', 'cpu'], 0],
    ['nginx u', ['under', 'user', 'unit'], 6],
    ['nginx ', [...names, 'and', 'or'], 6],
    ['nginx o', ['or'], 6],
    ['nginx an', ['and'], 6],
    ['nginx and ', names, 10],
    ['!(pi', ['pid'], 2],
    ['age', ['<', '<=', '>', '>='], 3],
    ['pid!', ['!='], 3],
    ['comm=', [], 5],
    ['event=', ['spawned', 'exec', 'user', 'zombie', 'exited', 'gap'], 6],
    ['event=ex', ['exec', 'exited'], 6],
    ['event=spawned,z', ['zombie'], 14],
    ['signal=SE', ['SEGV'], 7],
    ['signal=u', ['USR1', 'USR2', 'URG'], 7],
    ['signal=SIGS', ['SIGSEGV', 'SIGSTKFLT', 'SIGSTOP', 'SIGSYS'], 7],
    ['signal=9,si', signalNames.map((name) => `SIG${name}`), 9],
    ['age<5', ['5ns', '5us', '5ms', '5s', '5m', '5h', '5d'], 4],
    ['age<5m', ['5ms'], 4],
    ['xyz', [], 0],
    ['"c', [], 2],
    ['/c', [], 2],
  ])('%j', (text, expected, from) => {
    const completion = complete(text);
    expect(completion.options.map((option) => option.text)).toEqual(expected);
    if (expected.length > 0) expect(completion.from).toBe(from);
  });

  test.each<[string, readonly string[]]>([
    ['unit=', ['cron.service', 'docker.service']],
    ['unit=c', ['cron.service']],
    ['container=', ['4f1d2c3b4a59', 'web']],
    ['user!=r', ['root']],
    ['comm=cron,n', ['node']],
    ['comm~cron', []],
    ['comm=a', ['"a b"']],
    ['cgroup=', []],
  ])('%j with the values of the processes', (text, expected) => {
    const { options } = complete(text, text.length, knownValues(system));
    expect(options.map((option) => option.text)).toEqual(expected);
  });

  test('complete ignores the text after the cursor', () => {
    expect(complete('ev nginx', 2).options.map(({ text }) => text)).toEqual(['event']);
  });
});
