import { readdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { errnoName } from '../../util/errno.ts';
import { findRotatedFiles } from '../record/rotation-rules.ts';
import { type InputFile, openInput } from './input-file.ts';
import type { TailPosition } from './lines.ts';

/** Returns undefined for a file that is gone. @throws other errors of the file system */
const ifExists = async <T>(promise: Promise<T>): Promise<T | undefined> => {
  try {
    return await promise;
  } catch (error) {
    if (errnoName(error) === 'ENOENT') return undefined;
    throw error;
  }
};

/** Maximum size of the first line that is read to find out which records a file has. */
const probeBytes = 1 << 16;

/** Returns whether both are one file, or one is the compressed copy of the other. */
const isSameFile = (one: InputFile, other: InputFile): boolean =>
  (one.inode !== undefined && one.inode === other.inode) ||
  (one.first !== undefined &&
    one.first.recorder === other.first?.recorder &&
    one.first.seq === other.first.seq);

const isBefore = (first: TailPosition | undefined, next: TailPosition | undefined): boolean =>
  first !== undefined && first.recorder === next?.recorder && first.seq < next.seq;

/** A path of the trace. The number of the current file is Infinity. */
type NumberedPath = { path: string; number: number };

/** Returns the number of the newest rotated file; 0 without one. */
const newestNumber = (paths: readonly NumberedPath[]): number => paths.at(-2)?.number ?? 0;

/** The files of a recorder's path: the rotated ones, oldest first, and the current one. */
export class FileChain {
  readonly #path: string;
  /** Number of the newest rotated file that is not newer than the file found last. */
  #foundNumber = 0;

  constructor(path: string) {
    this.#path = path;
  }

  /** Returns the oldest file that has a record. */
  oldest(): Promise<InputFile | undefined> {
    return this.#find(async (paths) => {
      for (const { path } of paths) {
        const found = await this.#open(path);
        if (found) return found;
      }
      return undefined;
    });
  }

  /** Returns the newest file that begins with a record of the same recorder, at most one after `position`. */
  containing({ recorder, seq }: TailPosition): Promise<InputFile | undefined> {
    return this.#find(async (paths) => {
      for (const { path } of paths.toReversed()) {
        const found = await this.#open(path);
        if (found?.first?.recorder === recorder && found.first.seq <= seq + 1) return found;
        await found?.close();
      }
      return undefined;
    });
  }

  /** Returns whether a file is at the recorder's path, so that it may still grow. */
  async isCurrent({ inode }: InputFile): Promise<boolean> {
    const stats = await ifExists(stat(this.#path, { bigint: true }));
    return inode !== undefined && stats?.ino === inode;
  }

  /**
   * Returns the oldest file with records after `current`, which is the file found last. `next` is its next record.
   * Undefined if there is none yet: a recorder completes a file before it writes to the following one.
   */
  after(current: InputFile, next: TailPosition | undefined): Promise<InputFile | undefined> {
    return this.#find(async (paths) => {
      let oldest: InputFile | undefined;
      // The numbers begin again once all rotated files are deleted.
      const isNumbered = newestNumber(paths) >= this.#foundNumber;
      for (const { path, number } of paths.toReversed()) {
        if (isNumbered && number <= this.#foundNumber) break;
        const found = await this.#open(path);
        if (!found) continue;
        if (isSameFile(found, current) || isBefore(found.first, next)) {
          await found.close();
          break;
        }
        await oldest?.close();
        oldest = found;
      }
      return oldest;
    });
  }

  /** Searches the existing files, oldest first. Repeats the search if files were renamed meanwhile. */
  async #find(
    search: (paths: readonly NumberedPath[]) => Promise<InputFile | undefined>,
  ): Promise<InputFile | undefined> {
    for (;;) {
      const paths = await this.#paths();
      const found = await search(paths);
      if (JSON.stringify(await this.#paths()) === JSON.stringify(paths)) {
        const number = paths.find(({ path }) => path === found?.path)?.number;
        if (number !== undefined) this.#foundNumber = Math.min(number, newestNumber(paths));
        return found;
      }
      await found?.close();
    }
  }

  /** Returns the paths of the files, oldest first. Of a file that is being compressed, the plain one. */
  async #paths(): Promise<NumberedPath[]> {
    const directory = dirname(this.#path);
    const names = (await ifExists(readdir(directory))) ?? [];
    const byNumber = new Map<number, string>();
    for (const { number, name, gzipped } of findRotatedFiles(this.#path, names))
      if (!gzipped || !byNumber.has(number)) byNumber.set(number, join(directory, name));
    const rotated = [...byNumber].map(([number, path]) => ({ path, number }));
    return [...rotated, { path: this.#path, number: Number.POSITIVE_INFINITY }];
  }

  /** Opens a file that has a complete line. */
  async #open(path: string): Promise<InputFile | undefined> {
    const file = await ifExists(openInput(path));
    if (file && (await ifExists(file.read(probeBytes)))) {
      await file.restart();
      return file;
    }
    await file?.close();
    return undefined;
  }
}
