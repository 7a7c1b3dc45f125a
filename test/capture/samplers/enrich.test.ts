import { expect, test } from 'vitest';
import type { Sampler } from '../../../src/capture/core/sampler.ts';
import {
  type Enricher,
  enrichArgs,
  enrichCgroup,
  withEnrichment,
} from '../../../src/capture/samplers/enrich.ts';
import type { ChurnRecord } from '../../../src/domain/events/event.ts';
import { ProcError } from '../../../src/proc/errors.ts';
import { openProcReader, type ProcReader } from '../../../src/proc/reader.ts';
import { exited, gap, spawned } from '../../support/fixtures/events.ts';
import { type FakeFile, fakeFiles } from '../../support/fakes/fake-files.ts';

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
  return { proc: proc as unknown as ProcReader };
};

const took = (proc: ProcReader, records: readonly ChurnRecord[]) =>
  withEnrichment({ take: () => records, walkCostMs: undefined } as unknown as Sampler, proc, [
    enrichArgs,
  ]).take();

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

const stat = (pid: number, start: number) =>
  `${pid} (x) S 1 ${pid} ${pid} 0 -1 4194304 0 0 0 0 0 0 0 0 20 0 1 0 ${start} 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 17 0 0 0 0 0 0 0 0 0 0 0 0 0 0`;

const proc = (files: Record<string, FakeFile>) =>
  openProcReader('/nowhere', fakeFiles(new Map(Object.entries(files)), '/nowhere'));

const inner = (records: readonly ChurnRecord[]) =>
  ({ take: () => records, walkCostMs: 3 }) as unknown as Sampler;

const nginx = proc({ '7/stat': stat(7, 700), '7/cgroup': '0::/system.slice/nginx.service\n' });
const tookCgroups = (records: readonly ChurnRecord[]) =>
  withEnrichment(inner(records), nginx, [enrichCgroup]).take();
const cgroup = '/system.slice/nginx.service';

test('births and execs tell what was asked for, all else is as it was', () => {
  const birth = spawned(7, 'nginx', 1, { start_ticks: 700 });
  const exec: ChurnRecord = { ...birth, probe_source: 'process.exec', previous_comm: 'sh' };
  const end = exited(7, 'nginx', 1, { start_ticks: 700 });
  expect(tookCgroups([birth, exec, end])).toEqual([{ ...birth, cgroup }, { ...exec, cgroup }, end]);
});

test('who is gone, who bears the number now and who was never read tells nothing', () => {
  const { start_ticks: _, ...hidden } = spawned(7, '', 1, { start_ticks: 700 });
  const records = [
    spawned(8, 'gone', 1, { start_ticks: 800 }),
    spawned(7, 'before', 1, { start_ticks: 699 }),
    hidden,
  ];
  expect(tookCgroups(records)).toEqual(records);
});

test('of a storm the newest are asked, of discovery all', () => {
  const asked: number[] = [];
  const ask: Enricher = (_, { guest_pid }) => {
    asked.push(guest_pid);
    return undefined;
  };
  const storm = Array.from({ length: 100 }, (_, pid) => spawned(pid, 'x', 1));
  expect(withEnrichment(inner(storm), nginx, [ask]).take()).toEqual(storm);
  expect(asked).toEqual(Array.from({ length: 64 }, (_, index) => 99 - index));
  const found = storm.map((record) => ({ ...record, initial: true as const }));
  withEnrichment(inner(found), nginx, [ask]).take();
  expect(asked).toHaveLength(164);
});

test('unasked nothing stands between', () => {
  const sampler = inner([]);
  expect(withEnrichment(sampler, nginx, [])).toBe(sampler);
});
