import { useEffect } from 'react';
import { parseProcessKey } from '../domain/events/process-id.ts';
import type { EventSource } from '../domain/source/event-source.ts';
import type { Store } from '../store/store.ts';

/** What only a living process tells, asked for when its details come on screen and once a second while they stand there. */
export const useProcessDetails = (source: EventSource, store: Store, key: string | undefined): void => {
  const { system, view } = store.getSnapshot();
  const second = view.paused ? 0n : system.nowNs / secondNs;
  // biome-ignore lint/correctness/useExhaustiveDependencies: `second` is not read, it says when to read again.
  useEffect(() => {
    const identity = key === undefined ? undefined : parseProcessKey(key);
    if (key !== undefined && identity) store.setProcReadout({ key, facts: source.readDetails?.(identity) });
  }, [source, store, key, second]);
};

export const secondNs = 1_000_000_000n;

/**
 * Kernel state letters of the processes on screen, asked for once a second and when others come on screen: reading the
 * state of thousands that nobody looks at would cost more than all the rest.
 */
export const useProcessStates = (source: EventSource, store: Store, pids: readonly number[]): void => {
  const { system, view } = store.getSnapshot();
  const wanted = view.paused ? '' : pids.join(' ');
  const second = view.paused ? 0n : system.nowNs / secondNs;
  // biome-ignore lint/correctness/useExhaustiveDependencies: `second` is not read, it says when to read again.
  useEffect(() => {
    if (wanted !== '' && source.readStates) store.setStates(source.readStates(wanted.split(' ').map(Number)));
  }, [source, store, wanted, second]);
};
