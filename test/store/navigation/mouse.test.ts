import { describe, expect, test } from 'vitest';
import { SystemState } from '../../../src/domain/processes/system-state.ts';
import type { Action } from '../../../src/store/actions/action.ts';
import type { Size } from '../../../src/store/actions/geometry.ts';
import { hitTest } from '../../../src/store/navigation/mouse.ts';
import { reduce } from '../../../src/store/reducer.ts';
import { type InitialOptions, initialState } from '../../../src/store/state/state.ts';
import { seconds, spawned } from '../../support/fixtures/events.ts';
import { sceneOf } from '../../support/fixtures/view-data.ts';

const small: Size = { columns: 80, rows: 24 };
const wide: Size = { columns: 200, rows: 50 };
const at = (column: number, row: number, size = small, beginning: InitialOptions = {}) =>
  hitTest(initialState(size, beginning), { column, row });

describe('what is under the pointer', () => {
  test('header and footer are none of the lists', () => {
    for (const row of [0, 1, 2, 23]) expect(at(5, row)).toBeUndefined();
  });

  test('titles, rows, and the log below', () => {
    expect(at(5, 3)).toEqual({ pane: 'table', row: undefined, column: 'pid' });
    expect(at(79, 4)).toEqual({ pane: 'table', row: 0, column: 'comm' });
    expect(at(0, 12)).toEqual({ pane: 'table', row: 8, column: undefined });
    expect(at(5, 13)).toEqual({ pane: 'log', row: undefined, column: undefined });
    expect(at(5, 22)).toMatchObject({ pane: 'log', row: 8 });
  });

  test('beside each other, with a rule between that is neither', () => {
    expect(at(10, 10, wide)).toMatchObject({ pane: 'table' });
    expect(at(99, 10, wide)).toBeUndefined();
    expect(at(150, 10, wide)).toMatchObject({ pane: 'log', row: 6 });
  });

  test('the columns that the user chose', () => {
    expect(at(3, 3, small, { columns: ['comm', 'pid'] })).toMatchObject({ column: 'comm' });
    expect(at(75, 3, small, { columns: ['comm', 'pid'] })).toMatchObject({ column: 'pid' });
  });
});

describe('the pointer', () => {
  const world = new SystemState();
  world.apply({
    nowNs: seconds(50),
    records: Array.from({ length: 40 }, (_, index) => spawned(100 + index, `p${index}`, 1 + index)),
  });
  const press = (actions: readonly Action[], size = small) =>
    actions.reduce((state, action) => reduce(state, action, sceneOf(world, state)), initialState(size));
  const point = (column: number, row: number): Action => ({ type: 'point', at: { column, row } });

  test('chooses the row it is on, which stays where it is', () => {
    const state = press([point(10, 6)]);
    expect(state.selection).toMatchObject({ key: '137@3800', index: 2, screenRow: 2 });
    expect(press([point(10, 6), point(10, 6)]).selection).toEqual(state.selection);
  });

  test('sorts by the title it is on, and then the other way round', () => {
    expect(press([point(5, 3)]).orders.live).toEqual({ by: 'pid', reversed: false });
    expect(press([point(5, 3), point(5, 3)]).orders.live).toEqual({ by: 'pid', reversed: true });
    expect(press([{ type: 'show', view: 'tree' }, point(18, 3)]).orders.tree.by).toBe('ended');
  });

  test('takes the keys to the list it is in', () => {
    expect(press([point(5, 16)]).pane).toBe('log');
    expect(press([point(5, 16), point(5, 6)]).pane).toBe('table');
  });

  test('its wheel moves the list it is over', () => {
    const wheel = (column: number, row: number, rows: number): Action => ({
      type: 'wheel',
      at: { column, row },
      rows,
    });
    expect(press([wheel(5, 6, 3)]).selection).toMatchObject({ index: 2 });
    const state = press([wheel(5, 16, -3)]);
    expect(state.pane).toBe('log');
    expect(state.logBottom).toBe(36);
    expect(press([{ type: 'openHelp' }, wheel(5, 6, 3)]).helpTop).toBe(3);
  });

  test('does nothing behind the help, on a screen too small, or below the last row', () => {
    expect(press([{ type: 'openHelp' }, point(5, 6)]).selection).toBeUndefined();
    expect(press([point(5, 3)], { columns: 20, rows: 5 }).selection).toBeUndefined();
    expect(press([{ type: 'show', view: 'tree' }, point(5, 22)]).selection).toMatchObject({ index: 18 });
  });
});
