import { formatAlert } from '../../domain/alerts/format.ts';
import { type GapRecord, isProbeEvent, type ProbeEvent } from '../../domain/events/event.ts';
import { printable } from '../../util/printable.ts';
import { toJson } from '../format/json.ts';
import type { TraceBatch } from '../read/batches.ts';
import type { RecordPredicate } from '../read/trace-filter.ts';
import { wallOffsetOf } from '../read/wall-clock.ts';
import type { CreateExporter, Exporter, ExporterOptions } from './exporter.ts';
import { EventList } from './perfetto-events.ts';
import { SliceWriter } from './perfetto-slices.ts';
import { churnTrackId, nameTrack } from './perfetto-tracks.ts';

type Instant = { cat: string; text: string; monotonicNs: bigint; args?: object };

/**
 * Exports to Chrome's Trace Event Format for ui.perfetto.dev: one slice per process, counters of spawns and exits per
 * second, and instants for gaps, notes and alerts.
 */
class PerfettoExporter implements Exporter {
  readonly skippedRecords = 0;
  readonly #options: ExporterOptions;
  readonly #list = new EventList();
  readonly #slices = new SliceWriter(this.#list);
  readonly #counters = new RateCounters(this.#list);
  #nowNs = 0n;
  /** Axis minus monotonic clock, ns, so that recorders of several boots share one axis. */
  #axisOffsetNs = 0n;
  #firstWallOffsetNs: bigint | undefined;
  #boot: string | undefined;

  constructor(options: ExporterOptions) {
    this.#options = options;
  }

  begin(): string {
    nameTrack(this.#list, churnTrackId, 'churn');
    return `{"displayTimeUnit":"ns","otherData":${toJson({ tool: this.#options.tool, epistemic_status: 'DECLARED' })},"traceEvents":[\n${this.#list.take()}`;
  }

  convert({ header, isNewRecorder, records }: TraceBatch, matches: RecordPredicate): string {
    if (isNewRecorder) this.#startRecorder(header);
    for (const record of records) {
      if (record.probe_source === 'process.children') continue;
      if (isProbeEvent(record)) this.#probe(record, matches(record));
      else if (record.probe_source === 'trace.gap') this.#gap(record);
      else if (record.probe_source === 'trace.note')
        this.#addInstant({ cat: 'note', text: record.text, monotonicNs: record.monotonic_ns });
      else if (record.probe_source === 'trace.alert')
        this.#addInstant({ cat: 'alert', text: formatAlert(record), monotonicNs: record.monotonic_ns });
    }
    return this.#list.take();
  }

  end(incompleteReason?: string): string {
    this.#slices.endAll(this.#nowNs);
    this.#counters.flush();
    if (incompleteReason !== undefined)
      this.#addInstant({
        cat: 'cut',
        text: `cut short: ${incompleteReason}`,
        monotonicNs: this.#nowNs - this.#axisOffsetNs,
      });
    return `${this.#list.take()}\n]}\n`;
  }

  #startRecorder(header: TraceBatch['header']): void {
    this.#slices.endAll(this.#nowNs);
    this.#counters.flush();
    if (this.#options.severalHosts && header) {
      this.#slices.setHost(header.host);
      this.#counters.setHost(header.host);
    }
    const offsetNs = header && wallOffsetOf(header.clock);
    if (!header || offsetNs === undefined) return;
    this.#firstWallOffsetNs ??= offsetNs;
    // Recorders of the same boot share the monotonic clock, even after a wall clock step.
    if (header.boot_id !== this.#boot) this.#axisOffsetNs = offsetNs - this.#firstWallOffsetNs;
    this.#boot = header.boot_id;
  }

  #probe(event: ProbeEvent, matches: boolean): void {
    const atNs = this.#toAxisNs(event.guest_monotonic_ns);
    switch (event.probe_source) {
      case 'process.spawned':
        this.#slices.begin(event, atNs, matches);
        if (!event.initial && matches) this.#counters.count(atNs, 'spawned');
        return;
      case 'process.exec':
        this.#slices.rename(event, atNs, matches);
        return;
      case 'process.user':
        this.#slices.changeUser(event, atNs, matches);
        return;
      case 'process.zombie':
        return;
      case 'process.exited':
        if (matches) this.#counters.count(atNs, 'exited');
        this.#slices.end(event, atNs, matches);
        return;
    }
  }

  #gap({ reason, tasks, events, from_monotonic_ns, to_monotonic_ns }: GapRecord): void {
    const args = { reason, tasks, events, for_ns: to_monotonic_ns - from_monotonic_ns };
    this.#addInstant({ cat: 'gap', text: `gap: ${reason}`, monotonicNs: to_monotonic_ns, args });
  }

  /** Adds an instant that spans all tracks. */
  #addInstant({ cat, text, monotonicNs, args }: Instant): void {
    const atNs = this.#toAxisNs(monotonicNs);
    const name = printable(text);
    this.#list.add({ ph: 'i', s: 'g', name, cat, pid: churnTrackId, tid: churnTrackId, atNs, args });
  }

  #toAxisNs(ns: bigint): bigint {
    const axisNs = ns + this.#axisOffsetNs;
    if (axisNs > this.#nowNs) this.#nowNs = axisNs;
    return axisNs;
  }
}

export const perfetto: CreateExporter = (options) => new PerfettoExporter(options);

const secondNs = 1_000_000_000n;

/** Counts spawns and exits per second. */
class RateCounters {
  readonly #list: EventList;
  #suffix = '';
  #currentSecond: { startNs: bigint; spawned: number; exited: number } | undefined;

  constructor(list: EventList) {
    this.#list = list;
  }

  /** Sets the host of the next counts, if there are several hosts. */
  setHost(host: string): void {
    this.#suffix = ` ${printable(host)}`;
  }

  count(atNs: bigint, event: 'spawned' | 'exited'): void {
    const current = this.#currentSecond;
    if (current && atNs < current.startNs + secondNs) {
      current[event]++;
      return;
    }
    const startNs = atNs - (atNs % secondNs);
    this.flush();
    // The viewer draws a value up to the next one, so an idle second needs a value of 0.
    if (current && startNs > current.startNs + secondNs) this.#addSample(current.startNs + secondNs, 0, 0);
    this.#currentSecond = { startNs, spawned: 0, exited: 0, [event]: 1 };
  }

  /** Ends the current second. */
  flush(): void {
    if (this.#currentSecond)
      this.#addSample(this.#currentSecond.startNs, this.#currentSecond.spawned, this.#currentSecond.exited);
    this.#currentSecond = undefined;
  }

  #addSample(atNs: bigint, spawns: number, exits: number): void {
    this.#list.add({ ph: 'C', name: `spawns/s${this.#suffix}`, pid: churnTrackId, atNs, args: { spawns } });
    this.#list.add({ ph: 'C', name: `exits/s${this.#suffix}`, pid: churnTrackId, atNs, args: { exits } });
  }
}
