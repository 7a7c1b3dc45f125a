import { useEffect } from 'react';
import type { EventSource } from '../domain/source.ts';
import type { Store } from '../store/store.ts';

export const secondNs = 1_000_000_000n;

/**
 * Kernel state letters of the processes on screen, asked for once a second and when others come on screen: reading the
 * state of thousands that nobody looks at would cost more than all the rest.
 */
export const useStates = (source: EventSource, store: Store, pids: readonly number[]): void => {
  const { world, view } = store.getSnapshot();
  const wanted = view.paused ? '' : pids.join(' ');
  const second = view.paused ? 0n : world.nowNs / secondNs;
  // biome-ignore lint/correctness/useExhaustiveDependencies: `second` is not read, it says when to read again.
  useEffect(() => {
    if (wanted !== '' && source.states) store.setStates(source.states(wanted.split(' ').map(Number)));
  }, [source, store, wanted, second]);
};
