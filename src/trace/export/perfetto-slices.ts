import { nameText } from '../../domain/commands/command-text.ts';
import type {
  ExecEvent,
  ExitedEvent,
  ProbeEvent,
  SpawnedEvent,
  UserEvent,
} from '../../domain/events/event.ts';
import { pickExitStatus } from '../../domain/events/exit-status.ts';
import { BoundedMap } from '../../util/bounded-map.ts';
import { printable } from '../../util/printable.ts';
import type { EventList } from './perfetto-events.ts';
import { type Track, Tracks } from './perfetto-tracks.ts';

/** A process that has not exited yet, and its lane. */
type OpenSlice = {
  pid: number;
  comm: string;
  ppid: number | undefined;
  uid: number | undefined;
  /** Arguments of its current program. */
  argv: readonly string[] | undefined;
  fromNs: bigint;
  initial: boolean;
  /** Whether its last record matches the filter. */
  matches: boolean;
  previousComm: string | undefined;
  track: Track;
  lane: number;
};

/** Writes one slice per process at its exit, in the lowest free lane of its comm. Times are on the axis, in ns. */
export class SliceWriter {
  readonly #list: EventList;
  readonly #tracks: Tracks;
  readonly #openSlices = new BoundedMap<OpenSlice>();

  constructor(list: EventList) {
    this.#list = list;
    this.#tracks = new Tracks(list);
  }

  /** Sets the host of the next processes, if there are several hosts. */
  setHost(host: string): void {
    this.#tracks.host = host;
  }

  begin(event: SpawnedEvent, atNs: bigint, matches: boolean): void {
    const { guest_pid, guest_comm, guest_ppid, guest_uid, args, initial } = event;
    const previous = this.#openSlices.take(guest_pid);
    if (previous) this.#closeSlice(previous, atNs, { end: 'exit missed' });
    this.#openSlice({
      pid: guest_pid,
      comm: guest_comm,
      fromNs: atNs,
      ppid: guest_ppid,
      uid: guest_uid,
      argv: args,
      initial: initial ?? false,
      matches,
    });
  }

  /** Moves a slice to the track of its new name. A slice has one name, the last one. */
  rename(event: ExecEvent, atNs: bigint, matches: boolean): void {
    const { guest_comm, guest_uid, args } = event;
    const slice = this.#sliceOf(event, atNs);
    slice.matches = matches;
    slice.uid = guest_uid ?? slice.uid;
    slice.argv = args;
    if (guest_comm === slice.comm) return;
    slice.track.lanes.release(slice.lane);
    slice.previousComm = slice.comm;
    slice.comm = guest_comm;
    slice.track = this.#tracks.trackFor(guest_comm);
    slice.lane = slice.track.lanes.allocate(slice.fromNs);
  }

  /** Sets the user of a slice. A slice has one user, the last one. */
  changeUser(event: UserEvent, atNs: bigint, matches: boolean): void {
    const slice = this.#sliceOf(event, atNs);
    slice.matches = matches;
    slice.uid = event.guest_uid;
  }

  end(event: ExitedEvent, atNs: bigint, matches: boolean): void {
    const slice = this.#sliceOf(event, atNs);
    this.#openSlices.take(event.guest_pid);
    slice.matches = matches;
    const { lifetime_ns, zombie_ns } = event;
    // A slice does not include the time as a zombie.
    const ranUntilNs = atNs - (zombie_ns ?? 0n);
    this.#closeSlice(slice, ranUntilNs, { lifetime_ns, zombie_ns, ...pickExitStatus(event) });
  }

  /** Ends the slices of all live processes. */
  endAll(nowNs: bigint): void {
    for (const slice of this.#openSlices.drain()) this.#closeSlice(slice, nowNs, { end: 'still alive' });
  }

  /** Returns the slice of a process. An unknown process gets one that starts with the event. */
  #sliceOf(event: ProbeEvent, atNs: bigint): OpenSlice {
    return (
      this.#openSlices.get(event.guest_pid) ??
      this.#openSlice({
        pid: event.guest_pid,
        comm: event.guest_comm,
        fromNs: atNs,
        ppid: undefined,
        uid: undefined,
        argv: undefined,
        initial: true,
        matches: false,
      })
    );
  }

  #openSlice(fields: Omit<OpenSlice, 'previousComm' | 'track' | 'lane'>): OpenSlice {
    const { pid, comm, fromNs } = fields;
    const track = this.#tracks.trackFor(comm);
    const lane = track.lanes.allocate(fromNs);
    const slice: OpenSlice = { ...fields, previousComm: undefined, track, lane };
    const evicted = this.#openSlices.set(pid, slice);
    if (evicted) this.#closeSlice(evicted, fromNs, { end: 'no longer tracked' });
    return slice;
  }

  #closeSlice(slice: OpenSlice, untilNs: bigint, extraArgs: Record<string, unknown>): void {
    const { pid, comm, ppid, uid, argv, fromNs, initial, matches, previousComm, track, lane } = slice;
    const lastNs = untilNs > fromNs ? untilNs : fromNs;
    if (!matches) {
      track.lanes.release(lane);
      return;
    }
    track.lanes.release(lane, lastNs);
    this.#list.add({
      ph: 'X',
      name: printable(nameText(comm)),
      cat: 'process',
      pid: track.trackId,
      tid: this.#tracks.threadIdFor(track, lane),
      atNs: fromNs,
      durationNs: lastNs - fromNs,
      args: {
        pid,
        comm,
        ppid,
        uid,
        argv,
        initial: initial || undefined,
        previous_comm: previousComm,
        ...extraArgs,
      },
    });
  }
}
