import { describe, expect, test } from 'vitest';
import { openProcFiles } from '../../src/proc/proc-files.ts';
import { openProcReader, type ProcReader } from '../../src/proc/reader.ts';
import { errnoError, fakeFiles, parseArchive } from '../support/fakes/fake-files.ts';
import { countOpenFiles } from '../support/fakes/open-file-counter.ts';

const tail =
  '0 0 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 77 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 17 0 0 0 0 0 0 0 0 0 0 0 0 0 0';

const archive = `
-- loadavg --
0.00 0.01 0.05 1/2 4
-- uptime --
1234.56 0.00
-- self/stat --
1 (init) S 0 ${tail}
-- 1/stat --
1 (init) S 0 ${tail}
-- 2/stat -- EACCES
-- 3/stat -- EPERM
-- 4/stat -- ENOENT
-- 5/stat -- ESRCH
-- 6/stat --
-- 7/stat --
no stat line
-- 8/stat -- EMFILE
-- 9/stat -- EIO
-- 10/stat -- ENOMEM
-- 4294967295/stat --
4294967295 (last) S 1 ${tail}
-- 4294967296/stat --
4294967296 (none) S 1 ${tail}
-- -1/stat --
-1 (none) S 1 ${tail}
-- 1e3/stat --
1000 (none) S 1 ${tail}
-- 0x10/stat --
16 (none) S 1 ${tail}
`;

const open = (text = archive) => {
  const tree = parseArchive(text);
  const { files, open: openCount } = countOpenFiles(fakeFiles(tree));
  return { proc: openProcReader('/proc', files), tree, openCount };
};

test('listPids lists decimal numbers that fit in 32 bits, in directory order', () => {
  expect(open().proc.listPids()).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 4294967295]);
});

describe('listPids throws', () => {
  test.each(['ENOENT', 'EACCES', 'EMFILE', 'EIO'])('when the root fails with %s', (code) => {
    const { proc } = open(`-- . -- ${code}\n`);
    expect(() => proc.listPids()).toThrow(
      expect.objectContaining({ name: 'ProcError', path: '/proc', code, cause: errnoError(code, '/proc') }),
    );
  });

  test('when the root has no processes', () => {
    expect(() => open('-- loadavg --\n0').proc.listPids()).toThrow(
      expect.objectContaining({ name: 'ProcError', message: 'no process listed', code: undefined }),
    );
  });
});

describe.each([
  ['readProcess', (proc: ProcReader, pid: number) => proc.readProcess(pid)],
  [
    'openStat',
    (proc: ProcReader, pid: number) => {
      const opened = proc.openStat(pid);
      if (typeof opened === 'string') return opened;
      proc.close(opened.fd);
      return opened.snapshot;
    },
  ],
] as const)('%s', (_, readOne) => {
  test('returns the stat line and its owner', () => {
    const { proc, openCount } = open();
    expect(readOne(proc, 1)).toMatchObject({ stat: { pid: 1, startTicks: 77 }, uid: 1000 });
    expect(openCount()).toBe(0);
  });

  test.each([
    [2, 'hidden'],
    [3, 'hidden'],
    [4, 'gone'],
    [5, 'gone'],
    [6, 'gone'],
    [99, 'gone'],
  ] as const)('of %d returns %s', (pid, result) => {
    const { proc, openCount } = open();
    expect(readOne(proc, pid)).toBe(result);
    expect(openCount()).toBe(0);
  });

  test.each([
    [7, 'not a stat line: "no stat line\\n"', undefined],
    [8, 'cannot read', 'EMFILE'],
    [9, 'cannot read', 'EIO'],
    [10, 'cannot read', 'ENOMEM'],
  ] as const)('of %d throws a ProcError and closes the file', (pid, message, code) => {
    const { proc, openCount } = open();
    expect(() => readOne(proc, pid)).toThrow(
      expect.objectContaining({ name: 'ProcError', path: `/proc/${pid}/stat`, message, code }),
    );
    expect(openCount()).toBe(0);
  });

  test.each([
    ['ESRCH', 'gone'],
    ['EACCES', 'hidden'],
  ] as const)('when reading fails with %s, returns %s and closes the file', (code, result) => {
    const { files, open: openCount } = countOpenFiles(fakeFiles(parseArchive(archive)));
    const failing = {
      ...files,
      read: (fd: number): Uint8Array => {
        throw errnoError(code, String(fd));
      },
    };
    expect(readOne(openProcReader('/proc', failing), 1)).toBe(result);
    expect(openCount()).toBe(0);
  });

  test('closes the file when its owner cannot be read', () => {
    const { files, open: openCount } = countOpenFiles(fakeFiles(parseArchive(archive)));
    const failing = {
      ...files,
      ownerUid: (): number => {
        throw errnoError('EIO', 'fstat');
      },
    };
    expect(() => readOne(openProcReader('/proc', failing), 1)).toThrow(
      expect.objectContaining({ code: 'EIO' }),
    );
    expect(openCount()).toBe(0);
  });
});

