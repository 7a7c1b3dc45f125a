import { BoundedMap } from '../../../util/bounded-map.ts';
import type { ParsedSubject } from '../server/subjects.ts';

/** A received message without its encoding. */
export type GuestMessage = ParsedSubject & {
  data: Uint8Array;
  /** `seq` of the first and of the last record of events. */
  from: number;
  to: number;
  /** When the server stored it, ns since the epoch. */
  timeNs: bigint;
};

export type TrackListener = {
  onGuest: (id: string) => void;
  onBytes: (id: string, bytes: Uint8Array) => void;
  /** The recorder has ended in order. */
  onEnd: (id: string, timeNs: bigint) => void;
};

/** One recorder of a guest. */
type Track = {
  id: string | undefined;
  /** When its first known message was stored, ns. */
  sinceNs: bigint;
  /** `seq` of the next record; undefined before the first events. */
  next: number | undefined;
  /** Whether the receiver knows the live processes. */
  isSynced: boolean;
  /** The newest list of live processes, until events up to it have arrived. */
  alive: { lines: Uint8Array; asOf: number } | undefined;
};

/** Time for which messages of the previous recorder of a guest are expected after those of the next one, ns. */
const overlapNs = 10_000_000_000n;
const maxHeaders = 20_000;
/** Recorders beyond these are ignored, because a guest could make up any number of names. */
export const maxTracks = 100_000;
const newline = 0x0a;
const endLine = Buffer.from('\n{"probe_source":"trace.end"');

/** Returns `as_of` of the list of live processes, which is the second line. */
const asOfIn = (lines: Uint8Array): number | undefined => {
  const start = lines.indexOf(newline) + 1;
  const line = Buffer.from(lines.subarray(start, lines.indexOf(newline, start))).toString();
  const asOf = /^\{"probe_source":"trace.alive".*"as_of":(\d+)/.exec(line)?.[1];
  return asOf === undefined ? undefined : Number(asOf);
};

const isHeader = (lines: Uint8Array): boolean =>
  Buffer.from(lines.subarray(0, 30)).toString().startsWith('{"probe_source":"trace.header"');

/**
 * Assigns messages to guests, and puts those of the two streams in order. A guest is known by its host name. If two
 * recorders of one name are active at the same time, the second one gets its ID as well: `web1:4f1d2a3b`.
 */
export class GuestTracks {
  readonly #listener: TrackListener;
  readonly #tracks = new Map<string, Track>();
  /** The recorder that has the name of each guest. */
  readonly #owners = new Map<string, string>();
  /** The header of each recorder, for events that begin without one. */
  readonly #headers = new BoundedMap<Uint8Array, string>(maxHeaders);
  #isHistory: boolean;

  /** `isHistory`: whether events come first that are older than the counters and live processes. */
  constructor(listener: TrackListener, isHistory: boolean) {
    this.#listener = listener;
    this.#isHistory = isHistory;
  }

  /** Ends the history: counters and live processes are as new as the events from now on. */
  endHistory(): void {
    this.#isHistory = false;
  }

  /** Receives a message. Returns the ID of its guest; undefined for one of a previous recorder. */
  receive(message: GuestMessage): string | undefined {
    const { kind, guest, recorder, data } = message;
    if (kind !== 'events') {
      const key = `${guest}.${recorder}`;
      // Its clock may be old. Events bring a clock pair every 10 s.
      if (!this.#headers.get(key)) this.#headers.set(key, data.slice(0, data.indexOf(newline) + 1));
      if (this.#isHistory) return undefined;
    }
    const track = this.#trackOf(message);
    if (track.id === undefined) return undefined;
    if (message.kind === 'events') this.#receiveEvents(track, message);
    else if (message.kind === 'pulse') this.#listener.onBytes(track.id, message.data);
    else this.#receiveAlive(track, message);
    return track.id;
  }

  /** Forgets how far each recorder has come, so that records which were lost by the server are taken again. */
  restart(): void {
    for (const track of this.#tracks.values()) track.isSynced = false;
  }

  #trackOf({ guest, recorder, timeNs }: GuestMessage): Track {
    const key = `${guest}.${recorder}`;
    let track = this.#tracks.get(key);
    const owner = this.#owners.get(guest);
    if (!track) {
      track = {
        id: undefined,
        sinceNs: timeNs,
        next: undefined,
        isSynced: false,
        alive: undefined,
      };
      if (this.#tracks.size >= maxTracks) return track;
      this.#tracks.set(key, track);
      const previous = owner === undefined ? undefined : this.#tracks.get(`${guest}.${owner}`);
      if (previous && timeNs < previous.sinceNs) return track;
      if (previous) previous.id = undefined;
      this.#owners.set(guest, recorder);
      track.id = guest;
      if (!previous) this.#listener.onGuest(guest);
    } else if (track.id === undefined && owner !== undefined) {
      const { sinceNs } = this.#tracks.get(`${guest}.${owner}`) as Track;
      if (timeNs < sinceNs + overlapNs) return track;
      track.id = `${guest}:${recorder}`;
      track.next = undefined;
      track.isSynced = false;
      this.#listener.onGuest(track.id);
    }
    return track;
  }

  #receiveEvents(track: Track, { guest, recorder, data, from, to }: GuestMessage): void {
    const id = track.id as string;
    if (track.next !== undefined && to < track.next) return;
    if (track.next === undefined) {
      track.isSynced = from === 0;
      const header = this.#headers.get(`${guest}.${recorder}`);
      if (header && !isHeader(data)) this.#listener.onBytes(id, header);
    } else if (from > track.next) track.isSynced = false;
    this.#listener.onBytes(id, data);
    track.next = to + 1;
    this.#deliverAlive(track);
  }

  #receiveAlive(track: Track, { data, timeNs }: GuestMessage): void {
    const asOf = asOfIn(data);
    if (asOf === undefined) return;
    track.alive = { lines: data, asOf };
    this.#deliverAlive(track);
    if (Buffer.from(data.buffer, data.byteOffset, data.length).includes(endLine))
      this.#listener.onEnd(track.id as string, timeNs);
  }

  /** Delivers the live processes where they belong among the events, unless they are known. */
  #deliverAlive(track: Track): void {
    const { alive, next } = track;
    if (!alive || (next !== undefined && next <= alive.asOf)) return;
    track.alive = undefined;
    if (track.isSynced || (next !== undefined && next !== alive.asOf + 1)) return;
    track.isSynced = true;
    track.next = alive.asOf + 1;
    this.#listener.onBytes(track.id as string, alive.lines);
  }
}
