import { alertText } from '../../domain/alerts/text.ts';
import type { ExecEvent, ExitedEvent, GapRecord, ProbeEvent } from '../../domain/event.ts';
import { isProbeEvent } from '../../domain/event.ts';
import { Lanes } from '../../domain/lanes.ts';
import { printable } from '../../domain/printable.ts';
import { parseRfc3339 } from '../../domain/wall-time.ts';
import { json } from '../json.ts';
import type { TraceBatch } from '../reader.ts';
import type { Passes } from '../sieve.ts';
import type { Exporter, ExportOptions, MakeExporter } from './exporter.ts';
import { Roster } from './roster.ts';

/** Lives of one comm: a process of the viewer, its lanes the threads. */
type Track = { number: number; named: boolean; lanes: Lanes; threads: (number | undefined)[] };

type Drawn = {
  pid: number;
  comm: string;
  ppid: number | undefined;
  uid: number | undefined;
  fromNs: bigint;
  initial: boolean;
  /** Whether its last record passed the filter. */
  passes: boolean;
  previous: string | undefined;
  track: Track;
  lane: number;
};

const churnTrack = 1;
const tracksHeld = 4096;
const secondNs = 1_000_000_000n;

/** Microseconds with three decimals: exact to the nanosecond, as the format has no other unit. */
const micros = (ns: bigint): string =>
  ns < 0n ? `-${micros(-ns)}` : `${ns / 1000n}.${String(ns % 1000n).padStart(3, '0')}`;

/**
 * Chrome's Trace Event Format as ui.perfetto.dev opens it: one slice a life, written at its end, in the lowest free lane
 * of its comm; spawns and exits a second as counters; gaps as instants over everything.
 */
class PerfettoExporter implements Exporter {
  readonly left = 0;
  readonly #options: ExportOptions;
  readonly #tracks = new Map<string, Track>();
  readonly #lives = new Roster<Drawn>();
  #nextTrack = churnTrack + 1;
  /** Away from the numbers of tracks: a thread of its process's number would be taken for its main thread. */
  #nextThread = 1 << 20;
  #out = '';
  #wrote = false;
  #nowNs = 0n;
  /** Added to times, so that recorders of several boots lie on one axis. */
  #shiftNs = 0n;
  #offsetNs: bigint | undefined;
  #boot: string | undefined;
  #second: { startNs: bigint; spawned: number; exited: number } | undefined;

  constructor(options: ExportOptions) {
    this.#options = options;
  }

