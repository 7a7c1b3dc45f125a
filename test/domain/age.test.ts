import { describe, expect, test } from 'vitest';
import { ageNs } from '../../src/domain/age.ts';
import type { ProbeEvent } from '../../src/domain/event.ts';
import { type LiveProcess, LiveTable } from '../../src/domain/live-table.ts';
import { exited, seconds, spawned } from '../support/events.ts';

describe('age', () => {
  const one = (event: ProbeEvent, ...more: ProbeEvent[]) => {
    const table = new LiveTable();
    for (const each of [event, ...more]) table.apply(each);
    return (table.get(event.guest_pid) ?? table.ended()[0]) as LiveProcess;
  };

  test.each([
    ['runs from its birth', one(spawned(5, 'a', 2)), 0n, seconds(3)],
    [
      'runs from its start ticks if found alive',
      one(spawned(5, 'a', 2, { initial: true, start_ticks: 100 })),
      0n,
      seconds(4),
    ],
    [
      'counts the time suspended',
      one(spawned(5, 'a', 2, { initial: true, start_ticks: 100 })),
      seconds(7),
      seconds(11),
    ],
    ['is never below zero', one(spawned(5, 'a', 2, { initial: true, start_ticks: 600 })), 0n, 0n],
    [
      'is its lifetime once it ended',
      one(spawned(5, 'a', 2), exited(5, 'a', 3, { lifetime_ns: 42n })),
      0n,
      42n,
    ],
    ['is unknown when its end told no lifetime', one(spawned(5, 'a', 2), exited(5, 'a', 3)), 0n, undefined],
  ])('%s', (_, process, bootOffsetNs, age) => {
    expect(ageNs(process, seconds(5), bootOffsetNs)).toBe(age);
  });

  test('is unknown of one found alive that could not be read', () => {
    const { start_ticks: _, ...unread } = spawned(5, '', 2, { initial: true });
    expect(ageNs(one(unread), seconds(5), 0n)).toBeUndefined();
  });
});
