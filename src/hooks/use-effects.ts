import { useEffect } from 'react';
import type { EventSource } from '../domain/source/event-source.ts';
import { parseJump } from '../domain/source/replay-control.ts';
import { subjectOf } from '../store/navigation/selectors.ts';
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

/** Carries what keys ask of a replay to its source. */
export const useReplay = (source: EventSource, store: Store): void =>
  useEffect(
    () =>
      store.onEffect((effect) => {
        const { replay } = source;
        if (!replay) return;
        if (effect.type === 'replay') replay.run(effect.command);
        if (effect.type === 'find') {
          const snapshot = store.getSnapshot();
          const { by, direction } = effect;
          const found = subjectOf(snapshot, snapshot.view);
          if (by === 'comm' && found?.comm !== undefined) replay.run({ do: by, comm: found.comm, direction });
          if (by === 'pid' && found?.pid !== undefined) replay.run({ do: by, pid: found.pid, direction });
        }
        if (effect.type === 'jump') {
          const { typed } = store.getSnapshot().view;
          const toNs = parseJump(typed, replay.status());
          store.dispatch({ type: 'closeLine' });
          if (toNs !== undefined) replay.run({ do: 'seek', toNs });
          else if (typed !== '')
            store.dispatch({
              type: 'notify',
              text: `not a time: ${typed} (12:03:04, +30s, -5m, 50%)`,
              tone: 'error',
            });
        }
      }),
    [source, store],
  );
