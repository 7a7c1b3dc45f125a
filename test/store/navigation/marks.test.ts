import { describe, expect, test } from 'vitest';
import { SystemState } from '../../../src/domain/processes/system-state.ts';
import type { Action } from '../../../src/store/actions/action.ts';
import { reduce } from '../../../src/store/reducer.ts';
import { withFilter } from '../../../src/store/state/filter-input.ts';
import { initialState, type ViewState } from '../../../src/store/state/state.ts';
import { exited, seconds, spawned } from '../../support/fixtures/events.ts';
import { sceneOf } from '../../support/fixtures/view-data.ts';

const world = new SystemState(100);
world.apply({
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
  actions.reduce((before, action) => reduce(before, action, sceneOf(world, before)), state);

const down: Action = { type: 'move', rows: 1 };
const mark: Action = { type: 'toggleMark' };
const next: Action = { type: 'nextMatch', by: 1 };
const previous: Action = { type: 'nextMatch', by: -1 };
const comm: Action = { type: 'filterBy', what: 'comm' };
const subtree: Action = { type: 'filterBy', what: 'subtree' };
const chosen = (state: ViewState) => Number.parseInt(state.selection?.key ?? '', 10);

describe('filter to what is chosen', () => {
  test('its comm, whatever it is called; again takes it off', () => {
    const state = press(start, down, down, down, comm);
    expect(state.filterText).toBe('comm="a""b c"');
    expect(state.filterError).toBeUndefined();
    expect(state.filterHistory).toEqual(['comm="a""b c"']);
    expect(press(state, down, comm).filterText).toBe('');
  });

  test('its subtree', () => {
    expect(press(start, down, down, subtree).filterText).toBe('under=11');
  });

  test('without a choice, the last event of the log', () => {
    expect(press(start, comm).filterText).toBe('comm=web');
    expect(press(start, subtree).filterText).toBe('under=14');
  });

  test.each(['parent', 'user'] as const)('a row by %s filters to the comm that it has', (groupBy) => {
    const state = press({ ...start, activeView: 'churn', groupBy }, { type: 'moveTo', end: 'last' });
    expect(state.selection?.key).toMatch(new RegExp(`^${groupBy}:`));
    const named = groupBy === 'parent' ? 'comm=web' : '';
    expect(press(state, comm).filterText).toBe(named);
  });

  test.each([
    [comm, 'comm=gone', 'comm="a b"'],
    [subtree, 'under=999', 'under=4'],
  ])('again takes it off, also where whoever was chosen has left', (key, ...texts) => {
    for (const text of texts) expect(press(withFilter(start, text), key).filterText).toBe('');
    // One that somebody typed for more than that is another one.
    const typed = withFilter(start, `${texts[0]} !sh`);
    expect(press(typed, key).filterText).toBe(typed.filterText);
  });

  test('nothing there: it says that nothing is chosen', () => {
    const empty = sceneOf(new SystemState());
    for (const key of [comm, subtree, mark, next]) {
      const state = reduce(start, key, empty);
      expect(state.filterText).toBe('');
      expect(state.notice?.text).toMatch(/^no row is chosen/);
    }
  });
});

describe('marks', () => {
  test('n and N go round the marked rows', () => {
    const marked = press(start, down, mark, down, down, down, mark);
    expect(marked.marks).toEqual(['10@1', '13@4']);
    expect([next, next, previous].map((action) => chosen(press(marked, action)))).toEqual([10, 10, 10]);
    expect(chosen(press(marked, next, next))).toBe(13);
  });

  test('without marks, the rows of the same name', () => {
    const web = press(start, down, down);
    expect(chosen(press(web, next))).toBe(13);
    expect(chosen(press(web, next, next, next))).toBe(11);
    expect(chosen(press(web, previous))).toBe(14);
  });

  test('without a choice, n begins at the first row and N at the last', () => {
    const { marks } = press(start, down, mark, down, down, down, mark);
    const unchosen = { ...start, marks };
    expect(chosen(press(unchosen, next))).toBe(10);
    expect(chosen(press(unchosen, previous))).toBe(13);
  });

  test('nothing chosen and nothing marked: nowhere to go', () => {
    expect(press(start, next, previous).selection).toBeUndefined();
  });

  test('again unmarks; the oldest of too many goes', () => {
    expect(press(start, down, mark, mark).marks).toEqual([]);
    const many = { ...press(start, down), marks: Array.from({ length: 64 }, (_, index) => `${index}@0`) };
    expect(press(many, mark).marks).toHaveLength(64);
    expect(press(many, mark).marks.at(-1)).toBe('10@1');
  });
});

test('F holds the log still while events come, and follows again', () => {
  const growing = new SystemState(100);
  const play = (pid: number, at: number) =>
    growing.apply({ nowNs: seconds(at), records: [spawned(pid, 'x', at), exited(pid, 'x', at)] });
  play(1, 1);
  const toggle: Action = { type: 'toggleFollow' };
  const held = reduce(start, toggle, sceneOf(growing));
  expect(held.logBottom).toBe(1);
  play(2, 2);
  expect(held.logBottom).toBe(1);
  expect(reduce(held, toggle, sceneOf(growing)).logBottom).toBeUndefined();
});
