import { basename, dirname, extname, join } from 'node:path';

/** The rules by which a recorder rotates its file. */
export type RotationRules = {
  /** Size from which a file is rotated, in bytes. */
  maxBytes?: number | undefined;
  /** Age from which a file is rotated, ns. */
  intervalNs?: bigint | undefined;
  /** Number of rotated files to retain. Default: all. */
  maxRotatedFiles?: number | undefined;
  /** Whether to compress rotated files. */
  gzip?: boolean | undefined;
};

/** Returns whether a file is due for rotation. A file without more than its initial records never is. */
export const isRotationDue = (
  { maxBytes, intervalNs }: RotationRules,
  file: { size: number; initialSize: number; openedNs: bigint },
  nowNs: bigint,
): boolean => {
  if (file.size <= file.initialSize) return false;
  if (maxBytes !== undefined && file.size >= maxBytes) return true;
  return intervalNs !== undefined && nowNs - file.openedNs >= intervalNs;
};

/** A rotated file of a trace. `trace.ndjson` is rotated to `trace.000001.ndjson`, which sorts before it. */
export type RotatedFile = { name: string; number: number; gzipped: boolean };

const splitPath = (path: string) => {
  const extension = extname(path);
  return { stem: basename(path, extension), extension };
};

/** Returns the path of a rotated file: `trace.000001.ndjson`. */
export const rotatedPath = (path: string, number: number): string => {
  const { stem, extension } = splitPath(path);
  return join(dirname(path), `${stem}.${String(number).padStart(6, '0')}${extension}`);
};

/** Returns the rotated files of `path` among the names of its directory, oldest first. */
export const findRotatedFiles = (path: string, names: readonly string[]): RotatedFile[] => {
  const { stem, extension } = splitPath(path);
  const files: RotatedFile[] = [];
  for (const name of names) {
    if (!name.startsWith(`${stem}.`)) continue;
    const gzipped = name.endsWith(`${extension}.gz`);
    const end = gzipped ? `${extension}.gz` : extension;
    if (!name.endsWith(end)) continue;
    const digits = name.slice(stem.length + 1, name.length - end.length);
    if (/^\d{6,15}$/.test(digits)) files.push({ name, number: Number(digits), gzipped });
  }
  return files.sort((a, b) => a.number - b.number);
};

export const nextRotationNumber = (files: readonly RotatedFile[]): number => (files.at(-1)?.number ?? 0) + 1;

/** Returns the oldest files beyond `maxFiles`. A file that is being compressed has two names, but counts once. */
export const filesToDelete = (files: readonly RotatedFile[], maxFiles: number): RotatedFile[] => {
  const numbers = [...new Set(files.map(({ number }) => number))];
  const retained = new Set(numbers.slice(Math.max(0, numbers.length - maxFiles)));
  return files.filter(({ number }) => !retained.has(number));
};
