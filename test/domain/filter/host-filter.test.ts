import { describe, expect, test } from 'vitest';
import type { ChurnRecord } from '../../../src/domain/events/event.ts';
import { matchesRecord, StreamFilter } from '../../../src/domain/filter/stream-filter.ts';
import { ProcessSubject } from '../../../src/domain/filter/subject.ts';
import { unknownGuest } from '../../../src/domain/processes/guest.ts';
import { SystemState } from '../../../src/domain/processes/system-state.ts';
import { alert, exited, seconds, spawned } from '../../support/fixtures/events.ts';
import { filterOf } from '../../support/fixtures/filters.ts';

const guest = { ...unknownGuest, host: 'web1' };

describe('the field host', () => {
  test.each([
    ['host=web1', true],
    ['host=web1,web2', true],
    ['host~eb', true],
    ['host=~^web[0-9]$', true],
    ['host!=web1', false],
    ['host=db1', false],
  ])('%s on web1: %s', (text, matches) => {
    const state = new SystemState(undefined, guest);
    state.apply({ nowNs: seconds(1), records: [spawned(10, 'sh', 1)] });
    const [process] = state.table.live();
    if (!process) throw new Error('no process');
    expect(filterOf(text).matches(new ProcessSubject(process, state))).toBe(matches);
    expect(new StreamFilter(filterOf(text), guest).filter([spawned(10, 'sh', 1)])).toHaveLength(
      Number(matches),
    );
  });

  test('is unknown without a host name, so that a comparison is false', () => {
    expect(new StreamFilter(filterOf('host=web1')).filter([spawned(10, 'sh', 1)])).toEqual([]);
    expect(new StreamFilter(filterOf('!host=web1')).filter([spawned(10, 'sh', 1)])).toHaveLength(1);
  });
});

describe('an entry of the merged log', () => {
  const matches = (text: string, record: ChurnRecord, host: string) => {
    const state = new SystemState();
    state.apply({ nowNs: seconds(1), records: [record] });
    const [entry] = state.log;
    if (!entry) throw new Error('not logged');
    return matchesRecord({ ...entry, from: { host } }, filterOf(text), unknownGuest);
  };

  test('matches by its own guest', () => {
    expect(matches('host=web2', exited(10, 'sh', 1), 'web2')).toBe(true);
    expect(matches('host=web2 sh', exited(10, 'sh', 1), 'web2')).toBe(true);
    expect(matches('host=web2', exited(10, 'sh', 1), 'web1')).toBe(false);
  });

  test('without a process must match a filter of hosts only', () => {
    const raised = alert('alive>5', 1, { value: '6' });
    expect(matches('host=web2', raised, 'web2')).toBe(true);
    expect(matches('host=web2', raised, 'web1')).toBe(false);
    expect(matches('!host=web2', raised, 'web1')).toBe(true);
    expect(matches('host=web2 comm=sh', raised, 'web1')).toBe(true);
    expect(matches('', raised, 'web1')).toBe(true);
  });
});
