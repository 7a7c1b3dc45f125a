import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Batch, ChurnRecord } from '../../src/domain/events/event.ts';
import { StreamFilter } from '../../src/domain/filter/stream-filter.ts';
import { SystemState } from '../../src/domain/processes/system-state.ts';
import {
  logWindow,
  matchingEntryNumbers,
  matchingRecords,
  processRows,
} from '../../src/store/navigation/selectors.ts';
import { Store } from '../../src/store/store.ts';
import { defaultOrders } from '../../src/store/views/views.ts';
import { exited, seconds, sourceInfo, spawned } from '../support/fixtures/events.ts';
import { filterOf } from '../support/fixtures/filters.ts';
import { anyFilter } from '../support/fixtures/subjects.ts';

const userName = (uid: number) => (uid === 0 ? 'root' : 'www-data');

const pid = fc.integer({ min: 1, max: 6 });
const comm = fc.constantFrom('nginx', 'node', 'sh', 'a b');
const record = fc.oneof(
  fc.record({
    kind: fc.constant('+' as const),
    pid,
    ppid: pid,
    comm,
    uid: fc.constantFrom(0, 33),
    initial: fc.boolean(),
  }),
  fc.record({ kind: fc.constant('-' as const), pid, comm }),
  fc.record({ kind: fc.constant('!' as const) }),
);

/** Batches at intervals of one second. */
const history: fc.Arbitrary<Batch[]> = fc
  .array(fc.array(record, { maxLength: 8 }), { maxLength: 8 })
  .map((batches) =>
    batches.map((parts, index) => {
      const at = 100 + index;
      const records = parts.map((part): ChurnRecord => {
        if (part.kind === '!')
          return {
            probe_source: 'trace.gap',
            reason: 'unseen',
            tasks: 2,
            from_monotonic_ns: seconds(at),
            to_monotonic_ns: seconds(at),
          };
        if (part.kind === '-') return exited(part.pid, part.comm, at, { lifetime_ns: seconds(0.3) });
        const { ppid, uid, initial } = part;
        return spawned(part.pid, part.comm, at, {
          guest_ppid: ppid,
          guest_uid: uid,
          ...(initial && { initial }),
        });
      });
      return { nowNs: seconds(at), records };
    }),
  );

const open = () =>
  new Store({
    info: sourceInfo,
    size: { columns: 80, rows: 24 },
    usersOf: () => userName,
    maxLogEntries: 20,
  });

/** Returns what the views show and count. */
const visible = (store: Store) => {
  const { system, view } = store.getSnapshot();
  return {
    rows: processRows(system, view),
    log: logWindow(system, { filter: view.filter, bottom: view.logBottom, rows: 100 }),
    entries: matchingEntryNumbers(system, view.filter),
    dump: [...matchingRecords(system, view.filter)],
    ...counts(store),
  };
};

const counts = (store: Store) => {
  const { system, recordsWhilePaused } = store.getSnapshot();
  return {
    spawns: [system.spawns.total, system.spawns.history()],
    exits: [system.exits.total, system.exits.history()],
    alive: system.table.size,
    lost: [...system.lostByReason],
    older: system.log.dropped,
    recordsWhilePaused,
  };
};

