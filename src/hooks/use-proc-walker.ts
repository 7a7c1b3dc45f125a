import { useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import type { ProcessEntry } from '../domain/processes/process-table.ts';
import type { LogEntry } from '../domain/processes/system-state.ts';
import type { EventSource, SourceStatus } from '../domain/source/event-source.ts';
import { type Snapshot, Store } from '../store/store.ts';

export type ProcWalkerView = {
  /** The living, oldest arrival first; frozen while paused. */
  readonly live: readonly ProcessEntry[];
  /** The newest records held, oldest first; frozen while paused. */
  readonly events: readonly LogEntry[];
  /** Spawns and exits a second, over the last five complete seconds. */
  readonly rates: { spawns: number; exits: number };
  /** How the source is looking; undefined before its first word. */
  readonly status: SourceStatus | undefined;
  /** Why the source ended, if it did. */
  readonly ended: Error | 'end' | undefined;
  readonly paused: boolean;
  /** Records that came while paused. */
  readonly missed: number;
  pause(): void;
  resume(): void;
  /** All of it at once, as the store holds it. */
  readonly snapshot: Snapshot;
};

/** React is not the buffer: at most ten changes a second, however many batches come. */
const minFrameMs = 100;

const createStore = (source: EventSource) =>
  new Store({
    info: source.info,
    replay: source.replay?.status(),
    schedule: (draw) => setTimeout(draw, minFrameMs),
  });

/**
 * Watch a source of churn from a component: `useProcWalker(source)` with `openLive()`, a replayed file, any
 * `EventSource`. It is started on mount and stopped on unmount; keep it the same between renders. Pausing freezes what
 * is given, while capture goes on. `shared` is a store to feed instead of one of its own.
 */
export const useProcWalker = (source: EventSource, sharedStore?: Store): ProcWalkerView => {
  const [store] = useState(() => sharedStore ?? createStore(source));

  useEffect(() => {
    store.connect(source);
    return () => {
      source.stop().catch(store.setEnded);
    };
  }, [source, store]);

  const snapshot = useSyncExternalStore(store.subscribe, store.getRenderedSnapshot);
  return useMemo(() => viewOf(store, snapshot), [store, snapshot]);
};

/** The lists are copied only for those who ask. */
const viewOf = (store: Store, snapshot: Snapshot): ProcWalkerView => {
  const { view, system, status, recordsWhilePaused, ended } = snapshot;
  const setPaused = (paused: boolean) => {
    if (store.getSnapshot().view.paused !== paused) store.dispatch({ type: 'togglePause' });
  };
  return {
    get live() {
      return [...system.table.live()];
    },
    get events() {
      return [...system.log];
    },
    get rates() {
      return { spawns: system.spawns.perSecond(), exits: system.exits.perSecond() };
    },
    status,
    ended,
    paused: view.paused,
    missed: recordsWhilePaused,
    pause: () => setPaused(true),
    resume: () => setPaused(false),
    snapshot,
  };
};
