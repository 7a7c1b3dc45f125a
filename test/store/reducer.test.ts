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
import { createSubject } from '../support/fixtures/subjects.ts';
import { viewDataOf } from '../support/fixtures/view-data.ts';

const size = { columns: 80, rows: 24 };

const systemOf = (records: readonly ChurnRecord[], { history = 100, at = 10 } = {}) => {
  const system = new SystemState(history);
  system.apply({ nowNs: seconds(at), records });
  return system;
};
const empty = new SystemState();
const press = (state: ViewState, system: SystemState, ...actions: Action[]) =>
  actions.reduce((before, action) => reduce(before, action, viewDataOf(system, before)), state);
const rowsOf = ({ layout }: ViewState) =>
  layout.kind === 'tooSmall' ? { table: 1, log: 1 } : { table: layout.tableRows, log: layout.logRows };

const down: Action = { type: 'move', rows: 1 };
const up: Action = { type: 'move', rows: -1 };
const first: Action = { type: 'moveTo', end: 'first' };
const last: Action = { type: 'moveTo', end: 'last' };
const toLog: Action = { type: 'nextPane' };

describe('any sequence of actions and events', () => {
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

  const check = (state: ViewState, system: SystemState) => {
    const rows = rowsOf(state);
    const list = rowListOf(viewDataOf(system, state), state);
    const page = state.activeView === 'live' ? rows.table : pageRows(state);
    const { top, selected } = visibleWindow(list, state.selection, page);
    expect(top).toBeGreaterThanOrEqual(0);
    expect(top).toBeLessThanOrEqual(Math.max(0, list.length - page));
    if (state.selection && list.length > 0) {
      // The selected row is on screen.
      expect(selected).toBeGreaterThanOrEqual(top);
      expect(selected).toBeLessThan(Math.min(list.length, top + page));
    } else expect(selected).toBeUndefined();

    // The log shows as many entries as fit, in order and without gaps.
    const matching = matchingEntryNumbers(system, state.filter);
    const entries = logWindow(system, { filter: state.filter, bottom: state.logBottom, rows: rows.log });
    expect(entries).toHaveLength(Math.min(rows.log, matching.length));
    const numbers = matching.map((number) => system.log.at(number - system.log.dropped));
    const at = numbers.lastIndexOf(entries[0]);
    expect(numbers.slice(at, at + entries.length)).toEqual(entries);

    expect(state.layout).toEqual(layoutOf(state.size));
    expect(viewIds).toContain(state.activeView);
    for (const id of viewIds) expect(viewInfo(id).sorts).toContain(state.orders[id].by);
    expect(state.helpTop).toBeGreaterThanOrEqual(0);
    if (state.filterError === undefined) expect(state.filter.text).toBe(state.filterText);
    else expect(state.filter.text).toBe('');
  };

  test('never throws, keeps the selection on screen and windows inside their lists', () => {
    fc.assert(
      fc.property(cells, fc.array(step, { maxLength: 40 }), (from, steps) => {
        const live = new SystemState(30);
        let system = live;
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
            const after = reduce(state, next, viewDataOf(system, state));
            expect({ ...state, filter: state.filter.text }).toEqual(before);
            if (after.paused !== state.paused) system = after.paused ? live.clone() : live;
            state = after;
          }
          check(state, system);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('the selection', () => {
  const system = systemOf(
    Array.from({ length: 50 }, (_, index) => spawned(100 + index, `p${index}`, 1 + index / 100)),
  );
  const start = initialState(size);
  const list = processRows(system, start);
  const selectedPid = (state: ViewState) => Number(state.selection?.key.split('@')[0]);
  const { table } = rowsOf(start);

  test.each<[string, Action[], number | undefined]>([
    ['none at first', [], undefined],
    ['the first row after the first press', [down], 0],
    ['the first row after up, too', [up], 0],
    ['moves down', [down, down, down], 2],
    ['moves up', [down, down, up], 0],
    ['stops at the first row', [down, up, up], 0],
    ['moves to the last row', [last], 49],
    ['stops at the last row', [last, down], 49],
    ['moves to the first row', [last, first], 0],
    ['moves by pages that overlap by a row', [first, { type: 'movePage', pages: 1 }], table - 1],
    ['is cleared by a sort', [down, { type: 'nextSort' }], undefined],
  ])('%s', (_, actions, index) => {
    const state = press(start, system, ...actions);
    expect(state.selection && selectedPid(state)).toBe(index === undefined ? undefined : list[index]?.pid);
    expect(state.selection?.index).toBe(index);
  });

  test('keeps its process and its screen row while others arrive above it', () => {
    const growing = systemOf([...system.log].map(({ record }) => record));
    const state = press(start, growing, down, down, down, down);
    const before = visibleWindow(processList(processRows(growing, state)), state.selection, table);
    growing.apply({ nowNs: seconds(11), records: [spawned(900, 'new', 11), spawned(901, 'new', 11)] });
    const rows = processRows(growing, state);
    const after = visibleWindow(processList(rows), state.selection, table);
    expect(rows[after.selected as number]?.pid).toBe(selectedPid(state));
    expect((after.selected as number) - after.top).toBe((before.selected as number) - before.top);
  });

  test('moves to the process that takes its place', () => {
    const shrinking = systemOf([...system.log].map(({ record }) => record));
    const state = press(start, shrinking, down, down);
    const pid = selectedPid(state);
    shrinking.apply({ nowNs: seconds(11), records: [exited(pid, 'x', 11)] });
    shrinking.apply({ nowNs: seconds(13), records: [] });
    const { selected } = visibleWindow(processList(processRows(shrinking, state)), state.selection, table);
    expect(selected).toBe(1);
    expect(selectedPid(press(state, shrinking, down))).toBe(list[3]?.pid);
  });

  test('is cleared when the list is empty', () => {
    const state = press(press(start, system, down), empty, down);
    expect(state.selection).toBeUndefined();
  });

  test('moves to the last row when the list is shorter', () => {
    const few = systemOf([spawned(1, 'a', 1), spawned(2, 'b', 2), spawned(3, 'c', 3)]);
    const state = press(start, system, last);
    expect(press(state, few, up).selection).toMatchObject({
      key: processKey({ pid: 2, startTicks: 200 }),
      index: 1,
    });
  });
});

describe('the log', () => {
  const comms = (system: SystemState, state: ViewState) =>
    logWindow(system, { filter: state.filter, bottom: state.logBottom, rows: rowsOf(state).log }).map(
      ({ record }) => ('guest_comm' in record ? record.guest_comm : '!'),
    );
  const numbered = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, index) => spawned(1000 + from + index, String(from + index), 1));
  const names = (from: number, to: number) => numbered(from, to).map(({ guest_comm }) => guest_comm);
  const start = press(initialState(size), empty, toLog);
  const { log } = rowsOf(start);

  test('follows new entries until it is scrolled up, and again at the end', () => {
    const system = systemOf(numbered(0, 30));
    expect(comms(system, start)).toEqual(names(30 - log, 30));
    const above = press(start, system, up);
    system.apply({ nowNs: seconds(11), records: numbered(30, 40) });
    expect(comms(system, above)).toEqual(names(29 - log, 29));
    const again = press(above, system, last);
    expect(again.logBottom).toBeUndefined();
    expect(comms(system, again)).toEqual(names(40 - log, 40));
  });

  test('stops when the oldest entry is on the top row', () => {
    const system = systemOf(numbered(0, 30));
    const top = press(start, system, first);
    expect(comms(system, top)).toEqual(names(0, log));
    expect(press(top, system, up)).toEqual(top);
  });

  test('always follows when all entries fit', () => {
    const system = systemOf(numbered(0, 3));
    for (const action of [up, down, first, last])
      expect(press(start, system, action).logBottom).toBeUndefined();
  });

  test('shows the oldest retained entries while entries are dropped', () => {
    const system = systemOf(numbered(0, 30), { history: 30 });
    const top = press(start, system, first);
    system.apply({ nowNs: seconds(11), records: numbered(30, 32) });
    expect(comms(system, top)).toEqual(names(2, 2 + log));
    system.apply({ nowNs: seconds(12), records: numbered(32, 300) });
    expect(comms(system, top)).toEqual(names(270, 270 + log));
    expect(comms(system, press(top, system, down))).toEqual(names(271, 271 + log));
  });

  test('shows later entries when only those match the filter', () => {
    const system = systemOf(numbered(0, 30));
    const state = press(start, system, first, { type: 'typeFilter', text: '/2[0-9]/' });
    expect(comms(system, state)).toEqual(names(20, 20 + Math.min(10, log)));
  });

  test('shows gaps without a filter, or with a filter that selects them', () => {
    const system = systemOf([...numbered(0, 3), gap('unseen'), ...numbered(3, 5)]);
    const shown = (text: string) => comms(system, press(start, system, { type: 'typeFilter', text }));
    expect(shown('')).toEqual(['0', '1', '2', '!', '3', '4']);
    expect(shown('4')).toEqual(['4']);
    expect(shown('!comm=4')).toEqual(['0', '1', '2', '3']);
    expect(shown('event=gap')).toEqual(['!']);
    expect(shown('event=gap or 4')).toEqual(['!', '4']);
    expect(shown('event!=gap')).toEqual(['0', '1', '2', '3', '4']);
  });

  test('shows pauses of the sampler from one second on, and shorter ones if they are selected', () => {
    const pause = (untilSeconds: number) => gap('stalled', { to_monotonic_ns: seconds(untilSeconds) });
    const system = systemOf([...numbered(0, 1), pause(1.999), pause(2)]);
    const shown = (text: string) => comms(system, press(start, system, { type: 'typeFilter', text }));
    expect(shown('')).toEqual(['0', '!']);
    expect(shown('event=gap')).toEqual(['!', '!']);
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

  test('that is invalid matches everything and cannot be kept', () => {
    const state = press(start, empty, type('/('), { type: 'keepFilter' });
    expect(state).toMatchObject({ mode: 'filter', filterText: '/(', filter: { text: '' } });
    expect(state.filterError?.error).toContain('missing closing )');
    expect(press(state, empty, erase('character'), type('x'), { type: 'keepFilter' })).toMatchObject({
      mode: 'normal',
      filterError: undefined,
    });
  });

  test('is cleared with its error, in filter and normal mode', () => {
    for (const mode of ['filter', 'normal'] as const) {
      const state = press({ ...press(start, empty, type('/(')), mode }, empty, { type: 'clearFilter' });
      expect(state).toMatchObject({ mode: 'normal', filterText: '', filterError: undefined });
    }
  });

  test('can be set initially', () => {
    expect(initialState(size, { filterText: 'ng' }).filter.matches(createSubject({ comm: 'nginx' }))).toBe(
      true,
    );
    expect(initialState(size, { filterText: '/(' }).filterError?.error).toContain('missing closing )');
  });
});

describe('a notice', () => {
  const notified = press(initialState(size), empty, { type: 'notify', text: 'done', tone: 'info' });

  test('stays until the next action', () => {
    expect(notified.notice).toEqual({ text: 'done', tone: 'info' });
    expect(press(notified, empty, down).notice).toBeUndefined();
    expect(press(notified, empty, { type: 'togglePause' }).notice).toBeUndefined();
  });

  test('stays when the terminal is resized', () => {
    expect(press(notified, empty, { type: 'resize', size: { columns: 200, rows: 50 } }).notice).toBeDefined();
  });
});

describe('the help', () => {
  const start = press(initialState({ columns: 80, rows: 24 }), empty, { type: 'openHelp' });
  const scroll = (rows: number): Action => ({ type: 'scrollHelp', rows });

  test('stops when its last line is on screen', () => {
    const end = press(start, empty, scroll(1000));
    expect(end.helpTop).toBe(helpHeight('live', 80) - 22);
    expect(press(end, empty, scroll(1))).toEqual(end);
    expect(press(end, empty, scroll(-1)).helpTop).toBe(end.helpTop - 1);
  });

  test('does not scroll when all of it fits', () => {
    const tall = press(start, empty, { type: 'resize', size: { columns: 80, rows: 200 } }, scroll(5));
    expect(tall.helpTop).toBe(0);
  });

  test('starts at its top each time', () => {
    const again = press(start, empty, scroll(5), { type: 'closeHelp' }, { type: 'openHelp' });
    expect(again).toMatchObject({ mode: 'help', helpTop: 0 });
  });
});

test('s cycles through all sort orders', () => {
  const seen: string[] = [];
  let state = initialState(size);
  do {
    seen.push(state.orders.live.by);
    state = press(state, empty, { type: 'nextSort' });
  } while (state.orders.live.by !== seen[0] && seen.length < 20);
  expect(seen).toEqual(processSorts);
});

test('effects do not change the state', () => {
  const state = initialState(size);
  const effects = [
    'dump',
    'record',
    'redraw',
    'copy',
    'suspend',
    'quit',
    'jump',
    'note',
    'playFromHere',
  ] as const;
  for (const type of effects) expect(reduce(state, { type }, viewDataOf(empty))).toBe(state);
});
