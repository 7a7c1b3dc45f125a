/** A kind of file system entry that is not a regular file. */
export type FileKind = 'symlink' | 'directory' | 'fifo' | 'socket' | 'device';

/** The checks of `fs.Stats` that tell file types apart. */
type FileStats = Record<'isSymbolicLink' | 'isDirectory' | 'isFIFO' | 'isSocket' | 'isFile', () => boolean>;

/** Returns the kind of what `stats` describe; undefined for a regular file. */
export const fileKindOf = (stats: FileStats): FileKind | undefined => {
  if (stats.isSymbolicLink()) return 'symlink';
  if (stats.isDirectory()) return 'directory';
  if (stats.isFIFO()) return 'fifo';
  if (stats.isSocket()) return 'socket';
  return stats.isFile() ? undefined : 'device';
};