describe('readStat', () => {
  const openFirst = () => {
    const opened = open();
    const stat = opened.proc.openStat(1);
    if (typeof stat === 'string') throw new Error(stat);
    return { ...opened, fd: stat.fd };
  };

  test('reads the file again each time', () => {
    const { proc, tree, fd } = openFirst();
    tree.set('1/stat', `1 (renamed) R 0 ${tail}`);
    expect(proc.readStat(fd)).toMatchObject({ state: 'R', comm: new Uint8Array(Buffer.from('renamed')) });
  });

  test.each([
    ['the file is empty', '', 'gone'],
    ['the process has exited', { fails: 'ESRCH' }, 'gone'],
    ['the file was removed', undefined, 'gone'],
  ] as const)('returns gone and keeps the file open when %s', (_, content, result) => {
    const { proc, tree, fd, openCount } = openFirst();
    if (content === undefined) tree.delete('1/stat');
    else tree.set('1/stat', content);
    expect(proc.readStat(fd)).toBe(result);
    expect(openCount()).toBe(1);
    proc.close(fd);
    expect(openCount()).toBe(0);
  });

  test.each([
    ['EIO', { fails: 'EIO' }, 'EIO'],
    ['an invalid stat line', 'garbage', undefined],
  ])('throws a ProcError when it reads %s', (_, content, code) => {
    const { proc, tree, fd } = openFirst();
    tree.set('1/stat', content);
    expect(() => proc.readStat(fd)).toThrow(expect.objectContaining({ name: 'ProcError', code }));
  });
});

describe('other files', () => {
  test('are read as text or as current bytes', () => {
    const { proc, tree, openCount } = open();
    expect(proc.readText('uptime')).toBe('1234.56 0.00\n');
    expect(openCount()).toBe(0);
    const fd = proc.openFile('loadavg');
    tree.set('loadavg', '9.99 0 0 1/3 5\n');
    expect(Buffer.from(proc.readBytes(fd)).toString()).toBe('9.99 0 0 1/3 5\n');
    proc.close(fd);
    expect(openCount()).toBe(0);
  });

  test('throw a ProcError when they are missing', () => {
    const { proc, openCount } = open();
    const missing = expect.objectContaining({ name: 'ProcError', path: '/proc/none', code: 'ENOENT' });
    expect(() => proc.readText('none')).toThrow(missing);
    expect(() => proc.openFile('none')).toThrow(missing);
    expect(() => proc.readLink('none')).toThrow(missing);
    expect(openCount()).toBe(0);
  });

  test('are read into the buffer', () => {
    const { proc, tree } = open();
    const fd = proc.openFile('loadavg');
    expect(Buffer.from(proc.buffer.subarray(0, proc.readInto(fd))).toString()).toBe('0.00 0.01 0.05 1/2 4\n');
    tree.set('loadavg', { fails: 'EIO' });
    expect(() => proc.readInto(fd)).toThrow(expect.objectContaining({ name: 'ProcError', code: 'EIO' }));
  });

  test.each([
    [1, true],
    [4, false],
    [99, false],
  ])('pidExists of %d returns %s', (pid, exists) => {
    const { proc, openCount } = open();
    expect(proc.pidExists(pid)).toBe(exists);
    expect(openCount()).toBe(0);
  });
});

test('the reader reads this process from the real /proc', () => {
  const { files, open: openCount } = countOpenFiles(openProcFiles());
  const proc = openProcReader('/proc', files);
  expect(proc.listPids()).toContain(process.pid);
  expect(proc.readProcess(process.pid)).toMatchObject({
    stat: { pid: process.pid, ppid: process.ppid },
    uid: process.getuid?.(),
  });
  expect(openCount()).toBe(0);
});
