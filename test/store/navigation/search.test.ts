import { describe, expect, test } from 'vitest';
import { SystemState } from '../../../src/domain/processes/system-state.ts';
import type { Action } from '../../../src/store/actions/action.ts';
import { reduce } from '../../../src/store/reducer.ts';
import { initialState, type ViewState } from '../../../src/store/state/state.ts';
import { seconds, spawned } from '../../support/fixtures/events.ts';
import { viewDataOf } from '../../support/fixtures/view-data.ts';

const names = ['nginx', 'cron', 'Worker', 'sh', 'worker', 'crond'];
const system = new SystemState();
system.apply({
  nowNs: seconds(10),
  records: names.map((name, index) => spawned(100 + index, name, 1 + index)),
});
const start = initialState({ columns: 80, rows: 24 });
const stateAfter = (actions: readonly Action[], state: ViewState = start) =>
  actions.reduce((before, action) => reduce(before, action, viewDataOf(system, before)), state);
const search = (text: string): Action[] => [{ type: 'openSearch' }, { type: 'typeSearch', text }];
const next: Action = { type: 'nextSearchMatch', direction: 1 };
const previous: Action = { type: 'nextSearchMatch', direction: -1 };
const selectedPid = ({ selection }: ViewState) => selection && Number.parseInt(selection.key, 10);

describe('a search in the table', () => {
  test('selects the first match while it is typed, and keeps all rows', () => {
    expect(selectedPid(stateAfter(search('cron')))).toBe(105);
    expect(stateAfter(search('cron')).filterText).toBe('');
  });

  test('goes to the next and previous match, and continues at the other end', () => {
    const kept = stateAfter([...search('work'), { type: 'keepSearch' }]);
    expect(kept.mode).toBe('normal');
    expect(selectedPid(kept)).toBe(104);
    expect(selectedPid(stateAfter([next], kept))).toBe(102);
    expect(selectedPid(stateAfter([next, next], kept))).toBe(104);
    expect(selectedPid(stateAfter([previous], kept))).toBe(102);
  });

  test('shows a notice when nothing matches', () => {
    const state = stateAfter(search('zsh'));
    expect(state.notice).toEqual({ text: 'no match for zsh', tone: 'error' });
    expect(state.selection).toBeUndefined();
  });

  test('searches again when text is deleted', () => {
    const state = stateAfter([...search('crond'), { type: 'eraseSearch', what: 'character' }]);
    expect(state.searchText).toBe('cron');
    expect(stateAfter([{ type: 'eraseSearch', what: 'all' }], state).searchText).toBe('');
  });

  test('ends with Esc, and the selection stays', () => {
    const state = stateAfter([...search('sh'), { type: 'endSearch' }]);
    expect(state).toMatchObject({ mode: 'normal', searchText: '' });
    expect(selectedPid(state)).toBe(103);
  });

  test('does nothing in an empty list', () => {
    const empty = new SystemState();
    const state = reduce(stateAfter(search('')), { type: 'typeSearch', text: 'a' }, viewDataOf(empty, start));
    expect(state.notice?.text).toBe('no match for a');
  });
});

test('a search in the churn view finds groups', () => {
  const state = stateAfter([{ type: 'showView', view: 'churn' }, ...search('ngin')]);
  expect(state.selection?.key).toBe('comm:nginx');
});

describe('a search in the log', () => {
  const inLog = stateAfter([{ type: 'toggleFullLog' }]);

  test('finds the newest match first, then older ones', () => {
    const first = stateAfter(search('work'), inLog);
    expect(first.foundEntry).toBe(4);
    expect(stateAfter([next], first).foundEntry).toBe(2);
    expect(stateAfter([next, next], first).foundEntry).toBe(4);
    expect(stateAfter([next, previous], first).foundEntry).toBe(4);
  });

  test('stops following new events at the match', () => {
    expect(stateAfter(search('nginx'), inLog).logBottom).toBe(5);
  });
});
