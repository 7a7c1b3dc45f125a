import { describe, expect, test } from 'vitest';
import { BatchOutbox } from '../../../src/capture/worker/outbox.ts';
import {
  type Batch,
  type ChurnRecord,
  isProbeEvent,
  type ProbeEvent,
} from '../../../src/domain/events/event.ts';
import { createManualClock } from '../../support/fakes/manual-clock.ts';

const event = (kind: ProbeEvent['probe_source'], pid: number, ns: bigint, comm = 'x'): ProbeEvent =>
  ({
    probe_source: kind,
    guest_pid: pid,
    guest_comm: comm,
    guest_monotonic_ns: ns,
    ...(kind === 'process.exec' && { previous_comm: 'x' }),
  }) as ProbeEvent;

const setUp = (maxQueued = 10) => {
  const clock = createManualClock();
  const batches: Batch[] = [];
  let acked = 0;
  const outbox = new BatchOutbox({
    post: (batch) => batches.push(batch),
    ackedBatches: () => acked,
    nowNs: clock.nowNs,
    maxQueued,
  });
  return {
    clock,
    batches,
    outbox,
    put: (kind: 'spawned' | 'exec' | 'zombie' | 'exited', pid: number, comm?: string) =>
      outbox.put(event(`process.${kind}`, pid, clock.nowNs(), comm)),
    acknowledge: () => {
      acked = batches.length;
    },
    flush: (afterMs: number) => {
      clock.advance(afterMs);
      outbox.flush(clock.nowMs());
      return batches.length;
    },
    /** Posts four batches that the receiver does not acknowledge. */
    stall: () => {
      for (let batch = 0; batch < 4; batch++) {
        outbox.put(event('process.exited', 9, clock.nowNs()));
        clock.advance(50);
        outbox.flush(clock.nowMs());
      }
    },
  };
};

const texts = (records: readonly ChurnRecord[] = []) =>
  records.map((record) =>
    isProbeEvent(record)
      ? `${record.probe_source.slice(8)} ${record.guest_pid} ${record.guest_comm}`
      : record.probe_source === 'trace.gap'
        ? `gap ${record.reason} ${record.events}`
        : record.probe_source,
  );

describe('batches', () => {
  test('the first record is posted at once, and the next ones together after 50 ms', () => {
    const { put, flush, batches } = setUp();
    put('spawned', 1);
    expect(flush(0)).toBe(1);
    put('spawned', 2);
    expect(flush(20)).toBe(1);
    put('spawned', 3);
    expect(flush(29)).toBe(1);
    expect(flush(1)).toBe(2);
    expect(texts(batches[1]?.records)).toEqual(['spawned 2 x', 'spawned 3 x']);
  });

  test('a gap precedes the records after its end', () => {
    const { put, clock, flush, batches, outbox } = setUp();
    flush(0);
    put('spawned', 1);
    clock.advance(10);
    const to_monotonic_ns = clock.nowNs();
    put('spawned', 2);
    clock.advance(10);
    put('exited', 2);
    outbox.put({
      probe_source: 'trace.gap',
      reason: 'stalled',
      from_monotonic_ns: to_monotonic_ns,
      to_monotonic_ns,
    });
    flush(50);
    expect(texts(batches[1]?.records)).toEqual([
      'spawned 1 x',
      'spawned 2 x',
      'gap stalled undefined',
      'exited 2 x',
    ]);
  });

  test('an empty batch is posted every second while there are no records', () => {
    const { flush, batches, clock, acknowledge } = setUp();
    expect(flush(0)).toBe(1);
    acknowledge();
    expect(flush(999)).toBe(1);
    expect(flush(1)).toBe(2);
    expect(batches[1]).toEqual({ nowNs: clock.nowNs(), records: [] });
  });

  test('close posts everything, even when the receiver is stalled', () => {
    const { put, stall, outbox, batches, clock } = setUp();
    stall();
    put('spawned', 5);
    outbox.close(clock.nowMs());
    expect(texts(batches.at(-1)?.records)).toEqual(['spawned 5 x']);
  });

  test('a long queue is posted in several batches', () => {
    const { put, flush, batches, acknowledge } = setUp(100_000);
    for (let pid = 1; pid <= 5000; pid++) put('spawned', pid);
    flush(0);
    acknowledge();
    flush(50);
    expect(batches.map(({ records }) => records.length)).toEqual([4096, 904]);
  });
});

describe('a slow receiver', () => {
  test('a slow receiver gets at most four batches that it has not acknowledged', () => {
    const { put, flush, acknowledge, stall, batches } = setUp();
    stall();
    put('spawned', 1);
    expect(flush(5000)).toBe(4);
    acknowledge();
    expect(flush(0)).toBe(5);
    expect(texts(batches[4]?.records)).toEqual(['spawned 1 x']);
  });

  test('records beyond the limit are dropped and reported as a gap [fault:fork-storm-queue]', () => {
    const { put, flush, acknowledge, stall, batches, outbox } = setUp(2);
    stall();
    put('spawned', 1);
    put('spawned', 2);
    for (let pid = 3; pid < 103; pid++) {
      put('spawned', pid);
      put('exec', pid, 'y');
      put('exited', pid);
    }
    expect(outbox.queued).toBe(2);
    expect(outbox.dropped).toBe(300);
    acknowledge();
    flush(50);
    expect(texts(batches[4]?.records)).toEqual(['spawned 1 x', 'spawned 2 x', 'gap dropped 300']);
    put('spawned', 200);
    acknowledge();
    flush(50);
    expect(texts(batches[5]?.records)).toEqual(['spawned 200 x']);
  });

  test('dropped spawns of live processes are reported once there is room, with their full window', () => {
    const { put, flush, acknowledge, stall, batches, clock } = setUp(1);
    stall();
    put('spawned', 1);
    const spawnNs = clock.nowNs();
    put('spawned', 2, 'forked');
    put('exec', 2, 'execed');
    clock.advance(400);
    acknowledge();
    flush(100);
    expect(texts(batches[4]?.records)).toEqual(['spawned 1 x', 'gap dropped 1', 'spawned 2 execed']);
    expect(batches[4]?.records[2]).toMatchObject({
      guest_monotonic_ns: spawnNs + 500_000_000n,
      window_ns: 500_000_000n,
    });
    put('exited', 2);
    acknowledge();
    flush(50);
    expect(texts(batches[5]?.records)).toEqual(['exited 2 x']);
  });

  test('the exit of a reported process is never dropped', () => {
    const { put, flush, acknowledge, stall, batches } = setUp(2);
    put('spawned', 1);
    flush(0);
    stall();
    put('spawned', 2);
    put('spawned', 3);
    put('spawned', 4);
    put('zombie', 1);
    put('exited', 1);
    put('exited', 4);
    acknowledge();
    flush(50);
    expect(texts(batches.at(-1)?.records).slice(-3)).toEqual(['exited 1 x', 'gap dropped 3', 'spawned 3 x']);
  });
});
