import { describe, expect, test, vi } from 'vitest';
import type { Effect } from '../../src/store/actions/action.ts';
import { Store } from '../../src/store/store.ts';
import { scriptedSource } from '../support/fakes/scripted-source.ts';
import { seconds, sourceInfo, spawned, usageReading, walkStatus } from '../support/fixtures/events.ts';

/** Creates a store whose frames are drawn by `frame`. */
const start = () => {
  const due: (() => void)[] = [];
  const delays: number[] = [];
  const schedule = (draw: () => void, minDelayMs: number) => {
    due.push(draw);
    delays.push(minDelayMs);
  };
  const store = new Store({ info: sourceInfo, schedule });
  const drawn = vi.fn();
  const unsubscribe = store.subscribe(drawn);
  const ingest = (at: number, ...pids: number[]) =>
    store.ingest({ nowNs: seconds(at), records: pids.map((pid) => spawned(pid, 'x', at)) });
  return {
    store,
    drawn,
    unsubscribe,
    ingest,
    due,
    delays,
    frame: () => {
      for (const draw of due.splice(0)) draw();
    },
  };
};

describe('a frame', () => {
  test('is scheduled once for any number of changes', () => {
    const { store, drawn, ingest, due, frame } = start();
    for (let at = 1; at < 50; at++) ingest(at, at);
    store.setStatus(walkStatus);
    expect(due).toHaveLength(1);
    expect(drawn).not.toHaveBeenCalled();
    frame();
    expect(drawn).toHaveBeenCalledTimes(1);
    expect(store.getSnapshot()).toMatchObject({ status: walkStatus, system: { table: { size: 49 } } });
    ingest(60, 60);
    expect(due).toHaveLength(1);
  });

  test('is delayed for changes that happen every second anyway', () => {
    const { store, drawn, ingest, due, delays, frame } = start();
    const isUrgent = () => delays.splice(0).map((ms) => ms === 0);
    store.setStatus(walkStatus);
    expect(isUrgent()).toEqual([true]);
    frame();
    store.setStatus({ ...walkStatus, cpuUsage: 0.01 });
    store.setUsage(new Map());
    expect(isUrgent()).toEqual([false]);
    ingest(1, 1);
    expect(isUrgent()).toEqual([true]);
    const [late, soon] = due.splice(0);
    soon?.();
    late?.();
    expect(drawn).toHaveBeenCalledTimes(2);
    store.setStatus({ ...walkStatus, lastError: 'EMFILE' });
    expect(isUrgent()).toEqual([true]);
    frame();
    store.setUsage(new Map([[1, usageReading]]));
    expect(isUrgent()).toEqual([true]);
    frame();
    store.setUsage(new Map([[1, { ...usageReading, state: 'R' }]]));
    expect(isUrgent()).toEqual([false]);
  });

  test('that is pending is not drawn after an action has drawn everything', () => {
    const { store, drawn, ingest, frame } = start();
    ingest(1, 1);
    store.dispatch({ type: 'nextSort' });
    frame();
    expect(drawn).toHaveBeenCalledTimes(1);
  });

  test('is drawn immediately for an action', () => {
    const { store, drawn } = start();
    store.dispatch({ type: 'nextSort' });
    expect(drawn).toHaveBeenCalledTimes(1);
  });

  test('has a new snapshot only after a change', () => {
    const { store, ingest } = start();
    const before = store.getSnapshot();
    expect(store.getSnapshot()).toBe(before);
    ingest(1);
    expect(store.getSnapshot()).not.toBe(before);
  });

  test('does not notify a listener that has unsubscribed', () => {
    const { drawn, unsubscribe, ingest, frame } = start();
    unsubscribe();
    ingest(1, 1);
    frame();
    expect(drawn).not.toHaveBeenCalled();
  });
});

describe('a pause', () => {
  test('freezes the view and counts records; resuming shows them', () => {
    const { store, ingest } = start();
    ingest(1, 1);
    store.dispatch({ type: 'togglePause' });
    ingest(2, 2, 3);
    ingest(3, 4);
    expect(store.getSnapshot()).toMatchObject({
      recordsWhilePaused: 3,
      system: { nowNs: seconds(1), table: { size: 1 } },
    });
    store.dispatch({ type: 'nextSort' });
    expect(store.getSnapshot()).toMatchObject({ recordsWhilePaused: 3, system: { table: { size: 1 } } });
    store.dispatch({ type: 'togglePause' });
    expect(store.getSnapshot()).toMatchObject({
      recordsWhilePaused: 0,
      system: { nowNs: seconds(3), table: { size: 4 } },
    });
    store.dispatch({ type: 'togglePause' });
    expect(store.getSnapshot().recordsWhilePaused).toBe(0);
  });
});

test.each<[Effect]>([[{ type: 'dump' }], [{ type: 'redraw' }], [{ type: 'suspend' }], [{ type: 'quit' }]])(
  '%o calls the effect handlers and changes nothing',
  (effect) => {
    const { store, drawn } = start();
    const handler = vi.fn();
    const removeHandler = store.onEffect(handler);
    const before = store.getSnapshot();
    store.dispatch(effect);
    expect(handler.mock.calls).toEqual([[effect]]);
    expect(store.getSnapshot()).toBe(before);
    expect(drawn).not.toHaveBeenCalled();
    removeHandler();
    store.dispatch(effect);
    expect(handler).toHaveBeenCalledTimes(1);
  },
);

test('a connected source updates the store until it ends', () => {
  const source = scriptedSource();
  const { store } = start();
  store.connect(source);
  source.listener().onBatch({ nowNs: 5n, records: [spawned(1, 'x', 0)] });
  source.listener().onStatus(walkStatus);
  expect(store.getSnapshot()).toMatchObject({ status: walkStatus, system: { nowNs: 5n } });
  source.listener().onEnd?.();
  expect(store.getSnapshot().ended).toBe('end');
  const error = new Error('gone');
  source.listener().onError(error);
  expect(store.getSnapshot().ended).toBe(error);
});

test('the log has at most maxLogEntries entries', () => {
  const store = new Store({ info: sourceInfo, maxLogEntries: 2 });
  store.ingest({ nowNs: 1n, records: [1, 2, 3].map((pid) => spawned(pid, 'x', 0)) });
  expect(store.getSnapshot().system.log).toMatchObject({ length: 2, dropped: 1 });
});
