import { describe, expect, test } from 'vitest';
import { SystemState } from '../../../src/domain/processes/system-state.ts';
import type { Action } from '../../../src/store/actions/action.ts';
import { reduce } from '../../../src/store/reducer.ts';
import { withFilter } from '../../../src/store/state/filter-input.ts';
import { initialState, type ViewState } from '../../../src/store/state/state.ts';
import { exited, seconds, spawned } from '../../support/fixtures/events.ts';
import { viewDataOf } from '../../support/fixtures/view-data.ts';

const system = new SystemState(100);
system.apply({
  nowNs: seconds(9),
  records: [
    spawned(10, 'init', 1, { initial: true, start_ticks: 1 }),
    spawned(11, 'web', 2, { guest_ppid: 10, start_ticks: 2 }),
    spawned(12, 'a"b c', 3, { guest_ppid: 11, start_ticks: 3 }),
    spawned(13, 'web', 4, { guest_ppid: 10, start_ticks: 4 }),
    spawned(14, 'web', 5, { guest_ppid: 10, start_ticks: 5 }),
  ],
});
const start = { ...initialState({ columns: 80, rows: 24 }), orders: byPid() };
function byPid(): ViewState['orders'] {
  const { orders } = initialState({ columns: 80, rows: 24 });
  return { ...orders, live: { by: 'pid', reversed: false } };
}
const press = (state: ViewState, ...actions: Action[]) =>
  actions.reduce((before, action) => reduce(before, action, viewDataOf(system, before)), state);

const down: Action = { type: 'move', rows: 1 };
const mark: Action = { type: 'toggleMark' };
const next: Action = { type: 'nextMatch', direction: 1 };
const previous: Action = { type: 'nextMatch', direction: -1 };
const comm: Action = { type: 'filterBy', what: 'comm' };
const subtree: Action = { type: 'filterBy', what: 'subtree' };
const selectedPid = (state: ViewState) => Number.parseInt(state.selection?.key ?? '', 10);

describe('filterBy', () => {
  test('sets a filter for any comm, and clears it when repeated', () => {
    const state = press(start, down, down, down, comm);
    expect(state.filterText).toBe('comm="a""b c"');
    expect(state.filterError).toBeUndefined();
    expect(state.filterHistory).toEqual(['comm="a""b c"']);
    expect(press(state, down, comm).filterText).toBe('');
  });

  test('sets a filter for the subtree', () => {
    expect(press(start, down, down, subtree).filterText).toBe('under=11');
  });

  test('uses the last event of the log without a selection', () => {
    expect(press(start, comm).filterText).toBe('comm=web');
    expect(press(start, subtree).filterText).toBe('under=14');
  });

  test.each(['parent', 'user'] as const)('uses the comm of a group by %s', (groupBy) => {
    const state = press({ ...start, activeView: 'churn', groupBy }, { type: 'moveTo', end: 'last' });
    expect(state.selection?.key).toMatch(new RegExp(`^${groupBy}:`));
    const expected = groupBy === 'parent' ? 'comm=web' : '';
    expect(press(state, comm).filterText).toBe(expected);
  });

  test.each([
    [comm, 'comm=gone', 'comm="a b"'],
    [subtree, 'under=999', 'under=4'],
  ])('clears the filter of a process that is gone', (key, ...texts) => {
    for (const text of texts) expect(press(withFilter(start, text), key).filterText).toBe('');
    // A filter that the user has extended is kept.
    const typed = withFilter(start, `${texts[0]} !sh`);
    expect(press(typed, key).filterText).toBe(typed.filterText);
  });

  test('shows a notice without a target', () => {
    const empty = viewDataOf(new SystemState());
    for (const key of [comm, subtree, mark, next]) {
      const state = reduce(start, key, empty);
      expect(state.filterText).toBe('');
      expect(state.notice?.text).toMatch(/^select a row first/);
    }
  });
});

describe('marks', () => {
  test('n and N cycle through the marked rows', () => {
    const marked = press(start, down, mark, down, down, down, mark);
    expect(marked.marks).toEqual(['10@1', '13@4']);
    expect([next, next, previous].map((action) => selectedPid(press(marked, action)))).toEqual([10, 10, 10]);
    expect(selectedPid(press(marked, next, next))).toBe(13);
  });

  test('n and N select rows of the same comm without marks', () => {
    const web = press(start, down, down);
    expect(selectedPid(press(web, next))).toBe(13);
    expect(selectedPid(press(web, next, next, next))).toBe(11);
    expect(selectedPid(press(web, previous))).toBe(14);
  });

  test('n starts at the first row and N at the last without a selection', () => {
    const { marks } = press(start, down, mark, down, down, down, mark);
    const unselected = { ...start, marks };
    expect(selectedPid(press(unselected, next))).toBe(10);
    expect(selectedPid(press(unselected, previous))).toBe(13);
  });

  test('n and N do nothing without selection and marks', () => {
    expect(press(start, next, previous).selection).toBeUndefined();
  });

  test('m unmarks a marked row; the oldest mark is dropped at the limit', () => {
    expect(press(start, down, mark, mark).marks).toEqual([]);
    const many = { ...press(start, down), marks: Array.from({ length: 64 }, (_, index) => `${index}@0`) };
    expect(press(many, mark).marks).toHaveLength(64);
    expect(press(many, mark).marks.at(-1)).toBe('10@1');
  });
});

test('F stops following new events, and follows again', () => {
  const growing = new SystemState(100);
  const play = (pid: number, at: number) =>
    growing.apply({ nowNs: seconds(at), records: [spawned(pid, 'x', at), exited(pid, 'x', at)] });
  play(1, 1);
  const toggle: Action = { type: 'toggleFollow' };
  const stopped = reduce(start, toggle, viewDataOf(growing));
  expect(stopped.logBottom).toBe(1);
  play(2, 2);
  expect(stopped.logBottom).toBe(1);
  expect(reduce(stopped, toggle, viewDataOf(growing)).logBottom).toBeUndefined();
});
