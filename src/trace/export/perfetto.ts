import { alertText } from '../../domain/alerts/format.ts';
import { type GapRecord, isProbeEvent, type ProbeEvent } from '../../domain/events/event.ts';
import { printable } from '../../util/text.ts';
import { parseRfc3339 } from '../../util/time.ts';
import { json } from '../format/json.ts';
import type { TraceBatch } from '../read/batches.ts';
import type { Passes } from '../read/trace-filter.ts';
import type { Exporter, ExportOptions, MakeExporter } from './exporter.ts';
import { churnTrack, EventList, nameTrack, Slices } from './perfetto-tracks.ts';

/**
 * Chrome's Trace Event Format as ui.perfetto.dev opens it: a slice a life, spawns and exits a second as counters; gaps,
 * notes and alerts as instants over everything.
 */
class PerfettoExporter implements Exporter {
  readonly left = 0;
  readonly #options: ExportOptions;
  readonly #list = new EventList();
  readonly #slices = new Slices(this.#list);
  readonly #counters = new Counters(this.#list);
  #nowNs = 0n;
  /** Added to times, so that recorders of several boots lie on one axis. */
  #shiftNs = 0n;
  #offsetNs: bigint | undefined;
  #boot: string | undefined;

  constructor(options: ExportOptions) {
    this.#options = options;
  }

  begin(): string {
    nameTrack(this.#list, churnTrack, 'churn');
    return `{"displayTimeUnit":"ns","otherData":${json({ tool: this.#options.tool, epistemic_status: 'DECLARED' })},"traceEvents":[\n${this.#list.take()}`;
  }

  batch({ header, fresh, records }: TraceBatch, passes: Passes): string {
    if (fresh) this.#recorder(header);
    for (const record of records) {
      if (isProbeEvent(record)) this.#probe(record, passes(record));
      else if (record.probe_source === 'trace.gap') this.#gap(record);
      else if (record.probe_source === 'trace.note') this.#said('note', record.text, record.monotonic_ns);
      else if (record.probe_source === 'trace.alert')
        this.#said('alert', alertText(record), record.monotonic_ns);
    }
    return this.#list.take();
  }

  end(cut?: string): string {
    this.#slices.endAll(this.#nowNs);
    this.#counters.flush();
    if (cut !== undefined) this.#said('cut', `cut short: ${cut}`, this.#nowNs - this.#shiftNs);
    return `${this.#list.take()}\n]}\n`;
  }

  #recorder(header: TraceBatch['header']): void {
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
    const atNs = this.#at(event.guest_monotonic_ns);
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
    this.#said('gap', `gap: ${reason}`, to_monotonic_ns, args);
  }

  /** A line over all tracks. */
  #said(cat: string, text: string, ns: bigint, args?: object): void {
    const at = this.#at(ns);
    const name = printable(text);
    this.#list.add({ ph: 'i', s: 'g', name, cat, pid: churnTrack, tid: churnTrack, at, args });
  }

  #at(ns: bigint): bigint {
    const at = ns + this.#shiftNs;
    if (at > this.#nowNs) this.#nowNs = at;
    return at;
  }
}

export const perfetto: MakeExporter = (options) => new PerfettoExporter(options);

const secondNs = 1_000_000_000n;

/** Spawns and exits a second. */
export class Counters {
  readonly #list: EventList;
  #second: { startNs: bigint; spawned: number; exited: number } | undefined;

  constructor(list: EventList) {
    this.#list = list;
  }

  count(atNs: bigint, what: 'spawned' | 'exited'): void {
    const before = this.#second;
    if (before && atNs < before.startNs + secondNs) {
      before[what]++;
      return;
    }
    const startNs = atNs - (atNs % secondNs);
    this.flush();
    // The viewer draws a value on until the next one.
    if (before && startNs > before.startNs + secondNs) this.#tell(before.startNs + secondNs, 0, 0);
    this.#second = { startNs, spawned: 0, exited: 0, [what]: 1 };
  }

  /** The second under way ends here. */
  flush(): void {
    if (this.#second) this.#tell(this.#second.startNs, this.#second.spawned, this.#second.exited);
    this.#second = undefined;
  }

  #tell(at: bigint, spawns: number, exits: number): void {
    this.#list.add({ ph: 'C', name: 'spawns/s', pid: churnTrack, at, args: { spawns } });
    this.#list.add({ ph: 'C', name: 'exits/s', pid: churnTrack, at, args: { exits } });
  }
}
