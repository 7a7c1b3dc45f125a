import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ChurnRecord } from '../../src/domain/events/event.ts';
import { processKey } from '../../src/domain/events/process-id.ts';
import { SystemState } from '../../src/domain/processes/system-state.ts';
import type { Action } from '../../src/store/actions/action.ts';
import { viewIds } from '../../src/store/actions/view-id.ts';
import { helpHeight } from '../../src/store/keys/help.ts';
import { bindings } from '../../src/store/keys/keymap.ts';
import { pageRows } from '../../src/store/navigation/selection.ts';
import {
  logWindow,
  matchingEntryNumbers,
  processList,
  processRows,
  rowListOf,
} from '../../src/store/navigation/selectors.ts';
import { reduce } from '../../src/store/reducer.ts';
import { layoutOf } from '../../src/store/state/layout.ts';
import { initialState, type ViewState } from '../../src/store/state/state.ts';
import { processSorts } from '../../src/store/views/process-columns.ts';
import { visibleWindow } from '../../src/store/views/row-list.ts';
import { viewInfo } from '../../src/store/views/views.ts';
import { execed, exited, gap, seconds, spawned, zombie } from '../support/fixtures/events.ts';
import { sceneOf } from '../support/fixtures/view-data.ts';
import { createSubject } from '../support/fixtures/subjects.ts';

const size = { columns: 80, rows: 24 };

const worldOf = (records: readonly ChurnRecord[], { history = 100, at = 10 } = {}) => {
  const world = new SystemState(history);
  world.apply({ nowNs: seconds(at), records });
  return world;
};
const empty = new SystemState();
const press = (state: ViewState, world: SystemState, ...actions: Action[]) =>
  actions.reduce((before, action) => reduce(before, action, sceneOf(world, before)), state);
const rowsOf = ({ layout }: ViewState) =>
  layout.kind === 'too small' ? { table: 1, log: 1 } : { table: layout.tableRows, log: layout.logRows };

const down: Action = { type: 'move', rows: 1 };
const up: Action = { type: 'move', rows: -1 };
const first: Action = { type: 'moveTo', end: 'first' };
const last: Action = { type: 'moveTo', end: 'last' };
const toLog: Action = { type: 'nextPane' };

