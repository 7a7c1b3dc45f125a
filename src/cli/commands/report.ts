import type { Writable } from 'node:stream';
import { openLive } from '../../capture/live-source.ts';
import type { Batch } from '../../domain/events/event.ts';
import { type CaptureMode, isChurn, timeOf } from '../../domain/events/record.ts';
import type { Accepts } from '../../domain/filter/filter.ts';
import type { EventSource, SourceInfo, UsersOf } from '../../domain/source/event-source.ts';
import { ChurnStats } from '../../domain/stats/churn-stats.ts';
import type { Grouping } from '../../domain/stats/groups.ts';
import { churnReport } from '../../domain/stats/report.ts';
import { json } from '../../trace/format/json.ts';
import type { TraceBatch } from '../../trace/read/batches.ts';
import { readTraces } from '../../trace/read/read-traces.ts';
import { Remarks, TraceReader } from '../../trace/read/reader.ts';
import { Sieve } from '../../trace/read/trace-filter.ts';
import { WallClock } from '../../trace/read/wall-clock.ts';
import { shortDuration } from '../../util/format.ts';
import { Refusal, UsageError } from '../support/errors.ts';
import { keepHeapSmall } from '../support/heap.ts';
import { type InputOptions, openInputs } from '../support/inputs.ts';
import { Output } from '../support/output.ts';
import { guestsFor, usersHere } from '../support/users.ts';
import { type Call, liveOptions } from './context.ts';
import { reportJson } from './report-json.ts';
import type { ReportOf } from './report-model.ts';
import { reportText } from './report-text.ts';

export type ReportOptions = {
  filter: Accepts;
  /** Names of users, for the filter. */
  users: UsersOf;
  by: Grouping | undefined;
  json: boolean;
  top: number | undefined;
  columns: number;
  out: Writable;
};

const shownRows = 10;
const hostsNamed = 8;

/** Everything a report is made of, filled batch by batch. */
class Gathering {
  readonly #options: ReportOptions;
  readonly #stats: ChurnStats;
  readonly #clock = new WallClock();
  readonly #sieve: Sieve;
  readonly #of: ReportOf;
  mode: CaptureMode | undefined;

  constructor(options: ReportOptions, live?: SourceInfo) {
    this.#options = options;
    const { filter, users } = options;
    this.#stats = new ChurnStats();
    const here = live && { bootOffsetNs: live.bootOffsetNs, userName: users(live) ?? String };
    this.#sieve = new Sieve(filter, guestsFor(filter, users), here);
    this.#of = {
      hosts: [],
      untilNs: undefined,
      records: 0,
      skipped: new Remarks(),
      notes: new Remarks(),
      filter: filter.text,
    };
  }

  get of(): ReportOf {
    return this.#of;
  }

  get stats(): ChurnStats {
    return this.#stats;
  }

  host(name: string): void {
    const { hosts } = this.#of;
    if (!hosts.includes(name) && hosts.length < hostsNamed) hosts.push(name);
  }

  batch(batch: TraceBatch): void {
    const { header, fresh, records } = batch;
    const passes = this.#sieve.batch(batch);
    if (fresh) {
      this.#stats.begin(header);
      if (header) this.host(header.host);
      this.mode = header?.capture_mode ?? this.mode;
    }
    for (const record of records) {
      if (isChurn(record)) this.#stats.apply(record, passes(record));
      else {
        this.#clock.see(record);
        if (record.probe_source !== 'trace.header') this.#stats.advance(timeOf(record));
      }
    }
  }

  live({ nowNs, records }: Batch): void {
    const passes = this.#sieve.records(records);
    for (const record of records) this.#stats.apply(record, passes(record));
    this.#stats.advance(nowNs);
    this.#of.records += records.length;
  }

  async print(): Promise<void> {
    const { out, by, columns, top } = this.#options;
    this.#of.untilNs ??= this.#clock.at(this.#stats.nowNs);
    const rows = top ?? (this.#options.json ? this.#stats.by.comm.limit + 1 : shownRows);
    const churn = churnReport({ stats: this.#stats, top: rows, mode: this.mode });
    const report = { of: this.#of, churn };
    const text = this.#options.json
      ? `${json(reportJson(report, by))}\n`
      : reportText(report, { by, columns });
    await new Output(out).write(text);
  }
}

/** Report recorded traces. @throws Refusal when there is nothing to report */
export const reportFiles = async (
  files: readonly string[],
  options: ReportOptions & InputOptions,
): Promise<void> => {
  const gathering = new Gathering(options);
  const { of } = gathering;
  const reader = new TraceReader({ onSkipped: of.skipped.add, onNote: of.notes.add });
  for await (const batch of readTraces(await openInputs(files, options), reader)) {
    gathering.batch(batch);
  }
  of.records = reader.records;
  if (of.records === 0) throw new Refusal(`${files.join(', ')}: no trace record in it`);
  await gathering.print();
};

/** Watch for a while, then report; an end asked for earlier reports what was seen until then. */
export const reportLive = async (
  source: EventSource,
  options: ReportOptions & { forMs: number; interrupted: Promise<void> },
): Promise<void> => {
  const gathering = new Gathering(options, source.info);
  const { stats, of } = gathering;
  gathering.host(source.info.host);
  let timer: NodeJS.Timeout | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      timer = setTimeout(resolve, options.forMs);
      options.interrupted.then(resolve);
      source.start({
        onBatch: (batch) => gathering.live(batch),
        onStatus({ mode }) {
          gathering.mode = mode;
        },
        onError: reject,
        onEnd: resolve,
      });
    });
  } finally {
    clearTimeout(timer);
    await source.stop();
  }
  of.untilNs = stats.nowNs + source.info.wallOffsetNs;
  await gathering.print();
};

/** `churntop report FILE…|-` and `churntop report --for TIME` */
export const run = async ({ values, files, filter, interrupted }: Call): Promise<void> => {
  const { stdin, stdout, stderr } = process;
  const options: ReportOptions = {
    filter,
    users: usersHere(),
    by: values.by,
    json: values.json,
    top: values.top,
    columns: stdout.columns ?? 80,
    out: stdout,
  };
  if (values.for === undefined) {
    if (files.length === 0) throw new UsageError('report needs a FILE, - for standard input, or --for TIME');
    await reportFiles(files, { ...options, stdin, interrupted });
    return;
  }
  if (files.length > 0) throw new UsageError('report reads files or watches --for a time, not both');
  keepHeapSmall();
  const source = openLive(liveOptions(values, filter));
  const forMs = Number(values.for / 1_000_000n);
  if (stderr.isTTY) stderr.write(`watching for ${shortDuration(values.for)}, Ctrl-C reports at once\n`);
  await reportLive(source, { ...options, forMs, interrupted });
};
