import type { Batch, CaptureMode, GapRecord } from '../../domain/events/event.ts';
import { isChurnRecord, recordTimeNs } from '../../domain/events/record.ts';
import type { CompiledFilter } from '../../domain/filter/filter.ts';
import type { SourceInfo, UserNameResolver } from '../../domain/source/event-source.ts';
import { ChurnStats } from '../../domain/stats/churn-stats.ts';
import { buildChurnReport, type ChurnReport } from '../../domain/stats/report.ts';
import type { TraceBatch } from '../../trace/read/batches.ts';
import { Diagnostics } from '../../trace/read/diagnostics.ts';
import { type MergedRecord, shiftTimes } from '../../trace/read/merge-guests.ts';
import { TraceFilter } from '../../trace/read/trace-filter.ts';
import { WallClock } from '../../trace/read/wall-clock.ts';
import { guestResolver } from '../support/users.ts';
import type { Report, ReportMetadata } from './report-model.ts';

export type ReportBuilderOptions = {
  filter: CompiledFilter;
  /** User names for the filter. */
  userNames: UserNameResolver;
};

const maxHosts = 8;

/** The time for which a guest was recorded: by earlier recorders, and wall times of the current one, ns. */
type HostTime = { earlierNs: bigint; fromNs: bigint | undefined; untilNs: bigint; wallOffsetNs: bigint };

const spanOf = ({ earlierNs, fromNs, untilNs }: HostTime): bigint =>
  fromNs === undefined ? earlierNs : earlierNs + untilNs - fromNs;

/** Collects the data of a report from batches, or from the records of several guests. */
export class ReportBuilder {
  readonly #stats: ChurnStats;
  readonly #clock = new WallClock();
  readonly #traceFilter: TraceFilter;
  readonly #metadata: ReportMetadata;
  /** Gaps of several guests as recorded, by the gaps that are counted. */
  readonly #gaps = new WeakMap<object, GapRecord & { host: string }>();
  readonly #hostTimes = new Map<string, HostTime>();
  mode: CaptureMode | undefined;

  constructor({ filter, userNames }: ReportBuilderOptions, live?: SourceInfo) {
    this.#stats = new ChurnStats();
    const guest = live && {
      host: live.host,
      bootOffsetNs: live.bootOffsetNs,
      userName: userNames(live) ?? String,
    };
    this.#traceFilter = new TraceFilter(filter, guestResolver(filter, userNames), guest);
    this.#metadata = {
      hosts: [],
      areHostsCounted: false,
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

  /** Starts a recorder of one of several guests. `isAlone`: no other guest is being recorded. */
  startGuest(guest: string, header: TraceBatch['header'], isAlone: boolean): void {
    const { hosts } = this.#metadata;
    this.#metadata.areHostsCounted = true;
    if (!hosts.includes(guest)) hosts.push(guest);
    this.#stats.selectGuest(guest, { starts: true, isAlone });
    const time = this.#hostTimes.get(guest);
    const earlierNs = time ? spanOf(time) : 0n;
    this.#hostTimes.set(guest, { earlierNs, fromNs: undefined, untilNs: 0n, wallOffsetNs: 0n });
    // Missed tasks are known only if all guests count them.
    if (this.mode !== 'walk') this.mode = header?.capture_mode ?? this.mode;
  }

  /** Adds a record of the guests, which must come in the order of wall time. */
  addMerged({ guest, record, wallOffsetNs, matches }: MergedRecord): void {
    this.#stats.selectGuest(guest);
    const atNs = recordTimeNs(record) + wallOffsetNs;
    const time = this.#hostTimes.get(guest);
    if (time) {
      time.wallOffsetNs = wallOffsetNs;
      time.fromNs ??= atNs;
      if (atNs > time.untilNs) time.untilNs = atNs;
    }
    if (isChurnRecord(record)) {
      const shifted = shiftTimes(record, wallOffsetNs);
      if (record.probe_source === 'trace.gap') this.#gaps.set(shifted, { ...record, host: guest });
      this.#stats.apply(shifted, matches);
    } else if (record.probe_source !== 'trace.header') this.#stats.advance(atNs);
    this.#metadata.untilNs = this.#stats.nowNs;
  }

  addLiveBatch({ nowNs, records }: Batch): void {
    const matches = this.#traceFilter.forRecords(records);
    for (const record of records) this.#stats.apply(record, matches(record));
    this.#stats.advance(nowNs);
    this.#metadata.records += records.length;
  }

  /** Returns the report with at most `rows` rows a table. Default: all. */
  build(rows = this.#stats.groups.comm.limit + 1): Report {
    const { nowNs } = this.#stats;
    // A trace that has only a header covers no time.
    if (nowNs > 0n) this.#metadata.untilNs ??= this.#clock.toWallNs(nowNs);
    return { metadata: this.#metadata, stats: this.#buildStats(rows) };
  }

  #buildStats(rows: number): ChurnReport {
    const report = buildChurnReport({
      stats: this.#stats,
      top: rows,
      mode: this.mode,
      host: this.#metadata.hosts.join(', ') || 'unknown',
      hostSpans: new Map(Array.from(this.#hostTimes, ([host, time]) => [host, spanOf(time)])),
    });
    if (!this.#metadata.areHostsCounted) return report;
    // The report has the clocks of the guests, not the wall clock by which they are counted.
    const offsetOf = (host: string | undefined) =>
      Number((host !== undefined && this.#hostTimes.get(host)?.wallOffsetNs) || 0n);
    const { restartLoops, coverage } = report;
    return {
      ...report,
      restartLoops: restartLoops.map((loop) => ({ ...loop, sinceNs: loop.sinceNs - offsetOf(loop.host) })),
      coverage: { ...coverage, recentGaps: coverage.recentGaps.map((gap) => this.#gaps.get(gap) ?? gap) },
    };
  }
}
