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
import { type FakeFile, fakeFiles } from '../../support/fakes/fake-files.ts';
import { exited, gap, spawned } from '../../support/fixtures/events.ts';

/** A /proc with these command lines by PID. The start time of a process is its PID. */
const procOf = (lines: Readonly<Record<number, string>>) => {
  const proc = {
    readText: (path: string) => {
      const line = lines[Number(path.split('/')[0])];
      if (line === undefined) throw new ProcError('cannot read', { path, code: 'ENOENT' });
      return line;
    },
    readProcess: (pid: number) => (lines[pid] === undefined ? 'gone' : { stat: { startTicks: pid }, uid: 0 }),
  };
  return { proc: proc as unknown as ProcReader };
};

const inner = (records: readonly ChurnRecord[]) =>
  ({ take: () => records, walkCostMs: undefined }) as unknown as Sampler;

const takeWithArgs = (proc: ProcReader, records: readonly ChurnRecord[]) =>
  withEnrichment(inner(records), proc, [enrichArgs]).take();

const spawn = (pid: number, more: object = {}) => spawned(pid, 'x', 1, { start_ticks: pid, ...more });

test('spawns and execs have arguments, and other records are unchanged', () => {
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
  expect(takeWithArgs(proc, [spawn(7), exec, ...rest])).toEqual([
    { ...spawn(7), args: ['make', '-j4', 'all'] },
    { ...exec, args: ['cc'] },
    ...rest,
  ]);
});

test('a process that is gone, has no arguments or reused its PID has no arguments', () => {
  const { proc } = procOf({ 8: '', 9: 'other\0' });
  const records = [spawn(7), spawn(8), spawn(9, { start_ticks: 1 }), spawn(10, { kthread: true })];
  expect(takeWithArgs(proc, records)).toEqual(records);
});

test('a long argument list is truncated at a character boundary and marked', () => {
  const { proc } = procOf({ 7: `a\0${'x'.repeat(1021)}\u{1f600}tail\0` });
  expect(takeWithArgs(proc, [spawn(7)])).toEqual([
    { ...spawn(7), args: ['a', 'x'.repeat(1021)], args_cut: true },
  ]);
});

const stat = (pid: number, start: number) =>
  `${pid} (x) S 1 ${pid} ${pid} 0 -1 4194304 0 0 0 0 0 0 0 0 20 0 1 0 ${start} 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 17 0 0 0 0 0 0 0 0 0 0 0 0 0 0`;

const proc = (files: Record<string, FakeFile>) =>
  openProcReader('/nowhere', fakeFiles(new Map(Object.entries(files)), '/nowhere'));

const nginx = proc({ '7/stat': stat(7, 700), '7/cgroup': '0::/system.slice/nginx.service\n' });
const takeWithCgroups = (records: readonly ChurnRecord[]) =>
  withEnrichment(inner(records), nginx, [enrichCgroup]).take();
const cgroup = '/system.slice/nginx.service';

test('spawns and execs have a control group, and other records are unchanged', () => {
  const spawnEvent = spawned(7, 'nginx', 1, { start_ticks: 700 });
  const exec: ChurnRecord = { ...spawnEvent, probe_source: 'process.exec', previous_comm: 'sh' };
  const end = exited(7, 'nginx', 1, { start_ticks: 700 });
  expect(takeWithCgroups([spawnEvent, exec, end])).toEqual([
    { ...spawnEvent, cgroup },
    { ...exec, cgroup },
    end,
  ]);
});

test('a process that is gone, reused its PID or was never read has no control group', () => {
  const { start_ticks: _, ...hidden } = spawned(7, '', 1, { start_ticks: 700 });
  const records = [
    spawned(8, 'gone', 1, { start_ticks: 800 }),
    spawned(7, 'before', 1, { start_ticks: 699 }),
    hidden,
  ];
  expect(takeWithCgroups(records)).toEqual(records);
});

test('only the newest records of a storm are enriched, and all initial ones', () => {
  const enriched: number[] = [];
  const enricher: Enricher = (_, { guest_pid }) => {
    enriched.push(guest_pid);
    return undefined;
  };
  const storm = Array.from({ length: 100 }, (_, pid) => spawned(pid, 'x', 1));
  expect(withEnrichment(inner(storm), nginx, [enricher]).take()).toEqual(storm);
  expect(enriched).toEqual(Array.from({ length: 64 }, (_, index) => 99 - index));
  const found = storm.map((record) => ({ ...record, initial: true as const }));
  withEnrichment(inner(found), nginx, [enricher]).take();
  expect(enriched).toHaveLength(164);
});

test('withEnrichment returns the sampler itself when there are no enrichers', () => {
  const sampler = inner([]);
  expect(withEnrichment(sampler, nginx, [])).toBe(sampler);
});
