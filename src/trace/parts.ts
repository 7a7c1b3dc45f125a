import { createReadStream, createWriteStream, readdirSync, renameSync, rmSync, unlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { codeOf } from '../domain/errno.ts';
import { nextNumber, partPath, partsBeyond, partsOf, type RotationRules } from './rotation.ts';
import { syncDirectory } from './trace-file.ts';

/** The rotated parts of one trace, as they lie in its directory. */
export const openParts = (
  path: string,
  { keep, gzip }: RotationRules,
  onTrouble: (error: unknown) => void,
) => {
  const directory = dirname(path);
  const list = () => partsOf(path, readdirSync(directory));
  let ending: AbortController | undefined;
  let compressing: Promise<void> | undefined;

  const prune = () => {
    if (keep === undefined) return;
    for (const { name } of partsBeyond(list(), keep)) rmSync(join(directory, name), { force: true });
  };

  /** Oldest first, one after the other. What is left by a recorder that died is found by the next one. */
  const compressAll = async (signal: AbortSignal) => {
    for (let left = next(); left && !signal.aborted; left = next()) await compress(left, signal);
  };
  const next = () => {
    const part = list().find(({ gzipped }) => !gzipped);
    return part && join(directory, part.name);
  };

  return {
    /** Name the present file as the next part. It is renamed, never copied. @throws the system's error */
    putAside(): string {
      const part = partPath(path, nextNumber(list()));
      renameSync(path, part);
      syncDirectory(path);
      return part;
    },
    /** Delete what is beyond the number to keep, compress the others meanwhile. */
    tidy(): void {
      try {
        prune();
      } catch (error) {
        onTrouble(error);
      }
      if (!gzip || compressing) return;
      ending = new AbortController();
      compressing = compressAll(ending.signal)
        .then(prune)
        .catch(onTrouble)
        .finally(() => {
          compressing = undefined;
        });
    },
    /** A part half compressed stays as it was. */
    async close(): Promise<void> {
      ending?.abort();
      await compressing;
    },
  };
};

const compress = async (part: string, signal: AbortSignal): Promise<void> => {
  const unfinished = `${part}.gz.part`;
  rmSync(unfinished, { force: true });
  try {
    const out = createWriteStream(unfinished, { flags: 'wx', mode: 0o600, flush: true });
    await pipeline(createReadStream(part), createGzip(), out, { signal });
    renameSync(unfinished, `${part}.gz`);
    unlinkSync(part);
  } catch (error) {
    rmSync(unfinished, { force: true });
    // Asked to stop, or pruned meanwhile.
    if (!signal.aborted && codeOf(error) !== 'ENOENT') throw error;
  }
};
