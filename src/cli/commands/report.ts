import { addAbortListener } from 'node:events';
import type { Writable } from 'node:stream';
import { openLive } from '../../capture/live-source.ts';
import type { EventSource } from '../../domain/source/event-source.ts';
import type { ReportGrouping } from '../../domain/stats/groups.ts';
import { toJson } from '../../trace/format/json.ts';
import type { TraceBatch } from '../../trace/read/batches.ts';
import { mergeGuests } from '../../trace/read/merge-guests.ts';
import { readTraces } from '../../trace/read/read-traces.ts';
import { TraceReader } from '../../trace/read/reader.ts';
import { TraceFilter } from '../../trace/read/trace-filter.ts';
import { formatDuration } from '../../util/format.ts';
import { ReportBuilder, type ReportBuilderOptions } from '../report/report-builder.ts';
import { reportJson } from '../report/report-json.ts';
import { reportText } from '../report/report-text.ts';
import { noRecordError, UsageError } from '../support/errors.ts';
import { limitHeapGrowth } from '../support/heap.ts';
import { guestInputs, type InputOptions } from '../support/inputs.ts';
import { Output, printMessage } from '../support/output.ts';
import { timeoutSignal } from '../support/signals.ts';
import { guestResolver, localUserNames } from '../support/users.ts';
import { type CommandContext, liveOptions, urlOpener } from './context.ts';

export type RunReportOptions = ReportBuilderOptions & {
  /** The only table to print. Default: by comm and by parent. */
  groupBy: ReportGrouping | undefined;
  json: boolean;
  /** Rows per table. Default: 10, or all with `json`. */
  top: number | undefined;
  /** Width of the text. */
  columns: number;
  out: Writable;
};

const defaultRows = 10;

/** Reports traces, each guest by itself if they are of several. @throws CliError if they contain no record */
export const reportFiles = async (
  files: readonly string[],
  options: RunReportOptions & InputOptions,
): Promise<void> => {
  const builder = new ReportBuilder(options);
  const { metadata } = builder;
  const { filter, userNames } = options;
  const guests = await guestInputs(files, options);
  const inputs = guests.map(({ id, inputs: traces }) => {
    const reader = new TraceReader({ onSkipped: metadata.skipped.add, onWarning: metadata.warnings.add });
    return { guest: id, reader, batches: readTraces(traces, reader) };
  });
  const [only, ...others] = inputs;
  if (only && others.length === 0) {
    for await (const batch of only.batches) builder.addTraceBatch(batch);
  } else {
    const merged = inputs.map(({ guest, batches }) => {
      const traceFilter = new TraceFilter(filter, guestResolver(filter, userNames, guest));
      return { guest, batches, matcherOf: (batch: TraceBatch) => traceFilter.forBatch(batch) };
    });
    await mergeGuests(merged, {
      onRecorder: (guest, header, isAlone) => builder.startGuest(guest, header, isAlone),
      onRecord: (record) => builder.addMerged(record),
    });
  }
  metadata.records = inputs.reduce((sum, { reader }) => sum + reader.records, 0);
  if (metadata.records === 0) throw noRecordError(files, metadata.skipped);
  await printReport(builder, options);
};

/** Watches a source for `forNs` from its first batch on, until it ends or `signal` aborts, then reports. */
export const reportLive = async (
  source: EventSource,
  options: RunReportOptions & { signal: AbortSignal; forNs?: bigint },
): Promise<void> => {
  const builder = new ReportBuilder(options, source.info);
  const { stats, metadata } = builder;
  builder.addHost(source.info.host);
  const { signal, forNs } = options;
  const abortListeners: Disposable[] = [];
  let watchedUntilNs: (() => bigint) | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      const endAt = (end: AbortSignal) => abortListeners.push(addAbortListener(end, () => resolve()));
      endAt(signal);
      source.start({
        onBatch: (batch) => {
          builder.addLiveBatch(batch);
          if (watchedUntilNs) return;
          // The sampler takes a while to start, and sends no batch at the end if nothing happens.
          watchedUntilNs = elapsedFrom(batch.nowNs);
          if (forNs !== undefined) endAt(timeoutSignal(forNs));
        },
        onStatus({ mode }) {
          builder.mode = mode;
        },
        onError: reject,
        onEnd: resolve,
      });
    });
  } finally {
    const untilNs = watchedUntilNs?.();
    for (const listener of abortListeners) listener[Symbol.dispose]();
    await source.stop();
    if (untilNs !== undefined) stats.advance(untilNs);
  }
  metadata.untilNs = stats.nowNs + source.info.wallOffsetNs;
  await printReport(builder, options);
};

const printReport = async (
  builder: ReportBuilder,
  { groupBy, json, top, columns, out }: RunReportOptions,
): Promise<void> => {
  const report = builder.build(top ?? (json ? undefined : defaultRows));
  const text = json ? `${toJson(reportJson(report, groupBy))}\n` : reportText(report, { groupBy, columns });
  await new Output(out).write(text);
};

/** Returns a function that adds the time that has passed since this call to `startNs`. */
const elapsedFrom = (startNs: bigint): (() => bigint) => {
  const calledNs = process.hrtime.bigint();
  return () => startNs + process.hrtime.bigint() - calledNs;
};

/** Runs `churntop report FILE…|-` and `churntop report --for TIME`. */
export const runReport = async ({ values, files, filter, signal }: CommandContext): Promise<void> => {
  const { stdin, stdout } = process;
  const openUrl = urlOpener(values, files, signal);
  const options: RunReportOptions = {
    filter,
    userNames: localUserNames(),
    groupBy: values.by,
    json: values.json,
    top: values.top,
    columns: stdout.columns ?? 80,
    out: stdout,
  };
  if (values.for === undefined) {
    if (files.length === 0)
      throw new UsageError('report: missing operand (expected FILE, - for standard input, or --for TIME)');
    await reportFiles(files, { ...options, stdin, signal, openUrl });
    return;
  }
  if (files.length > 0) throw new UsageError('--for: cannot be combined with files');
  limitHeapGrowth();
  const source = openLive(liveOptions(values, filter));
  if (process.stderr.isTTY)
    printMessage(`watching for ${formatDuration(values.for)}; Ctrl-C reports immediately`);
  await reportLive(source, { ...options, signal, forNs: values.for });
};
