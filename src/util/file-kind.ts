import type { Stats } from 'node:fs';

/** What a path may be instead of a file. */
export type FileKind = 'symlink' | 'directory' | 'fifo' | 'socket' | 'device';

/** Undefined for a file. */
export const kindOf = (stats: Stats): FileKind | undefined => {
  if (stats.isSymbolicLink()) return 'symlink';
  if (stats.isDirectory()) return 'directory';
  if (stats.isFIFO()) return 'fifo';
  if (stats.isSocket()) return 'socket';
  return stats.isFile() ? undefined : 'device';
};
