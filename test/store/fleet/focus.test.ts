import { describe, expect, test } from 'vitest';
import { foreignKeyNotice } from '../../../src/store/keys/foreign-keys.ts';
import { helpSections } from '../../../src/store/keys/help.ts';
import { actionFor, wrongViewNotice } from '../../../src/store/keys/keymap.ts';
import { Store } from '../../../src/store/store.ts';
import { FakeFleet, guestOf, mixedFleet } from '../../support/fakes/fake-fleet.ts';
import { sourceInfo, spawned } from '../../support/fixtures/events.ts';

/** Returns a store with a fleet, and functions that press keys and return the state. */
const openStore = (fleet: FakeFleet = mixedFleet()) => {
  const store = new Store({ info: fleet.info, fleet: fleet.fleet });
  store.connect(fleet);
  const view = () => store.getSnapshot().view;
  const press = (...keys: string[]) => {
    for (const key of keys) {
      const action = wrongViewNotice(key, view()) ?? actionFor(key, view()) ?? foreignKeyNotice(key, view());
      if (action) store.dispatch(action);
    }
    return view();
  };
  return { store, fleet, view, press };
};

describe('a source of several guests', () => {
  test('starts in the hosts view, which other sources do not have', () => {
    const { view, press } = openStore();
    expect(view()).toMatchObject({ activeView: 'hosts', sourceKind: 'fleet', focusedGuest: undefined });
    expect(press('v', 'v', 'v', 'v', 'v', 'v').activeView).toBe('hosts');
    const single = new Store({ info: sourceInfo });
    expect(single.getSnapshot().view.activeView).toBe('live');
    for (let turn = 0; turn < 5; turn++) single.dispatch({ type: 'nextView' });
    expect(single.getSnapshot().view.activeView).toBe('live');
    expect(actionFor('0', single.getSnapshot().view)).toBeUndefined();
  });

  test('starts with its guest if that is in focus', () => {
    const fleet = new FakeFleet([guestOf('web1')]);
    fleet.fleet.focus('web1');
    expect(openStore(fleet).view()).toMatchObject({ activeView: 'live', focusedGuest: 'web1' });
  });

  test('focuses the selected guest, and returns to the view that was active before', () => {
    const { view, press, fleet, store } = openStore();
    expect(press('3').activeView).toBe('tree');
    expect(press('enter').activeView).toBe('hosts');
    expect(press('j', 'j', 'enter')).toMatchObject({ activeView: 'tree', focusedGuest: 'cache1' });
    expect(store.getSnapshot()).toMatchObject({ info: { host: 'cache1.example' } });
    expect(press('enter').detailsOf?.comm).toBeDefined();
    expect(press('escape').detailsOf).toBeUndefined();
    expect(press('escape')).toMatchObject({ activeView: 'hosts', focusedGuest: undefined });
    expect(view().selection?.key).toBe('cache1');
    expect(fleet.focuses).toEqual(['cache1', undefined]);
  });

  test('focuses the first guest while none is selected', () => {
    const { press, fleet } = openStore();
    expect(press('enter')).toMatchObject({ activeView: 'live', focusedGuest: 'batch1' });
    expect(fleet.focuses).toEqual(['batch1']);
  });

  test('resumes a paused view when the guest on screen changes', () => {
    const { press, store } = openStore();
    expect(press('p').paused).toBe(true);
    expect(press('j', 'enter').paused).toBe(false);
    expect(store.getSnapshot().system.table.size).toBe(2);
  });

  test('refuses a dump and a recording of all guests', () => {
    const { press } = openStore();
    expect(press('d').notice?.text).toBe('a dump has the events of one guest: select it in hosts (0)');
    expect(press('R').notice?.text).toBe('a recording has the records of one guest: select it in hosts (0)');
    const effects: string[] = [];
    const { store, press: pressIn } = openStore();
    store.onEffect(({ type }) => effects.push(type));
    pressIn('d', 'R', 'j', 'enter', 'd', 'R');
    expect(effects).toEqual(['dump', 'record']);
  });

  test('groups churn by comm or by host, and the churn of a guest as usual', () => {
    const { press } = openStore();
    expect(press('2', 'b')).toMatchObject({ fleetGroupBy: 'host', groupBy: 'comm' });
    expect(press('B').fleetGroupBy).toBe('comm');
    expect(press('b', 'j', 'enter')).toMatchObject({ activeView: 'churn', focusedGuest: 'web2' });
    expect(press('b')).toMatchObject({ fleetGroupBy: 'host', groupBy: 'command' });
  });

  test('sorts churn of all guests by its own columns only', () => {
    const { press, view } = openStore();
    press('2');
    const orders = new Set<string>();
    for (let turn = 0; turn < 12; turn++) orders.add(press('s').orders.churn.by);
    expect([...orders].sort()).toEqual(['exits', 'failed', 'host', 'name', 'rate', 'spawns']);
    expect(view().activeView).toBe('churn');
  });

  test('copies no PID of the log from the hosts view', () => {
    const { press, fleet, store } = openStore();
    fleet.log('web1', spawned(601, 'backup', 101));
    expect(press('u').notice?.text).toContain('select a row first');
    expect(store.getSnapshot().view.filterText).toBe('');
  });
});

test('the help has the keys of a fleet for a fleet only', () => {
  const titles = (kind: 'live' | 'fleet') => helpSections(kind).map(({ title }) => title);
  expect(titles('fleet')).toContain('While all guests are on screen');
  expect(titles('live')).not.toContain('While all guests are on screen');
});

test('a hint names the views of a key by their digits', () => {
  const { press } = openStore();
  press('0', 'j', 'enter');
  expect(press('b').notice?.text).toBe('b works in churn (2) only');
});
