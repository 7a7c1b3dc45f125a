import type { Writable } from 'node:stream';
import type { ChurnRecord } from '../../domain/events/event.ts';
import type { Accepts } from '../../domain/filter/filter.ts';
import { Judge } from '../../domain/filter/stream-filter.ts';
import type { EventSource } from '../../domain/source/event-source.ts';
import { wallOffset } from '../../proc/host-info.ts';
import { encodeStrict } from '../../trace/format/codec.ts';
import { TraceComposer } from '../../trace/format/composer.ts';
import { openStreaming } from '../support/output.ts';
import { tool } from '../support/version.ts';

export type HeadlessOptions = {
  source: EventSource;
  out: Writable;
  filter: Accepts;
  /** Names of users, for the filter. */
  userName: (uid: number) => string;
  strict: boolean;
  initial: boolean;
  /** Resolves when an end was asked for (a signal). */
  interrupted: Promise<void>;
};

/** Stream records until the source ends, the reader goes away, or someone asks. Gives the count of dropped records. */
export const runHeadless = async (options: HeadlessOptions): Promise<{ dropped: number }> => {
  const { source, out, interrupted, filter, userName, strict, initial } = options;
  const { queue, ended, end, fail } = openStreaming(out, interrupted);
  const composer = new TraceComposer({
    info: source.info,
    tool,
    filter: filter.text,
    wallOffsetNs: wallOffset,
  });

  const judge = new Judge(filter, { bootOffsetNs: source.info.bootOffsetNs, userName });
  /** Discovery is judged even where it is left out: it tells whose children come later. */
  const wanted = (record: ChurnRecord): boolean => !(strict && !initial && 'initial' in record);
  const compose = (records: readonly ChurnRecord[], nowNs: bigint): string =>
    strict ? strictLines(records) : composer.compose(records, nowNs);

  let nowNs = process.hrtime.bigint();
  const deliver = (records: readonly ChurnRecord[]) => {
    const gap = queue.takeGap(nowNs);
    queue.push(records.length, () => compose(gap ? [gap, ...records] : records, nowNs));
  };

  if (!strict) queue.push(1, () => composer.begin(nowNs));
  source.start({
    onBatch(batch) {
      nowNs = batch.nowNs;
      deliver(judge.pass(batch.records).filter(wanted));
    },
    onStatus: () => {},
    onError: fail,
    onEnd: end,
  });
  try {
    await ended;
  } finally {
    await source.stop();
    deliver([]);
    if (!strict) queue.push(1, () => composer.end(nowNs));
    await queue.flush();
  }
  return { dropped: queue.dropped };
};

const strictLines = (records: readonly ChurnRecord[]): string =>
  records
    .map(encodeStrict)
    .filter((line) => line !== undefined)
    .map((line) => `${line}\n`)
    .join('');
