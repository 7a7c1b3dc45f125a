import { describe, expect, test } from 'vitest';
import type { ChurnRecord } from '../../../src/domain/events/event.ts';
import { recordTimeNs } from '../../../src/domain/events/record.ts';
import { parseFilter } from '../../../src/domain/filter/filter.ts';
import { StreamFilter } from '../../../src/domain/filter/stream-filter.ts';
import { execed, exited, spawned } from '../../support/fixtures/events.ts';

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
