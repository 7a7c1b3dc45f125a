import { expect, test } from 'vitest';
import { askArgs } from '../../src/capture/args.ts';
import { asking } from '../../src/capture/asked.ts';
import type { Sampler } from '../../src/capture/sampler.ts';
import type { ChurnRecord } from '../../src/domain/event.ts';
import { ProcError } from '../../src/proc/errors.ts';
import type { Proc } from '../../src/proc/reader.ts';
import { exited, gap, spawned } from '../support/events.ts';

/** A proc of command lines; each process began at its own number. */
const procOf = (lines: Readonly<Record<number, string>>) => {
  const proc = {
    text: (path: string) => {
      const line = lines[Number(path.split('/')[0])];
      if (line === undefined) throw new ProcError('cannot read', { path, code: 'ENOENT' });
      return line;
    },
    read: (pid: number) => (lines[pid] === undefined ? 'gone' : { stat: { startTicks: pid }, uid: 0 }),
  };
  return { proc: proc as unknown as Proc };
};

const took = (proc: Proc, records: readonly ChurnRecord[]) =>
  asking({ take: () => records, walkCostMs: undefined } as unknown as Sampler, proc, [askArgs]).take();

const born = (pid: number, more: object = {}) => spawned(pid, 'x', 1, { start_ticks: pid, ...more });

test('births and new programs are told with their arguments, all else as it was', () => {
  const { proc } = procOf({ 7: 'make\0-j4\0all\0', 8: 'cc\0' });
  const exec = {
    probe_source: 'process.exec',
    guest_pid: 8,
    guest_comm: 'cc',
    guest_monotonic_ns: 1n,
    previous_comm: 'sh',
    start_ticks: 8,
  } as const;
  const rest = [exited(7, 'x', 2, {}), gap('unseen')];
  expect(took(proc, [born(7), exec, ...rest])).toEqual([
    { ...born(7), args: ['make', '-j4', 'all'] },
    { ...exec, args: ['cc'] },
    ...rest,
  ]);
});

test('who is gone, has none, or has another start by now is told without', () => {
  const { proc } = procOf({ 8: '', 9: 'other\0' });
  const records = [born(7), born(8), born(9, { start_ticks: 1 }), born(10, { kthread: true })];
  expect(took(proc, records)).toEqual(records);
});

test('a long list is cut, not within a character, and says so', () => {
  const { proc } = procOf({ 7: `a\0${'x'.repeat(1021)}\u{1f600}tail\0` });
  expect(took(proc, [born(7)])).toEqual([{ ...born(7), args: ['a', 'x'.repeat(1021)], args_cut: true }]);
});
