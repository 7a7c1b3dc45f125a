import { copyHeaderLine, isHeaderAt } from '../../../trace/format/header-line.ts';
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
  id: string;
  /** When its first known message was stored, ns. */
  sinceNs: bigint;
  /** `seq` of the next record; undefined before the first events. */
  next: number | undefined;
  /** Whether the receiver knows the live processes. */
  isSynced: boolean;
  /** The newest list of live processes, until events up to it have arrived. */
  alive: { lines: Uint8Array; asOf: number } | undefined;
};

const createTrack = (id: string, sinceNs: bigint): Track => ({
  id,
  sinceNs,
  next: undefined,
  isSynced: false,
  alive: undefined,
});

/** Time for which messages of the previous recorder of a guest are expected after those of the next one, ns. */
const overlapNs = 10_000_000_000n;
/** Number of previous recorders that are remembered, and of headers. */
const maxRemembered = 20_000;
/** Recorders of guests beyond these are ignored, because a guest could make up any number of names. */
export const maxTracks = 20_000;
const newline = 0x0a;
const endStart = Buffer.from('{"probe_source":"trace.end"');

/** Returns whether the last line is the end of a recording. */
const hasEnd = (lines: Uint8Array): boolean => {
  const start = lines.lastIndexOf(newline, -2) + 1;
  return endStart.equals(lines.subarray(start, start + endStart.length));
};

/** Returns `as_of` of the list of live processes, which is the second line. */
const asOfIn = (lines: Uint8Array): number | undefined => {
  const start = lines.indexOf(newline) + 1;
  const line = Buffer.from(lines.subarray(start, lines.indexOf(newline, start))).toString();
  const asOf = /^\{"probe_source":"trace.alive".*"as_of":(\d+)/.exec(line)?.[1];
  return asOf === undefined ? undefined : Number(asOf);
};

/**
 * Assigns messages to guests, and puts those of the two streams in order. A guest is known by its host name. If two
 * recorders of one name are active at the same time, the second one gets its ID as well: `web1:4f1d2a3b`.
 */
export class GuestTracks {
  readonly #listener: TrackListener;
  /** The recorders of guests. */
  readonly #tracks = new Map<string, Track>();
  /** When the first known message of recorders was stored, ns, whose guest has a newer one. */
  readonly #previous = new BoundedMap<bigint, string>(maxRemembered);
  /** The recorder that has the name of each guest. */
  readonly #owners = new Map<string, string>();
  /** The header of each recorder, for events that begin without one. */
  readonly #headers = new BoundedMap<Uint8Array, string>(maxRemembered);
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
      const header = this.#headers.has(key) ? undefined : copyHeaderLine(data);
      if (header) this.#headers.set(key, header);
      if (this.#isHistory) return undefined;
    }
    const track = this.#trackOf(message);
    if (!track) return undefined;
    if (message.kind === 'events') this.#receiveEvents(track, message);
    else if (message.kind === 'pulse') this.#listener.onBytes(track.id, message.data);
    else this.#receiveAlive(track, message);
    return track.id;
  }

  /** Takes the next list of live processes of each recorder, because the server may have lost events before it. */
  restart(): void {
    for (const track of this.#tracks.values()) track.isSynced = false;
  }

  /** Returns the track of a message; undefined for one of a previous recorder, or beyond `maxTracks`. */
  #trackOf({ guest, recorder, timeNs }: GuestMessage): Track | undefined {
    const key = `${guest}.${recorder}`;
    const active = this.#tracks.get(key);
    if (active) return active;
    const ownerKey = `${guest}.${this.#owners.get(guest)}`;
    const owner = this.#tracks.get(ownerKey);
    const previousNs = this.#previous.get(key);
    const isFull = this.#tracks.size >= maxTracks;
    let track = createTrack(guest, timeNs);
    if (previousNs !== undefined && owner) {
      if (isFull || timeNs < owner.sinceNs + overlapNs) return undefined;
      this.#previous.take(key);
      track = createTrack(`${guest}:${recorder}`, previousNs);
    } else if (owner && timeNs < owner.sinceNs) {
      this.#previous.set(key, timeNs);
      return undefined;
    } else {
      if (isFull && !owner) return undefined;
      this.#owners.set(guest, recorder);
      this.#tracks.delete(ownerKey);
      if (owner) this.#previous.set(ownerKey, owner.sinceNs);
    }
    this.#tracks.set(key, track);
    if (track.id !== guest || !owner) this.#listener.onGuest(track.id);
    return track;
  }

  #receiveEvents(track: Track, { guest, recorder, data, from, to, timeNs }: GuestMessage): void {
    const { id } = track;
    if (track.next !== undefined && to < track.next) return;
    if (track.next === undefined) {
      track.isSynced = from === 0;
      const header = this.#headers.get(`${guest}.${recorder}`);
      if (header && !isHeaderAt(data)) this.#listener.onBytes(id, header);
    } else if (from > track.next) track.isSynced = false;
    this.#listener.onBytes(id, data);
    track.next = to + 1;
    this.#deliverAlive(track);
    if (hasEnd(data)) this.#listener.onEnd(id, timeNs);
  }

  #receiveAlive(track: Track, { data, timeNs }: GuestMessage): void {
    const asOf = asOfIn(data);
    if (asOf === undefined) return;
    track.alive = { lines: data, asOf };
    this.#deliverAlive(track);
    if (hasEnd(data)) this.#listener.onEnd(track.id, timeNs);
  }

  /** Delivers the live processes where they belong among the events, unless they are known. */
  #deliverAlive(track: Track): void {
    const { alive, next } = track;
    if (!alive || (next !== undefined && next <= alive.asOf)) return;
    track.alive = undefined;
    if (track.isSynced || (next !== undefined && next !== alive.asOf + 1)) return;
    track.isSynced = true;
    track.next = alive.asOf + 1;
    this.#listener.onBytes(track.id, alive.lines);
  }
}
