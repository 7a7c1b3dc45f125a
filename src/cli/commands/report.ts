import { addAbortListener } from 'node:events';
import type { Writable } from 'node:stream';
import { openLive } from '../../capture/live-source.ts';
import type { Batch, CaptureMode } from '../../domain/events/event.ts';
import { isChurnRecord, recordTimeNs } from '../../domain/events/record.ts';
import type { CompiledFilter } from '../../domain/filter/filter.ts';
import type { EventSource, SourceInfo, UserNameResolver } from '../../domain/source/event-source.ts';
import { ChurnStats } from '../../domain/stats/churn-stats.ts';
import type { Grouping } from '../../domain/stats/groups.ts';
import { buildChurnReport } from '../../domain/stats/report.ts';
import { toJson } from '../../trace/format/json.ts';
import type { TraceBatch } from '../../trace/read/batches.ts';
import { Diagnostics } from '../../trace/read/diagnostics.ts';
import { readTraces } from '../../trace/read/read-traces.ts';
import { TraceReader } from '../../trace/read/reader.ts';
import { TraceFilter } from '../../trace/read/trace-filter.ts';
import { WallClock } from '../../trace/read/wall-clock.ts';
import { formatDuration } from '../../util/format.ts';
import { noRecordError, UsageError } from '../support/errors.ts';
import { limitHeapGrowth } from '../support/heap.ts';
import { type InputOptions, openInputs } from '../support/inputs.ts';
import { Output, printMessage } from '../support/output.ts';
import { timeoutSignal } from '../support/signals.ts';
import { guestResolver, localUserNames } from '../support/users.ts';
import { type CommandContext, liveOptions } from './context.ts';
import { reportJson } from './report-json.ts';
import type { ReportMetadata } from './report-model.ts';
import { reportText } from './report-text.ts';

export type RunReportOptions = {
  filter: CompiledFilter;
  /** User names for the filter. */
  userNames: UserNameResolver;
  /** The only table to print. Default: by comm and by parent. */
  groupBy: Grouping | undefined;
  json: boolean;
  /** Rows per table. Default: 10, or all with `json`. */
  top: number | undefined;
  /** Width of the text. */
  columns: number;
  out: Writable;
};

const defaultRows = 10;
const maxHosts = 8;

/** Collects the data of a report from batches. */
class ReportBuilder {
  readonly #options: RunReportOptions;
  readonly #stats: ChurnStats;
  readonly #clock = new WallClock();
  readonly #traceFilter: TraceFilter;
  readonly #metadata: ReportMetadata;
  mode: CaptureMode | undefined;

  constructor(options: RunReportOptions, live?: SourceInfo) {
    this.#options = options;
    const { filter, userNames } = options;
    this.#stats = new ChurnStats();
    const guest = live && { bootOffsetNs: live.bootOffsetNs, userName: userNames(live) ?? String };
    this.#traceFilter = new TraceFilter(filter, guestResolver(filter, userNames), guest);
    this.#metadata = {
      hosts: [],
      untilNs: undefined,
      records: 0,
      skipped: new Diagnostics(),
      warnings: new Diagnostics(),
      filter: filter.text,
    };
  }

  get metadata(): ReportMetadata {
    return this.#metadata;
  }

  get stats(): ChurnStats {
    return this.#stats;
  }

  addHost(name: string): void {
    const { hosts } = this.#metadata;
    if (!hosts.includes(name) && hosts.length < maxHosts) hosts.push(name);
  }

  addTraceBatch(batch: TraceBatch): void {
    const { header, isNewRecorder, records } = batch;
    const matches = this.#traceFilter.forBatch(batch);
    if (isNewRecorder) {
      this.#stats.startRecorder(header);
      if (header) this.addHost(header.host);
      this.mode = header?.capture_mode ?? this.mode;
    }
    for (const record of records) {
      if (isChurnRecord(record)) {
        this.#stats.apply(record, matches(record));
        if (record.probe_source === 'trace.gap') this.mode = record.capture_mode ?? this.mode;
      } else {
        this.#clock.update(record);
        if (record.probe_source !== 'trace.header') this.#stats.advance(recordTimeNs(record));
      }
    }
  }

  addLiveBatch({ nowNs, records }: Batch): void {
    const matches = this.#traceFilter.forRecords(records);
    for (const record of records) this.#stats.apply(record, matches(record));
    this.#stats.advance(nowNs);
    this.#metadata.records += records.length;
  }

  async print(): Promise<void> {
    const { out, groupBy, columns, top } = this.#options;
    const { nowNs } = this.#stats;
    // A trace that has only a header covers no time.
    if (nowNs > 0n) this.#metadata.untilNs ??= this.#clock.toWallNs(nowNs);
    const rows = top ?? (this.#options.json ? this.#stats.groups.comm.limit + 1 : defaultRows);
    const stats = buildChurnReport({ stats: this.#stats, top: rows, mode: this.mode });
    const report = { metadata: this.#metadata, stats };
    const text = this.#options.json
      ? `${toJson(reportJson(report, groupBy))}\n`
      : reportText(report, { groupBy, columns });
    await new Output(out).write(text);
  }
}

/** Reports traces. @throws CliError if they contain no record */
export const reportFiles = async (
  files: readonly string[],
  options: RunReportOptions & InputOptions,
): Promise<void> => {
  const builder = new ReportBuilder(options);
  const { metadata } = builder;
  const reader = new TraceReader({ onSkipped: metadata.skipped.add, onWarning: metadata.warnings.add });
  for await (const batch of readTraces(await openInputs(files, options), reader)) {
    builder.addTraceBatch(batch);
  }
  metadata.records = reader.records;
  if (metadata.records === 0) throw noRecordError(files, metadata.skipped);
  await builder.print();
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
  await builder.print();
};

/** Returns a function that adds the time that has passed since this call to `startNs`. */
const elapsedFrom = (startNs: bigint): (() => bigint) => {
  const calledNs = process.hrtime.bigint();
  return () => startNs + process.hrtime.bigint() - calledNs;
};

/** Runs `churntop report FILE…|-` and `churntop report --for TIME`. */
export const runReport = async ({ values, files, filter, signal }: CommandContext): Promise<void> => {
  const { stdin, stdout } = process;
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
    await reportFiles(files, { ...options, stdin, signal });
    return;
  }
  if (files.length > 0) throw new UsageError('--for: cannot be combined with files');
  limitHeapGrowth();
  const source = openLive(liveOptions(values, filter));
  if (process.stderr.isTTY)
    printMessage(`watching for ${formatDuration(values.for)}; Ctrl-C reports immediately`);
  await reportLive(source, { ...options, signal, forNs: values.for });
};
