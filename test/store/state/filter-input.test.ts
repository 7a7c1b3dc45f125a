import { describe, expect, test } from 'vitest';
import { SystemState } from '../../../src/domain/processes/system-state.ts';
import type { Action } from '../../../src/store/actions/action.ts';
import { actionFor } from '../../../src/store/keys/keymap.ts';
import { reduce } from '../../../src/store/reducer.ts';
import { initialState, type ViewState } from '../../../src/store/state/state.ts';
import { viewDataOf } from '../../support/fixtures/view-data.ts';

const size = { columns: 80, rows: 24 };
const data = viewDataOf(new SystemState());
const play = (actions: readonly Action[], from: ViewState = initialState(size)) =>
  actions.reduce((state, action) => reduce(state, action, data), from);

const press = (...keys: string[]) =>
  keys.flatMap(
    (key) => actionFor(key, { mode: 'filter', sourceKind: 'live', keyOverrides: new Map() }) ?? [],
  );
const kept = (...texts: string[]) =>
  texts.flatMap((text): Action[] => [
    { type: 'openFilter' },
    { type: 'eraseFilter', what: 'all' },
    { type: 'typeFilter', text },
    { type: 'keepFilter' },
  ]);

describe('history', () => {
  const typing = play([...kept('one', 'two', 'three'), ...press('ctrl-u', 'd', 'r')]);

  test('up recalls older filters down to the oldest, down returns to the draft', () => {
    const seen = ['up', 'up', 'up', 'up', 'down', 'down', 'down', 'down'].map(
      ((state) => (key: string) => {
        state = play(press(key), state);
        return state.filterText;
      })(typing),
    );
    expect(seen).toEqual(['three', 'two', 'one', 'one', 'two', 'three', 'dr', 'dr']);
  });

  test('a recalled filter applies, and typing leaves the history', () => {
    const state = play(press('up', 'x'), typing);
    expect(state).toMatchObject({ filterText: 'threex', historyPosition: undefined });
    expect(play(press('up'), state).filterText).toBe('three');
    expect(play(press('up'), typing).filter.text).toBe('three');
  });

  test('up skips the newest filter if it is still in the input line', () => {
    expect(play([...kept('one', 'two'), { type: 'openFilter' }, ...press('up')]).filterText).toBe('one');
  });

  test('a repeated filter becomes the newest, blank ones are not kept, and the history has 50 entries', () => {
    expect(play(kept('one', 'two', 'one', '', ' ')).filterHistory).toEqual(['two', 'one']);
    const many = play(kept(...Array.from({ length: 60 }, (_, index) => `f${index}`)));
    expect(many.filterHistory).toHaveLength(50);
    expect(many.filterHistory.at(-1)).toBe('f59');
  });

  test('an invalid filter is not kept', () => {
    expect(play(kept('pid=x'))).toMatchObject({ mode: 'filter', filterHistory: [] });
  });
});

describe('completion', () => {
  const typed = (text: string, ...keys: string[]) =>
    play([{ type: 'openFilter' }, { type: 'typeFilter', text }, ...press(...keys)]);

  test('a single option is inserted', () => {
    expect(typed('!pi', 'tab')).toMatchObject({ filterText: '!pid', completion: undefined });
  });

  test('several options: the common prefix, then one after the other', () => {
    expect(typed('event=e', 'tab')).toMatchObject({ filterText: 'event=ex', completion: { selected: -1 } });
    expect(typed('event=e', 'tab', 'tab').filterText).toBe('event=exec');
    expect(typed('event=e', 'tab', 'tab', 'tab')).toMatchObject({
      filterText: 'event=exited',
      filterError: undefined,
    });
    expect(typed('event=e', 'tab', 'tab', 'tab', 'tab').filterText).toBe('event=exec');
  });

  test('typing keeps the inserted option', () => {
    expect(typed('event=e', 'tab', 'tab', 'space')).toMatchObject({
      filterText: 'event=exec ',
      completion: undefined,
    });
  });

  test('without options, nothing changes', () => {
    const before = typed('xyz');
    expect(play(press('tab'), before)).toEqual(before);
  });
});

test('an invalid filter matches everything and has the column of its error', () => {
  expect(play([{ type: 'typeFilter', text: 'age<' }])).toMatchObject({
    filter: { text: '' },
    filterError: { column: 4, incomplete: true, error: expect.stringContaining('a time such as 5s') },
  });
});
