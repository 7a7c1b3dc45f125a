import { useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import type { ProcessEntry } from '../domain/processes/process-table.ts';
import type { LogEntry } from '../domain/processes/system-state.ts';
import type { EventSource, SourceStatus } from '../domain/source/event-source.ts';
import type { Snapshot } from '../store/snapshot.ts';
import { Store } from '../store/store.ts';

/** The return value of `useProcWalker`. Lists and rates do not change while paused. */
export type ProcWalkerView = {
  /** Live processes, in the order in which they were first seen. */
  readonly live: readonly ProcessEntry[];
  /** The retained records, oldest first. */
  readonly events: readonly LogEntry[];
  /** Spawns and exits per second, averaged over the last five complete seconds. */
  readonly rates: { spawns: number; exits: number };
  /** Mode, cost and coverage of capture; undefined until the first report. */
  readonly status: SourceStatus | undefined;
  /** The error that stopped the source, or `end`; undefined while it runs. */
  readonly ended: Error | 'end' | undefined;
  readonly paused: boolean;
  /** Number of records received since the pause. */
  readonly missed: number;
  pause(): void;
  resume(): void;
  /** The complete state of the store. */
  readonly snapshot: Snapshot;
};

/** Limits rendering to ten frames a second, however many batches arrive. */
const minFrameMs = 100;

const createStore = (source: EventSource) =>
  new Store({
    info: source.info,
    replay: source.replay?.status(),
    fleet: source.fleet,
    schedule: (draw) => setTimeout(draw, minFrameMs),
  });

/**
 * Starts an event source on mount and stops it on unmount, and renders the component with its data. The source can be
 * `openLive()` or any other `EventSource`, and must be the same object on every render. Capture continues while paused.
 * @param sharedStore a store to use instead of a new one
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

/** Returns the view of a snapshot. Lists are copied when they are read. */
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
