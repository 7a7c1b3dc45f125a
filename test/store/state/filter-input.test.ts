import { describe, expect, test } from 'vitest';
import { SystemState } from '../../../src/domain/processes/system-state.ts';
import type { Action } from '../../../src/store/actions/action.ts';
import { actionFor } from '../../../src/store/keys/keymap.ts';
import { reduce } from '../../../src/store/reducer.ts';
import { initialState, type ViewState } from '../../../src/store/state/state.ts';
import { sceneOf } from '../../support/fixtures/view-data.ts';

const size = { columns: 80, rows: 24 };
const scene = sceneOf(new SystemState());
const play = (actions: readonly Action[], from: ViewState = initialState(size)) =>
  actions.reduce((state, action) => reduce(state, action, scene), from);

const press = (...keys: string[]) => keys.flatMap((key) => actionFor('filter', key) ?? []);
const kept = (...texts: string[]) =>
  texts.flatMap((text): Action[] => [
    { type: 'openFilter' },
    { type: 'eraseFilter', what: 'all' },
    { type: 'typeFilter', text },
    { type: 'keepFilter' },
  ]);

describe('history', () => {
  const typing = play([...kept('one', 'two', 'three'), ...press('ctrl-u', 'd', 'r')]);

  test('up goes to older ones and stays at the oldest, down comes back to what was typed', () => {
    const seen = ['up', 'up', 'up', 'up', 'down', 'down', 'down', 'down'].map(
      ((state) => (key: string) => {
        state = play(press(key), state);
        return state.filterText;
      })(typing),
    );
    expect(seen).toEqual(['three', 'two', 'one', 'one', 'two', 'three', 'dr', 'dr']);
  });

  test('what is recalled is in force, and typing on begins anew', () => {
    const state = play(press('up', 'x'), typing);
    expect(state).toMatchObject({ filterText: 'threex', recalled: undefined });
    expect(play(press('up'), state).filterText).toBe('three');
    expect(play(press('up'), typing).filter.text).toBe('three');
  });

  test('with the newest still in the line, up goes to the one before', () => {
    expect(play([...kept('one', 'two'), { type: 'openFilter' }, ...press('up')]).filterText).toBe('one');
  });

  test('a filter kept again moves to the end; blank ones are not kept; fifty are', () => {
    expect(play(kept('one', 'two', 'one', '', ' ')).filterHistory).toEqual(['two', 'one']);
    const many = play(kept(...Array.from({ length: 60 }, (_, index) => `f${index}`)));
    expect(many.filterHistory).toHaveLength(50);
    expect(many.filterHistory.at(-1)).toBe('f59');
  });

  test('what does not compile is not kept', () => {
    expect(play(kept('pid=x'))).toMatchObject({ mode: 'filter', filterHistory: [] });
  });
});

describe('completion', () => {
  const typed = (text: string, ...keys: string[]) =>
    play([{ type: 'openFilter' }, { type: 'typeFilter', text }, ...press(...keys)]);

  test('one option is put in the line', () => {
    expect(typed('!pi', 'tab')).toMatchObject({ filterText: '!pid', completion: undefined });
  });

  test('several: as far as they agree, then one after the other', () => {
    expect(typed('event=e', 'tab')).toMatchObject({ filterText: 'event=ex', completion: { at: -1 } });
    expect(typed('event=e', 'tab', 'tab').filterText).toBe('event=exec');
    expect(typed('event=e', 'tab', 'tab', 'tab')).toMatchObject({
      filterText: 'event=exited',
      filterError: undefined,
    });
    expect(typed('event=e', 'tab', 'tab', 'tab', 'tab').filterText).toBe('event=exec');
  });

  test('typing takes what stands there', () => {
    expect(typed('event=e', 'tab', 'tab', 'space')).toMatchObject({
      filterText: 'event=exec ',
      completion: undefined,
    });
  });

  test('nothing to complete changes nothing', () => {
    const before = typed('xyz');
    expect(play(press('tab'), before)).toEqual(before);
  });
});

test('a text that is no filter filters nothing away and says where it is wrong', () => {
  expect(play([{ type: 'typeFilter', text: 'age<' }])).toMatchObject({
    filter: { text: '' },
    filterError: { column: 4, incomplete: true, error: expect.stringContaining('a time such as 5s') },
  });
});