describe('a filter', () => {
  test('has no effect after it is cleared', () => {
    fc.assert(
      fc.property(history, fc.array(anyFilter, { minLength: 1, maxLength: 4 }), (batches, filters) => {
        const plain = open();
        const filtered = open();
        for (const [index, batch] of batches.entries()) {
          plain.ingest(batch);
          filtered.ingest(batch);
          filtered.dispatch({ type: 'eraseFilter', what: 'all' });
          filtered.dispatch({ type: 'typeFilter', text: filters[index % filters.length] as string });
          // Rates and totals are not filtered.
          expect(counts(filtered)).toEqual(counts(plain));
        }
        filtered.dispatch({ type: 'clearFilter' });
        expect(visible(filtered)).toEqual(visible(plain));
      }),
    );
  });

  test('shows a part of the rows and records, in the same order', () => {
    fc.assert(
      fc.property(history, anyFilter, (batches, text) => {
        const store = open();
        for (const batch of batches) store.ingest(batch);
        const all = visible(store);
        store.dispatch({ type: 'typeFilter', text });
        const some = visible(store);
        expect(all.rows.filter((row) => some.rows.includes(row))).toEqual(some.rows);
        expect(all.dump.filter((row) => some.dump.includes(row))).toEqual(some.dump);
      }),
    );
  });

  test('and its negation split the rows; gaps match both', () => {
    fc.assert(
      fc.property(history, anyFilter, (batches, text) => {
        const store = open();
        for (const batch of batches) store.ingest(batch);
        const { system } = store.getSnapshot();
        const lists = ['', text, `!(${text})`].map((part) => {
          const filter = filterOf(part);
          return {
            rows: processRows(system, { filter, orders: defaultOrders }),
            dump: [...matchingRecords(system, filter)],
          };
        });
        const [all, one, other] = lists as [(typeof lists)[0], (typeof lists)[0], (typeof lists)[0]];
        expect(one.rows.length + other.rows.length).toBe(all.rows.length);
        expect(new Set([...one.dump, ...other.dump])).toEqual(new Set(all.dump));
        const gaps = all.dump.filter(({ probe_source }) => probe_source === 'trace.gap');
        // A process that has had two comms matches by both, so its records match only one of the two.
        expect(one.dump.filter((record) => other.dump.includes(record))).toEqual(gaps);
        for (const gap of gaps) for (const { dump } of [one, other]) expect(dump).toContain(gap);
      }),
    );
  });

  test('matches the same records in a stream and in the log', () => {
    fc.assert(
      fc.property(history, anyFilter, (batches, text) => {
        const filter = filterOf(text);
        const store = new Store({ info: sourceInfo, usersOf: () => userName, maxLogEntries: 1_000 });
        const stream = new StreamFilter(filter, { bootOffsetNs: sourceInfo.bootOffsetNs, userName });
        const streamed = batches.flatMap(({ records }) => stream.filter(records)).concat(stream.flush());
        for (const batch of batches) store.ingest(batch);
        const isInitial = (record: ChurnRecord) => 'initial' in record;
        const logged = [...matchingRecords(store.getSnapshot().system, filter)];
        // A stream cannot retract the spawn of a process that gets an excluded name later than 50 ms after it.
        const isTakenBack = (record: ChurnRecord) =>
          filter.excludesNames && record.probe_source === 'process.spawned' && !logged.includes(record);
        expect(logged).toEqual(streamed.filter((record) => !isInitial(record) && !isTakenBack(record)));
      }),
    );
  });
});

describe('records are matched by fields of their spawn', () => {
  const passing = (text: string, records: readonly ChurnRecord[]) => {
    const filter = filterOf(text);
    return new StreamFilter(filter, { bootOffsetNs: 0n, userName }).filter(records);
  };
  const spawn = spawned(20, 'make', 1, { guest_ppid: 10, guest_uid: 33 });
  const child = spawned(30, 'cc', 2, { guest_ppid: 20 });
  const exit = exited(20, 'make', 3, { lifetime_ns: seconds(2), start_ticks: 100 });
  const orphan = exited(30, 'cc', 5);
  const all = [spawn, child, exit, orphan];

  test.each([
    ['ppid=10', [spawn, exit]],
    ['user=www-data', [spawn, exit]],
    ['under=20', all],
    ['under=10', all],
    ['under=30', [child, orphan]],
    ['life>1s', [exit]],
    ['age<=0s', [spawn, child]],
    ['age>=3s', [orphan]],
    ['event=exited', [exit, orphan]],
    ['!event=exited under=10', [spawn, child]],
  ])('%s', (text, expected) => expect(passing(text, all)).toEqual(expected));

  test('discovery can list the child first', () => {
    const found = [
      spawned(5, 'sh', 1, { guest_ppid: 400, initial: true }),
      spawned(400, 'sshd', 1, { guest_ppid: 1, initial: true }),
    ];
    expect(passing('under=1', found)).toEqual(found);
  });
});

