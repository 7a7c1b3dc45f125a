import { useEffect } from 'react';
import type { EventSource } from '../domain/source/event-source.ts';
import { parseTimeTarget } from '../domain/source/replay-control.ts';
import { commandTarget } from '../store/navigation/selectors.ts';
import type { Store } from '../store/store.ts';

/** Carries what is noted down to the source, from which it comes back in its place among the records. */
export const useNoteEffect = (source: EventSource, store: Store): void =>
  useEffect(
    () =>
      store.onEffect(({ type }) => {
        if (type !== 'note') return;
        const { inputText } = store.getSnapshot().view;
        store.dispatch({ type: 'closeLine' });
        if (inputText.trim() === '') return;
        source.addNote?.(inputText);
        const notice = source.addNote
          ? ({ text: 'noted', tone: 'info' } as const)
          : ({ text: 'nothing can be noted in a trace', tone: 'error' } as const);
        store.dispatch({ type: 'notify', ...notice });
      }),
    [source, store],
  );

/** Carries what keys ask of a replay to its source. */
export const useReplayEffects = (source: EventSource, store: Store): void =>
  useEffect(
    () =>
      store.onEffect((effect) => {
        const { replay } = source;
        if (!replay) return;
        if (effect.type === 'replay') replay.send(effect.command);
        if (effect.type === 'find') {
          const snapshot = store.getSnapshot();
          const { by, direction } = effect;
          const found = commandTarget(snapshot, snapshot.view);
          if (by === 'comm' && found?.comm !== undefined)
            replay.send({ do: by, comm: found.comm, direction });
          if (by === 'pid' && found?.pid !== undefined) replay.send({ do: by, pid: found.pid, direction });
        }
        if (effect.type === 'jump') {
          const { inputText } = store.getSnapshot().view;
          const toNs = parseTimeTarget(inputText, replay.status());
          store.dispatch({ type: 'closeLine' });
          if (toNs !== undefined) replay.send({ do: 'seek', toNs });
          else if (inputText !== '')
            store.dispatch({
              type: 'notify',
              text: `not a time: ${inputText} (12:03:04, +30s, -5m, 50%)`,
              tone: 'error',
            });
        }
      }),
    [source, store],
  );
