import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ClockWatch } from '../../../src/capture/worker/clock-watch.ts';
import type { SpawnedEvent } from '../../../src/domain/events/event.ts';
import type { SourceInfo } from '../../../src/domain/source/event-source.ts';
import { wallTimeNs, withOffsets } from '../../../src/domain/source/wall-clock.ts';
import { TraceComposer } from '../../../src/trace/format/composer.ts';
import { TraceReader } from '../../../src/trace/read/reader.ts';
import { TraceState } from '../../../src/trace/replay/state/trace-state.ts';
import { seconds, sourceInfo, spawned } from '../../support/fixtures/events.ts';

/** A machine whose clocks can be set and which can be suspended. */
const createMachine = () => {
  let nowNs = seconds(100);
  let wallOffsetNs = sourceInfo.wallOffsetNs;
  let bootOffsetNs = 0n;
  /** The time that reading a clock takes. */
  let readNs = 0n;
  const watch = new ClockWatch({
    nowNs: () => {
      nowNs += readNs;
      return nowNs;
    },
    wallNs: () => nowNs + wallOffsetNs,
    readBootOffsetNs: () => bootOffsetNs,
    wallOffsetNs,
    bootOffsetNs,
  });
  return {
    now: () => ({ nowNs, wallOffsetNs, bootOffsetNs }),
    advance: (ms: number) => {
      nowNs += BigInt(Math.round(ms * 1e6));
    },
    setWall: (byNs: bigint) => {
      wallOffsetNs += byNs;
    },
    suspend: (forNs: bigint) => {
      wallOffsetNs += forNs;
      bootOffsetNs += forNs;
    },
    /** Boot time continues, and the wall clock is wrong: a virtual machine that was resumed. */
    resume: (forNs: bigint) => {
      bootOffsetNs += forNs;
    },
    slowReads: (ns: bigint) => {
      readNs = ns;
    },
    check: () => watch.check(Number(nowNs) / 1e6),
  };
};

describe('ClockWatch', () => {
  test('reports nothing while the clocks agree, or drift by less than 100 ms', () => {
    const machine = createMachine();
    for (let count = 0; count < 100; count++) {
      machine.advance(50);
      machine.setWall(900_000n);
      expect(machine.check()).toBeUndefined();
    }
  });

  test.each([3600, -3600, 0.2, -86_400])(
    'reports a wall clock that is set by %d s [fault:clock-set-live]',
    (by) => {
      const machine = createMachine();
      machine.check();
      machine.setWall(seconds(by));
      machine.advance(50);
      const { nowNs, wallOffsetNs } = machine.now();
      expect(machine.check()).toEqual({ fromNs: nowNs, wallOffsetNs, bootOffsetNs: 0n });
      machine.advance(50);
      expect(machine.check()).toBeUndefined();
    },
  );

  test('reports a suspended machine at once, and a resumed one within a second [fault:suspended]', () => {
    const machine = createMachine();
    machine.check();
    machine.suspend(seconds(60));
    expect(machine.check()).toMatchObject({ bootOffsetNs: seconds(60) });
    machine.resume(seconds(5));
    machine.advance(1001);
    expect(machine.check()).toMatchObject({ bootOffsetNs: seconds(65) });
  });

  test('discards a measurement during which the thread was interrupted', () => {
    const machine = createMachine();
    machine.setWall(seconds(10));
    machine.slowReads(6_000_000n);
    expect(machine.check()).toBeUndefined();
    machine.slowReads(0n);
    expect(machine.check()).toBeDefined();
  });
});

/** The steps of a history of clocks. The machine starts at noon, so 12 h lead over midnight. */
const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('advance' as const), ms: fc.integer({ min: 1, max: 5000 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('advance' as const), ms: fc.constant(12 * 3_600_000) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('set' as const), ms: fc.integer({ min: -9e7, max: 9e7 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('suspend' as const), ms: fc.integer({ min: 1, max: 9e7 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('resume' as const), ms: fc.integer({ min: 1, max: 9e7 }) }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('event' as const), ms: fc.constant(0) }) },
);

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

const runHistory = (steps: Step[]) => {
  const machine = createMachine();
  let info: SourceInfo = sourceInfo;
  const composer = new TraceComposer({
    info,
    tool: 'churntop test',
    wallOffsetNs: () => machine.now().wallOffsetNs,
  });
  let text = composer.begin(machine.now().nowNs);
  const truth: { event: SpawnedEvent; wallNs: bigint }[] = [];
  for (const { do: action, ms } of steps) {
    const ns = BigInt(ms) * 1_000_000n;
    if (action === 'advance') machine.advance(ms);
    else if (action === 'set') machine.setWall(ns);
    else if (action === 'suspend') machine.suspend(ns);
    else if (action === 'resume') machine.resume(ns);
    const offsets = machine.check();
    if (offsets) {
      info = withOffsets(info, offsets);
      composer.setBootOffset(offsets.bootOffsetNs);
    }
    const { nowNs, wallOffsetNs } = machine.now();
    text += composer.compose([], nowNs);
    if (action === 'event') {
      machine.advance(1);
      const at = machine.now().nowNs;
      const event = { ...spawned(truth.length + 2, 'x', 0), guest_monotonic_ns: at };
      truth.push({ event, wallNs: at + wallOffsetNs });
      text += composer.compose([event], at);
    }
  }
  machine.advance(2000);
  const offsets = machine.check();
  if (offsets) info = withOffsets(info, offsets);
  const { bootOffsetNs, nowNs } = machine.now();
  if (offsets) composer.setBootOffset(offsets.bootOffsetNs);
  text += composer.compose([], nowNs) + composer.end(nowNs);

  const reader = new TraceReader();
  reader.open('history');
  const batches = [...reader.push(Buffer.from(text)), ...reader.close()];
  const state = new TraceState();
  for (const batch of batches) state.applyBatch(batch);

  const isClose = (a: bigint, b: bigint) => a - b <= 100_000_000n && b - a <= 100_000_000n;
  for (const clock of [info, state.info]) {
    for (const { event, wallNs } of truth)
      expect(isClose(wallTimeNs(clock, event.guest_monotonic_ns), wallNs), 'the time of an event').toBe(true);
    expect(isClose(clock.bootOffsetNs, bootOffsetNs), 'the boot offset at the end').toBe(true);
  }
};

test('each event has the wall time that it had, live and in a trace, however the clocks are set [fault:clock-histories]', () => {
  fc.assert(fc.property(fc.array(step, { maxLength: 30 }), runHistory), { seed: 20_261_122, numRuns: 300 });
});
