import { useEffect } from 'react';
import { identityOf } from '../domain/identity.ts';
import type { EventSource } from '../domain/source.ts';
import type { Store } from '../store/store.ts';
import { secondNs } from './use-states.ts';

/** What only a living process tells, asked for when its details come on screen and once a second while they stand there. */
export const useAbout = (source: EventSource, store: Store, key: string | undefined): void => {
  const { world, view } = store.getSnapshot();
  const second = view.paused ? 0n : world.nowNs / secondNs;
  // biome-ignore lint/correctness/useExhaustiveDependencies: `second` is not read, it says when to read again.
  useEffect(() => {
    const identity = key === undefined ? undefined : identityOf(key);
    if (key !== undefined && identity) store.setAbout({ key, facts: source.about?.(identity) });
  }, [source, store, key, second]);
};
