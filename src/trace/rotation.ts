import { basename, dirname, extname, join } from 'node:path';

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
