import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createBell, frameIntervalMs } from '../../../src/cli/terminal/terminal.ts';
import { SystemState } from '../../../src/domain/processes/system-state.ts';
import { alert, seconds } from '../../support/fixtures/events.ts';

const setUp = () => {
  const rung: string[] = [];
  return { rung, ring: createBell((text) => rung.push(text)) };
};

test('createBell rings once when alerts are raised together, and not when they continue or clear', () => {
  const { rung, ring } = setUp();
  const state = new SystemState();
  ring(state);
  state.apply({
    nowNs: seconds(1),
    records: [alert('alive(comm)>5', 1, { key: 'cron' }), alert('alive(comm)>5', 1, { key: 'make' })],
  });
  ring(state);
  ring(state);
  state.apply({ nowNs: seconds(2), records: [alert('alive(comm)>5', 2, { key: 'cron', ended: true })] });
  ring(state);
  expect(rung).toEqual(['\x07']);
  state.apply({
    nowNs: seconds(3),
    records: [alert('alive(comm)>5', 3, { key: 'cron', since_monotonic_ns: seconds(3) })],
  });
  ring(state);
  expect(rung).toEqual(['\x07', '\x07']);
});

test('createBell does not ring again when the view is paused', () => {
  const { rung, ring } = setUp();
  const state = new SystemState();
  state.apply({ nowNs: seconds(1), records: [alert('alive(comm)>5', 1, { key: 'cron' })] });
  state.apply({
    nowNs: seconds(2),
    records: [
      alert('alive(comm)>5', 2, { key: 'cron', ended: true }),
      alert('alive(comm)>5', 2, { key: 'sh' }),
    ],
  });
  ring(state);
  const paused = state.clone();
  ring(paused);
  ring(state);
  expect(rung).toEqual(['\x07']);
});

test.each([
  [0, 100],
  [14, 100],
  [24, 160],
  [500, 250],
])('frameIntervalMs for a frame of %i ms is %i ms', (busyMs, intervalMs) => {
  expect(frameIntervalMs(busyMs, 100)).toBe(intervalMs);
});

test('frameIntervalMs grows with the cost of a frame and is never below the minimum', () => {
  const ms = fc.double({ min: 0, max: 1e6, noNaN: true });
  fc.assert(
    fc.property(ms, ms, ms, (one, other, minMs) => {
      const [cheap, expensive] = [Math.min(one, other), Math.max(one, other)];
      expect(frameIntervalMs(cheap, minMs)).toBeLessThanOrEqual(frameIntervalMs(expensive, minMs));
      expect(frameIntervalMs(cheap, minMs)).toBeGreaterThanOrEqual(minMs);
    }),
  );
});
