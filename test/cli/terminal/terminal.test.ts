import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createBell, frameIntervalMs } from '../../../src/cli/terminal/terminal.ts';
import { SystemState } from '../../../src/domain/processes/system-state.ts';
import { alert, seconds } from '../../support/fixtures/events.ts';

const setUp = () => {
  const rung: string[] = [];
  return { rung, ring: createBell((text) => rung.push(text)) };
};

test('rings once for what is raised at the same time, and not for what goes on or ends', () => {
  const { rung, ring } = setUp();
  const world = new SystemState();
  ring(world);
  world.apply({
    nowNs: seconds(1),
    records: [alert('alive(comm)>5', 1, { key: 'cron' }), alert('alive(comm)>5', 1, { key: 'make' })],
  });
  ring(world);
  ring(world);
  world.apply({ nowNs: seconds(2), records: [alert('alive(comm)>5', 2, { key: 'cron', ended: true })] });
  ring(world);
  expect(rung).toEqual(['\x07']);
  world.apply({
    nowNs: seconds(3),
    records: [alert('alive(comm)>5', 3, { key: 'cron', since_monotonic_ns: seconds(3) })],
  });
  ring(world);
  expect(rung).toEqual(['\x07', '\x07']);
});

test('a pause rings for nothing that was told before it', () => {
  const { rung, ring } = setUp();
  const world = new SystemState();
  world.apply({ nowNs: seconds(1), records: [alert('alive(comm)>5', 1, { key: 'cron' })] });
  world.apply({
    nowNs: seconds(2),
    records: [
      alert('alive(comm)>5', 2, { key: 'cron', ended: true }),
      alert('alive(comm)>5', 2, { key: 'sh' }),
    ],
  });
  ring(world);
  const frozen = world.clone();
  ring(frozen);
  ring(world);
  expect(rung).toEqual(['\x07']);
});

test.each([
  [0, 100],
  [14, 100],
  [24, 160],
  [500, 250],
])('a frame that kept the main thread busy for %i ms is followed by the next after %i', (busyMs, gapMs) => {
  expect(frameIntervalMs(busyMs, 100)).toBe(gapMs);
});

test('no dearer frame is followed sooner, none sooner than was asked for', () => {
  const ms = fc.double({ min: 0, max: 1e6, noNaN: true });
  fc.assert(
    fc.property(ms, ms, ms, (one, other, leastMs) => {
      const [cheap, dear] = [Math.min(one, other), Math.max(one, other)];
      expect(frameIntervalMs(cheap, leastMs)).toBeLessThanOrEqual(frameIntervalMs(dear, leastMs));
      expect(frameIntervalMs(cheap, leastMs)).toBeGreaterThanOrEqual(leastMs);
    }),
  );
});