describe('whatever is pressed while whatever happens', () => {
  const cells = fc.record({
    columns: fc.integer({ min: 1, max: 220 }),
    rows: fc.integer({ min: 1, max: 60 }),
  });
  const typed = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 3 }),
    fc.constantFrom('/', '!', '(', 'x', ' ', '1'),
  );
  const action: fc.Arbitrary<Action> = fc.oneof(
    fc.constantFrom(...bindings.map((binding) => binding.action)),
    fc.record({ type: fc.constant('typeFilter' as const), text: typed }),
    fc.record({ type: fc.constant('move' as const), rows: fc.integer({ min: -40, max: 40 }) }),
    fc.record({ type: fc.constant('movePage' as const), pages: fc.integer({ min: -3, max: 3 }) }),
    fc.record({ type: fc.constant('scrollHelp' as const), rows: fc.integer({ min: -40, max: 40 }) }),
    fc.record({ type: fc.constant('resize' as const), size: cells }),
    fc.record({ type: fc.constant('notify' as const), text: typed, tone: fc.constantFrom('info', 'error') }),
  );
  const event = fc
    .tuple(
      fc.constantFrom(spawned, execed, zombie, exited),
      fc.integer({ min: 1, max: 40 }),
      fc.constantFrom('x', 'y1'),
    )
    .map(([make, pid, comm]) => ({ make, pid, comm }));
  const step = fc.oneof(
    { weight: 3, arbitrary: action },
    { weight: 1, arbitrary: fc.constantFrom<Action>(toLog, first, up) },
    { weight: 2, arbitrary: fc.array(fc.oneof(event, fc.constant('gap' as const)), { maxLength: 25 }) },
  );

  const check = (state: ViewState, world: SystemState) => {
    const rows = rowsOf(state);
    const list = rowListOf(sceneOf(world, state), state);
    const page = state.activeView === 'live' ? rows.table : pageRows(state);
    const { top, selected } = visibleWindow(list, state.selection, page);
    expect(top).toBeGreaterThanOrEqual(0);
    expect(top).toBeLessThanOrEqual(Math.max(0, list.length - page));
    if (state.selection && list.length > 0) {
      // The chosen row is on screen.
      expect(selected).toBeGreaterThanOrEqual(top);
      expect(selected).toBeLessThan(Math.min(list.length, top + page));
    } else expect(selected).toBeUndefined();

    // The log shows as much as it has room and entries for, in order, without holes.
    const matching = matchingEntryNumbers(world, state.filter);
    const entries = logWindow(world, state.filter, state.logBottom, rows.log);
    expect(entries).toHaveLength(Math.min(rows.log, matching.length));
    const numbers = matching.map((number) => world.log.at(number - world.log.dropped));
    const at = numbers.lastIndexOf(entries[0]);
    expect(numbers.slice(at, at + entries.length)).toEqual(entries);

    expect(state.layout).toEqual(layoutOf(state.size));
    expect(viewIds).toContain(state.activeView);
    for (const id of viewIds) expect(viewInfo(id).sorts).toContain(state.orders[id].by);
    expect(state.helpTop).toBeGreaterThanOrEqual(0);
    if (state.filterError === undefined) expect(state.filter.text).toBe(state.filterText);
    else expect(state.filter.text).toBe('');
  };

  test('nothing throws, the choice is on screen and windows lie inside the lists', () => {
    fc.assert(
      fc.property(cells, fc.array(step, { maxLength: 40 }), (from, steps) => {
        const live = new SystemState(30);
        let world = live;
        let state = initialState(from);
        let now = 1;
        for (const next of steps) {
          if (Array.isArray(next)) {
            now += 0.25;
            const records = next.map((each) =>
              each === 'gap' ? gap('unseen') : each.make(each.pid, each.comm, now),
            );
            live.apply({ nowNs: seconds(now), records });
          } else {
            const before = structuredClone({ ...state, filter: state.filter.text });
            const after = reduce(state, next, sceneOf(world, state));
            expect({ ...state, filter: state.filter.text }).toEqual(before);
            if (after.paused !== state.paused) world = after.paused ? live.clone() : live;
            state = after;
          }
          check(state, world);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('the choice', () => {
  const world = worldOf(
    Array.from({ length: 50 }, (_, index) => spawned(100 + index, `p${index}`, 1 + index / 100)),
  );
  const start = initialState(size);
  const list = processRows(world, start);
  const chosenPid = (state: ViewState) => Number(state.selection?.key.split('@')[0]);
  const { table } = rowsOf(start);

  test.each<[string, Action[], number | undefined]>([
    ['nothing is chosen at first', [], undefined],
    ['the first press shows where one is', [down], 0],
    ['upwards, too', [up], 0],
    ['down', [down, down, down], 2],
    ['and up again', [down, down, up], 0],
    ['not above the first', [down, up, up], 0],
    ['to the last', [last], 49],
    ['not below it', [last, down], 49],
    ['and back to the first', [last, first], 0],
    ['by pages that overlap by a row', [first, { type: 'movePage', pages: 1 }], table - 1],
    ['a sort lets go of it', [down, { type: 'nextSort' }], undefined],
  ])('%s', (_, actions, index) => {
    const state = press(start, world, ...actions);
    expect(state.selection && chosenPid(state)).toBe(index === undefined ? undefined : list[index]?.pid);
    expect(state.selection?.index).toBe(index);
  });

  test('keeps its process and its row on screen while others arrive above it', () => {
    const growing = worldOf([...world.log].map(({ record }) => record));
    const state = press(start, growing, down, down, down, down);
    const before = visibleWindow(processList(processRows(growing, state)), state.selection, table);
    growing.apply({ nowNs: seconds(11), records: [spawned(900, 'new', 11), spawned(901, 'new', 11)] });
    const rows = processRows(growing, state);
    const after = visibleWindow(processList(rows), state.selection, table);
    expect(rows[after.selected as number]?.pid).toBe(chosenPid(state));
    expect((after.selected as number) - after.top).toBe((before.selected as number) - before.top);
  });

  test('passes to whoever stands in its place when it is gone', () => {
    const shrinking = worldOf([...world.log].map(({ record }) => record));
    const state = press(start, shrinking, down, down);
    const pid = chosenPid(state);
    shrinking.apply({ nowNs: seconds(11), records: [exited(pid, 'x', 11)] });
    shrinking.apply({ nowNs: seconds(13), records: [] });
    const { selected } = visibleWindow(processList(processRows(shrinking, state)), state.selection, table);
    expect(selected).toBe(1);
    expect(chosenPid(press(state, shrinking, down))).toBe(list[3]?.pid);
  });

  test('is let go when there is nothing to choose from', () => {
    const state = press(press(start, world, down), empty, down);
    expect(state.selection).toBeUndefined();
  });

  test('is moved from the last row when the list became shorter', () => {
    const few = worldOf([spawned(1, 'a', 1), spawned(2, 'b', 2), spawned(3, 'c', 3)]);
    const state = press(start, world, last);
    expect(press(state, few, up).selection).toMatchObject({
      key: processKey({ pid: 2, startTicks: 200 }),
      index: 1,
    });
  });
});

describe('the log', () => {
  const comms = (world: SystemState, state: ViewState) =>
    logWindow(world, state.filter, state.logBottom, rowsOf(state).log).map(({ record }) =>
      'guest_comm' in record ? record.guest_comm : '!',
    );
  const numbered = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, index) => spawned(1000 + from + index, String(from + index), 1));
  const names = (from: number, to: number) => numbered(from, to).map(({ guest_comm }) => guest_comm);
  const start = press(initialState(size), empty, toLog);
  const { log } = rowsOf(start);

  test('follows the newest until someone goes up, and again at the end', () => {
    const world = worldOf(numbered(0, 30));
    expect(comms(world, start)).toEqual(names(30 - log, 30));
    const above = press(start, world, up);
    world.apply({ nowNs: seconds(11), records: numbered(30, 40) });
    expect(comms(world, above)).toEqual(names(29 - log, 29));
    const again = press(above, world, last);
    expect(again.logBottom).toBeUndefined();
    expect(comms(world, again)).toEqual(names(40 - log, 40));
  });

  test('stops where the oldest entry is on the top row', () => {
    const world = worldOf(numbered(0, 30));
    const top = press(start, world, first);
    expect(comms(world, top)).toEqual(names(0, log));
    expect(press(top, world, up)).toEqual(top);
  });

  test('that is shorter than its room always follows', () => {
    const world = worldOf(numbered(0, 3));
    for (const action of [up, down, first, last])
      expect(press(start, world, action).logBottom).toBeUndefined();
  });

  test('read while its entries fall off shows the oldest ones held, not an empty screen', () => {
    const world = worldOf(numbered(0, 30), { history: 30 });
    const top = press(start, world, first);
    world.apply({ nowNs: seconds(11), records: numbered(30, 32) });
    expect(comms(world, top)).toEqual(names(2, 2 + log));
    world.apply({ nowNs: seconds(12), records: numbered(32, 300) });
    expect(comms(world, top)).toEqual(names(270, 270 + log));
    expect(comms(world, press(top, world, down))).toEqual(names(271, 271 + log));
  });

  test('under a filter that only later entries pass shows those', () => {
    const world = worldOf(numbered(0, 30));
    const state = press(start, world, first, { type: 'typeFilter', text: '/2[0-9]/' });
    expect(comms(world, state)).toEqual(names(20, 20 + Math.min(10, log)));
  });

  test('shows gaps under every filter', () => {
    const world = worldOf([...numbered(0, 5), gap('unseen'), ...numbered(5, 9)]);
    expect(comms(world, press(start, world, { type: 'typeFilter', text: '7' }))).toEqual(['!', '7']);
  });
});

describe('the filter', () => {
  const type = (text: string): Action => ({ type: 'typeFilter', text });
  const erase = (what: 'character' | 'word' | 'all'): Action => ({ type: 'eraseFilter', what });
  const start = press(initialState(size), empty, { type: 'openFilter' });

  test.each<[string, string, Action, string]>([
    ['a character', 'abc', erase('character'), 'ab'],
    ['nothing from nothing', '', erase('character'), ''],
    ['a whole character of several code points', 'a👩‍👩‍👧', erase('character'), 'a'],
    ['an accent with its letter', 'ae\u0301', erase('character'), 'a'],
    ['a word', 'foo bar', erase('word'), 'foo '],
    ['a word and the space after it', 'foo bar  ', erase('word'), 'foo '],
    ['a word from nothing', '', erase('word'), ''],
    ['all', 'foo bar', erase('all'), ''],
  ])('erases %s', (_, before, action, after) => {
    expect(press(start, empty, type(before), action)).toMatchObject({
      filterText: after,
      filter: { text: after },
    });
  });

  test('that does not compile filters nothing away and cannot be kept', () => {
    const state = press(start, empty, type('/('), { type: 'keepFilter' });
    expect(state).toMatchObject({ mode: 'filter', filterText: '/(', filter: { text: '' } });
    expect(state.filterError?.error).toContain('Unterminated group');
    expect(press(state, empty, erase('character'), type('x'), { type: 'keepFilter' })).toMatchObject({
      mode: 'normal',
      filterError: undefined,
    });
  });

  test('is cleared, with its error, from the line and from the lists', () => {
    for (const mode of ['filter', 'normal'] as const) {
      const state = press({ ...press(start, empty, type('/(')), mode }, empty, { type: 'clearFilter' });
      expect(state).toMatchObject({ mode: 'normal', filterText: '', filterError: undefined });
    }
  });

  test('can be there from the start', () => {
    expect(initialState(size, { filterText: 'ng' }).filter.matches(createSubject({ comm: 'nginx' }))).toBe(
      true,
    );
    expect(initialState(size, { filterText: '/(' }).filterError?.error).toContain('Unterminated group');
  });
});

describe('a message', () => {
  const said = press(initialState(size), empty, { type: 'notify', text: 'done', tone: 'info' });

  test('stands until the next key, whatever it does', () => {
    expect(said.notice).toEqual({ text: 'done', tone: 'info' });
    expect(press(said, empty, down).notice).toBeUndefined();
    expect(press(said, empty, { type: 'togglePause' }).notice).toBeUndefined();
  });

  test('is not driven away by the terminal', () => {
    expect(press(said, empty, { type: 'resize', size: { columns: 200, rows: 50 } }).notice).toBeDefined();
  });
});

describe('the help', () => {
  const start = press(initialState({ columns: 80, rows: 24 }), empty, { type: 'openHelp' });
  const scroll = (rows: number): Action => ({ type: 'scrollHelp', rows });

  test('ends where its last line is on screen: one step back is seen at once', () => {
    const end = press(start, empty, scroll(1000));
    expect(end.helpTop).toBe(helpHeight('live', 80) - 23);
    expect(press(end, empty, scroll(1))).toEqual(end);
    expect(press(end, empty, scroll(-1)).helpTop).toBe(end.helpTop - 1);
  });

  test('that fits does not scroll', () => {
    const tall = press(start, empty, { type: 'resize', size: { columns: 80, rows: 200 } }, scroll(5));
    expect(tall.helpTop).toBe(0);
  });

  test('begins at its top each time', () => {
    const again = press(start, empty, scroll(5), { type: 'closeHelp' }, { type: 'openHelp' });
    expect(again).toMatchObject({ mode: 'help', helpTop: 0 });
  });
});

test('s goes round all columns and comes back', () => {
  const seen: string[] = [];
  let state = initialState(size);
  do {
    seen.push(state.orders.live.by);
    state = press(state, empty, { type: 'nextSort' });
  } while (state.orders.live.by !== seen[0] && seen.length < 20);
  expect(seen).toEqual(processSorts);
});

test('effects leave the state as it is', () => {
  const state = initialState(size);
  for (const type of ['dump', 'redraw', 'suspend', 'quit'] as const)
    expect(reduce(state, { type }, sceneOf(empty))).toBe(state);
});
