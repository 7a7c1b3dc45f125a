import { spawn } from 'node:child_process';
import { expect, test } from 'vitest';
import { parseArguments, readProcessDetails } from '../../src/proc/process-details.ts';
import { openProcReader } from '../../src/proc/reader.ts';
import { type FakeFile, fakeFiles } from '../support/fakes/fake-files.ts';

const stat = (pid: number, start: number) =>
  `${pid} (nginx) S 1 ${pid} ${pid} 0 -1 4194304 0 0 0 0 0 0 0 0 20 0 1 0 ${start} 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 17 0 0 0 0 0 0 0 0 0 0 0 0 0 0`;

const detailsOf = (files: Record<string, FakeFile>, startTicks: number | undefined = 500) => {
  const tree = new Map(Object.entries(files).map(([name, file]) => [`7/${name}`, file]));
  return readProcessDetails(openProcReader('/nowhere', fakeFiles(tree, '/nowhere')), { pid: 7, startTicks });
};

const files = {
  stat: stat(7, 500),
  cmdline: 'nginx\0-g\0daemon off;\0',
  cgroup: '0::/system.slice/nginx.service\n',
};

test('readProcessDetails reads arguments and cgroup', () => {
  const details = {
    args: ['nginx', '-g', 'daemon off;'],
    argsTruncated: false,
    cgroup: '/system.slice/nginx.service',
  };
  expect(detailsOf(files)).toEqual(details);
  expect(detailsOf(files, undefined)).toEqual(details);
});

test('readProcessDetails returns undefined when the process is gone or its PID was reused', () => {
  expect(detailsOf({ ...files, stat: stat(7, 900) })).toBeUndefined();
  expect(detailsOf({})).toBeUndefined();
});

test('readProcessDetails reports what this user may not read', () => {
  const details = detailsOf({ ...files, cmdline: { fails: 'EACCES' }, cgroup: { fails: 'EACCES' } });
  expect(details).toEqual({
    args: undefined,
    argsTruncated: false,
    cgroup: undefined,
    unread: 'permission denied',
  });
});

test('readProcessDetails truncates long argument lists', () => {
  expect(detailsOf({ ...files, cmdline: 'x\0'.repeat(5_000) })).toMatchObject({ argsTruncated: true });
});

test.each([
  ['', []],
  ['\0\0\0', []],
  ['a\0', ['a']],
  ['a\0\0b\0', ['a', '', 'b']],
  ['nginx: worker process\0\0\0', ['nginx: worker process']],
])('parseArguments parses %j', (text, args) => {
  expect(parseArguments(text, 'nginx').args).toEqual(args);
});

test.each([
  ['argvx\0a\0\0b\0\0\0', 'sleep', { args: ['argvx', 'a', '', 'b', '', ''], nuls: 0 }],
  ['grep\0\0', 'grep', { args: ['grep', ''], nuls: 0 }],
  [
    '/bin/a-long-name-of-a-program\0\0',
    'a-long-name-of-',
    { args: ['/bin/a-long-name-of-a-program', ''], nuls: 0 },
  ],
  ['-bash\0\0', 'bash', { args: ['-bash', ''], nuls: 0 }],
  ['argvx\0\0', 'sleep', { args: ['argvx'], nuls: 1 }],
  ['nginx: master process\0\0\0', 'nginx', { args: ['nginx: master process'], nuls: 2 }],
  [`mysql${'\0'.repeat(30)}`, 'mysql', { args: ['mysql'], nuls: 29 }],
  [`mysql\0-u\0root${'\0'.repeat(30)}`, 'mysql', { args: ['mysql', '-u', 'root'], nuls: 29 }],
  ['\0', 'x', { args: [], nuls: 1 }],
  ['title without end', 'x', { args: ['title without end'], nuls: 0 }],
])('parseArguments keeps or counts the NULs at the end of %j of %s', (text, comm, expected) => {
  expect(parseArguments(text, comm)).toEqual({ ...expected, truncated: false });
});

test('parseArguments counts no NUL as an argument where the buffer ends', () => {
  expect(parseArguments(`a\0b${'\0'.repeat(4093)}`, 'a')).toEqual({
    args: ['a', 'b'],
    nuls: 0,
    truncated: true,
  });
});

test('readProcessDetails reads a real process', async () => {
  const child = spawn('sleep', ['60']);
  try {
    const proc = openProcReader();
    const { pid } = child as { pid: number };
    const read = () => readProcessDetails(proc, { pid, startTicks: undefined });
    await expect.poll(() => read()?.args).toEqual(['sleep', '60']);
    expect(read()?.cgroup).toMatch(/^\//);
  } finally {
    child.kill();
  }
});
