import { errnoName } from '../../util/errno.ts';
import type { RecorderStatus } from './protocol.ts';
import { isRotationDue, type RotationRules } from './rotation-rules.ts';
import type { OpenMode, PathChange } from './trace-file.ts';

/** The file operations of a recording. `TraceFile` implements them. */
export type RecordingFile = {
  readonly size: number;
  readonly openedNs: bigint;
  readonly repairedBytes: number;
  append(bytes: Uint8Array): AppendResult;
  sync(): void;
  pathChange(): PathChange;
  close(): void;
};

/** The complete lines and bytes that were appended, and the error that prevented the rest. */
export type AppendResult = { lines: number; bytes: number; error?: unknown };

export type OutputFileOptions = {
  append: boolean;
  fsyncNs: bigint | undefined;
  rotation: RotationRules;
  open: (mode: OpenMode, nowNs: bigint) => RecordingFile;
  rotator: { rotate(): string; pruneAndCompress(): void };
  /** Appends `trace.end`. Called before a file is closed for a new one. */
  writeEnd: (nowNs: bigint) => void;
};

const secondNs = 1_000_000_000n;
const rotateRetryNs = 5n * secondNs;
/** Interval of the recording's timer. */
export const tickIntervalNs = secondNs / 4n;

/** Returns the errno name of an error, or its message without one. */
export const errorReason = (error: unknown): string => errnoName(error) ?? (error as Error).message;

/** The current file of a recording. Opens a new one when the file is rotated, or was moved, deleted or truncated. */
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

  /** Marks the current contents as the start of the file. A file without further records is never rotated. */
  markInitialSize(): void {
    this.#initialSize = this.size;
  }

  /**
   * Checks once a second whether the file was moved, deleted or truncated. Returns whether a new file was opened and must
   * be started.
   */
  checkPath(nowNs: bigint): boolean {
    if (nowNs < this.#nextCheckNs) return false;
    this.#nextCheckNs = nowNs + secondNs;
    const { append, open } = this.#options;
    try {
      const change = this.#file?.pathChange();
      delete this.#errors.open;
      if (change === 'none') return false;
      if (change !== 'truncated') {
        const next = open(append ? 'append' : 'empty', nowNs);
        this.#finishFile(nowNs);
        this.#file = next;
      }
      if (change) this.pathChange = change;
      return true;
    } catch (error) {
      // Records go to the open file until the path can be opened again.
      this.#errors.open = errorReason(error);
      return false;
    }
  }

  /** Rotates the file if it is due. Returns whether a new file was opened and must be started. */
  rotateIfDue(nowNs: bigint): boolean {
    const { rotation, rotator, open } = this.#options;
    if (!this.#file || nowNs < this.#nextRotateNs) return false;
    const { size, openedNs } = this.#file;
    if (!isRotationDue(rotation, { size, openedNs, initialSize: this.#initialSize }, nowNs)) return false;
    try {
      // Another file may be at the path now.
      if (this.#file.pathChange() !== 'none') return false;
      rotator.rotate();
      this.rotatedFiles++;
      this.#finishFile(nowNs);
      this.#file = open('new', nowNs);
      delete this.#errors.rotate;
      rotator.pruneAndCompress();
      return true;
    } catch (error) {
      this.#nextRotateNs = nowNs + rotateRetryNs;
      this.#errors[this.#file ? 'rotate' : 'open'] = errorReason(error);
      return false;
    }
  }

  /** Flushes appended records to disk before they are `fsyncNs` old. */
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
