import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SystemState } from '../../../src/domain/processes/system-state.ts';
import { buildTree } from '../../../src/domain/views/process-tree.ts';
import { flattenTree, type TreeNode, type TreeOptions } from '../../../src/domain/views/tree-rows.ts';
import { exited, seconds, spawned, zombie } from '../../support/fixtures/events.ts';
import { exit, init, spawn, stateOf } from '../../support/fixtures/system-state.ts';

const expanded: TreeOptions = { compare: undefined, isCollapsed: () => false, matches: undefined };
const nameOf = (node: TreeNode) => {
  if (node.kind === 'live') return node.process.comm;
  return node.kind === 'exitGroup' ? `${node.group.comm}×${node.group.count}` : `…${node.count}`;
};
/** Returns one indented line per row. */
const linesOf = (state: SystemState, options: Partial<TreeOptions> = {}) =>
  flattenTree(buildTree(state), { ...expanded, ...options }).map(
    ({ node, depth, collapsed, ancestorOnly }) =>
      `${' '.repeat(depth)}${nameOf(node)}${collapsed ? ' +' : ''}${ancestorOnly ? ' (ancestor)' : ''}`,
  );

const build = stateOf(
  init,
  spawn(10, 'cron', 1, 1),
  spawn(20, 'sh', 2, 10),
  spawn(21, 'job', 3, 20),
  spawn(22, 'old', 3, 20),
  exit(22, 'old', 4, 3),
  spawn(30, 'sshd', 5, 1),
);

test('live children come before exit groups, and each node before its children', () => {
  expect(linesOf(build)).toEqual(['init', ' cron', '  sh', '   job', '   old×1', ' sshd']);
  const [root] = buildTree(build).roots;
  expect(root?.descendantCount).toBe(4);
});

test('an orphan is attached to its nearest living ancestor, with the names of the exited between', () => {
  const state = stateOf(
    init,
    spawn(10, 'cron', 1, 1),
    spawn(20, 'sh', 2, 10),
    spawn(21, 'env', 2, 20),
    spawn(22, 'daemon', 3, 21),
    exit(21, 'env', 4, 2),
    exit(20, 'sh', 4, 2),
  );
  expect(linesOf(state)).toEqual(['init', ' cron', '  daemon', '  sh×1', '   env×1']);
  expect(buildTree(state).liveByPid.get(22)?.exitedBetween).toEqual(['env', 'sh']);
});

test('a process that reused the PID of a parent does not become the parent', () => {
  const state = stateOf(
    init,
    spawn(10, 'cron', 1, 1),
    spawn(20, 'job', 2, 10),
    exit(10, 'cron', 3, 1),
    spawn(10, 'late', 4, 1),
  );
  expect(linesOf(state)).toEqual(['init', ' job', ' late', ' cron×1']);
});

test('a collapsed node hides its descendants, and a leaf cannot be collapsed', () => {
  expect(linesOf(build, { isCollapsed: () => true })).toEqual(['init +']);
  expect(linesOf(build, { isCollapsed: (node) => nameOf(node) === 'sh' })).toEqual([
    'init',
    ' cron',
    '  sh +',
    ' sshd',
  ]);
});

test('a filter keeps the ancestors of matching rows and expands all nodes', () => {
  const only = (name: string) =>
    linesOf(build, { matches: (node) => nameOf(node).startsWith(name), isCollapsed: () => true });
  expect(only('job')).toEqual(['init (ancestor)', ' cron (ancestor)', '  sh (ancestor)', '   job']);
  expect(only('s')).toEqual(['init (ancestor)', ' cron (ancestor)', '  sh', ' sshd']);
  expect(only('old')).toEqual(['init (ancestor)', ' cron (ancestor)', '  sh (ancestor)', '   old×1']);
  expect(only('none')).toEqual([]);
});

describe('a recently spawned process', () => {
  const loop = [init, spawn(10, 'loop', 1, 1), spawn(20, 'sleep', 2, 10), exit(20, 'sleep', 3, 2)];

  test('is counted in the exit group of its name', () => {
    const state = stateOf(...loop, spawn(21, 'sleep', 99.5, 10));
    expect(linesOf(state)).toEqual(['init', ' loop', '  sleep×1']);
    const rows = flattenTree(buildTree(state), expanded);
    expect(rows[2]?.node).toMatchObject({ kind: 'exitGroup', liveCount: 1 });
    expect(buildTree(state).roots[0]?.descendantCount).toBe(2);
  });

  test('has its own row if the name differs, it is older than a second, or it is a zombie', () => {
    expect(linesOf(stateOf(...loop, spawn(21, 'cat', 99.5, 10)))).toContain('  cat');
    expect(linesOf(stateOf(...loop, spawn(21, 'sleep', 98, 10)))).toContain('  sleep');
    expect(linesOf(stateOf(...loop, spawn(21, 'sleep', 99.5, 10), zombie(21, 'sleep', 99.6)))).toContain(
      '  sleep',
    );
  });
});

test('siblings are in the given order', () => {
  const compare: TreeOptions['compare'] = (a, b) => b.process.pid - a.process.pid;
  expect(linesOf(build, { compare }).slice(0, 3)).toEqual(['init', ' sshd', ' cron']);
});

test('each live process has exactly one row for any records, cycles included', () => {
  const pid = fc.integer({ min: 1, max: 8 });
  const record = fc.oneof(
    fc.tuple(pid, pid).map(([a, b]) => spawned(a, 'x', 1, { guest_ppid: b, start_ticks: 1, initial: true })),
    fc.tuple(pid, pid, fc.integer({ min: 2, max: 99 })).map(([a, b, at]) => spawn(a, `c${a % 3}`, at, b)),
    pid.map((a) => exited(a, 'x', 2)),
  );
  fc.assert(
    fc.property(fc.array(record, { maxLength: 60 }), (records) => {
      const state = stateOf(...records);
      const rows = flattenTree(buildTree(state), expanded);
      const alive = rows.flatMap(({ node }) => (node.kind === 'live' ? [node.process.pid] : []));
      expect(alive.toSorted()).toEqual([...state.table.live()].map(({ pid: each }) => each).toSorted());
      expect(new Set(rows.map(({ node }) => node.key)).size).toBe(rows.length);
      for (const [index, { depth }] of rows.entries())
        expect(depth).toBeLessThanOrEqual((rows[index - 1]?.depth ?? -1) + 1);
    }),
  );
});

test('a zombie is below the parent that has to reap it, and other orphans below their spawner [fault:zombie-adopted]', () => {
  const state = stateOf(
    init,
    spawn(5, 'subreap', 1, 1),
    spawn(6, 'grandpa', 2, 5),
    spawn(7, 'middle', 3, 6),
    spawn(8, 'orphan', 4, 7),
    spawn(9, 'living', 4, 7),
    exit(7, 'middle', 5, 3),
    zombie(8, 'orphan', 6, { guest_ppid: 5 }),
  );
  expect(linesOf(state)).toEqual(['init', ' subreap', '  grandpa', '   living', '   middle×1', '  orphan']);
  state.apply({ nowNs: seconds(100), records: [zombie(8, 'orphan', 7, { guest_ppid: 1 })] });
  expect(linesOf(state)).toEqual(['init', ' subreap', '  grandpa', '   living', '   middle×1', ' orphan']);
});
