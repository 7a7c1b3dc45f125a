import { describe, expect, test } from 'vitest';
import type { ChurnRecord } from '../../../src/domain/events/event.ts';
import { recordTimeNs } from '../../../src/domain/events/record.ts';
import { parseFilter } from '../../../src/domain/filter/filter.ts';
import { StreamFilter } from '../../../src/domain/filter/stream-filter.ts';
import { execed, exited, spawned, userChanged } from '../../support/fixtures/events.ts';

const filtered = (text: string, ...batches: ChurnRecord[][]) => {
  const filter = parseFilter(text);
  if (!filter.ok) throw new Error(filter.error);
  const stream = new StreamFilter(filter);
  return batches.map((records) =>
    stream
      .filter(records, records.length === 0 ? undefined : recordTimeNs(records.at(-1) as ChurnRecord))
      .map((record) => `${record.probe_source} ${'guest_comm' in record ? record.guest_comm : ''}`),
  );
};

/** A shell forks, the child executes nginx, and exits. */
const fork = spawned(10, 'sh', 1);
const exec = execed(10, 'nginx', 1.001, { previous_comm: 'sh' });
const end = exited(10, 'nginx', 2);

describe('StreamFilter matches a process by any name it has had', () => {
  test.each([
    ['nginx', [[], ['process.spawned sh', 'process.exec nginx'], ['process.exited nginx']]],
    ['sh', [['process.spawned sh'], ['process.exec nginx'], ['process.exited nginx']]],
    ['!sh', [[], [], []]],
    ['!nginx', [[], [], []]],
    ['comm!=nginx', [[], [], []]],
    ['!(comm=nginx or pid=7)', [[], [], []]],
    ['under=1 !comm=nginx', [[], [], []]],
    ['!comm!=nginx', [[], ['process.spawned sh', 'process.exec nginx'], ['process.exited nginx']]],
    ['!cron', [[], [], ['process.spawned sh', 'process.exec nginx', 'process.exited nginx']]],
    ['nginx event=exited', [[], [], ['process.exited nginx']]],
    ['cron', [[], [], []]],
  ])('%s', (text, wanted) => {
    expect(filtered(text, [fork], [exec], [end])).toEqual(wanted);
  });

  test('StreamFilter emits a spawn once, and treats a reused PID as another process', () => {
    expect(
      filtered(
        'nginx',
        [fork, exec, execed(10, 'nginx', 1.5, { previous_comm: 'nginx' }), end],
        [spawned(10, 'sh', 3)],
      ),
    ).toEqual([
      ['process.spawned sh', 'process.exec nginx', 'process.exec nginx', 'process.exited nginx'],
      [],
    ]);
  });
});

test('StreamFilter follows the user of a process [fault:user-change]', () => {
  const records = [
    [spawned(10, 'nginx', 1, { guest_uid: 0 })],
    [userChanged(10, 'nginx', 2)],
    [exited(10, 'nginx', 3)],
  ];
  expect(filtered('user=33', ...records)).toEqual([[], ['process.user nginx'], ['process.exited nginx']]);
  expect(filtered('user=0', ...records)).toEqual([['process.spawned nginx'], [], []]);
  expect(filtered('event=user', ...records)).toEqual([[], ['process.user nginx'], []]);
});

test('StreamFilter waits for the exec of a process that changes its user first [fault:user-change]', () => {
  const lives = [
    spawned(10, 'sh', 1),
    userChanged(10, 'sh', 1.001),
    execed(10, 'nginx', 1.002, { previous_comm: 'sh' }),
    exited(10, 'nginx', 2),
  ];
  expect(filtered('!comm=nginx', lives.slice(0, 2), lives.slice(2))).toEqual([[], []]);
});

describe('StreamFilter decides a spawn when its ancestors are reported after it', () => {
  const init = spawned(1, 'init', 0.5, { guest_ppid: 0, initial: true });
  const child = spawned(10, 'cc', 1, { guest_ppid: 20, start_ticks: 100 });
  const parent = spawned(20, 'make', 1.01, { guest_ppid: 1, start_ticks: 100 });
  const end = exited(10, 'cc', 1.02, { start_ticks: 100 });
  const [init_, child_, parent_, end_] = ['spawned init', 'spawned cc', 'spawned make', 'exited cc'].map(
    (name) => `process.${name}`,
  );

  test.each([
    ['under=20', [[], [], [child_, parent_], [end_]]],
    ['under=1', [[init_], [], [child_, parent_], [end_]]],
    ['under!=20', [[init_], [], [], []]],
    ['!under=1', [[], [], [], []]],
    ['under!=40', [[init_], [], [child_, parent_], [end_]]],
  ])('%s', (text, wanted) => {
    expect(filtered(text, [init], [child], [parent], [end])).toEqual(wanted);
  });

  test('or after 50 ms without them', () => {
    const other = spawned(11, 'ls', 1.051, { guest_ppid: 1 });
    expect(filtered('under!=1', [init], [child], [other], [parent])).toEqual([[], [], [child_], []]);
    expect(filtered('under=1', [init], [child], [other], [parent])).toEqual([
      [init_],
      [],
      ['process.spawned ls'],
      [parent_, child_],
    ]);
  });
});
