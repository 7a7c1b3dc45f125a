import { describe, expect, test } from 'vitest';
import type { TraceRecord } from '../../../src/domain/events/record.ts';
import { encode } from '../../../src/trace/format/encode.ts';
import { printable } from '../../../src/util/printable.ts';
import { spawned } from '../../support/fixtures/events.ts';
import { exportIncomplete, exportText, header, hostile, storyText, synthetic } from './export-fixture.ts';

describe('perfetto', () => {
  test('adds an instant over all tracks at the end when the trace is incomplete', () => {
    const last = JSON.parse(exportIncomplete('perfetto', `broken ${hostile}`)).traceEvents.at(-1);
    expect(last).toMatchObject({ ph: 'i', s: 'g', name: `cut short: broken ${printable(hostile)}`, ts: 3e6 });
  });

  type Event = {
    ph: string;
    name: string;
    pid: number;
    tid?: number;
    ts: number;
    dur: number;
    args: Record<string, unknown>;
  };
  const events = (text: string): Event[] => JSON.parse(exportText('perfetto', text).out).traceEvents;

  test('writes one slice per process, from its spawn, with its last name', () => {
    const slices = events(storyText).filter(({ ph }) => ph === 'X');
    expect(slices).toMatchObject([
      {
        name: expect.stringContaining('␛]0;owned'),
        ts: 2e6,
        dur: 2e6,
        args: {
          pid: 7,
          comm: hostile,
          ppid: 1,
          argv: [hostile, '--all'],
          previous_comm: 'bash',
          exit_code: 3,
        },
      },
      { name: 'init', ts: 1e6, args: { initial: true, end: 'still alive' } },
    ]);
  });

  test('writes gaps, notes and alerts as instants, spawns and exits as counters', () => {
    const all = events(storyText);
    expect(all.filter(({ ph }) => ph === 'i')).toMatchObject([
      { s: 'g', name: 'gap: unseen', ts: 3e6, args: { tasks: 4 } },
      { s: 'g', name: `deployed ${printable(hostile)}`, ts: 3e6 },
      { s: 'g', name: `spawn rate: 62.0/s of ${printable(hostile)} (> 50)`, ts: 3e6 },
    ]);
    expect(all.filter(({ ph, args }) => ph === 'C' && Object.values(args)[0] === 1)).toMatchObject([
      { name: 'spawns/s', ts: 2e6 },
      { name: 'exits/s', ts: 4e6 },
    ]);
  });

  test('writes counters that add up to the events', () => {
    const sum = (name: string) =>
      events(synthetic)
        .filter((event) => event.name === name)
        .reduce((total, { args }) => total + (Object.values(args)[0] as number), 0);
    expect([sum('spawns/s'), sum('exits/s')]).toEqual([2000, 2000]);
  });

  test('names lanes, whose slices do not overlap', () => {
    const all = events(synthetic);
    const named = new Set(all.filter(({ name }) => name === 'thread_name').map(({ tid }) => tid));
    const lanes = new Map<number, Event[]>();
    for (const event of all.filter(({ ph }) => ph === 'X')) {
      lanes.set(event.tid as number, [...(lanes.get(event.tid as number) ?? []), event]);
    }
    expect(new Set(lanes.keys())).toEqual(named);
    for (const slices of lanes.values()) {
      const sorted = slices.toSorted((a, b) => a.ts - b.ts);
      for (const [index, { ts }] of sorted.slice(1).entries()) {
        const before = sorted[index] as Event;
        // Times are doubles for JSON.parse; a thousandth of a nanosecond is no overlap.
        expect(ts - (before.ts + before.dur)).toBeGreaterThan(-0.001);
      }
    }
  });

  test('writes recorders of two boots one after the other', () => {
    const second = encode(
      {
        ...header,
        boot_id: 'c',
        clock: { monotonic_ns: 0n, realtime: '2026-01-01T13:00:00.000000000Z' },
      } as TraceRecord,
      0,
    );
    const all = events(`${storyText}${second}\n${encode(spawned(9, 'later', 1), 1)}\n`);
    expect(all.find(({ name, ph }) => ph === 'X' && name === 'later')?.ts).toBe(3601e6);
  });
});
