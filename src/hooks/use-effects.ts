import { useEffect } from 'react';
import type { EventSource } from '../domain/source/event-source.ts';
import type { ReplayControl } from '../domain/source/replay-control.ts';
import { timeCommandOf } from '../domain/source/time-target.ts';
import type { Effect } from '../store/actions/action.ts';
import { commandTarget } from '../store/navigation/selectors.ts';
import type { Store } from '../store/store.ts';

/** Passes notes to the source, which emits each one as a record, in order with its other records. */
export const useNoteEffect = (source: EventSource, store: Store): void =>
  useEffect(
    () =>
      store.onEffect(({ type }) => {
        if (type === 'note') addNote(source, store);
      }),
    [source, store],
  );

/** Passes replay effects to the source. */
export const useReplayEffects = (source: EventSource, store: Store): void =>
  useEffect(
    () =>
      store.onEffect((effect) => {
        const { replay } = source;
        if (!replay) return;
        if (effect.type === 'replay') replay.send(effect.command);
        if (effect.type === 'findEvent') findEvent(replay, store, effect);
        if (effect.type === 'jump') seekToInput(replay, store);
        if (effect.type === 'playFromHere') {
          replay.send({ type: 'play' });
          store.dispatch({ type: 'closeOverview' });
        }
      }),
    [source, store],
  );

const addNote = (source: EventSource, store: Store): void => {
  const { inputText } = store.getSnapshot().view;
  store.dispatch({ type: 'closeInput' });
  if (inputText.trim() === '') return;
  source.addNote?.(inputText);
  store.dispatch(
    source.addNote
      ? { type: 'notify', text: 'note added', tone: 'info' }
      : { type: 'notify', text: 'notes can be added during live capture only', tone: 'error' },
  );
};

const findEvent = (
  replay: ReplayControl,
  store: Store,
  { field, direction }: Extract<Effect, { type: 'findEvent' }>,
): void => {
  const snapshot = store.getSnapshot();
  const target = commandTarget(snapshot, snapshot.view);
  if (field === 'comm' && target?.comm !== undefined)
    replay.send({ type: 'seekComm', comm: target.comm, direction });
  if (field === 'pid' && target?.pid !== undefined)
    replay.send({ type: 'seekPid', pid: target.pid, direction });
};

const seekToInput = (replay: ReplayControl, store: Store): void => {
  const { inputText } = store.getSnapshot().view;
  const target = timeCommandOf(inputText, replay.status());
  store.dispatch({ type: 'closeInput' });
  if ('command' in target) replay.send(target.command);
  else if (inputText !== '') store.dispatch({ type: 'notify', text: target.error, tone: 'error' });
};
