import { useEffect, useRef } from 'react';
import { parseProcessKey } from '../domain/events/process-id.ts';
import type { EventSource, ProcessDetails } from '../domain/source/event-source.ts';
import type { Snapshot } from '../store/snapshot.ts';
import type { Store } from '../store/store.ts';
import { dependsOnUsage } from '../store/views/process-columns.ts';

const secondNs = 1_000_000_000n;

/** Returns a value that changes once a second while the view is not paused. */
export const currentSecond = ({ system, view }: Snapshot): bigint =>
  view.paused ? 0n : system.nowNs / secondNs;

/** Reads command line and cgroup of a process when its details are opened, and once a second while they are open. */
export const useProcessDetails = (source: EventSource, store: Store, key: string | undefined): void => {
  const second = currentSecond(store.getSnapshot());
  /** Key of the process that is being read. */
  const reading = useRef<string | undefined>(undefined);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `second` is not used, it triggers the next read.
  useEffect(() => {
    const processId = key === undefined ? undefined : parseProcessKey(key);
    if (key === undefined || !processId || reading.current === key) return;
    const details = source.readDetails?.(processId);
    if (!(details instanceof Promise)) {
      store.setProcessDetails({ key, details });
      return;
    }
    reading.current = key;
    const show = (read: ProcessDetails | undefined) => {
      if (reading.current !== key) return;
      reading.current = undefined;
      store.setProcessDetails({ key, details: read });
    };
    void details.then(show);
  }, [source, store, key, second]);
};

/**
 * Reads what the processes on screen use, once a second. In between it reads those that appear, until their CPU usage is
 * known. The other processes are not read, because that would cost more than the rest of the program.
 */
export const useVisibleUsage = (source: EventSource, store: Store, pids: readonly number[]): void => {
  const snapshot = store.getSnapshot();
  const pidList = snapshot.view.paused ? '' : pids.join(' ');
  const second = currentSecond(snapshot);
  /** The processes that need no other read in this second. */
  const done = useRef({ second, pids: new Set<number>() });
  useEffect(() => {
    if (pidList === '' || !source.readUsage) return;
    if (done.current.second !== second) done.current = { second, pids: new Set() };
    const due = pidList
      .split(' ')
      .map(Number)
      .filter((pid) => !done.current.pids.has(pid));
    if (due.length === 0) return;
    const readings = source.readUsage(due);
    store.setUsage(readings);
    const { usage } = store.getSnapshot().system;
    for (const pid of due) {
      const reading = readings.get(pid);
      const isKnown = !reading || usage.get({ pid, startTicks: reading.startTicks })?.cpuShare !== undefined;
      if (isKnown) done.current.pids.add(pid);
    }
  }, [source, store, pidList, second]);
};

/** Maximum number of processes that are read per second for a sort order or filter; about 6 ms. */
const maxReadsPerSecond = 500;

/**
 * Reads what all processes use while the order or the filter depends on it: up to 500 once a second. If there are more
 * processes, they are read in turn, so that each value is a few seconds old.
 */
export const useAllUsage = (source: EventSource, store: Store): void => {
  const snapshot = store.getSnapshot();
  const { view, system } = snapshot;
  const isNeeded = !view.paused && dependsOnUsage(view);
  const second = currentSecond(snapshot);
  const next = useRef(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `second` is not used, it triggers the next read.
  useEffect(() => {
    if (!isNeeded || !source.readUsage) return;
    const pids = [...system.table.live()].map(({ pid }) => pid);
    if (next.current >= pids.length) next.current = 0;
    const end = next.current + maxReadsPerSecond;
    const chosen = pids.slice(next.current, end);
    next.current = end;
    store.setUsage(source.readUsage(chosen));
  }, [source, store, isNeeded, second]);
};
