import { useEffect } from 'react';
import { parseProcessKey } from '../domain/events/process-id.ts';
import type { EventSource } from '../domain/source/event-source.ts';
import type { Snapshot } from '../store/snapshot.ts';
import type { Store } from '../store/store.ts';

const secondNs = 1_000_000_000n;

/** Returns a value that changes once a second while the view is not paused. */
const currentSecond = ({ system, view }: Snapshot): bigint => (view.paused ? 0n : system.nowNs / secondNs);

/** Reads command line and cgroup of a process when its details are opened, and once a second while they are open. */
export const useProcessDetails = (source: EventSource, store: Store, key: string | undefined): void => {
  const second = currentSecond(store.getSnapshot());
  // biome-ignore lint/correctness/useExhaustiveDependencies: `second` is not used, it triggers the next read.
  useEffect(() => {
    const processId = key === undefined ? undefined : parseProcessKey(key);
    if (key !== undefined && processId)
      store.setProcessDetails({ key, details: source.readDetails?.(processId) });
  }, [source, store, key, second]);
};

/**
 * Reads the kernel state letters of the processes on screen, once a second and when other processes appear. The letters of
 * all processes are not read, because that would cost more than the rest of the program.
 */
export const useProcessStates = (source: EventSource, store: Store, pids: readonly number[]): void => {
  const snapshot = store.getSnapshot();
  const pidList = snapshot.view.paused ? '' : pids.join(' ');
  const second = currentSecond(snapshot);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `second` is not used, it triggers the next read.
  useEffect(() => {
    if (pidList !== '' && source.readStates)
      store.setProcessStates(source.readStates(pidList.split(' ').map(Number)));
  }, [source, store, pidList, second]);
};