  begin(): string {
    this.#event({
      ph: 'M',
      name: 'process_name',
      pid: churnTrack,
      args: { name: 'churn' },
    });
    return `{"displayTimeUnit":"ns","otherData":${json({ tool: this.#options.tool, epistemic_status: 'DECLARED' })},"traceEvents":[\n${this.#take()}`;
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
    return this.#take();
  }

  end(cut?: string): string {
    this.#closeAll();
    this.#flushSecond();
    if (cut !== undefined) this.#said('cut', `cut short: ${cut}`, this.#nowNs - this.#shiftNs);
    return `${this.#take()}\n]}\n`;
  }

  #recorder(header: TraceBatch['header']): void {
    this.#closeAll();
    this.#flushSecond();
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
    const pid = event.guest_pid;
    switch (event.probe_source) {
      case 'process.spawned': {
        const before = this.#lives.take(pid);
        if (before) this.#close(before, atNs, { end: 'not seen' });
        const { guest_comm, guest_ppid, guest_uid, initial = false } = event;
        this.#open(pid, guest_comm, atNs, { ppid: guest_ppid, uid: guest_uid, initial, passes });
        if (!initial && passes) this.#count(atNs, 'spawned');
        return;
      }
      case 'process.exec':
        this.#rename(this.#life(event, atNs), event, passes);
        return;
      case 'process.zombie':
        return;
      case 'process.exited':
        this.#exited(event, atNs, passes);
        return;
    }
  }

  #exited(event: ExitedEvent, atNs: bigint, passes: boolean): void {
    const life = this.#life(event, atNs);
    this.#lives.take(event.guest_pid);
    life.passes = passes;
    if (passes) this.#count(atNs, 'exited');
    const { lifetime_ns, exit_code, exit_signal } = event;
    this.#close(life, atNs, { lifetime_ns, exit_code, exit_signal });
  }

  /** The life an event is about; one never told of began, as far as is known, with this event. */
  #life(event: ProbeEvent, atNs: bigint): Drawn {
    return (
      this.#lives.get(event.guest_pid) ??
      this.#open(event.guest_pid, event.guest_comm, atNs, {
        ppid: undefined,
        uid: undefined,
        initial: true,
        passes: false,
      })
    );
  }

  #open(
    pid: number,
    comm: string,
    fromNs: bigint,
    rest: Pick<Drawn, 'ppid' | 'uid' | 'initial' | 'passes'>,
  ): Drawn {
    const track = this.#track(comm);
    const life: Drawn = {
      pid,
      comm,
      fromNs,
      previous: undefined,
      track,
      lane: track.lanes.take(fromNs),
      ...rest,
    };
    const left = this.#lives.set(pid, life);
    if (left) this.#close(left, fromNs, { end: 'not followed' });
    return life;
  }

  /** A life is drawn whole under its last name. */
  #rename(life: Drawn, { guest_comm, guest_uid }: ExecEvent, passes: boolean): void {
    life.passes = passes;
    life.uid = guest_uid ?? life.uid;
    if (guest_comm === life.comm) return;
    life.track.lanes.release(life.lane);
    life.previous = life.comm;
    life.comm = guest_comm;
    life.track = this.#track(guest_comm);
    life.lane = life.track.lanes.take(life.fromNs);
  }

  #close(life: Drawn, untilNs: bigint, more: Record<string, unknown>): void {
    const { pid, comm, ppid, uid, fromNs, initial, passes, previous, track, lane } = life;
    const lastNs = untilNs > fromNs ? untilNs : fromNs;
    if (!passes) {
      track.lanes.release(lane);
      return;
    }
    track.lanes.release(lane, lastNs);
    this.#event({
      ph: 'X',
      name: printable(comm),
      cat: 'process',
      pid: track.number,
      tid: this.#thread(track, lane, comm),
      at: fromNs,
      dur: lastNs - fromNs,
      args: { pid, comm, ppid, uid, initial: initial || undefined, previous_comm: previous, ...more },
    });
  }

  #closeAll(): void {
    for (const life of this.#lives.drain()) this.#close(life, this.#nowNs, { end: 'still alive' });
  }

  #track(comm: string): Track {
    const known = this.#tracks.get(comm);
    if (known) return known;
    if (this.#tracks.size >= tracksHeld) this.#dropIdleTracks();
    const track = { number: this.#nextTrack++, named: false, lanes: new Lanes(), threads: [] };
    this.#tracks.set(comm, track);
    return track;
  }

  /** A comm that comes back after this is drawn as another track of the same name. */
  #dropIdleTracks(): void {
    let drop = tracksHeld / 8;
    for (const [comm, { lanes }] of this.#tracks) {
      if (lanes.busy > 0) continue;
      this.#tracks.delete(comm);
      if (--drop === 0) return;
    }
  }

  /** Thread numbers are the viewer's, one a lane, and named when the first slice needs them. */
  #thread(track: Track, lane: number, comm: string): number {
    const known = track.threads[lane];
    if (known !== undefined) return known;
    const name = printable(comm);
    if (!track.named) {
      track.named = true;
      this.#event({ ph: 'M', name: 'process_name', pid: track.number, args: { name } });
    }
    const tid = this.#nextThread++;
    while (track.threads.length < lane) track.threads.push(undefined);
    track.threads[lane] = tid;
    this.#event({
      ph: 'M',
      name: 'thread_name',
      pid: track.number,
      tid,
      args: { name: `${name} ${lane + 1}` },
    });
    return tid;
  }

  #gap({ reason, tasks, events, from_monotonic_ns, to_monotonic_ns }: GapRecord): void {
    const args = { reason, tasks, events, for_ns: to_monotonic_ns - from_monotonic_ns };
    this.#said('gap', `gap: ${reason}`, to_monotonic_ns, args);
  }

  /** A line over all tracks. */
  #said(cat: string, text: string, ns: bigint, args?: object): void {
    const at = this.#at(ns);
    const name = printable(text);
    this.#event({ ph: 'i', s: 'g', name, cat, pid: churnTrack, tid: churnTrack, at, args });
  }

  #at(ns: bigint): bigint {
    const at = ns + this.#shiftNs;
    if (at > this.#nowNs) this.#nowNs = at;
    return at;
  }

  #count(atNs: bigint, what: 'spawned' | 'exited'): void {
    if (this.#second === undefined || atNs >= this.#second.startNs + secondNs) {
      const startNs = atNs - (atNs % secondNs);
      const idle = this.#second !== undefined && startNs > this.#second.startNs + secondNs;
      const before = this.#second;
      this.#flushSecond();
      if (idle && before) this.#counter(before.startNs + secondNs, 0, 0);
      this.#second = { startNs, spawned: 0, exited: 0 };
    }
    this.#second[what]++;
  }

  #flushSecond(): void {
    if (this.#second) this.#counter(this.#second.startNs, this.#second.spawned, this.#second.exited);
    this.#second = undefined;
  }

  #counter(at: bigint, spawned: number, exited: number): void {
    this.#event({ ph: 'C', name: 'spawns/s', pid: churnTrack, at, args: { spawns: spawned } });
    this.#event({ ph: 'C', name: 'exits/s', pid: churnTrack, at, args: { exits: exited } });
  }

  #event({ at, dur, ...event }: Record<string, unknown> & { at?: bigint; dur?: bigint }): void {
    const times =
      (at === undefined ? '' : `,"ts":${micros(at)}`) + (dur === undefined ? '' : `,"dur":${micros(dur)}`);
    this.#out += `${this.#wrote ? ',\n' : ''}${json(event).slice(0, -1)}${times}}`;
    this.#wrote = true;
  }

  #take(): string {
    const out = this.#out;
    this.#out = '';
    return out;
  }
}

export const perfetto: MakeExporter = (options) => new PerfettoExporter(options);
