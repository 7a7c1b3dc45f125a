import { createReadStream, createWriteStream, readdirSync, renameSync, rmSync, unlinkSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { errnoName } from '../../util/errno.ts';
import { syncDirectory } from './trace-file.ts';

export type RotationRules = {
  /** A new file once this one has so many bytes, or is so old. */
  maxBytes?: number | undefined;
  intervalNs?: bigint | undefined;
  /** How many rotated parts stay; undefined: all. */
  maxParts?: number | undefined;
  gzip?: boolean | undefined;
};

/** Time to begin a new file? One that holds no more than its beginning never is. */
export const isRotationDue = (
  { maxBytes, intervalNs }: RotationRules,
  file: { size: number; initialSize: number; openedNs: bigint },
  nowNs: bigint,
): boolean => {
  if (file.size <= file.initialSize) return false;
  if (maxBytes !== undefined && file.size >= maxBytes) return true;
  return intervalNs !== undefined && nowNs - file.openedNs >= intervalNs;
};

/** A rotated part of a trace: `trace.ndjson` becomes `trace.000001.ndjson`, which sorts before it. */
export type RotatedPart = { name: string; number: number; gzipped: boolean };

const splitPath = (path: string) => {
  const extension = extname(path);
  return { stem: basename(path, extension), extension };
};

export const partPath = (path: string, number: number): string => {
  const { stem, extension } = splitPath(path);
  return join(dirname(path), `${stem}.${String(number).padStart(6, '0')}${extension}`);
};

/** The parts of `path` among the names of its directory, oldest first. */
export const findParts = (path: string, names: readonly string[]): RotatedPart[] => {
  const { stem, extension } = splitPath(path);
  const parts: RotatedPart[] = [];
  for (const name of names) {
    if (!name.startsWith(`${stem}.`)) continue;
    const gzipped = name.endsWith(`${extension}.gz`);
    const end = gzipped ? `${extension}.gz` : extension;
    if (!name.endsWith(end)) continue;
    const digits = name.slice(stem.length + 1, name.length - end.length);
    if (/^\d{6,15}$/.test(digits)) parts.push({ name, number: Number(digits), gzipped });
  }
  return parts.sort((a, b) => a.number - b.number);
};

export const nextPartNumber = (parts: readonly RotatedPart[]): number => (parts.at(-1)?.number ?? 0) + 1;

/** The oldest beyond `keep`. A part that is being compressed has two names and counts once. */
export const partsToDelete = (parts: readonly RotatedPart[], keep: number): RotatedPart[] => {
  const numbers = [...new Set(parts.map(({ number }) => number))];
  const kept = new Set(numbers.slice(Math.max(0, numbers.length - keep)));
  return parts.filter(({ number }) => !kept.has(number));
};

/** The rotated parts of one trace, as they lie in its directory. */
export const openRotatedParts = (
  path: string,
  { maxParts, gzip }: RotationRules,
  onError: (error: unknown) => void,
) => {
  const directory = dirname(path);
  const listParts = () => findParts(path, readdirSync(directory));
  let compression: AbortController | undefined;
  let compressing: Promise<void> | undefined;

  const prune = () => {
    if (maxParts === undefined) return;
    for (const { name } of partsToDelete(listParts(), maxParts))
      rmSync(join(directory, name), { force: true });
  };

  /** Oldest first, one after the other. What is left by a recorder that died is found by the next one. */
  const compressAll = async (signal: AbortSignal) => {
    for (let left = nextUncompressed(); left && !signal.aborted; left = nextUncompressed())
      await compressPart(left, signal);
  };
  const nextUncompressed = () => {
    const part = listParts().find(({ gzipped }) => !gzipped);
    return part && join(directory, part.name);
  };

  return {
    /** Name the present file as the next part. It is renamed, never copied. @throws the system's error */
    rotate(): string {
      const part = partPath(path, nextPartNumber(listParts()));
      renameSync(path, part);
      syncDirectory(path);
      return part;
    },
    /** Delete what is beyond the number to keep, compress the others meanwhile. */
    pruneAndCompress(): void {
      try {
        prune();
      } catch (error) {
        onError(error);
      }
      if (!gzip || compressing) return;
      compression = new AbortController();
      compressing = compressAll(compression.signal)
        .then(prune)
        .catch(onError)
        .finally(() => {
          compressing = undefined;
        });
    },
    /** A part half compressed stays as it was. */
    async close(): Promise<void> {
      compression?.abort();
      await compressing;
    },
  };
};

const compressPart = async (part: string, signal: AbortSignal): Promise<void> => {
  const temporaryPath = `${part}.gz.part`;
  rmSync(temporaryPath, { force: true });
  try {
    const out = createWriteStream(temporaryPath, { flags: 'wx', mode: 0o600, flush: true });
    await pipeline(createReadStream(part), createGzip(), out, { signal });
    renameSync(temporaryPath, `${part}.gz`);
    unlinkSync(part);
  } catch (error) {
    rmSync(temporaryPath, { force: true });
    // Asked to stop, or pruned meanwhile.
    if (!signal.aborted && errnoName(error) !== 'ENOENT') throw error;
  }
};
