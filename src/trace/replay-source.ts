import { type ChurnRecord, isProbeEvent } from '../domain/event.ts';
import type { TraceRecord } from '../domain/record.ts';
import type { EventSource, SourceInfo, SourceListener } from '../domain/source.ts';
import { parseRfc3339 } from '../domain/wall-time.ts';
import { readTraces, type TraceInput } from './read-trace.ts';
import { type ReaderOptions, type TraceBatch, TraceReader } from './reader.ts';
import { timeOf } from './sequence.ts';

export const isChurn = (record: TraceRecord): record is ChurnRecord =>
  isProbeEvent(record) || record.probe_source === 'trace.gap';

/** What a header tells of its guest; a trace without one (`--strict`) tells nothing. */
export const infoOf = (header: TraceBatch['header']): SourceInfo => {
  const realtimeNs = header && parseRfc3339(header.clock.realtime);
  return {
    host: header?.host ?? 'unknown',
    bootId: header?.boot_id ?? 'unknown',
    pidNamespace: header?.pid_ns ?? 'unknown',
    bootOffsetNs: header?.boot_offset_ns ?? 0n,
    pidMax: header?.pid_max,
    wallOffsetNs: header && realtimeNs !== undefined ? realtimeNs - header.clock.monotonic_ns : 0n,
  };
};

/**
 * Traces as an event source that plays as fast as it is read. Its info is that of the first header, so opening it reads
 * that far. @throws what opening and reading the first bytes throws
 */
export const openReplay = async (
  inputs: Iterable<TraceInput>,
  options: ReaderOptions = {},
): Promise<EventSource> => {
  const batches = readTraces(inputs, new TraceReader(options));
  const first = await batches.next();
  let stopped = false;
  let nowNs = 0n;

  const play = async (listener: SourceListener): Promise<void> => {
    for (let next = first; !next.done && !stopped; next = await batches.next()) {
      const { records, fresh } = next.value;
      if (fresh) nowNs = 0n;
      for (const record of records) {
        const at = timeOf(record);
        if (at > nowNs) nowNs = at;
      }
      listener.onBatch({ nowNs, records: records.filter(isChurn) });
    }
    if (!stopped) listener.onEnd?.();
  };

  return {
    info: infoOf(first.done ? undefined : first.value.header),
    start(listener) {
      play(listener).catch((error: Error) => {
        if (!stopped) listener.onError(error);
      });
    },
    async stop() {
      stopped = true;
      // Not awaited: it waits for a read under way, and standard input may never say another word.
      void batches.return(undefined);
    },
  };
};
