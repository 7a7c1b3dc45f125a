import type { Writable } from 'node:stream';
import type { ChurnRecord } from '../../domain/events/event.ts';
import type { EnrichedKeys } from '../../domain/events/recorded-fields.ts';
import type { CompiledFilter } from '../../domain/filter/filter.ts';
import { StreamFilter } from '../../domain/filter/stream-filter.ts';
import type { EventSource, SourceStatus } from '../../domain/source/event-source.ts';
import { wallOffsetNs } from '../../proc/host-info.ts';
import { newRecorderId, TraceComposer } from '../../trace/format/composer.ts';
import { encodeStrict } from '../../trace/format/encode.ts';
import { LineStream } from '../support/output.ts';
import { tool } from '../support/version.ts';

export type StreamOptions = {
  source: EventSource;
  out: Writable;
  filter: CompiledFilter;
  /** User names for the filter. */
  userName: (uid: number) => string;
  /** Whether to emit only spawns and exits, with four keys. */
  strict: boolean;
  /** Whether to include the processes found alive at the start in a strict stream. */
  initial: boolean;
  /** The additional fields that are written. */
  recorded: EnrichedKeys;
  /** Aborts when the command should stop. */
  signal: AbortSignal;
};

/** Streams records until the source or the reader ends, or `signal` aborts. Returns the number of dropped records. */
export const runStream = async (options: StreamOptions): Promise<{ dropped: number }> => {
  const { source, out, signal, filter, userName, strict, initial, recorded } = options;
  const stream = new LineStream(out, signal);
  const { writer } = stream;
  let status: SourceStatus | undefined;
  const composer = new TraceComposer({
    info: source.info,
    recorded,
    tool,
    recorder: newRecorderId(),
    filter: filter.text,
    wallOffsetNs,
    get mode() {
      return status?.mode;
    },
    get hidden() {
      return status?.hiddenProcesses;
    },
  });

  const guest = { bootOffsetNs: source.info.bootOffsetNs, userName };
  const streamFilter = new StreamFilter(filter, guest);
  // Applied after the filter, which needs initial records to match later children.
  const isIncluded = (record: ChurnRecord): boolean => !(strict && !initial && 'initial' in record);
  const compose = (records: readonly ChurnRecord[], nowNs: bigint): string =>
    strict ? strictLines(records) : composer.compose(records, nowNs);

  let nowNs = process.hrtime.bigint();
  const deliver = (matching: readonly ChurnRecord[]) => {
    const records = matching.filter(isIncluded);
    const gap = writer.takeGap(nowNs);
    writer.write(records.length, () => compose(gap ? [gap, ...records] : records, nowNs));
  };

  let hasHeader = strict;
  /** Writes the header. The first status, which has its capture mode, precedes the first batch. */
  const begin = () => {
    if (!hasHeader) writer.write(1, () => composer.begin(nowNs));
    hasHeader = true;
  };
  source.start({
    onBatch(batch) {
      begin();
      nowNs = batch.nowNs;
      deliver(streamFilter.filter(batch.records, nowNs));
    },
    onStatus(latest) {
      status = latest;
      begin();
    },
    onClock({ bootOffsetNs }) {
      guest.bootOffsetNs = bootOffsetNs;
      composer.setBootOffset(bootOffsetNs);
    },
    onError: stream.fail,
    onEnd: stream.finish,
  });
  try {
    await stream.finished;
  } finally {
    await source.stop();
    begin();
    deliver(streamFilter.flush());
    if (!strict) writer.write(1, () => composer.end(nowNs));
    await writer.flush();
  }
  return { dropped: writer.dropped };
};

const strictLines = (records: readonly ChurnRecord[]): string =>
  records
    .map(encodeStrict)
    .filter((line) => line !== undefined)
    .map((line) => `${line}\n`)
    .join('');
