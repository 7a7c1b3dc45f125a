import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parentsFirst, RecordOrder } from '../../../src/capture/worker/record-order.ts';
import { type ChurnRecord, isProbeEvent, type ProbeEvent } from '../../../src/domain/events/event.ts';
import { execed, exited, gap, seconds, spawned, zombie } from '../../support/fixtures/events.ts';

const pidsOf = (records: readonly ChurnRecord[]) =>
  records.map((record) => (isProbeEvent(record) ? record.guest_pid : record.probe_source));

describe('parentsFirst', () => {
  test('puts each spawn after that of its parent [fault:parent-late]', () => {
    const hands = [20, 19, 18].map((pid) => spawned(pid, 'hand', 1, { guest_ppid: 16 }));
    const records = [...hands, spawned(16, 'crew', 1, { guest_ppid: 5 }), spawned(5, 'boss', 1)];
    expect(pidsOf(parentsFirst(records))).toEqual([5, 16, 20, 19, 18]);
  });

  test('returns the same array if no parent follows its child', () => {
    const records = [spawned(5, 'a', 1), spawned(6, 'b', 1, { guest_ppid: 5 }), gap('unseen')];
    expect(parentsFirst(records)).toBe(records);
  });

  test('keeps the order of the records of one process', () => {
    const records = [
      exited(16, 'old', 1),
      spawned(20, 'hand', 1, { guest_ppid: 16 }),
      zombie(20, 'hand', 1),
      spawned(16, 'crew', 1),
      execed(16, 'other', 1),
      exited(20, 'hand', 1),
    ];
    const ordered = parentsFirst(records).map(
      (record) => `${record.probe_source.slice(8)} ${(record as ProbeEvent).guest_pid}`,
    );
    expect(ordered).toEqual(['exited 16', 'spawned 16', 'spawned 20', 'zombie 20', 'exec 16', 'exited 20']);
  });

  test('ignores a later process with the PID of the parent', () => {
    const records = [
      spawned(20, 'hand', 1, { guest_ppid: 16, start_ticks: 100 }),
      spawned(16, 'reuser', 1, { start_ticks: 105 }),
    ];
    expect(parentsFirst(records)).toBe(records);
  });

  test('orders a chain of 10,000 processes', () => {
    const chain = Array.from({ length: 10_000 }, (_, index) =>
      spawned(index + 2, 'deep', 1, { guest_ppid: index + 1 }),
    );
    expect(parentsFirst(chain.toReversed())).toEqual(chain);
  });

  test('accepts processes that are their own ancestors', () => {
    const records = [spawned(7, 'a', 1, { guest_ppid: 8 }), spawned(8, 'b', 1, { guest_ppid: 7 })];
    expect(pidsOf(parentsFirst(records)).toSorted()).toEqual([7, 8]);
  });
});

describe('RecordOrder', () => {
  test('buffers the records of a backlog, and orders them together', () => {
    const order = new RecordOrder();
    const child = spawned(20, 'hand', 1, { guest_ppid: 16 });
    const parent = spawned(16, 'crew', 1.004);
    expect(order.add([child], true, 0)).toEqual([]);
    expect(order.add([parent], false, 4)).toMatchObject([
      // The parent was alive when the child was found, so it was spawned before.
      { guest_pid: 16, guest_monotonic_ns: seconds(1), window_ns: 96_000_000n },
      { guest_pid: 20, guest_monotonic_ns: seconds(1) },
    ]);
    expect(
      order.add([exited(16, 'crew', 2, { start_ticks: 100, lifetime_ns: seconds(0.996) })], false, 1000),
    ).toMatchObject([{ lifetime_ns: seconds(1) }]);
  });

  test('delivers the records of a lasting backlog after 50 ms', () => {
    const order = new RecordOrder();
    expect(order.add([spawned(20, 'a', 1)], true, 0)).toEqual([]);
    expect(order.add([spawned(21, 'b', 1)], true, 20)).toEqual([]);
    expect(pidsOf(order.add([spawned(22, 'c', 1)], true, 50))).toEqual([20, 21, 22]);
  });

  test('returns the buffered records at the end', () => {
    const order = new RecordOrder();
    order.add([spawned(20, 'a', 1)], true, 0);
    expect(pidsOf(order.take())).toEqual([20]);
    expect(order.take()).toEqual([]);
  });

  test('keeps every record, the order of each process and the order of time', () => {
    const record = fc.record({
      pid: fc.integer({ min: 2, max: 12 }),
      ppid: fc.integer({ min: 1, max: 12 }),
      kind: fc.constantFrom('spawned', 'exec', 'zombie', 'exited'),
      afterMs: fc.nat(3),
      startTicks: fc.integer({ min: 100, max: 103 }),
    });
    const property = fc.property(
      fc.array(fc.array(record, { maxLength: 12 }), { maxLength: 6 }),
      fc.array(fc.boolean(), { minLength: 6, maxLength: 6 }),
      (samples, backlogs) => {
        const order = new RecordOrder();
        const input: ProbeEvent[] = [];
        const output: ChurnRecord[] = [];
        let ms = 1000;
        samples.forEach((sample, index) => {
          const records = sample.map(({ pid, ppid, kind, afterMs, startTicks }) => {
            ms += afterMs;
            const more = { start_ticks: startTicks };
            if (kind === 'spawned') return spawned(pid, 'p', ms / 1000, { ...more, guest_ppid: ppid });
            if (kind === 'exec') return execed(pid, 'p', ms / 1000, more);
            return kind === 'zombie'
              ? zombie(pid, 'p', ms / 1000, more)
              : exited(pid, 'p', ms / 1000, { ...more, lifetime_ns: 1_000_000n });
          });
          input.push(...records);
          output.push(...order.add(records, backlogs[index] as boolean, ms));
        });
        output.push(...order.take());
        const events = output.filter(isProbeEvent);
        const kinds = (list: ProbeEvent[], pid: number) =>
          list.filter(({ guest_pid }) => guest_pid === pid).map(({ probe_source }) => probe_source);
        for (let pid = 2; pid <= 12; pid++) expect(kinds(events, pid)).toEqual(kinds(input, pid));
        const times = events.map(({ guest_monotonic_ns }) => guest_monotonic_ns);
        expect(times).toEqual(times.toSorted((a, b) => Number(a - b)));
      },
    );
    fc.assert(property, { numRuns: 300 });
  });
});
