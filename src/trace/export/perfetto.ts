import { formatAlert } from '../../domain/alerts/format.ts';
import { type GapRecord, isProbeEvent, type ProbeEvent } from '../../domain/events/event.ts';
import { printable } from '../../util/text.ts';
import { parseRfc3339 } from '../../util/time.ts';
import { toJson } from '../format/json.ts';
import type { TraceBatch } from '../read/batches.ts';
import type { RecordPredicate } from '../read/trace-filter.ts';
import type { CreateExporter, Exporter, ExporterOptions } from './exporter.ts';
import { churnTrackId, EventList, nameTrack, SliceWriter } from './perfetto-tracks.ts';

/**
 * Chrome's Trace Event Format as ui.perfetto.dev opens it: a slice a life, spawns and exits a second as counters; gaps,
 * notes and alerts as instants over everything.
 */
class PerfettoExporter implements Exporter {
  readonly skippedRecords = 0;
  readonly #options: ExporterOptions;
  readonly #list = new EventList();
  readonly #slices = new SliceWriter(this.#list);
  readonly #counters = new RateCounters(this.#list);
  #nowNs = 0n;
  /** Added to times, so that recorders of several boots lie on one axis. */
  #shiftNs = 0n;
  #offsetNs: bigint | undefined;
  #boot: string | undefined;

  constructor(options: ExporterOptions) {
    this.#options = options;
  }

  begin(): string {
    nameTrack(this.#list, churnTrackId, 'churn');
    return `{"displayTimeUnit":"ns","otherData":${toJson({ tool: this.#options.tool, epistemic_status: 'DECLARED' })},"traceEvents":[\n${this.#list.take()}`;
  }

  convert({ header, isNewRecorder, records }: TraceBatch, passes: RecordPredicate): string {
    if (isNewRecorder) this.#startRecorder(header);
    for (const record of records) {
      if (isProbeEvent(record)) this.#probe(record, passes(record));
      else if (record.probe_source === 'trace.gap') this.#gap(record);
      else if (record.probe_source === 'trace.note')
        this.#addInstant('note', record.text, record.monotonic_ns);
      else if (record.probe_source === 'trace.alert')
        this.#addInstant('alert', formatAlert(record), record.monotonic_ns);
    }
    return this.#list.take();
  }

  end(cut?: string): string {
    this.#slices.endAll(this.#nowNs);
    this.#counters.flush();
    if (cut !== undefined) this.#addInstant('cut', `cut short: ${cut}`, this.#nowNs - this.#shiftNs);
    return `${this.#list.take()}\n]}\n`;
  }

  #startRecorder(header: TraceBatch['header']): void {
    this.#slices.endAll(this.#nowNs);
    this.#counters.flush();
    const realtimeNs = header && parseRfc3339(header.clock.realtime);
    if (!header || realtimeNs === undefined) return;
    const offsetNs = realtimeNs - header.clock.monotonic_ns;
    this.#offsetNs ??= offsetNs;
    // The same boot has the same clock, whatever was done to the wall clock meanwhile.
    if (header.boot_id !== this.#boot) this.#shiftNs = offsetNs - this.#offsetNs;
    this.#boot = header.boot_id;
  }

  #probe(event: ProbeEvent, passes: boolean): void {
    const atNs = this.#toAxisNs(event.guest_monotonic_ns);
    switch (event.probe_source) {
      case 'process.spawned':
        this.#slices.begin(event, atNs, passes);
        if (!event.initial && passes) this.#counters.count(atNs, 'spawned');
        return;
      case 'process.exec':
        this.#slices.rename(event, atNs, passes);
        return;
      case 'process.zombie':
        return;
      case 'process.exited':
        if (passes) this.#counters.count(atNs, 'exited');
        this.#slices.end(event, atNs, passes);
        return;
    }
  }

  #gap({ reason, tasks, events, from_monotonic_ns, to_monotonic_ns }: GapRecord): void {
    const args = { reason, tasks, events, for_ns: to_monotonic_ns - from_monotonic_ns };
    this.#addInstant('gap', `gap: ${reason}`, to_monotonic_ns, args);
  }

  /** A line over all tracks. */
  #addInstant(cat: string, text: string, ns: bigint, args?: object): void {
    const atNs = this.#toAxisNs(ns);
    const name = printable(text);
    this.#list.add({ ph: 'i', s: 'g', name, cat, pid: churnTrackId, tid: churnTrackId, atNs, args });
  }

  #toAxisNs(ns: bigint): bigint {
    const at = ns + this.#shiftNs;
    if (at > this.#nowNs) this.#nowNs = at;
    return at;
  }
}

export const perfetto: CreateExporter = (options) => new PerfettoExporter(options);

const secondNs = 1_000_000_000n;

/** Spawns and exits a second. */
export class RateCounters {
  readonly #list: EventList;
  #currentSecond: { startNs: bigint; spawned: number; exited: number } | undefined;

  constructor(list: EventList) {
    this.#list = list;
  }

  count(atNs: bigint, event: 'spawned' | 'exited'): void {
    const current = this.#currentSecond;
    if (current && atNs < current.startNs + secondNs) {
      current[event]++;
      return;
    }
    const startNs = atNs - (atNs % secondNs);
    this.flush();
    // The viewer draws a value on until the next one.
    if (current && startNs > current.startNs + secondNs) this.#addSample(current.startNs + secondNs, 0, 0);
    this.#currentSecond = { startNs, spawned: 0, exited: 0, [event]: 1 };
  }

  /** The second under way ends here. */
  flush(): void {
    if (this.#currentSecond)
      this.#addSample(this.#currentSecond.startNs, this.#currentSecond.spawned, this.#currentSecond.exited);
    this.#currentSecond = undefined;
  }

  #addSample(atNs: bigint, spawns: number, exits: number): void {
    this.#list.add({ ph: 'C', name: 'spawns/s', pid: churnTrackId, atNs, args: { spawns } });
    this.#list.add({ ph: 'C', name: 'exits/s', pid: churnTrackId, atNs, args: { exits } });
  }
}
