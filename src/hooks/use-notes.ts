import { useEffect } from 'react';
import type { EventSource } from '../domain/source.ts';
import type { Store } from '../store/store.ts';

/** Carries what is noted down to the source, from which it comes back in its place among the records. */
export const useNotes = (source: EventSource, store: Store): void =>
  useEffect(
    () =>
      store.onEffect(({ type }) => {
        if (type !== 'note') return;
        const { typed } = store.getSnapshot().view;
        store.dispatch({ type: 'closeLine' });
        if (typed.trim() === '') return;
        source.note?.(typed);
        const said = source.note
          ? ({ text: 'noted', tone: 'info' } as const)
          : ({ text: 'nothing can be noted in a trace', tone: 'error' } as const);
        store.dispatch({ type: 'notify', ...said });
      }),
    [source, store],
  );
