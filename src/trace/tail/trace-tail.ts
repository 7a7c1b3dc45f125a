import { FileChain } from './file-chain.ts';
import type { InputFile } from './input-file.ts';
import { type LineOwner, readLine, type TailPosition, type TraceLine } from './lines.ts';

/** Consecutive lines of one recorder. */
export type TailLines = LineOwner & {
  firstSeq: number;
  lastSeq: number;
  /** Whole lines as they are in the file, each with its newline. Valid until the next call of `read`. */
  bytes: Uint8Array;
  /** Whether they are at or before the position of `seek`: of use only to know the state at the position. */
  isContext: boolean;
  /** Number of records directly before these lines that were deleted before they were read. */
  missing: number;
};

/**
 * Reads the trace of a recorder in order while it is written, across rotated files and recorders: the file is a queue. It
 * returns each record once, also if the file is truncated or its lines are rewritten. Calls must not overlap.
 */
export class TraceTail {
  readonly #chain: FileChain;
  #current: InputFile | undefined;
  /** The file to read next, once the current one is complete. */
  #following: InputFile | undefined;
  /** Lines that were read from the file and are not returned yet. */
  #lines: Buffer = Buffer.alloc(0);
  #at = 0;
  #owner: LineOwner | undefined;
  /** `seq` of the next record of the recorder. */
  #next = 0;
  #position: TailPosition | undefined;
  /** Whether records are skipped up to the recorder of the position. */
  #seeking = false;

  constructor(path: string) {
    this.#chain = new FileChain(path);
  }

  /**
   * Continues after a record, also if it was read already. The files are then read from a header at or before it. Records
   * of other recorders that precede the recorder are skipped. `seq` may be Infinity: after all records of the recorder.
   */
  async seek(position: TailPosition): Promise<void> {
    const current = this.#owner?.recorder === position.recorder ? this.#current : undefined;
    if (current) this.#current = undefined;
    await this.close();
    this.#position = position;
    this.#current = await this.#chain.containing(position);
    if (this.#current) await current?.close();
    // The recorder begins within the file.
    else await current?.restart();
    this.#current ??= current ?? (await this.#chain.oldest());
    this.#seeking = this.#current !== undefined;
  }

  /** Continues with the first record of the newest file. */
  async seekNewest(): Promise<void> {
    await this.close();
    this.#current = await this.#chain.newest();
  }

  /**
   * Returns the next lines, at most `maxBytes`, or undefined if there are none now. Skips longer lines and lines without
   * `seq`. @throws the file system's error
   */
  async read(maxBytes: number): Promise<TailLines | undefined> {
    for (;;) {
      const lines = this.#takeLines();
      if (lines) return lines;
      this.#current ??= await this.#chain.oldest();
      if (!this.#current) return undefined;
      this.#at = 0;
      this.#lines = (await this.#current.read(maxBytes)) ?? Buffer.alloc(0);
      if (this.#lines.length === 0 && !(await this.#advance())) return undefined;
    }
  }

  /** Closes the files. A later `read` starts with the oldest file. */
  async close(): Promise<void> {
    const files = [this.#current, this.#following];
    this.#current = undefined;
    this.#following = undefined;
    this.#lines = Buffer.alloc(0);
    this.#at = 0;
    this.#owner = undefined;
    this.#position = undefined;
    this.#seeking = false;
    for (const each of files) await each?.close();
  }

  /** Continues with the next file if the current one is complete. Returns whether there may be more lines. */
  async #advance(): Promise<boolean> {
    const current = this.#current as InputFile;
    if (this.#following) {
      await current.close();
      this.#current = this.#following;
      this.#following = undefined;
      return true;
    }
    const isCurrent = await this.#chain.isCurrent(current);
    if (!isCurrent) {
      const next = this.#owner && { recorder: this.#owner.recorder, seq: this.#next };
      this.#following = await this.#chain.after(current, next);
      // Lines may have been written to the file since it was read, but none after those of the following file.
      if (this.#following) return true;
    }
    if (!this.#seeking) return false;
    // The files of the recorder are deleted.
    await this.close();
    return true;
  }

  /** Returns lines of one recorder, from those that were read. */
  #takeLines(): TailLines | undefined {
    let taken: TailLines | undefined;
    let start = this.#at;
    while (this.#at < this.#lines.length) {
      const line = readLine(this.#lines, this.#at) as TraceLine;
      const accepted = this.#accept(line);
      const continues =
        accepted && !line.owner && accepted.missing === 0 && accepted.isContext === taken?.isContext;
      if (taken && !continues) break;
      this.#at = line.end;
      if (!accepted) continue;
      if (!taken) start = line.start;
      this.#owner = accepted.owner;
      this.#next = accepted.seq + 1;
      taken = {
        ...accepted.owner,
        firstSeq: taken?.firstSeq ?? accepted.seq,
        lastSeq: accepted.seq,
        bytes: this.#lines.subarray(start, line.end),
        isContext: accepted.isContext,
        missing: taken?.missing ?? accepted.missing,
      };
    }
    return taken;
  }

  /** Returns undefined for a line to skip: one that was returned already, is damaged, or is of another recorder. */
  #accept({ seq, owner = this.#owner }: TraceLine) {
    if (!owner || seq === undefined) return undefined;
    const isSame = owner.recorder === this.#owner?.recorder;
    if (isSame && seq < this.#next) return undefined;
    const position = owner.recorder === this.#position?.recorder ? this.#position : undefined;
    if (this.#seeking && !position) return undefined;
    this.#seeking = false;
    const expected = Math.max(isSame ? this.#next : 0, position ? position.seq + 1 : 0);
    return {
      owner,
      seq,
      isContext: position !== undefined && seq <= position.seq,
      missing: Math.max(0, seq - expected),
    };
  }
}
