import { createReadStream, createWriteStream, readdirSync, renameSync, rmSync, unlinkSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { codeOf } from '../../util/errno.ts';
import { syncDirectory } from './trace-file.ts';

export type RotationRules = {
  /** A new file once this one has so many bytes, or is so old. */
  bytes?: number | undefined;
  everyNs?: bigint | undefined;
  /** How many rotated parts stay; undefined: all. */
  keep?: number | undefined;
  gzip?: boolean | undefined;
};

/** Time to begin a new file? One that holds no more than its beginning never is. */
export const isRotationDue = (
  { bytes, everyNs }: RotationRules,
  file: { size: number; beginning: number; openedNs: bigint },
  nowNs: bigint,
): boolean => {
  if (file.size <= file.beginning) return false;
  if (bytes !== undefined && file.size >= bytes) return true;
  return everyNs !== undefined && nowNs - file.openedNs >= everyNs;
};

/** A rotated part of a trace: `trace.ndjson` becomes `trace.000001.ndjson`, which sorts before it. */
export type Part = { name: string; number: number; gzipped: boolean };

const split = (path: string) => {
  const extension = extname(path);
  return { stem: basename(path, extension), extension };
};

export const partPath = (path: string, number: number): string => {
  const { stem, extension } = split(path);
  return join(dirname(path), `${stem}.${String(number).padStart(6, '0')}${extension}`);
};

/** The parts of `path` among the names of its directory, oldest first. */
export const partsOf = (path: string, names: readonly string[]): Part[] => {
  const { stem, extension } = split(path);
  const parts: Part[] = [];
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

export const nextNumber = (parts: readonly Part[]): number => (parts.at(-1)?.number ?? 0) + 1;

/** The oldest beyond `keep`. A part that is being compressed has two names and counts once. */
export const partsBeyond = (parts: readonly Part[], keep: number): Part[] => {
  const numbers = [...new Set(parts.map(({ number }) => number))];
  const stays = new Set(numbers.slice(Math.max(0, numbers.length - keep)));
  return parts.filter(({ number }) => !stays.has(number));
};

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
