import { errnoName } from '../../util/errno.ts';
import type { RecorderStatus } from './protocol.ts';
import { isRotationDue, type RotationRules } from './rotation.ts';
import type { OpenMode, PathChange } from './trace-file.ts';

/** A file as a recording needs it; TraceFile is one. */
export type RecordingFile = {
  readonly size: number;
  readonly openedNs: bigint;
  readonly repairedBytes: number;
  append(bytes: Uint8Array): AppendResult;
  sync(): void;
  pathChange(): PathChange;
  close(): void;
};

/** Whole lines and bytes that the file took, and what kept it from taking all. */
export type AppendResult = { lines: number; bytes: number; error?: unknown };

export type OutputFileOptions = {
  append: boolean;
  fsyncNs: bigint | undefined;
  rotation: RotationRules;
  open: (mode: OpenMode, nowNs: bigint) => RecordingFile;
  rotatedParts: { rotate(): string; pruneAndCompress(): void };
  /** Last words to a file that is left in good order. */
  writeEnd: (nowNs: bigint) => void;
};

const secondNs = 1_000_000_000n;
const rotateRetryNs = 5n * secondNs;
/** How often the recording looks at the time, at the least. */
export const tickIntervalNs = secondNs / 4n;

export const errorReason = (error: unknown): string => errnoName(error) ?? (error as Error).message;

/** The file a recording writes to just now: followed when it is moved, put aside when it is due. */
export class OutputFile {
  readonly #options: OutputFileOptions;
  readonly repairedBytes: number;
  #file: RecordingFile | undefined;
  #initialSize = 0;
  #nextCheckNs: bigint;
  #nextRotateNs = 0n;
  #unsyncedSinceNs: bigint | undefined;
  #errors: { open?: string; rotate?: string; sync?: string } = {};
  rotatedFiles = 0;
  pathChange: RecorderStatus['pathChange'];

  /** @throws RecordError */
  constructor(options: OutputFileOptions, nowNs: bigint) {
    this.#options = options;
    this.#file = options.open(options.append ? 'append' : 'new', nowNs);
    this.repairedBytes = this.#file.repairedBytes;
    this.#nextCheckNs = nowNs + secondNs;
  }

  get size(): number {
    return this.#file?.size ?? 0;
  }

  get error(): string | undefined {
    const { open, rotate, sync } = this.#errors;
    return open ?? sync ?? rotate;
  }

  append(bytes: Uint8Array, nowNs: bigint): AppendResult {
    if (!this.#file) return { lines: 0, bytes: 0, error: new Error(this.#errors.open) };
    const appended = this.#file.append(bytes);
    if (appended.bytes > 0) this.#unsyncedSinceNs ??= nowNs;
    return appended;
  }

  /** All that stands in the file by now is its beginning; only more than that is worth a rotation. */
  markInitialSize(): void {
    this.#initialSize = this.size;
  }

  /** Renamed, deleted or cut short by someone else? True when there is a file to begin. */
  checkPath(nowNs: bigint): boolean {
    if (nowNs < this.#nextCheckNs) return false;
    this.#nextCheckNs = nowNs + secondNs;
    const { append, open } = this.#options;
    try {
      const fate = this.#file?.pathChange();
      delete this.#errors.open;
      if (fate === 'same') return false;
      if (fate !== 'truncated') {
        const next = open(append ? 'append' : 'empty', nowNs);
        this.#finishFile(nowNs);
        this.#file = next;
      }
      if (fate) this.pathChange = fate;
      return true;
    } catch (error) {
      // Until the path can be had again, the file that is open takes what comes.
      this.#errors.open = errorReason(error);
      return false;
    }
  }

  /** True when there is a file to begin. */
  rotateIfDue(nowNs: bigint): boolean {
    const { rotation, rotatedParts, open } = this.#options;
    if (!this.#file || nowNs < this.#nextRotateNs) return false;
    const { size, openedNs } = this.#file;
    if (!isRotationDue(rotation, { size, openedNs, initialSize: this.#initialSize }, nowNs)) return false;
    try {
      // What bears the name now might be someone else's.
      if (this.#file.pathChange() !== 'same') return false;
      rotatedParts.rotate();
      this.rotatedFiles++;
      this.#finishFile(nowNs);
      this.#file = open('new', nowNs);
      delete this.#errors.rotate;
      rotatedParts.pruneAndCompress();
      return true;
    } catch (error) {
      this.#nextRotateNs = nowNs + rotateRetryNs;
      this.#errors[this.#file ? 'rotate' : 'open'] = errorReason(error);
      return false;
    }
  }

  syncIfDue(nowNs: bigint): void {
    const { fsyncNs } = this.#options;
    if (
      fsyncNs === undefined ||
      this.#unsyncedSinceNs === undefined ||
      nowNs - this.#unsyncedSinceNs + tickIntervalNs < fsyncNs
    )
      return;
    this.#unsyncedSinceNs = undefined;
    try {
      this.#file?.sync();
      delete this.#errors.sync;
    } catch (error) {
      this.#errors.sync = errorReason(error);
    }
  }

  close(): void {
    const file = this.#file;
    this.#file = undefined;
    try {
      file?.sync();
    } catch (error) {
      this.#errors.sync = errorReason(error);
    } finally {
      file?.close();
    }
  }

  #finishFile(nowNs: bigint): void {
    if (this.#file) this.#options.writeEnd(nowNs);
    this.close();
  }
}
