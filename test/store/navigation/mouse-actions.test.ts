import { describe, expect, test } from 'vitest';
import { SystemState } from '../../../src/domain/processes/system-state.ts';
import type { Action } from '../../../src/store/actions/action.ts';
import type { Size } from '../../../src/store/actions/geometry.ts';
import { hitTest } from '../../../src/store/navigation/mouse-actions.ts';
import { reduce } from '../../../src/store/reducer.ts';
import { type InitialOptions, initialState } from '../../../src/store/state/state.ts';
import { seconds, spawned } from '../../support/fixtures/events.ts';
import { viewDataOf } from '../../support/fixtures/view-data.ts';

const small: Size = { columns: 80, rows: 24 };
const wide: Size = { columns: 200, rows: 50 };
const at = (column: number, row: number, size = small, options: InitialOptions = {}) =>
  hitTest(initialState(size, options), { column, row });

describe('hitTest', () => {
  test('returns undefined on header and footer', () => {
    for (const row of [0, 1, 23]) expect(at(5, row)).toBeUndefined();
  });

  test('returns titles, rows and the log below the table', () => {
    expect(at(5, 2)).toEqual({ pane: 'table', row: undefined, column: 'pid' });
    expect(at(79, 3)).toEqual({ pane: 'table', row: 0, column: 'command' });
    expect(at(0, 12)).toEqual({ pane: 'table', row: 9, column: undefined });
    expect(at(5, 13)).toEqual({ pane: 'log', row: undefined, column: undefined });
    expect(at(5, 22)).toMatchObject({ pane: 'log', row: 8 });
  });

  test('returns table and log side by side, and undefined on the rule between them', () => {
    expect(at(10, 10, wide)).toMatchObject({ pane: 'table' });
    expect(at(134, 10, wide)).toBeUndefined();
    expect(at(150, 10, wide)).toMatchObject({ pane: 'log', row: 7 });
  });

  test('uses the configured columns', () => {
    expect(at(3, 2, small, { columns: ['command', 'pid'] })).toMatchObject({ column: 'command' });
    expect(at(75, 2, small, { columns: ['command', 'pid'] })).toMatchObject({ column: 'pid' });
  });
});

describe('the mouse', () => {
  const system = new SystemState();
  system.apply({
    nowNs: seconds(50),
    records: Array.from({ length: 40 }, (_, index) => spawned(100 + index, `p${index}`, 1 + index)),
  });
  const press = (actions: readonly Action[], size = small) =>
    actions.reduce((state, action) => reduce(state, action, viewDataOf(system, state)), initialState(size));
  const point = (column: number, row: number): Action => ({ type: 'press', at: { column, row } });

  test('selects the clicked row, which keeps its position', () => {
    const state = press([point(10, 5)]);
    expect(state.selection).toMatchObject({ key: '137@3800', index: 2, screenRow: 2 });
    expect(press([point(10, 5), point(10, 5)]).selection).toEqual(state.selection);
  });

  test('sorts by the clicked title, then reverses the order', () => {
    expect(press([point(5, 2)]).orders.live).toEqual({ by: 'pid', reversed: false });
    expect(press([point(5, 2), point(5, 2)]).orders.live).toEqual({ by: 'pid', reversed: true });
    expect(press([{ type: 'showView', view: 'tree' }, point(18, 2)]).orders.tree.by).toBe('exited');
  });

  test('focuses the clicked pane', () => {
    expect(press([point(5, 16)]).pane).toBe('log');
    expect(press([point(5, 16), point(5, 6)]).pane).toBe('table');
  });

  test('scrolls the list under the pointer', () => {
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

  test('does nothing on the help, on a screen that is too small, or below the last row', () => {
    expect(press([{ type: 'openHelp' }, point(5, 6)]).selection).toBeUndefined();
    expect(press([point(5, 3)], { columns: 20, rows: 5 }).selection).toBeUndefined();
    expect(press([{ type: 'showView', view: 'tree' }, point(5, 22)]).selection).toMatchObject({ index: 19 });
  });
});
