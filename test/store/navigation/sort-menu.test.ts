import { expect, test } from 'vitest';
import { SystemState } from '../../../src/domain/processes/system-state.ts';
import type { Action } from '../../../src/store/actions/action.ts';
import { viewIds } from '../../../src/store/actions/view-id.ts';
import { sortOptions } from '../../../src/store/navigation/sort-menu.ts';
import { reduce } from '../../../src/store/reducer.ts';
import { initialState } from '../../../src/store/state/state.ts';
import { viewInfo } from '../../../src/store/views/views.ts';
import { viewDataOf } from '../../support/fixtures/view-data.ts';

const system = new SystemState();
const start = initialState({ columns: 80, rows: 24 });
const stateAfter = (actions: readonly Action[], state = start) =>
  actions.reduce((before, action) => reduce(before, action, viewDataOf(system, before)), state);
const open: Action = { type: 'openSortMenu' };
const down: Action = { type: 'moveMenu', rows: 1 };
const choose: Action = { type: 'chooseSort' };

test.each(viewIds)('the menu of the %s view has a title for each of its orders', (id) => {
  const options = sortOptions({ ...start, activeView: id });
  expect(options.map((option) => option.id)).toEqual(viewInfo(id).sorts);
  for (const { title } of options) expect(title).toMatch(/\S/);
});

test('the menu opens at the current order, and Enter sorts by the selected column', () => {
  const { sorts } = viewInfo('live');
  const opened = stateAfter([open]);
  expect(opened).toMatchObject({ mode: 'sort', menuIndex: 0 });
  const sorted = stateAfter([down, choose], opened);
  expect(sorted).toMatchObject({ mode: 'normal', orders: { live: { by: sorts[1], reversed: false } } });
  expect(stateAfter([open], sorted).menuIndex).toBe(1);
});

test('the selection stays within the menu', () => {
  const last = viewInfo('live').sorts.length - 1;
  expect(stateAfter([open, { type: 'moveMenu', rows: -1 }]).menuIndex).toBe(0);
  expect(stateAfter([open, { type: 'moveMenu', rows: Number.POSITIVE_INFINITY }]).menuIndex).toBe(last);
});

test('r reverses the order while the menu stays open', () => {
  const state = stateAfter([open, { type: 'reverseSort' }]);
  expect(state).toMatchObject({ mode: 'sort', orders: { live: { reversed: true } } });
  expect(stateAfter([choose], state).orders.live.reversed).toBe(true);
});

test('Esc closes the menu and keeps the order', () => {
  expect(stateAfter([open, down, { type: 'closeMenu' }])).toMatchObject({
    mode: 'normal',
    orders: start.orders,
  });
});
