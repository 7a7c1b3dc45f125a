import { Lanes } from '../../../domain/lanes.ts';
import { printable } from '../../../domain/printable.ts';
import type { EventList } from './event-list.ts';

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
