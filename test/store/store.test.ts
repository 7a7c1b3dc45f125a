import { describe, expect, test, vi } from 'vitest';
import type { Effect } from '../../src/store/actions/action.ts';
import { Store } from '../../src/store/store.ts';
import { scriptedSource, seconds, sourceInfo, spawned, walkStatus } from '../support/fixtures/events.ts';

/** A store whose frames are drawn by hand. */
const start = () => {
  const due: (() => void)[] = [];
  const patience: number[] = [];
  const schedule = (draw: () => void, patienceMs: number) => {
    due.push(draw);
    patience.push(patienceMs);
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
    patience,
    frame: () => {
      for (const draw of due.splice(0)) draw();
    },
  };
};

describe('a frame', () => {
  test('is asked for once, however much comes before it is drawn', () => {
    const { store, drawn, ingest, due, frame } = start();
    for (let at = 1; at < 50; at++) ingest(at, at);
    store.setStatus(walkStatus);
    expect(due).toHaveLength(1);
    expect(drawn).not.toHaveBeenCalled();
    frame();
    expect(drawn).toHaveBeenCalledTimes(1);
    expect(store.getSnapshot()).toMatchObject({ status: walkStatus, world: { table: { size: 49 } } });
    ingest(60, 60);
    expect(due).toHaveLength(1);
  });

  test('is not hurried by what changes each second anyway', () => {
    const { store, drawn, ingest, due, patience, frame } = start();
    const hurries = () => patience.splice(0).map((ms) => ms === 0);
    store.setStatus(walkStatus);
    expect(hurries()).toEqual([true]);
    frame();
    store.setStatus({ ...walkStatus, cpuUsage: 0.01 });
    store.setStates(new Map());
    expect(hurries()).toEqual([false]);
    ingest(1, 1);
    expect(hurries()).toEqual([true]);
    const [late, soon] = due.splice(0);
    soon?.();
    late?.();
    expect(drawn).toHaveBeenCalledTimes(2);
    store.setStatus({ ...walkStatus, lastError: 'EMFILE' });
    expect(hurries()).toEqual([true]);
    frame();
    store.setStates(new Map([[1, 'S']]));
    expect(hurries()).toEqual([true]);
    frame();
    store.setStates(new Map([[1, 'R']]));
    expect(hurries()).toEqual([false]);
  });

  test('that was due is not drawn where a key has shown all there is', () => {
    const { store, drawn, ingest, frame } = start();
    ingest(1, 1);
    store.dispatch({ type: 'nextSort' });
    frame();
    expect(drawn).toHaveBeenCalledTimes(1);
  });

  test('is not waited for by a key', () => {
    const { store, drawn } = start();
    store.dispatch({ type: 'nextSort' });
    expect(drawn).toHaveBeenCalledTimes(1);
  });

  test('changes the snapshot, and nothing else does', () => {
    const { store, ingest } = start();
    const before = store.getSnapshot();
    expect(store.getSnapshot()).toBe(before);
    ingest(1);
    expect(store.getSnapshot()).not.toBe(before);
  });

  test('is not told to who has left', () => {
    const { drawn, unsubscribe, ingest, frame } = start();
    unsubscribe();
    ingest(1, 1);
    frame();
    expect(drawn).not.toHaveBeenCalled();
  });
});

describe('a pause', () => {
  test('freezes the view and counts what comes; resuming shows all of it', () => {
    const { store, ingest } = start();
    ingest(1, 1);
    store.dispatch({ type: 'togglePause' });
    ingest(2, 2, 3);
    ingest(3, 4);
    expect(store.getSnapshot()).toMatchObject({
      missed: 3,
      world: { nowNs: seconds(1), table: { size: 1 } },
    });
    store.dispatch({ type: 'nextSort' });
    expect(store.getSnapshot()).toMatchObject({ missed: 3, world: { table: { size: 1 } } });
    store.dispatch({ type: 'togglePause' });
    expect(store.getSnapshot()).toMatchObject({
      missed: 0,
      world: { nowNs: seconds(3), table: { size: 4 } },
    });
    store.dispatch({ type: 'togglePause' });
    expect(store.getSnapshot().recordsWhilePaused).toBe(0);
  });
});

test.each<[Effect]>([[{ type: 'dump' }], [{ type: 'redraw' }], [{ type: 'suspend' }], [{ type: 'quit' }]])(
  '%o goes to the outside and changes nothing',
  (effect) => {
    const { store, drawn } = start();
    const carried = vi.fn();
    const leave = store.onEffect(carried);
    const before = store.getSnapshot();
    store.dispatch(effect);
    expect(carried.mock.calls).toEqual([[effect]]);
    expect(store.getSnapshot()).toBe(before);
    expect(drawn).not.toHaveBeenCalled();
    leave();
    store.dispatch(effect);
    expect(carried).toHaveBeenCalledTimes(1);
  },
);

test('a source feeds it, and its end is kept', () => {
  const source = scriptedSource();
  const { store } = start();
  store.connect(source);
  source.listener().onBatch({ nowNs: 5n, records: [spawned(1, 'x', 0)] });
  source.listener().onStatus(walkStatus);
  expect(store.getSnapshot()).toMatchObject({ status: walkStatus, world: { nowNs: 5n } });
  source.listener().onEnd?.();
  expect(store.getSnapshot().ended).toBe('end');
  const error = new Error('gone');
  source.listener().onError(error);
  expect(store.getSnapshot().ended).toBe(error);
});

test('history is bounded as asked', () => {
  const store = new Store({ info: sourceInfo, maxLogEntries: 2 });
  store.ingest({ nowNs: 1n, records: [1, 2, 3].map((pid) => spawned(pid, 'x', 0)) });
  expect(store.getSnapshot().system.log).toMatchObject({ length: 2, dropped: 1 });
});