describe('a filter by control group', () => {
  test('is an error and matches everything if cgroups are not recorded', () => {
    const store = new Store({ info: sourceInfo });
    store.dispatch({ type: 'openFilter' });
    store.dispatch({ type: 'typeFilter', text: 'sh cgroup~docker' });
    expect(store.getSnapshot().view).toMatchObject({
      filterError: { column: 10, error: 'control groups need --record-cgroups' },
      filter: { text: '' },
    });
  });

  test.each(['unit=nginx', 'container=web'])('is an error for %s if cgroups are not recorded', (text) => {
    const store = new Store({ info: sourceInfo });
    store.dispatch({ type: 'openFilter' });
    store.dispatch({ type: 'typeFilter', text });
    expect(store.getSnapshot().view.filterError).toMatchObject({
      error: 'control groups need --record-cgroups',
    });
  });

  test('matches the cgroups of spawns and execs', () => {
    const store = new Store({ info: { ...sourceInfo, cgroups: true }, filter: 'cgroup~docker' });
    const records = [
      spawned(10, 'runc', 1, { cgroup: '/docker/1f' }),
      spawned(11, 'sh', 1, { start_ticks: 90, cgroup: '/init.scope' }),
      spawned(12, 'gone', 1),
      {
        ...spawned(11, 'init', 2, { start_ticks: 90, cgroup: '/docker/2e' }),
        probe_source: 'process.exec' as const,
        previous_comm: 'sh',
      },
    ];
    store.ingest({ nowNs: seconds(2), records });
    const { system, view } = store.getSnapshot();
    expect(processRows(system, view).map(({ comm }) => comm)).toEqual(['runc', 'init']);
    expect([...matchingRecords(system, view.filter)]).toEqual([records[0], records[3]]);
  });
});

describe('a filter by user name, for a trace without user names', () => {
  const trace = { ...sourceInfo, trace: 't' };
  const usersOf = ({ host }: { host: string }) => (host === sourceInfo.host ? userName : undefined);
  const theirs = { ...trace, host: 'other' };

  test('is off from the start, with a notice', () => {
    const { view } = new Store({ info: theirs, usersOf, filter: 'user=root' }).getSnapshot();
    expect(view.filter.text).toBe('');
    expect(view.notice?.text).toBe('filter off: users of this trace: by number only, as in user=1000');
  });

  test('is an error when it is typed', () => {
    const store = new Store({ info: theirs, usersOf });
    store.dispatch({ type: 'openFilter' });
    store.dispatch({ type: 'typeFilter', text: 'sh user=root' });
    store.dispatch({ type: 'keepFilter' });
    expect(store.getSnapshot().view).toMatchObject({
      mode: 'filter',
      filterError: { column: 8 },
      filter: { text: '' },
    });
    store.dispatch({ type: 'clearFilter' });
    store.dispatch({ type: 'typeFilter', text: 'user=0' });
    expect(store.getSnapshot().view).toMatchObject({ filterError: undefined, filter: { text: 'user=0' } });
  });

  test('is off while the trace of another guest is shown', () => {
    const store = new Store({ info: trace, usersOf, filter: 'user=root' });
    expect(store.getSnapshot().userName(0)).toBe('root');
    store.setSystem(new SystemState(), theirs);
    expect(store.getSnapshot().view).toMatchObject({ filter: { text: '' }, notice: { tone: 'error' } });
    expect(store.getSnapshot().userName(0)).toBe('0');
    store.setSystem(new SystemState(), trace);
    expect(store.getSnapshot().view.filter.text).toBe('user=root');
  });
});
