import { expect, test } from 'vitest';
import { SpawnDrops } from '../../../src/domain/processes/spawn-drops.ts';
import { alert, gap, note } from '../../support/fixtures/events.ts';

test('SpawnDrops admits notes, alerts and dropped gaps when the queue is full', () => {
  const drops = new SpawnDrops();
  expect(drops.admit(note('deployed', 2), true)).toBe('emit');
  expect(drops.admit(gap('dropped', { events: 3 }), true)).toBe('emit');
  expect(drops.admit(gap('stalled'), true)).toBe(1);
  expect(drops.admit(alert('zombies(parent)>20', 2), true)).toBe('emit');
});
