import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ChurnRecord } from '../../../src/domain/events/event.ts';
import { SystemState } from '../../../src/domain/processes/system-state.ts';
import {
  buildTree,
  flattenTree,
  type TreeNode,
  type TreeOptions,
} from '../../../src/domain/views/process-tree.ts';
import { exited, seconds, spawned, zombie } from '../../support/fixtures/events.ts';

const worldOf = (...records: ChurnRecord[]) => {
  const world = new SystemState();
  world.apply({ nowNs: seconds(100), records });
  return world;
};
const born = (pid: number, comm: string, at: number, ppid: number) =>
  spawned(pid, comm, at, { guest_ppid: ppid });
const gone = (pid: number, comm: string, at: number, start: number) =>
  exited(pid, comm, at, { start_ticks: Math.floor(start * 100) });
const init = spawned(1, 'init', 0, { guest_ppid: 0, start_ticks: 0, initial: true });

const open: TreeOptions = { compare: undefined, isCollapsed: () => false, matches: undefined };
const nameOf = (node: TreeNode) => {
  if (node.kind === 'alive') return node.process.comm;
  return node.kind === 'ended' ? `${node.group.comm}×${node.group.count}` : `…${node.count}`;
};
/** One indented line a row. */
const drawn = (world: SystemState, look: Partial<TreeOptions> = {}) =>
  flattenTree(buildTree(world), { ...open, ...look }).map(
    ({ node, depth, collapsed, ancestorOnly }) =>
      `${' '.repeat(depth)}${nameOf(node)}${collapsed ? ' +' : ''}${ancestorOnly ? ' (context)' : ''}`,
  );

const build = worldOf(
  init,
  born(10, 'cron', 1, 1),
  born(20, 'sh', 2, 10),
  born(21, 'job', 3, 20),
  born(22, 'old', 3, 20),
  gone(22, 'old', 4, 3),
  born(30, 'sshd', 5, 1),
);

test('the living before the ended, each before its children', () => {
  expect(drawn(build)).toEqual(['init', ' cron', '  sh', '   job', '   old×1', ' sshd']);
  const [root] = buildTree(build).roots;
  expect(root?.descendantCount).toBe(4);
});

test('an orphan hangs under its nearest living ancestor and names those between', () => {
  const world = worldOf(
    init,
    born(10, 'cron', 1, 1),
    born(20, 'sh', 2, 10),
    born(21, 'env', 2, 20),
    born(22, 'daemon', 3, 21),
    gone(21, 'env', 4, 2),
    gone(20, 'sh', 4, 2),
  );
  expect(drawn(world)).toEqual(['init', ' cron', '  daemon', '  sh×1', '   env×1']);
  expect(buildTree(world).liveByPid.get(22)?.exitedBetween).toEqual(['env', 'sh']);
});

test('a PID that another bears now is nobody’s spawner', () => {
  const world = worldOf(
    init,
    born(10, 'cron', 1, 1),
    born(20, 'job', 2, 10),
    gone(10, 'cron', 3, 1),
    born(10, 'late', 4, 1),
  );
  expect(drawn(world)).toEqual(['init', ' job', ' late', ' cron×1']);
});

test('folded nodes hide what is below them, and leaves cannot be folded', () => {
  expect(drawn(build, { isCollapsed: () => true })).toEqual(['init +']);
  expect(drawn(build, { isCollapsed: (node) => nameOf(node) === 'sh' })).toEqual([
    'init',
    ' cron',
    '  sh +',
    ' sshd',
  ]);
});

test('whoever stands above one that passes stays, and nothing is folded away', () => {
  const only = (name: string) =>
    drawn(build, { matches: (node) => nameOf(node).startsWith(name), isCollapsed: () => true });
  expect(only('job')).toEqual(['init (context)', ' cron (context)', '  sh (context)', '   job']);
  expect(only('s')).toEqual(['init (context)', ' cron (context)', '  sh', ' sshd']);
  expect(only('old')).toEqual(['init (context)', ' cron (context)', '  sh (context)', '   old×1']);
  expect(only('none')).toEqual([]);
});

describe('one just born', () => {
  const loop = [init, born(10, 'loop', 1, 1), born(20, 'sleep', 2, 10), gone(20, 'sleep', 3, 2)];

  test('stands with the ended of its name, so that nothing flickers', () => {
    const world = worldOf(...loop, born(21, 'sleep', 99.5, 10));
    expect(drawn(world)).toEqual(['init', ' loop', '  sleep×1']);
    const rows = flattenTree(buildTree(world), open);
    expect(rows[2]?.node).toMatchObject({ kind: 'ended', alive: 1 });
    expect(buildTree(world).roots[0]?.descendantCount).toBe(2);
  });

  test('has a row of its own with another name, when it grew older, or as a zombie', () => {
    expect(drawn(worldOf(...loop, born(21, 'cat', 99.5, 10)))).toContain('  cat');
    expect(drawn(worldOf(...loop, born(21, 'sleep', 98, 10)))).toContain('  sleep');
    expect(drawn(worldOf(...loop, born(21, 'sleep', 99.5, 10), zombie(21, 'sleep', 99.6)))).toContain(
      '  sleep',
    );
  });
});

test('siblings stand in the order asked for', () => {
  const compare: TreeOptions['compare'] = (a, b) => b.process.pid - a.process.pid;
  expect(drawn(build, { compare }).slice(0, 3)).toEqual(['init', ' sshd', ' cron']);
});

test('of any stream, circles included, each living process has one row and is below no one twice', () => {
  const pid = fc.integer({ min: 1, max: 8 });
  const record = fc.oneof(
    fc.tuple(pid, pid).map(([a, b]) => spawned(a, 'x', 1, { guest_ppid: b, start_ticks: 1, initial: true })),
    fc.tuple(pid, pid, fc.integer({ min: 2, max: 99 })).map(([a, b, at]) => born(a, `c${a % 3}`, at, b)),
    pid.map((a) => exited(a, 'x', 2)),
  );
  fc.assert(
    fc.property(fc.array(record, { maxLength: 60 }), (records) => {
      const world = worldOf(...records);
      const rows = flattenTree(buildTree(world), open);
      const alive = rows.flatMap(({ node }) => (node.kind === 'alive' ? [node.process.pid] : []));
      expect(alive.toSorted()).toEqual([...world.table.live()].map(({ pid: each }) => each).toSorted());
      expect(new Set(rows.map(({ node }) => node.key)).size).toBe(rows.length);
      for (const [index, { depth }] of rows.entries())
        expect(depth).toBeLessThanOrEqual((rows[index - 1]?.depth ?? -1) + 1);
    }),
  );
});
