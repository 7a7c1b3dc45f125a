import { isProbeEvent } from '../../../src/domain/events/event.ts';
import type { EventSource, SourceListener } from '../../../src/domain/source/event-source.ts';
import { sourceInfo, usageReading } from '../fixtures/events.ts';

/** Creates a source whose listener is called by the test. `states` are the process states by PID. */
export const scriptedSource = (states: Record<number, string> = {}) => {
  const startTicksOf = new Map<number, number>();
  let readNs = 0n;
  let listener: SourceListener | undefined;
  const source: EventSource & { stops: number; listener: () => SourceListener } = {
    info: sourceInfo,
    stops: 0,
    start: (given) => {
      listener = {
        ...given,
        onBatch: (batch) => {
          readNs = batch.nowNs;
          for (const record of batch.records)
            if (isProbeEvent(record) && record.start_ticks !== undefined)
              startTicksOf.set(record.guest_pid, record.start_ticks);
          given.onBatch(batch);
        },
      };
    },
    stop: async () => {
      source.stops++;
      listener = undefined;
    },
    readUsage: (pids) =>
      new Map(
        pids.flatMap((pid) => {
          const [state, startTicks] = [states[pid], startTicksOf.get(pid)];
          if (state === undefined || startTicks === undefined) return [];
          return [[pid, { ...usageReading, state, startTicks, readNs }] as const];
        }),
      ),
    listener: () => {
      if (!listener) throw new Error('not started');
      return listener;
    },
  };
  return source;
};
