import { describe, expect, test } from 'vitest';
import { openProcFiles } from '../../src/proc/proc-files.ts';
import { openProcReader, type ProcReader } from '../../src/proc/reader.ts';
import { countOpenFiles } from '../support/fakes/open-file-counter.ts';
import { errnoError, fakeFiles, parseArchive } from '../support/fakes/fake-files.ts';

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
  const { files, open: held } = countOpenFiles(fakeFiles(tree));
  return { proc: openProcReader('/proc', files), tree, held };
};

test('lists whole decimal numbers that fit in 32 bits, in directory order', () => {
  expect(open().proc.listPids()).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 4294967295]);
});

describe('a root that cannot be listed is an error, not an empty guest', () => {
  test.each(['ENOENT', 'EACCES', 'EMFILE', 'EIO'])('%s', (code) => {
    const { proc } = open(`-- . -- ${code}\n`);
    expect(() => proc.listPids()).toThrow(
      expect.objectContaining({ name: 'ProcError', path: '/proc', code, cause: errnoError(code, '/proc') }),
    );
  });

  test('one without processes', () => {
    expect(() => open('-- loadavg --\n0').proc.listPids()).toThrow(
      expect.objectContaining({ name: 'ProcError', message: 'no process listed', code: undefined }),
    );
  });
});

describe.each([
  ['read', (proc: ProcReader, pid: number) => proc.readProcess(pid)],
  [
    'hold',
    (proc: ProcReader, pid: number) => {
      const held = proc.openStat(pid);
      if (typeof held === 'string') return held;
      proc.close(held.fd);
      return held.snapshot;
    },
  ],
] as const)('%s', (_, look) => {
  test('gives the stat line and its owner', () => {
    const { proc, held } = open();
    expect(look(proc, 1)).toMatchObject({ stat: { pid: 1, startTicks: 77 }, uid: 1000 });
    expect(held()).toBe(0);
  });

  test.each([
    [2, 'hidden'],
    [3, 'hidden'],
    [4, 'gone'],
    [5, 'gone'],
    [6, 'gone'],
    [99, 'gone'],
  ] as const)('of %d is %s', (pid, answer) => {
    const { proc, held } = open();
    expect(look(proc, pid)).toBe(answer);
    expect(held()).toBe(0);
  });

  test.each([
    [7, 'not a stat line: "no stat line\\n"', undefined],
    [8, 'cannot read', 'EMFILE'],
    [9, 'cannot read', 'EIO'],
    [10, 'cannot read', 'ENOMEM'],
  ] as const)('of %d fails with its facts and holds nothing', (pid, message, code) => {
    const { proc, held } = open();
    expect(() => look(proc, pid)).toThrow(
      expect.objectContaining({ name: 'ProcError', path: `/proc/${pid}/stat`, message, code }),
    );
    expect(held()).toBe(0);
  });

  test.each([
    ['ESRCH', 'gone'],
    ['EACCES', 'hidden'],
  ] as const)('that meets %s between open and read is %s, and holds nothing', (code, answer) => {
    const { files, open: held } = countOpenFiles(fakeFiles(parseArchive(archive)));
    const failing = {
      ...files,
      read: (fd: number): Uint8Array => {
        throw errnoError(code, String(fd));
      },
    };
    expect(look(openProcReader('/proc', failing), 1)).toBe(answer);
    expect(held()).toBe(0);
  });

  test('whose owner cannot be told holds nothing', () => {
    const { files, open: held } = countOpenFiles(fakeFiles(parseArchive(archive)));
    const failing = {
      ...files,
      owner: (): number => {
        throw errnoError('EIO', 'fstat');
      },
    };
    expect(() => look(openProcReader('/proc', failing), 1)).toThrow(expect.objectContaining({ code: 'EIO' }));
    expect(held()).toBe(0);
  });
});

describe('a held process', () => {
  const holding = () => {
    const opened = open();
    const held = opened.proc.openStat(1);
    if (typeof held === 'string') throw new Error(held);
    return { ...opened, fd: held.fd };
  };

  test('is read anew each time', () => {
    const { proc, tree, fd } = holding();
    tree.set('1/stat', `1 (renamed) R 0 ${tail}`);
    expect(proc.readStat(fd)).toMatchObject({ state: 'R', comm: new Uint8Array(Buffer.from('renamed')) });
  });

  test.each([
    ['reads as nothing', '', 'gone'],
    ['has ended', { fails: 'ESRCH' }, 'gone'],
    ['was removed', undefined, 'gone'],
  ] as const)('that %s is %s', (_, content, answer) => {
    const { proc, tree, fd, held } = holding();
    if (content === undefined) tree.delete('1/stat');
    else tree.set('1/stat', content);
    expect(proc.readStat(fd)).toBe(answer);
    // It stays held until it is released.
    expect(held()).toBe(1);
    proc.close(fd);
    expect(held()).toBe(0);
  });

  test.each([
    ['EIO', { fails: 'EIO' }, 'EIO'],
    ['no stat line', 'garbage', undefined],
  ])('that gives %s is an error', (_, content, code) => {
    const { proc, tree, fd } = holding();
    tree.set('1/stat', content);
    expect(() => proc.readStat(fd)).toThrow(expect.objectContaining({ name: 'ProcError', code }));
  });
});

describe('other files', () => {
  test('come as text or as bytes of now', () => {
    const { proc, tree, held } = open();
    expect(proc.readText('uptime')).toBe('1234.56 0.00\n');
    expect(held()).toBe(0);
    const fd = proc.openFile('loadavg');
    tree.set('loadavg', '9.99 0 0 1/3 5\n');
    expect(Buffer.from(proc.readBytes(fd)).toString()).toBe('9.99 0 0 1/3 5\n');
    proc.close(fd);
    expect(held()).toBe(0);
  });

  test('that are missing say so', () => {
    const { proc, held } = open();
    const missing = expect.objectContaining({ name: 'ProcError', path: '/proc/none', code: 'ENOENT' });
    expect(() => proc.readText('none')).toThrow(missing);
    expect(() => proc.openFile('none')).toThrow(missing);
    expect(() => proc.readLink('none')).toThrow(missing);
    expect(held()).toBe(0);
  });

  test('can be read without an object for their bytes', () => {
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
  ])('%d exists: %s', (pid, there) => {
    const { proc, held } = open();
    expect(proc.pidExists(pid)).toBe(there);
    expect(held()).toBe(0);
  });
});

test('on the real /proc it sees this process, whoever else comes and goes', () => {
  const { files, open: held } = countOpenFiles(openProcFiles());
  const proc = openProcReader('/proc', files);
  expect(proc.listPids()).toContain(process.pid);
  expect(proc.readProcess(process.pid)).toMatchObject({
    stat: { pid: process.pid, ppid: process.ppid },
    uid: process.getuid?.(),
  });
  expect(held()).toBe(0);
});
