import type { ExecEvent, ExitedEvent, ProbeEvent, SpawnedEvent } from '../../domain/events/event.ts';
import { Lanes } from '../../domain/views/lane-allocator.ts';
import { Roster } from '../../util/bounded-map.ts';
import { printable } from '../../util/text.ts';
import { json } from '../format/json.ts';

/** A life that has not ended yet, and the lane kept for it. */
type Drawn = {
  pid: number;
  comm: string;
  ppid: number | undefined;
  uid: number | undefined;
  /** What its program was called with. */
  argv: readonly string[] | undefined;
  fromNs: bigint;
  initial: boolean;
  /** Whether its last record passed the filter. */
  passes: boolean;
  previous: string | undefined;
  track: Track;
  lane: number;
};

/** Lives as slices: one each, written at its end, in the lowest free lane of its comm. Times are those of the axis, ns. */
export class Slices {
  readonly #list: EventList;
  readonly #tracks: Tracks;
  readonly #lives = new Roster<Drawn>();

  constructor(list: EventList) {
    this.#list = list;
    this.#tracks = new Tracks(list);
  }

  begin(event: SpawnedEvent, atNs: bigint, passes: boolean): void {
    const { guest_pid, guest_comm, guest_ppid, guest_uid, args, initial } = event;
    const before = this.#lives.take(guest_pid);
    if (before) this.#close(before, atNs, { end: 'not seen' });
    const rest = { ppid: guest_ppid, uid: guest_uid, argv: args, initial: initial ?? false, passes };
    this.#open(guest_pid, guest_comm, atNs, rest);
  }

  /** A life is drawn whole under its last name. */
  rename(event: ExecEvent, atNs: bigint, passes: boolean): void {
    const { guest_comm, guest_uid, args } = event;
    const life = this.#life(event, atNs);
    life.passes = passes;
    life.uid = guest_uid ?? life.uid;
    life.argv = args;
    if (guest_comm === life.comm) return;
    life.track.lanes.release(life.lane);
    life.previous = life.comm;
    life.comm = guest_comm;
    life.track = this.#tracks.of(guest_comm);
    life.lane = life.track.lanes.take(life.fromNs);
  }

  end(event: ExitedEvent, atNs: bigint, passes: boolean): void {
    const life = this.#life(event, atNs);
    this.#lives.take(event.guest_pid);
    life.passes = passes;
    const { lifetime_ns, exit_code, exit_signal } = event;
    this.#close(life, atNs, { lifetime_ns, exit_code, exit_signal });
  }

  /** Whoever is still alive is drawn up to here. */
  endAll(nowNs: bigint): void {
    for (const life of this.#lives.drain()) this.#close(life, nowNs, { end: 'still alive' });
  }

  /** The life an event is about; one never told of began, as far as is known, with this event. */
  #life(event: ProbeEvent, atNs: bigint): Drawn {
    return (
      this.#lives.get(event.guest_pid) ??
      this.#open(event.guest_pid, event.guest_comm, atNs, {
        ppid: undefined,
        uid: undefined,
        argv: undefined,
        initial: true,
        passes: false,
      })
    );
  }

  #open(
    pid: number,
    comm: string,
    fromNs: bigint,
    rest: Pick<Drawn, 'ppid' | 'uid' | 'argv' | 'initial' | 'passes'>,
  ): Drawn {
    const track = this.#tracks.of(comm);
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

  #close(life: Drawn, untilNs: bigint, more: Record<string, unknown>): void {
    const { pid, comm, ppid, uid, argv, fromNs, initial, passes, previous, track, lane } = life;
    const lastNs = untilNs > fromNs ? untilNs : fromNs;
    if (!passes) {
      track.lanes.release(lane);
      return;
    }
    track.lanes.release(lane, lastNs);
    this.#list.add({
      ph: 'X',
      name: printable(comm),
      cat: 'process',
      pid: track.number,
      tid: this.#tracks.thread(track, lane),
      at: fromNs,
      dur: lastNs - fromNs,
      args: { pid, comm, ppid, uid, argv, initial: initial || undefined, previous_comm: previous, ...more },
    });
  }
}

/** Lives of one comm: a process of the viewer, its lanes the threads. */
export type Track = {
  readonly number: number;
  readonly comm: string;
  readonly lanes: Lanes;
  /** Numbers of the lanes that were drawn in. */
  readonly threads: (number | undefined)[];
};

/** What is of no comm: counters, and lines over everything. */
export const churnTrack = 1;

const held = 4096;

export const nameTrack = (list: EventList, number: number, name: string): void =>
  list.add({ ph: 'M', name: 'process_name', pid: number, args: { name } });

/** A bounded number of tracks. They and their lanes are named in the list when the first slice needs them. */
export class Tracks {
  readonly #list: EventList;
  readonly #tracks = new Map<string, Track>();
  #nextTrack = churnTrack + 1;
  /** Away from the numbers of tracks: a thread of its process's number would be taken for its main thread. */
  #nextThread = 1 << 20;

  constructor(list: EventList) {
    this.#list = list;
  }

  of(comm: string): Track {
    const known = this.#tracks.get(comm);
    if (known) return known;
    if (this.#tracks.size >= held) this.#dropIdle();
    const track: Track = { number: this.#nextTrack++, comm, lanes: new Lanes(), threads: [] };
    this.#tracks.set(comm, track);
    return track;
  }

  /** The number of a lane for the viewer. */
  thread({ number, comm, threads }: Track, lane: number): number {
    const known = threads[lane];
    if (known !== undefined) return known;
    const name = printable(comm);
    if (threads.length === 0) nameTrack(this.#list, number, name);
    const tid = this.#nextThread++;
    while (threads.length < lane) threads.push(undefined);
    threads[lane] = tid;
    this.#list.add({ ph: 'M', name: 'thread_name', pid: number, tid, args: { name: `${name} ${lane + 1}` } });
    return tid;
  }

  /** A comm that comes back after this is drawn as another track of the same name. */
  #dropIdle(): void {
    let drop = held / 8;
    for (const [comm, { lanes }] of this.#tracks) {
      if (lanes.busy > 0) continue;
      this.#tracks.delete(comm);
      if (--drop === 0) return;
    }
  }
}

/** What a trace event holds, its times apart. */
export type Event = Readonly<Record<string, unknown>> & {
  ph: string;
  name: string;
  at?: bigint;
  dur?: bigint;
};

/** Microseconds with three decimals: exact to the nanosecond, as the format has no other unit. */
const micros = (ns: bigint): string =>
  ns < 0n ? `-${micros(-ns)}` : `${ns / 1000n}.${String(ns % 1000n).padStart(3, '0')}`;

/** The elements of the format's one long array, in pieces. */
export class EventList {
  #text = '';
  #first = true;

  /** `at` and `dur` in ns. */
  add({ at, dur, ...event }: Event): void {
    const ts = at === undefined ? '' : `,"ts":${micros(at)}`;
    const lasts = dur === undefined ? '' : `,"dur":${micros(dur)}`;
    this.#text += `${this.#first ? '' : ',\n'}${json(event).slice(0, -1)}${ts}${lasts}}`;
    this.#first = false;
  }

  /** What was added since the last call. */
  take(): string {
    const text = this.#text;
    this.#text = '';
    return text;
  }
}
