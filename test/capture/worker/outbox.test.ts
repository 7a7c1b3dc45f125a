import { describe, expect, test } from 'vitest';
import { openOutbox, withAlerts } from '../../../src/capture/worker/outbox.ts';
import { defaultRules, parseRule } from '../../../src/domain/alerts/rule.ts';
import {
  type Batch,
  type ChurnRecord,
  isProbeEvent,
  type ProbeEvent,
} from '../../../src/domain/events/event.ts';
import { seconds, spawned } from '../../support/fixtures/events.ts';
import { createManualClock } from '../../support/fakes/manual-clock.ts';

const setUp = (rule?: string) => {
  const parsed = rule === undefined ? undefined : parseRule(rule);
  const rules = parsed === undefined ? defaultRules : parsed.ok ? [parsed.rule] : [];
  const time = { s: 0 };
  const nowNs = () => seconds(time.s);
  const told: ChurnRecord[] = [];
  const inner = openOutbox({
    post: ({ records }) => told.push(...records),
    ackedBatches: () => 1000,
    nowNs,
  });
  const { outbox, heldBack } = withAlerts(inner, rules, nowNs);
  const see = (at: number, ...records: ChurnRecord[]) => {
    time.s = at;
    for (const record of records) outbox.put(record);
    outbox.flush(at * 1000);
  };
  return { inner, outbox, heldBack, told, see };
};

test('an alert stands behind the records it was worked out of', () => {
  const { see, told, heldBack } = setUp('alive>1');
  see(1, spawned(1, 'a', 1), spawned(2, 'b', 1));
  see(2.1, spawned(3, 'c', 2));
  see(3.2, spawned(4, 'd', 3));
  expect(told.map((record) => ('guest_comm' in record ? record.guest_comm : record.probe_source))).toEqual([
    'a',
    'b',
    'c',
    'trace.alert',
    'd',
  ]);
  expect(heldBack()).toBe(0);
});

test('without rules nothing stands between', () => {
  const { inner, outbox } = setUp('no rule');
  expect(outbox).toBe(inner);
});

const event = (kind: ProbeEvent['probe_source'], pid: number, ns: bigint, comm = 'x'): ProbeEvent =>
  ({
    probe_source: kind,
    guest_pid: pid,
    guest_comm: comm,
    guest_monotonic_ns: ns,
    ...(kind === 'process.exec' && { previous_comm: 'x' }),
  }) as ProbeEvent;

const posting = (maxQueued = 10) => {
  const clock = createManualClock();
  const batches: Batch[] = [];
  let taken = 0;
  const outbox = openOutbox({
    post: (batch) => batches.push(batch),
    ackedBatches: () => taken,
    nowNs: clock.now,
    maxQueued,
  });
  return {
    clock,
    batches,
    outbox,
    put: (kind: 'spawned' | 'exec' | 'zombie' | 'exited', pid: number, comm?: string) =>
      outbox.put(event(`process.${kind}`, pid, clock.now(), comm)),
    take: () => {
      taken = batches.length;
    },
    flush: (afterMs: number) => {
      clock.advance(afterMs);
      outbox.flush(clock.ms());
      return batches.length;
    },
    /** Four batches that nobody takes: the receiver is held up. */
    stall: () => {
      for (let batch = 0; batch < 4; batch++) {
        outbox.put(event('process.exited', 9, clock.now()));
        clock.advance(50);
        outbox.flush(clock.ms());
      }
    },
  };
};

const briefs = (records: readonly ChurnRecord[] = []) =>
  records.map((record) =>
    isProbeEvent(record)
      ? `${record.probe_source.slice(8)} ${record.guest_pid} ${record.guest_comm}`
      : record.probe_source === 'trace.gap'
        ? `gap ${record.reason} ${record.events}`
        : record.probe_source,
  );

