import type { ExecEvent, ExitedEvent, ProbeEvent, SpawnedEvent } from '../../domain/events/event.ts';
import { LaneAllocator } from '../../domain/views/lane-allocator.ts';
import { BoundedMap } from '../../util/bounded-map.ts';
import { printable } from '../../util/text.ts';
import { toJson } from '../format/json.ts';

/** A life that has not ended yet, and the lane kept for it. */
type OpenSlice = {
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
export class SliceWriter {
  readonly #list: EventList;
  readonly #tracks: Tracks;
  readonly #openSlices = new BoundedMap<OpenSlice>();

  constructor(list: EventList) {
    this.#list = list;
    this.#tracks = new Tracks(list);
  }

  begin(event: SpawnedEvent, atNs: bigint, passes: boolean): void {
    const { guest_pid, guest_comm, guest_ppid, guest_uid, args, initial } = event;
    const before = this.#openSlices.take(guest_pid);
    if (before) this.#closeSlice(before, atNs, { end: 'not seen' });
    const rest = { ppid: guest_ppid, uid: guest_uid, argv: args, initial: initial ?? false, passes };
    this.#openSlice(guest_pid, guest_comm, atNs, rest);
  }

  /** A life is drawn whole under its last name. */
  rename(event: ExecEvent, atNs: bigint, passes: boolean): void {
    const { guest_comm, guest_uid, args } = event;
    const life = this.#sliceOf(event, atNs);
    life.passes = passes;
    life.uid = guest_uid ?? life.uid;
    life.argv = args;
    if (guest_comm === life.comm) return;
    life.track.lanes.release(life.lane);
    life.previous = life.comm;
    life.comm = guest_comm;
    life.track = this.#tracks.trackFor(guest_comm);
    life.lane = life.track.lanes.allocate(life.fromNs);
  }

  end(event: ExitedEvent, atNs: bigint, passes: boolean): void {
    const life = this.#sliceOf(event, atNs);
    this.#openSlices.take(event.guest_pid);
    life.passes = passes;
    const { lifetime_ns, exit_code, exit_signal } = event;
    this.#closeSlice(life, atNs, { lifetime_ns, exit_code, exit_signal });
  }

  /** Whoever is still alive is drawn up to here. */
  endAll(nowNs: bigint): void {
    for (const life of this.#openSlices.drain()) this.#closeSlice(life, nowNs, { end: 'still alive' });
  }

  /** The life an event is about; one never told of began, as far as is known, with this event. */
  #sliceOf(event: ProbeEvent, atNs: bigint): OpenSlice {
    return (
      this.#openSlices.get(event.guest_pid) ??
      this.#openSlice(event.guest_pid, event.guest_comm, atNs, {
        ppid: undefined,
        uid: undefined,
        argv: undefined,
        initial: true,
        passes: false,
      })
    );
  }

  #openSlice(
    pid: number,
    comm: string,
    fromNs: bigint,
    rest: Pick<OpenSlice, 'ppid' | 'uid' | 'argv' | 'initial' | 'passes'>,
  ): OpenSlice {
    const track = this.#tracks.trackFor(comm);
    const life: OpenSlice = {
      pid,
      comm,
      fromNs,
      previous: undefined,
      track,
      lane: track.lanes.allocate(fromNs),
      ...rest,
    };
    const left = this.#openSlices.set(pid, life);
    if (left) this.#closeSlice(left, fromNs, { end: 'not followed' });
    return life;
  }

  #closeSlice(life: OpenSlice, untilNs: bigint, more: Record<string, unknown>): void {
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
      pid: track.trackId,
      tid: this.#tracks.threadIdFor(track, lane),
      atNs: fromNs,
      durationNs: lastNs - fromNs,
      args: { pid, comm, ppid, uid, argv, initial: initial || undefined, previous_comm: previous, ...more },
    });
  }
}

/** Lives of one comm: a process of the viewer, its lanes the threads. */
export type Track = {
  readonly trackId: number;
  readonly comm: string;
  readonly lanes: LaneAllocator;
  /** Numbers of the lanes that were drawn in. */
  readonly threads: (number | undefined)[];
};

/** What is of no comm: counters, and lines over everything. */
export const churnTrackId = 1;

const maxTracks = 4096;

export const nameTrack = (list: EventList, number: number, name: string): void =>
  list.add({ ph: 'M', name: 'process_name', pid: number, args: { name } });

/** A bounded number of tracks. They and their lanes are named in the list when the first slice needs them. */
export class Tracks {
  readonly #list: EventList;
  readonly #tracks = new Map<string, Track>();
  #nextTrack = churnTrackId + 1;
  /** Away from the numbers of tracks: a thread of its process's number would be taken for its main thread. */
  #nextThread = 1 << 20;

  constructor(list: EventList) {
    this.#list = list;
  }

  trackFor(comm: string): Track {
    const known = this.#tracks.get(comm);
    if (known) return known;
    if (this.#tracks.size >= maxTracks) this.#dropIdle();
    const track: Track = { trackId: this.#nextTrack++, comm, lanes: new LaneAllocator(), threads: [] };
    this.#tracks.set(comm, track);
    return track;
  }

  /** The number of a lane for the viewer. */
  threadIdFor({ trackId, comm, threads }: Track, lane: number): number {
    const known = threads[lane];
    if (known !== undefined) return known;
    const name = printable(comm);
    if (threads.length === 0) nameTrack(this.#list, trackId, name);
    const tid = this.#nextThread++;
    while (threads.length < lane) threads.push(undefined);
    threads[lane] = tid;
    this.#list.add({
      ph: 'M',
      name: 'thread_name',
      pid: trackId,
      tid,
      args: { name: `${name} ${lane + 1}` },
    });
    return tid;
  }

  /** A comm that comes back after this is drawn as another track of the same name. */
  #dropIdle(): void {
    let drop = maxTracks / 8;
    for (const [comm, { lanes }] of this.#tracks) {
      if (lanes.busy > 0) continue;
      this.#tracks.delete(comm);
      if (--drop === 0) return;
    }
  }
}

/** What a trace event holds, its times apart. */
export type TraceEvent = Readonly<Record<string, unknown>> & {
  ph: string;
  name: string;
  atNs?: bigint;
  durationNs?: bigint;
};

/** Microseconds with three decimals: exact to the nanosecond, as the format has no other unit. */
const microseconds = (ns: bigint): string =>
  ns < 0n ? `-${microseconds(-ns)}` : `${ns / 1000n}.${String(ns % 1000n).padStart(3, '0')}`;

/** The elements of the format's one long array, in pieces. */
export class EventList {
  #text = '';
  #first = true;

  /** `at` and `dur` in ns. */
  add({ atNs, durationNs, ...event }: TraceEvent): void {
    const ts = atNs === undefined ? '' : `,"ts":${microseconds(atNs)}`;
    const lasts = durationNs === undefined ? '' : `,"dur":${microseconds(durationNs)}`;
    this.#text += `${this.#first ? '' : ',\n'}${toJson(event).slice(0, -1)}${ts}${lasts}}`;
    this.#first = false;
  }

  /** What was added since the last call. */
  take(): string {
    const text = this.#text;
    this.#text = '';
    return text;
  }
}
