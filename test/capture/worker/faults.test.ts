import { describe, expect, test } from 'vitest';
import { looking } from '../../support/harness/cursor-sampler.ts';

describe('a /proc that fails', () => {
  test.each(['EMFILE', 'ENOMEM', 'EIO'])(
    '%s in the middle of a sweep discards it, and nothing is lost',
    (code) => {
      const { kernel, look, seen, report } = looking();
      kernel.fork(1, 'a', { execed: true });
      const b = kernel.fork(1, 'b', { execed: true });
      kernel.fork(1, 'c', { execed: true });
      kernel.fail(`${b}/stat`, code);
      expect(look()).toEqual([]);
      expect(report()).toMatchObject({ processesSeen: 0, trouble: expect.stringContaining(code) });
      expect(kernel.open).toBe(1);
      kernel.heal(`${b}/stat`);
      expect(seen()).toEqual(['spawned 2 a', 'spawned 3 b', 'spawned 4 c']);
      expect(report().lastError).toBeUndefined();
    },
  );

  test('nobody exits while nothing can be read', () => {
    const { kernel, look, seen, report } = looking();
    const pid = kernel.fork(1, 'young', { execed: true });
    look();
    kernel.fail('*', 'EIO');
    for (let looks = 0; looks < 50; looks++) expect(look(100)).toEqual([]);
    expect(report()).toMatchObject({ alive: 2, trouble: expect.stringContaining('EIO') });
    kernel.heal('*');
    kernel.end(pid);
    expect([seen(100), seen(100), seen(1000)].flat()).toEqual([`exited ${pid} young`]);
    expect(report().lastError).toBeUndefined();
  });

  test('a listing that fails or lacks the living ends nobody [fault:listing-fails]', () => {
    const { kernel, look, report } = looking();
    const pid = kernel.fork(1, 'kept', { execed: true });
    look();
    look(2000);
    kernel.unlisted.add(pid);
    expect([look(5000), look(5000)].flat()).toEqual([]);
    expect(report()).toMatchObject({ alive: 2, trouble: expect.stringContaining('not listed') });
    kernel.unlisted.delete(pid);
    look(5000);
    expect(report().lastError).toBeUndefined();
    kernel.fail('.', 'ENOMEM');
    expect(look(5000)).toEqual([]);
    expect(report().lastError).toContain('ENOMEM');
  });

  test('an unreadable loadavg degrades to walks and comes back', () => {
    const { kernel, look, seen, report } = looking();
    kernel.fail('loadavg', 'EACCES');
    const pid = kernel.fork(1, 'meanwhile', { execed: true });
    expect(seen()).toEqual([`spawned ${pid} meanwhile`]);
    expect(report().lastError).toContain('loadavg');
    kernel.heal('loadavg');
    const next = kernel.fork(1, 'after', { execed: true });
    expect(seen()).toEqual([`spawned ${next} after`]);
    expect(look()).toEqual([]);
    expect(report()).toMatchObject({ trouble: undefined, allocated: 2, processesSeen: 2, unseen: 0 });
  });

  test('a loadavg that turns into something else degrades as well', () => {
    const { kernel, seen, report } = looking();
    kernel.loadavg = 'garbage\n';
    const pid = kernel.fork(1, 'meanwhile', { execed: true });
    expect(seen()).toEqual([`spawned ${pid} meanwhile`]);
    expect(report().lastError).toContain('loadavg');
  });

  test('descriptors held for the young are given up before a sweep is', () => {
    const { kernel, look, seen, report } = looking();
    for (let count = 0; count < 5; count++) kernel.fork(1, 'young', { execed: true });
    look();
    kernel.mostOpen = kernel.open;
    const pid = kernel.fork(1, 'next', { execed: true });
    expect(seen()).toEqual([`spawned ${pid} next`]);
    expect(report().lastError).toBeUndefined();
  });

  test('what no later look can mend is thrown', () => {
    const { kernel, look } = looking();
    kernel.fail('.', 'ENOENT');
    expect(() => look(5000)).toThrow(expect.objectContaining({ name: 'ProcError', code: 'ENOENT' }));
  });
});

describe('hidden processes', () => {
  test('one that may not be read any more is hidden, not exited', () => {
    const { kernel, look, report } = looking();
    const pid = kernel.fork(1, 'secret', { execed: true });
    look();
    look(1500);
    kernel.fail(`${pid}/stat`, 'EACCES');
    for (let looks = 0; looks < 40; looks++) expect(look(50)).toEqual([]);
    expect(report()).toMatchObject({ hidden: 1, alive: 2 });
  });

  test('a number behind EPERM is unseen until a listing says it is a process', () => {
    const { kernel, look, report } = looking();
    const pid = kernel.fork(1, 'secret', { execed: true });
    kernel.fail(`${pid}/stat`, 'EPERM');
    expect(look()).toEqual([]);
    expect(report()).toMatchObject({ allocated: 1, unseen: 1, processesSeen: 0 });
    expect(look(1000)).toMatchObject([{ probe_source: 'process.spawned', guest_pid: pid, guest_comm: '' }]);
    expect(report()).toMatchObject({ allocated: 1, unseen: 0, processesSeen: 1, hidden: 1 });
    kernel.heal(`${pid}/stat`);
    kernel.end(pid);
    expect([look(1), look(1), look(1)].flat()).toMatchObject([
      { probe_source: 'process.exited', guest_pid: pid },
    ]);
  });
});
