import type { FleetLink, LinkListener } from '../../domain/fleet/fleet-link.ts';
import { TraceError } from '../../trace/format/errors.ts';
import { gunzipIfNeeded, readChunks } from '../../trace/read/input.ts';
import { errnoName } from '../../util/errno.ts';
import type { GuestFiles } from './guest-files.ts';

export type FileLinkOptions = {
  /** Returns the bytes of a file, compressed or not. A chunk is valid until the next one is read. */
  read?: (path: string, signal: AbortSignal) => AsyncIterable<Uint8Array>;
};

/** A pause of a guest: a promise that is resolved at its end. */
type Pause = { ended: Promise<void>; end: () => void };

const createPause = (): Pause => {
  let end = () => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  return { ended, end };
};

const newline = Buffer.from('\n');

/** Reads the recordings of several guests, all at once and as fast as the listener takes them. */
export class FileLink implements FleetLink {
  readonly recorded = true;
  readonly #guests: readonly GuestFiles[];
  readonly #read: NonNullable<FileLinkOptions['read']>;
  readonly #stopping = new AbortController();
  readonly #pauses = new Map<string, Pause>();
  #reading: Promise<unknown> = Promise.resolve();

  constructor(guests: readonly GuestFiles[], { read = readChunks }: FileLinkOptions = {}) {
    this.#guests = guests;
    this.#read = read;
  }

  start(listener: LinkListener): void {
    this.#reading = this.#readAll(listener);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    for (const id of [...this.#pauses.keys()]) this.pause(id, false);
    await this.#reading;
  }

  pause(id: string, paused: boolean): void {
    if (paused === this.#pauses.has(id)) return;
    if (paused) {
      this.#pauses.set(id, createPause());
      return;
    }
    this.#pauses.get(id)?.end();
    this.#pauses.delete(id);
  }

  async #readAll(listener: LinkListener): Promise<void> {
    for (const { id } of this.#guests) listener.onGuest(id);
    for (const { id } of this.#guests) listener.onState(id, 'live');
    await Promise.all(this.#guests.map((guest) => this.#readGuest(guest, listener)));
  }

  async #readGuest({ id, paths }: GuestFiles, listener: LinkListener): Promise<void> {
    const { signal } = this.#stopping;
    for (const path of paths) {
      try {
        await this.#readFile(id, path, listener);
      } catch (error) {
        if (signal.aborted) return;
        const reason = `${path}: ${errnoName(error) ?? (error as Error).message}`;
        if (error instanceof TraceError) listener.onNotice(`${reason}; the rest of the file is not read`);
        else return listener.onState(id, 'failed', reason);
      }
    }
    if (!signal.aborted) listener.onState(id, 'ended', 'O replays it');
  }

  async #readFile(id: string, path: string, listener: LinkListener): Promise<void> {
    const { signal } = this.#stopping;
    let lastByte = newline[0];
    for await (const chunk of gunzipIfNeeded(this.#read(path, signal))) {
      await this.#pauses.get(id)?.ended;
      if (signal.aborted) return;
      listener.onBytes(id, chunk);
      lastByte = chunk.at(-1) ?? lastByte;
    }
    // The next file must not continue a torn line.
    if (lastByte !== newline[0]) listener.onBytes(id, newline);
  }
}
