import type { ChurnRecord } from '../../domain/events/event.ts';
import { isChurnRecord } from '../../domain/events/record.ts';
import { defaultLogCapacity } from '../../domain/processes/system-state.ts';
import type { EventSource, SourceInfo, SourceListener } from '../../domain/source/event-source.ts';
import type { Diagnostic } from '../format/errors.ts';
import { readTrace } from '../read/read-traces.ts';
import { TraceState, unknownSourceInfo } from './state/trace-state.ts';

/** Opens a trace from a pipe as a live source, because a pipe cannot seek. Its time is that of the last record. */
export const followTrace = (chunks: AsyncIterable<Uint8Array>, name = '-'): EventSource =>
  new FollowedTrace(chunks, name);

class FollowedTrace implements EventSource {
  readonly info: SourceInfo;
  readonly #chunks: AsyncIterable<Uint8Array>;
  readonly #name: string;
  #stopped = false;

  constructor(chunks: AsyncIterable<Uint8Array>, name: string) {
    this.info = unknownSourceInfo(name);
    this.#chunks = chunks;
    this.#name = name;
  }

  start(listener: SourceListener): void {
    this.#readBatches(listener).catch((error: Error) => {
      if (!this.#stopped) listener.onError(error);
    });
  }

  async stop(): Promise<void> {
    this.#stopped = true;
  }

  async #readBatches(listener: SourceListener): Promise<void> {
    let records: ChurnRecord[] = [];
    const state = new TraceState(defaultLogCapacity, (record) => {
      if (isChurnRecord(record)) records.push(record);
    });
    const onTruncated = ({ message }: Diagnostic) => listener.onNotice?.(message);
    for await (const batch of readTrace(this.#chunks, { file: this.#name, onTruncated })) {
      if (this.#stopped) return;
      const { systemState, info } = state;
      records = [];
      state.applyBatch(batch);
      if (state.systemState !== systemState || state.info !== info)
        listener.onSystemState?.(state.systemState.clone(), state.info);
      else listener.onBatch({ nowNs: systemState.nowNs, records });
    }
    if (!this.#stopped) listener.onEnd?.();
  }
}
