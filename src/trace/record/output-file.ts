import { codeOf } from '../../util/errno.ts';
import type { RecorderStatus } from './protocol.ts';
import { isRotationDue, type RotationRules } from './rotation.ts';
import type { Fate, OpenMode } from './trace-file.ts';

/** A file as a recording needs it; TraceFile is one. */
export type RecordFile = {
  readonly size: number;
  readonly openedNs: bigint;
  readonly repaired: number;
  append(bytes: Uint8Array): Appended;
  sync(): void;
  fate(): Fate;
  close(): void;
};

/** Whole lines and bytes that the file took, and what kept it from taking all. */
export type Appended = { lines: number; bytes: number; error?: unknown };

export type FileSlotOptions = {
  append: boolean;
  fsyncNs: bigint | undefined;
  rotation: RotationRules;
  open: (mode: OpenMode, nowNs: bigint) => RecordFile;
  parts: { putAside(): string; tidy(): void };
  /** Last words to a file that is left in good order. */
  farewell: (nowNs: bigint) => void;
};

const second = 1_000_000_000n;
const rotateAgainNs = 5n * second;
/** How often the recording looks at the time, at the least. */
export const tickNs = second / 4n;

export const reasonOf = (error: unknown): string => codeOf(error) ?? (error as Error).message;

/** The file a recording writes to just now: followed when it is moved, put aside when it is due. */
export class FileSlot {
  readonly #options: FileSlotOptions;
  readonly repaired: number;
  #file: RecordFile | undefined;
  #beginning = 0;
  #watchNs: bigint;
  #rotateNs = 0n;
  #dirtyNs: bigint | undefined;
  #troubles: { open?: string; rotate?: string; sync?: string } = {};
  rotated = 0;
  fate: RecorderStatus['fate'];

  /** @throws RecordError */
  constructor(options: FileSlotOptions, nowNs: bigint) {
    this.#options = options;
    this.#file = options.open(options.append ? 'append' : 'new', nowNs);
    this.repaired = this.#file.repaired;
    this.#watchNs = nowNs + second;
  }

  get size(): number {
    return this.#file?.size ?? 0;
  }

  get trouble(): string | undefined {
    const { open, rotate, sync } = this.#troubles;
    return open ?? sync ?? rotate;
  }

  append(bytes: Uint8Array, nowNs: bigint): Appended {
    if (!this.#file) return { lines: 0, bytes: 0, error: new Error(this.#troubles.open) };
    const appended = this.#file.append(bytes);
    if (appended.bytes > 0) this.#dirtyNs ??= nowNs;
    return appended;
  }

  /** All that stands in the file by now is its beginning; only more than that is worth a rotation. */
  markBeginning(): void {
    this.#beginning = this.size;
  }

  /** Renamed, deleted or cut short by someone else? True when there is a file to begin. */
  watch(nowNs: bigint): boolean {
    if (nowNs < this.#watchNs) return false;
    this.#watchNs = nowNs + second;
    const { append, open } = this.#options;
    try {
      const fate = this.#file?.fate();
      delete this.#troubles.open;
      if (fate === 'same') return false;
      if (fate !== 'truncated') {
        const next = open(append ? 'append' : 'empty', nowNs);
        this.#leave(nowNs);
        this.#file = next;
      }
      if (fate) this.fate = fate;
      return true;
    } catch (error) {
      // Until the path can be had again, the file that is open takes what comes.
      this.#troubles.open = reasonOf(error);
      return false;
    }
  }

  /** True when there is a file to begin. */
  rotate(nowNs: bigint): boolean {
    const { rotation, parts, open } = this.#options;
    if (!this.#file || nowNs < this.#rotateNs) return false;
    const { size, openedNs } = this.#file;
    if (!isRotationDue(rotation, { size, openedNs, beginning: this.#beginning }, nowNs)) return false;
    try {
      // What bears the name now might be someone else's.
      if (this.#file.fate() !== 'same') return false;
      parts.putAside();
      this.rotated++;
      this.#leave(nowNs);
      this.#file = open('new', nowNs);
      delete this.#troubles.rotate;
      parts.tidy();
      return true;
    } catch (error) {
      this.#rotateNs = nowNs + rotateAgainNs;
      this.#troubles[this.#file ? 'rotate' : 'open'] = reasonOf(error);
      return false;
    }
  }

  sync(nowNs: bigint): void {
    const { fsyncNs } = this.#options;
    if (fsyncNs === undefined || this.#dirtyNs === undefined || nowNs - this.#dirtyNs + tickNs < fsyncNs)
      return;
    this.#dirtyNs = undefined;
    try {
      this.#file?.sync();
      delete this.#troubles.sync;
    } catch (error) {
      this.#troubles.sync = reasonOf(error);
    }
  }

  close(): void {
    const file = this.#file;
    this.#file = undefined;
    try {
      file?.sync();
    } catch (error) {
      this.#troubles.sync = reasonOf(error);
    } finally {
      file?.close();
    }
  }

  #leave(nowNs: bigint): void {
    if (this.#file) this.#options.farewell(nowNs);
    this.close();
  }
}
