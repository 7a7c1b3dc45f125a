import type { EventSource, SourceListener } from '../../../src/domain/source/event-source.ts';
import { sourceInfo } from '../fixtures/events.ts';

/** Creates a source whose listener is called by the test. `states` are the process states by PID. */
export const scriptedSource = (states: Record<number, string> = {}) => {
  let listener: SourceListener | undefined;
  const source: EventSource & { stops: number; listener: () => SourceListener } = {
    info: sourceInfo,
    stops: 0,
    start: (given) => {
      listener = given;
    },
    stop: async () => {
      source.stops++;
      listener = undefined;
    },
    readStates: (pids) => new Map(pids.flatMap((pid) => (states[pid] ? [[pid, states[pid]] as const] : []))),
    listener: () => {
      if (!listener) throw new Error('not started');
      return listener;
    },
  };
  return source;
};
