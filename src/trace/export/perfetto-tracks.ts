import { nameText } from '../../domain/commands/command-text.ts';
import { LaneAllocator } from '../../domain/views/lane-allocator.ts';
import { printable } from '../../util/printable.ts';
import type { EventList } from './perfetto-events.ts';

/** The slices of a comm. The viewer shows a track as a process and its lanes as threads. */
export type Track = {
  /** The process ID in the viewer. */
  readonly trackId: number;
  /** The comm, after the host if there are several hosts. */
  readonly name: string;
  readonly lanes: LaneAllocator;
  /** Thread IDs in the viewer by lane; undefined for lanes without a slice. */
  readonly threads: (number | undefined)[];
};

/** The track of counters and instants, which belong to no comm. */
export const churnTrackId = 1;

const maxTracks = 4096;

export const nameTrack = (list: EventList, trackId: number, name: string): void =>
  list.add({ ph: 'M', name: 'process_name', pid: trackId, args: { name } });

/** A bounded number of tracks. Tracks and lanes are named when they get their first slice. */
export class Tracks {
  readonly #list: EventList;
  readonly #tracks = new Map<string, Track>();
  /** Host of the next tracks; undefined if there is only one host. */
  host: string | undefined;
  #nextTrack = churnTrackId + 1;
  /** Starts beyond all track IDs, because the viewer shows a thread with the ID of its process as the main thread. */
  #nextThread = 1 << 20;

  constructor(list: EventList) {
    this.#list = list;
  }

  /** Returns the track of a comm. */
  trackFor(comm: string): Track {
    const name = this.host === undefined ? nameText(comm) : `${this.host} ${nameText(comm)}`;
    const existing = this.#tracks.get(name);
    if (existing) return existing;
    if (this.#tracks.size >= maxTracks) this.#dropIdle();
    const track: Track = { trackId: this.#nextTrack++, name, lanes: new LaneAllocator(), threads: [] };
    this.#tracks.set(name, track);
    return track;
  }

  /** Returns the thread ID of a lane. */
  threadIdFor({ trackId, name: trackName, threads }: Track, lane: number): number {
    const existing = threads[lane];
    if (existing !== undefined) return existing;
    const name = printable(trackName);
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

  /** Drops idle tracks. If such a comm spawns again, it gets a second track with the same name. */
  #dropIdle(): void {
    let drop = maxTracks / 8;
    for (const [name, { lanes }] of this.#tracks) {
      if (lanes.busy > 0) continue;
      this.#tracks.delete(name);
      if (--drop === 0) return;
    }
  }
}
