import { expect, test } from 'vitest';
import { SpawnDrops } from '../../../src/domain/processes/spawn-drops.ts';
import { alert, gap, note, spawned, userChanged } from '../../support/fixtures/events.ts';

test('SpawnDrops admits notes, alerts and dropped gaps when the queue is full', () => {
  const drops = new SpawnDrops();
  expect(drops.admit(note('deployed', 2), true)).toBe('emit');
  expect(drops.admit(gap('dropped', { events: 3 }), true)).toBe('emit');
  expect(drops.admit(gap('stalled'), true)).toBe(1);
  expect(drops.admit(alert('zombies(parent)>20', 2), true)).toBe('emit');
});

test('SpawnDrops emits a late spawn with the latest user', () => {
  const drops = new SpawnDrops();
  expect(drops.admit(spawned(7, 'nginx', 1, { guest_uid: 0 }), true)).toBe(0);
  expect(drops.admit(userChanged(7, 'nginx', 2), false)).toBe(1);
  expect(drops.takeLateSpawns(0n)).toMatchObject([{ guest_pid: 7, guest_uid: 33 }]);
  expect(drops.admit(userChanged(7, 'nginx', 3), false)).toBe('emit');
  expect(drops.admit(userChanged(7, 'nginx', 4), true)).toBe(1);
});
