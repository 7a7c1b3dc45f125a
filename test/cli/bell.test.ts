import { expect, test } from 'vitest';
import { openBell } from '../../src/cli/bell.ts';
import { World } from '../../src/domain/world.ts';
import { alert, seconds } from '../support/events.ts';

const setUp = () => {
  const rung: string[] = [];
  return { rung, ring: openBell((text) => rung.push(text)) };
};

test('rings once for what is raised at the same time, and not for what goes on or ends', () => {
  const { rung, ring } = setUp();
  const world = new World();
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
  const world = new World();
  world.apply({ nowNs: seconds(1), records: [alert('alive(comm)>5', 1, { key: 'cron' })] });
  world.apply({
    nowNs: seconds(2),
    records: [
      alert('alive(comm)>5', 2, { key: 'cron', ended: true }),
      alert('alive(comm)>5', 2, { key: 'sh' }),
    ],
  });
  ring(world);
  const frozen = world.freeze();
  ring(frozen);
  ring(world);
  expect(rung).toEqual(['\x07']);
});
