import type { ExecEvent, ExitedEvent, ProbeEvent, SpawnedEvent } from '../../../domain/event.ts';
import { printable } from '../../../domain/printable.ts';
import { Roster } from '../roster.ts';
import type { EventList } from './event-list.ts';
import { type Track, Tracks } from './tracks.ts';

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
