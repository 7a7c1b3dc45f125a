import type { ProcFiles } from '../../../src/proc/proc-files.ts';

export const errnoError = (code: string, path: string): NodeJS.ErrnoException =>
  Object.assign(new Error(`${code}: ${path}`), { code });

/** The content of a file, or the errno name with which opening it fails. */
export type FakeFile = string | Uint8Array | { fails: string };

/**
 * Parses a file tree from text, for a fake /proc:
 *
 *     -- loadavg --
 *     0.00 0.01 0.05 1/2 4
 *     -- 1/stat --
 *     1 (init) S 0 …
 *     -- 2/stat -- EACCES
 */
export const parseArchive = (text: string): Map<string, FakeFile> => {
  const tree = new Map<string, FakeFile>();
  for (const part of text.split(/^-- /m).slice(1)) {
    const [, path, fails, content] = /^(\S+) --(?: (E[A-Z]+))?\n?([\s\S]*)$/.exec(part) ?? [];
    if (path === undefined) throw new Error(`invalid part of an archive: ${JSON.stringify(part)}`);
    tree.set(path, fails ? { fails } : (content ?? ''));
  }
  return tree;
};

/** Creates file operations on a map of files below `root`. The map may be changed between reads. */
export const fakeFiles = (tree: ReadonlyMap<string, FakeFile>, root = '/proc'): ProcFiles => {
  const openPaths = new Map<number, string>();
  let nextFd = 3;
  const relative = (path: string) => path.slice(root.length + 1);
  const content = (path: string): Uint8Array => {
    const file = tree.get(relative(path));
    if (file === undefined) throw errnoError('ENOENT', path);
    if (typeof file === 'object' && 'fails' in file) throw errnoError(file.fails, path);
    return Buffer.from(file as string);
  };
  const buffer = new Uint8Array(4096);
  return {
    buffer,
    readInto(fd) {
      const bytes = Buffer.from(content(openPaths.get(fd) as string));
      buffer.set(bytes);
      return bytes.length;
    },
    exists: (path) => {
      const file = tree.get(relative(path));
      return file !== undefined && !(typeof file === 'object' && 'fails' in file);
    },
    readLink: (path) => Buffer.from(content(path)).toString('utf8').trim(),
    list(path) {
      const failing = tree.get('.');
      if (failing && typeof failing === 'object' && 'fails' in failing) throw errnoError(failing.fails, path);
      return [...new Set([...tree.keys()].map((key) => key.split('/')[0] as string))];
    },
    open(path) {
      content(path);
      openPaths.set(nextFd, path);
      return nextFd++;
    },
    read: (fd, position = 0) => content(openPaths.get(fd) as string).subarray(position),
    ownerUid: () => 1000,
    taskExists: () => false,
    close(fd) {
      if (!openPaths.delete(fd)) throw errnoError('EBADF', String(fd));
    },
  };
};
