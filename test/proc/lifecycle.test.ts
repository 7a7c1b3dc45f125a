import { expect, test } from 'vitest';
import type { ProbeEvent } from '../../src/domain/events/event.ts';
import { observeFirst } from '../../src/proc/lifecycle.ts';
import { parseStat } from '../../src/proc/stat.ts';

const statLine = ({ state = 'S', ppid = 300, threads = 1 }) =>
  Buffer.from(
    `301 (job) ${state} ${ppid} 301 301 0 -1 4194304 0 0 0 0 0 0 0 0 20 0 ${threads} 0 1000 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 17 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n`,
  );

const eventsOf = (line: Buffer): ProbeEvent[] => {
  const events: ProbeEvent[] = [];
  observeFirst({
    pid: 301,
    reading: { stat: parseStat(line, 'stat'), uid: 0 },
    time: { nowNs: 5n, windowNs: 1n },
    events,
  });
  return events;
};

test('observeFirst reports the parent as read', () => {
  expect(eventsOf(statLine({}))).toMatchObject([{ probe_source: 'process.spawned', guest_ppid: 300 }]);
  expect(eventsOf(statLine({ ppid: 0 }))).toMatchObject([{ guest_ppid: 0 }]);
});

test.each(['X', 'Z'])(
  'observeFirst reports neither parent nor zombie when the process is being reaped in state %s',
  (state) => {
    const events = eventsOf(statLine({ state, ppid: 0, threads: 0 }));
    expect(events).toMatchObject([{ probe_source: 'process.spawned', guest_pid: 301, guest_comm: 'job' }]);
    expect(events[0]).not.toHaveProperty('guest_ppid');
  },
);
