/** A kind of file system entry that is not a regular file. */
export type FileKind = 'symlink' | 'directory' | 'fifo' | 'socket' | 'device';

/** The type checks of `fs.Stats`, so that util imports nothing. */
type FileStats = Record<'isSymbolicLink' | 'isDirectory' | 'isFIFO' | 'isSocket' | 'isFile', () => boolean>;

/** Returns the kind of a path; undefined for a regular file. */
export const fileKindOf = (stats: FileStats): FileKind | undefined => {
  if (stats.isSymbolicLink()) return 'symlink';
  if (stats.isDirectory()) return 'directory';
  if (stats.isFIFO()) return 'fifo';
  if (stats.isSocket()) return 'socket';
  return stats.isFile() ? undefined : 'device';
};
