import { expect, test } from 'vitest';
import { readEnrichedFields } from '../../../src/capture/reader/enrich.ts';
import { toRequest } from '../../../src/capture/reader/protocol.ts';
import type { ChurnRecord, EnrichableEvent, ExecEvent } from '../../../src/domain/events/event.ts';
import { ProcError } from '../../../src/proc/errors.ts';
import { openProcReader, type ProcReader } from '../../../src/proc/reader.ts';
import { type FakeFile, fakeFiles } from '../../support/fakes/fake-files.ts';
import { spawned } from '../../support/fixtures/events.ts';

/** A /proc with these command lines by PID. The start time of a process is its PID. */
const procOf = (lines: Readonly<Record<number, string>>): ProcReader => {
  const proc = {
    readText: (path: string) => {
      const line = lines[Number(path.split('/')[0])];
      if (line === undefined) throw new ProcError('cannot read', { path, code: 'ENOENT' });
      return line;
    },
    readProcess: (pid: number) => (lines[pid] === undefined ? 'gone' : { stat: { startTicks: pid }, uid: 0 }),
  };
  return proc as unknown as ProcReader;
};

const enrich = (
  proc: ProcReader,
  records: readonly EnrichableEvent[],
  key: 'args' | 'cgroup',
): ChurnRecord[] =>
  records.map((record, id) => ({
    ...record,
    ...readEnrichedFields(proc, toRequest(id, record), { args: false, cgroup: false, [key]: true }),
  }));

const spawn = (pid: number, more: object = {}) => spawned(pid, 'x', 1, { start_ticks: pid, ...more });

test('spawns and execs have arguments', () => {
  const proc = procOf({ 7: 'make\0-j4\0all\0', 8: 'cc\0' });
  const exec: ExecEvent = {
    probe_source: 'process.exec',
    guest_pid: 8,
    guest_comm: 'cc',
    guest_monotonic_ns: 1n,
    previous_comm: 'sh',
    start_ticks: 8,
  };
  expect(enrich(proc, [spawn(7), exec], 'args')).toEqual([
    { ...spawn(7), args: ['make', '-j4', 'all'] },
    { ...exec, args: ['cc'] },
  ]);
});

test('a process that is gone, has no arguments or reused its PID has no arguments', () => {
  const proc = procOf({ 8: '', 9: 'other\0' });
  const records = [spawn(7), spawn(8), spawn(9, { start_ticks: 1 }), spawn(10, { kthread: true })];
  expect(enrich(proc, records, 'args')).toEqual(records);
});

test('a long argument list is truncated at a character boundary and marked', () => {
  const proc = procOf({ 7: `a\0${'x'.repeat(1021)}\u{1f600}tail\0` });
  expect(enrich(proc, [spawn(7)], 'args')).toEqual([
    { ...spawn(7), args: ['a', 'x'.repeat(1021)], args_cut: true },
  ]);
});

test('an argument list is marked as truncated only if something is missing', () => {
  const edge = `argvx\0${'y'.repeat(1018)}\0`;
  const args = ['argvx', 'y'.repeat(1018)];
  expect(enrich(procOf({ 7: edge }), [spawn(7)], 'args')).toEqual([{ ...spawn(7), args }]);
  const cut = [{ ...spawn(7), args, args_cut: true }];
  expect(enrich(procOf({ 7: `${edge}tail\0` }), [spawn(7)], 'args')).toEqual(cut);
});

test('empty arguments at the end are kept, and NULs that may be a title are counted [fault:empty-arguments]', () => {
  const proc = procOf({ 7: 'argvx\0a\0\0b\0\0\0', 8: 'nginx: worker\0\0\0\0', 9: '\0\0' });
  expect(enrich(proc, [spawn(7), spawn(8), spawn(9)], 'args')).toEqual([
    { ...spawn(7), args: ['argvx', 'a', '', 'b', '', ''] },
    { ...spawn(8), args: ['nginx: worker'], args_nuls: 3 },
    { ...spawn(9), args: [], args_nuls: 2 },
  ]);
});

const stat = (pid: number, start: number) =>
  `${pid} (x) S 1 ${pid} ${pid} 0 -1 4194304 0 0 0 0 0 0 0 0 20 0 1 0 ${start} 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 17 0 0 0 0 0 0 0 0 0 0 0 0 0 0`;

const proc = (files: Record<string, FakeFile>) =>
  openProcReader('/nowhere', fakeFiles(new Map(Object.entries(files)), '/nowhere'));

const nginx = proc({ '7/stat': stat(7, 700), '7/cgroup': '0::/system.slice/nginx.service\n' });
const cgroup = '/system.slice/nginx.service';

test('spawns and execs have a control group', () => {
  const spawnEvent = spawned(7, 'nginx', 1, { start_ticks: 700 });
  const exec: ExecEvent = { ...spawnEvent, probe_source: 'process.exec', previous_comm: 'sh' };
  expect(enrich(nginx, [spawnEvent, exec], 'cgroup')).toEqual([
    { ...spawnEvent, cgroup },
    { ...exec, cgroup },
  ]);
});

test('a process that is gone, reused its PID or was never read has no control group', () => {
  const { start_ticks: _, ...hidden } = spawned(7, '', 1, { start_ticks: 700 });
  const records = [
    spawned(8, 'gone', 1, { start_ticks: 800 }),
    spawned(7, 'before', 1, { start_ticks: 699 }),
    hidden,
  ];
  expect(enrich(nginx, records, 'cgroup')).toEqual(records);
});

test('fields that cannot be read although the process exists are named', () => {
  const files = { '7/stat': stat(7, 700), '7/cmdline': { fails: 'ESPIPE' }, '7/cgroup': { fails: 'EACCES' } };
  const request = toRequest(0, spawned(7, 'x', 1, { start_ticks: 700 }));
  const read = (keys: { args: boolean; cgroup: boolean }) => readEnrichedFields(proc(files), request, keys);
  expect(read({ args: true, cgroup: true })).toEqual({ unread: ['args', 'cgroup'] });
  expect(read({ args: true, cgroup: false })).toEqual({ unread: ['args'] });
});

test('the root cgroup of an exiting process is not read, because cgroup v1 lists it there', () => {
  const root = '9:name=systemd:/\n8:pids:/\n';
  const exiting = stat(7, 700).replace('4194304', String(4194304 | 4));
  const record = spawned(7, 'x', 1, { start_ticks: 700 });
  const enriched = (line: string) => enrich(proc({ '7/stat': line, '7/cgroup': root }), [record], 'cgroup');
  expect(enriched(stat(7, 700))).toEqual([{ ...record, cgroup: '/' }]);
  expect(enriched(exiting)).toEqual([record]);
  const v2 = proc({ '7/stat': exiting, '7/cgroup': '0::/system.slice/x.service (deleted)\n' });
  expect(enrich(v2, [record], 'cgroup')).toEqual([{ ...record, cgroup: '/system.slice/x.service' }]);
});
