import { expect, test } from 'vitest';
import { type Ask, asking } from '../../src/capture/asked.ts';
import { askCgroup } from '../../src/capture/cgroups.ts';
import type { Sampler } from '../../src/capture/sampler.ts';
import type { ChurnRecord } from '../../src/domain/event.ts';
import { openProc } from '../../src/proc/reader.ts';
import { exited, spawned } from '../support/events.ts';
import { type FakeFile, fakeFiles } from '../support/fake-files.ts';

const stat = (pid: number, start: number) =>
  `${pid} (x) S 1 ${pid} ${pid} 0 -1 4194304 0 0 0 0 0 0 0 0 20 0 1 0 ${start} 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 17 0 0 0 0 0 0 0 0 0 0 0 0 0 0`;

const proc = (files: Record<string, FakeFile>) =>
  openProc('/nowhere', fakeFiles(new Map(Object.entries(files)), '/nowhere'));

const inner = (records: readonly ChurnRecord[]) =>
  ({ take: () => records, walkCostMs: 3 }) as unknown as Sampler;

const nginx = proc({ '7/stat': stat(7, 700), '7/cgroup': '0::/system.slice/nginx.service\n' });
const took = (records: readonly ChurnRecord[]) => asking(inner(records), nginx, [askCgroup]).take();
const cgroup = '/system.slice/nginx.service';

test('births and execs tell what was asked for, all else is as it was', () => {
  const birth = spawned(7, 'nginx', 1, { start_ticks: 700 });
  const exec: ChurnRecord = { ...birth, probe_source: 'process.exec', previous_comm: 'sh' };
  const end = exited(7, 'nginx', 1, { start_ticks: 700 });
  expect(took([birth, exec, end])).toEqual([{ ...birth, cgroup }, { ...exec, cgroup }, end]);
});

test('who is gone, who bears the number now and who was never read tells nothing', () => {
  const { start_ticks: _, ...hidden } = spawned(7, '', 1, { start_ticks: 700 });
  const records = [
    spawned(8, 'gone', 1, { start_ticks: 800 }),
    spawned(7, 'before', 1, { start_ticks: 699 }),
    hidden,
  ];
  expect(took(records)).toEqual(records);
});

test('of a storm the newest are asked, of discovery all', () => {
  const asked: number[] = [];
  const ask: Ask = (_, { guest_pid }) => {
    asked.push(guest_pid);
    return undefined;
  };
  const storm = Array.from({ length: 100 }, (_, pid) => spawned(pid, 'x', 1));
  expect(asking(inner(storm), nginx, [ask]).take()).toEqual(storm);
  expect(asked).toEqual(Array.from({ length: 64 }, (_, index) => 99 - index));
  const found = storm.map((record) => ({ ...record, initial: true as const }));
  asking(inner(found), nginx, [ask]).take();
  expect(asked).toHaveLength(164);
});

test('unasked nothing stands between', () => {
  const sampler = inner([]);
  expect(asking(sampler, nginx, [])).toBe(sampler);
});
