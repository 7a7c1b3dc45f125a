import type { ChurnRecord } from '../../domain/events/event.ts';
import { isChurnRecord } from '../../domain/events/record.ts';
import { defaultLogCapacity } from '../../domain/processes/system-state.ts';
import type { EventSource, SourceListener } from '../../domain/source/event-source.ts';
import type { Diagnostic } from '../format/errors.ts';
import { readTrace } from '../read/read-traces.ts';
import { TraceState, unknownSourceInfo } from './state/trace-state.ts';

const neverStop = () => false;

/**
 * A trace as it arrives: from a pipe there is no way back, so this is a live source whose clock is that of the records.
 */
export const followTrace = (chunks: AsyncIterable<Uint8Array>, name = '-'): EventSource => {
  let stopped = false;
  const readBatches = async (listener: SourceListener): Promise<void> => {
    let records: ChurnRecord[] = [];
    const state = new TraceState(defaultLogCapacity, (record) => {
      if (isChurnRecord(record)) records.push(record);
    });
    const onTruncated = ({ message }: Diagnostic) => listener.onNotice?.(message);
    for await (const batch of readTrace(chunks, { file: name, onTruncated })) {
      if (stopped) return;
      const { systemState, info } = state;
      records = [];
      state.applyBatch(batch, 0, neverStop);
      if (state.systemState !== systemState || state.info !== info)
        listener.onSystemState?.(state.systemState.clone(), state.info);
      else listener.onBatch({ nowNs: systemState.nowNs, records });
    }
    if (!stopped) listener.onEnd?.();
  };
  return {
    info: unknownSourceInfo(name),
    start: (listener) => {
      readBatches(listener).catch((error: Error) => {
        if (!stopped) listener.onError(error);
      });
    },
    stop: async () => {
      stopped = true;
    },
  };
};