describe('when', () => {
  test('the first record goes at once, the next after 50 ms, together', () => {
    const { put, flush, batches } = posting();
    put('spawned', 1);
    expect(flush(0)).toBe(1);
    put('spawned', 2);
    expect(flush(20)).toBe(1);
    put('spawned', 3);
    expect(flush(29)).toBe(1);
    expect(flush(1)).toBe(2);
    expect(briefs(batches[1]?.records)).toEqual(['spawned 2 x', 'spawned 3 x']);
  });

  test('when quiet, a batch a second says what time it is', () => {
    const { flush, batches, clock, take } = posting();
    expect(flush(0)).toBe(1);
    take();
    expect(flush(999)).toBe(1);
    expect(flush(1)).toBe(2);
    expect(batches[1]).toEqual({ nowNs: clock.now(), records: [] });
  });

  test('at the end everything goes, even if nobody takes it', () => {
    const { put, stall, outbox, batches, clock } = posting();
    stall();
    put('spawned', 5);
    outbox.close(clock.ms());
    expect(briefs(batches.at(-1)?.records)).toEqual(['spawned 5 x']);
  });

  test('a long backlog goes in parts', () => {
    const { put, flush, batches, take } = posting(100_000);
    for (let pid = 1; pid <= 5000; pid++) put('spawned', pid);
    flush(0);
    take();
    flush(50);
    expect(batches.map(({ records }) => records.length)).toEqual([4096, 904]);
  });
});

describe('a receiver that does not keep up', () => {
  test('gets no more than four batches ahead of what it has taken', () => {
    const { put, flush, take, stall, batches } = posting();
    stall();
    put('spawned', 1);
    expect(flush(5000)).toBe(4);
    take();
    expect(flush(0)).toBe(5);
    expect(briefs(batches[4]?.records)).toEqual(['spawned 1 x']);
  });

  test('loses what is beyond the bound, and is told how much [fault:fork-storm-queue]', () => {
    const { put, flush, take, stall, batches, outbox } = posting(2);
    stall();
    put('spawned', 1);
    put('spawned', 2);
    for (let pid = 3; pid < 103; pid++) {
      put('spawned', pid);
      put('exec', pid, 'y');
      put('exited', pid);
    }
    expect(outbox.held()).toBe(2);
    expect(outbox.dropped()).toBe(300);
    take();
    flush(50);
    expect(briefs(batches[4]?.records)).toEqual(['spawned 1 x', 'spawned 2 x', 'gap dropped 300']);
    put('spawned', 200);
    take();
    flush(50);
    expect(briefs(batches[5]?.records)).toEqual(['spawned 200 x']);
  });

  test('hears of everyone still alive once there is room, with the window as wide as it is', () => {
    const { put, flush, take, stall, batches, clock } = posting(1);
    stall();
    put('spawned', 1);
    const seenNs = clock.now();
    put('spawned', 2, 'forked');
    put('exec', 2, 'execed');
    clock.advance(400);
    take();
    flush(100);
    expect(briefs(batches[4]?.records)).toEqual(['spawned 1 x', 'gap dropped 1', 'spawned 2 execed']);
    expect(batches[4]?.records[2]).toMatchObject({
      guest_monotonic_ns: seenNs + 500_000_000n,
      window_ns: 500_000_000n,
    });
    put('exited', 2);
    take();
    flush(50);
    expect(briefs(batches[5]?.records)).toEqual(['exited 2 x']);
  });

  test('never misses the end of one it knows', () => {
    const { put, flush, take, stall, batches } = posting(2);
    put('spawned', 1);
    flush(0);
    stall();
    put('spawned', 2);
    put('spawned', 3);
    put('spawned', 4);
    put('zombie', 1);
    put('exited', 1);
    put('exited', 4);
    take();
    flush(50);
    expect(briefs(batches.at(-1)?.records).slice(-3)).toEqual(['exited 1 x', 'gap dropped 3', 'spawned 3 x']);
  });
});
