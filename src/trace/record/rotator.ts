import { createReadStream, createWriteStream, readdirSync, renameSync, rmSync, unlinkSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { errnoName } from '../../util/errno.ts';
import {
  filesToDelete,
  findRotatedFiles,
  nextRotationNumber,
  type RotationRules,
  rotatedPath,
} from './rotation-rules.ts';
import { syncDirectory } from './trace-file.ts';

/** Rotates the file of a trace, deletes the oldest rotated files and compresses the others. */
export class Rotator {
  readonly #path: string;
  readonly #rules: RotationRules;
  readonly #onError: (error: unknown) => void;
  #abort: AbortController | undefined;
  #compression: Promise<void> | undefined;

  /** `onError` receives the errors of deleting and compressing files. */
  constructor(path: string, rules: RotationRules, onError: (error: unknown) => void) {
    this.#path = path;
    this.#rules = rules;
    this.#onError = onError;
  }

  /** Renames the current file to the next rotated path and returns it. @throws the system's error */
  rotate(): string {
    const path = rotatedPath(this.#path, nextRotationNumber(this.#list()));
    renameSync(this.#path, path);
    syncDirectory(this.#path);
    return path;
  }

  /** Deletes the files beyond the number to retain, and compresses the others in the background. */
  pruneAndCompress(): void {
    try {
      this.#prune();
    } catch (error) {
      this.#onError(error);
    }
    if (!this.#rules.gzip || this.#compression) return;
    this.#abort = new AbortController();
    this.#compression = this.#compressAll(this.#abort.signal)
      .then(() => this.#prune())
      .catch(this.#onError)
      .finally(() => {
        this.#compression = undefined;
      });
  }

  /** Stops compression. A file that is not completely compressed remains uncompressed. */
  async close(): Promise<void> {
    this.#abort?.abort();
    await this.#compression;
  }

  #list() {
    return findRotatedFiles(this.#path, readdirSync(dirname(this.#path)));
  }

  #prune(): void {
    const { maxRotatedFiles } = this.#rules;
    if (maxRotatedFiles === undefined) return;
    for (const { name } of filesToDelete(this.#list(), maxRotatedFiles))
      rmSync(join(dirname(this.#path), name), { force: true });
  }

  /** Compresses files one by one, oldest first, including those that a killed recorder left. */
  async #compressAll(signal: AbortSignal): Promise<void> {
    for (let path = this.#nextUncompressed(); path && !signal.aborted; path = this.#nextUncompressed())
      await compressFile(path, signal);
  }

  #nextUncompressed(): string | undefined {
    const file = this.#list().find(({ gzipped }) => !gzipped);
    return file && join(dirname(this.#path), file.name);
  }
}

const compressFile = async (path: string, signal: AbortSignal): Promise<void> => {
  // Hidden, so that `trace.*ndjson*` does not select an incomplete file.
  const temporaryPath = join(dirname(path), `.${basename(path)}.gz.part`);
  rmSync(temporaryPath, { force: true });
  try {
    const out = createWriteStream(temporaryPath, { flags: 'wx', mode: 0o600, flush: true });
    await pipeline(createReadStream(path), createGzip(), out, { signal });
    renameSync(temporaryPath, `${path}.gz`);
    unlinkSync(path);
  } catch (error) {
    rmSync(temporaryPath, { force: true });
    // ENOENT: the file was deleted meanwhile.
    if (!signal.aborted && errnoName(error) !== 'ENOENT') throw error;
  }
};
