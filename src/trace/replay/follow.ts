import type { ChurnRecord } from '../../domain/event.ts';
import { isChurn } from '../../domain/record.ts';
import type { EventSource, SourceListener } from '../../domain/source.ts';
import { historyLimit } from '../../domain/world.ts';
import { readTrace } from '../read-trace.ts';
import type { Remark } from '../reader.ts';
import { Fold, unknownInfo } from './fold.ts';

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
