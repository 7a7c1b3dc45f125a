import type { ChurnRecord } from '../../domain/events/event.ts';
import { isChurn } from '../../domain/events/record.ts';
import { historyLimit } from '../../domain/processes/system-state.ts';
import type { EventSource, SourceListener } from '../../domain/source/event-source.ts';
import type { Remark } from '../format/errors.ts';
import { readTrace } from '../read/read-traces.ts';
import { Fold, unknownInfo } from './state/trace-state.ts';

const everything = () => false;

/**
 * A trace as it arrives: from a pipe there is no way back, so this is a live source whose clock is that of the records.
 */
export const follow = (chunks: AsyncIterable<Uint8Array>, name = '-'): EventSource => {
  let stopped = false;
  const run = async (listener: SourceListener): Promise<void> => {
    let records: ChurnRecord[] = [];
    const fold = new Fold(historyLimit, (record) => {
      if (isChurn(record)) records.push(record);
    });
    const onLost = ({ why }: Remark) => listener.onNotice?.(why);
    for await (const batch of readTrace(chunks, { file: name, onLost })) {
      if (stopped) return;
      const { world, info } = fold;
      records = [];
      fold.take(batch, 0, everything);
      if (fold.world !== world || fold.info !== info) listener.onWorld?.(fold.world.freeze(), fold.info);
      else listener.onBatch({ nowNs: world.nowNs, records });
    }
    if (!stopped) listener.onEnd?.();
  };
  return {
    info: unknownInfo(name),
    start: (listener) => {
      run(listener).catch((error: Error) => {
        if (!stopped) listener.onError(error);
      });
    },
    stop: async () => {
      stopped = true;
    },
  };
};
