import { readdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { BoundedMap } from '../../util/bounded-map.ts';
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

/** A path of the trace. The number of the current file is Infinity. */
type NumberedPath = { path: string; number: number };

/** A file with a record. It is opened only if its first record is not known yet. */
type Candidate = { path: NumberedPath; first: TailPosition | undefined; file?: InputFile };

/** Number of rotated files whose first record is remembered. */
const maxKnownFiles = 1 << 14;

/** Returns whether both are one file, or one is the compressed copy of the other. */
const isSameFile = ({ first, file }: Candidate, current: InputFile): boolean =>
  (file?.inode !== undefined && file.inode === current.inode) ||
  (first !== undefined && first.recorder === current.first?.recorder && first.seq === current.first.seq);

const isBefore = (first: TailPosition | undefined, next: TailPosition | undefined): boolean =>
  first !== undefined && first.recorder === next?.recorder && first.seq < next.seq;

/** Returns the number of the newest rotated file; 0 without one. */
const newestNumber = (paths: readonly NumberedPath[]): number => paths.at(-2)?.number ?? 0;

/** The files of a recorder's path: the rotated ones, oldest first, and the current one. */
export class FileChain {
  readonly #path: string;
  /** Number of the newest rotated file that is not newer than a found file. */
  readonly #numbers = new WeakMap<InputFile, number>();
  /** First records of rotated files, which do not change, by inode and time. */
  readonly #known = new BoundedMap<{ first: TailPosition | undefined }, string>(maxKnownFiles);

  constructor(path: string) {
    this.#path = path;
  }

  /** Returns the oldest file that has a record. */
  oldest(): Promise<InputFile | undefined> {
    return this.#find((paths) => this.#first(paths));
  }

  /** Returns the newest file that has a record. */
  newest(): Promise<InputFile | undefined> {
    return this.#find((paths) => this.#first(paths.toReversed()));
  }

  /**
   * Returns the file that contains a record, or the following one if that is deleted. Undefined if no file begins with a
   * record of the recorder.
   */
  containing({ recorder, seq }: TailPosition): Promise<InputFile | undefined> {
    return this.#find(async (paths, use) => {
      let later: Candidate | undefined;
      for (const path of paths.toReversed()) {
        const candidate = await this.#probe(path);
        if (!candidate) continue;
        use(candidate);
        const { first } = candidate;
        if (first?.recorder === recorder && first.seq > seq + 1) later = candidate;
        else if (first?.recorder === recorder) return candidate;
        // Another recorder has begun the file, in which the records before the later file may be.
        else if (later) return candidate;
      }
      return later;
    });
  }

  /** Returns whether a file is at the recorder's path, so that it may still grow. */
  async isCurrent({ inode }: InputFile): Promise<boolean> {
    const stats = await ifExists(stat(this.#path, { bigint: true }));
    return inode !== undefined && stats?.ino === inode;
  }

  /**
   * Returns the oldest file with records after `current`, which was found here. `next` is its next record.
   * Undefined if there is none yet: a recorder completes a file before it writes to the following one.
   */
  after(current: InputFile, next: TailPosition | undefined): Promise<InputFile | undefined> {
    return this.#find(async (paths, use) => {
      let oldest: Candidate | undefined;
      // The numbers begin again once all rotated files are deleted.
      const ownNumber = this.#numbers.get(current) ?? 0;
      const isNumbered = newestNumber(paths) >= ownNumber;
      for (const path of paths.toReversed()) {
        if (isNumbered && path.number <= ownNumber) break;
        const candidate = await this.#probe(path);
        if (!candidate) continue;
        use(candidate);
        if (isSameFile(candidate, current) || isBefore(candidate.first, next)) break;
        oldest = candidate;
      }
      return oldest;
    });
  }

  /**
   * Searches the existing files, oldest first, and opens the result. Repeats the search if files were renamed meanwhile.
   * The files of candidates that were passed to `use` are closed.
   */
  async #find(
    search: (
      paths: readonly NumberedPath[],
      use: (candidate: Candidate) => void,
    ) => Promise<Candidate | undefined>,
  ): Promise<InputFile | undefined> {
    for (;;) {
      const paths = await this.#paths();
      const used: Candidate[] = [];
      const found = await search(paths, (candidate) => used.push(candidate));
      const file = found && (found.file ?? (await this.#open(found.path.path)));
      for (const each of used) if (each.file !== file) await each.file?.close();
      const isStable = JSON.stringify(await this.#paths()) === JSON.stringify(paths);
      if (isStable && file && found)
        this.#numbers.set(file, Math.min(found.path.number, newestNumber(paths)));
      if (isStable && (file || !found)) return file;
      await file?.close();
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

  async #first(paths: readonly NumberedPath[]): Promise<Candidate | undefined> {
    for (const path of paths) {
      const candidate = await this.#probe(path);
      if (candidate) return candidate;
    }
    return undefined;
  }

  async #probe(path: NumberedPath): Promise<Candidate | undefined> {
    const stats = Number.isFinite(path.number) && (await ifExists(stat(path.path, { bigint: true })));
    const key = stats ? `${stats.ino}:${stats.mtimeNs}` : '';
    const known = this.#known.get(key);
    if (known) return { path, first: known.first };
    const file = await this.#open(path.path);
    if (!file) return undefined;
    if (key !== '') this.#known.set(key, { first: file.first });
    return { path, first: file.first, file };
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
