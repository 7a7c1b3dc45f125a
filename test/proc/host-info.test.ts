import { hostname } from 'node:os';
import { expect, test } from 'vitest';
import { readHostInfo } from '../../src/proc/host-info.ts';
import { openProcReader } from '../../src/proc/reader.ts';
import { fakeFiles, parseArchive } from '../support/fakes/fake-files.ts';

const second = 1_000_000_000n;

const infoOf = (archive: string, nowNs = 100n * second, ageNs?: bigint) =>
  readHostInfo(openProcReader('/nowhere', fakeFiles(parseArchive(archive), '/nowhere')), () => nowNs, ageNs);

test('readHostInfo reads the proc root', () => {
  const info = infoOf(`
-- uptime --
160.25 300.00
-- sys/kernel/hostname --
guest
-- sys/kernel/random/boot_id --
3f2504e0-4f89-41d3-9a0c-0305e82c3301
-- sys/kernel/pid_max --
4194304
`);
  expect(info).toMatchObject({
    host: 'guest',
    bootId: '3f2504e0-4f89-41d3-9a0c-0305e82c3301',
    bootOffsetNs: 60_250_000_000n,
    pidMax: 4_194_304,
  });
});

test('readHostInfo uses defaults when /proc is restricted', () => {
  expect(infoOf('-- uptime -- EACCES\n-- sys/kernel/hostname -- ENOENT\n')).toMatchObject({
    host: hostname(),
    bootId: 'unknown',
    pidNamespace: 'unknown',
    bootOffsetNs: 0n,
    pidMax: undefined,
  });
});

test.each([
  ['160.25 0.00', 60_250_000_000n],
  ['100.00 0.00', 0n],
  // The file has steps of 10 ms, so less than two steps count as no difference.
  ['100.01 0.00', 0n],
  ['100.02 0.00', 20_000_000n],
  // The uptime of a container (LXCFS) is less than the monotonic clock.
  ['3.00 0.00', 0n],
  ['90071992547.41 0.00', 90_071_992_447_410_000_000n],
  ['nonsense', 0n],
  ['', 0n],
])('uptime %j gives a boot offset of %d ns', (uptime, offset) => {
  expect(infoOf(`-- uptime --\n${uptime}\n`).bootOffsetNs).toBe(offset);
});

test('the boot offset is measured again when the thread is interrupted between the clocks [fault:boot-clock-interrupted]', () => {
  // The uptime is read 45 ms after the monotonic clock, then at once.
  const files = fakeFiles(parseArchive('-- uptime --\n100.05 0.00\n'), '/nowhere');
  const times = [100_000, 100_000, 100_045, 100_050];
  const nowNs = () => BigInt(times.shift() ?? 100_050) * 1_000_000n;
  expect(readHostInfo(openProcReader('/nowhere', files), nowNs, second).bootOffsetNs).toBe(0n);
});

/** A stat line of a process that started at this second of the boot clock. */
const statAt = (startSeconds: number) => `7 (node) S ${'0 '.repeat(18)}${startSeconds * 100} 0\n`;

// This process is 1 s old at 100 s of the monotonic clock, so it started at 99 s.
test.each([
  {
    name: 'a time namespace with a monotonic clock 1 day ahead',
    uptime: 100,
    started: 99,
    nowSeconds: 86_500,
    offset: -86_400,
  },
  {
    name: 'a time namespace with a boot clock 1 day ahead',
    uptime: 86_500,
    started: 86_499,
    nowSeconds: 100,
    offset: 86_400,
  },
  { name: 'a suspended machine', uptime: 160, started: 159, nowSeconds: 100, offset: 60 },
  { name: 'a suspension since the start', uptime: 160, started: 99, nowSeconds: 100, offset: 60 },
  {
    name: 'LXCFS, whose uptime is that of the container',
    uptime: 3,
    started: 99,
    nowSeconds: 100,
    offset: 0,
  },
  { name: 'LXCFS on a suspended machine', uptime: 3, started: 159, nowSeconds: 100, offset: 60 },
  {
    name: 'LXCFS, and a shell that became this program',
    uptime: 50,
    started: 60,
    nowSeconds: 100,
    offset: 0,
  },
  { name: 'a shell that became this program', uptime: 100, started: 20, nowSeconds: 100, offset: 0 },
])(
  'the boot offset is right in $name [fault:boot-clock-behind]',
  ({ uptime, started, nowSeconds, offset }) => {
    const archive = `-- uptime --\n${uptime}.00 0.00\n-- self/stat --\n${statAt(started)}`;
    const info = infoOf(archive, BigInt(nowSeconds) * second, second);
    expect(info.bootOffsetNs).toBe(BigInt(offset) * second);
  },
);

test.each([
  ['32768', 32_768],
  ['0', undefined],
  ['-1', undefined],
  ['', undefined],
  ['many', undefined],
  ['1e400', undefined],
])('pid_max %j is parsed to %s', (text, pidMax) => {
  expect(infoOf(`-- sys/kernel/pid_max --\n${text}\n`).pidMax).toBe(pidMax);
});

test('readHostInfo reads all facts of this machine', () => {
  const info = readHostInfo(openProcReader(), process.hrtime.bigint);
  expect(info).toMatchObject({
    bootId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    pidNamespace: expect.stringMatching(/^pid:\[\d+\]$/),
    pidMax: expect.any(Number),
  });
});

test('readHostInfo returns the facts of the namespace of the proc root, or none [fault:proc-facts-of-reader]', () => {
  const other = (witness: string) => `
-- self/status --
NSpid:\t4711\t1
-- self/ns/pid --
pid:[2]
-- sys/kernel/pid_max --
99999
-- sys/kernel/hostname --
container
-- self/ns/uts --
uts:[2]
-- 1/ns/uts --
uts:[1]
-- 1/root/etc/hostname --
guest
-- 1/stat --
${witness}`;
  expect(infoOf(other('-- 1/ns/pid --\npid:[1]\n'))).toMatchObject({
    pidNamespace: 'pid:[1]',
    pidMax: undefined,
    host: 'guest',
  });
  // Another process of that namespace, where PID 1 may not be read.
  const denied = '-- 1/ns/pid -- EACCES\n';
  const process = (pid: number, pids: string) =>
    `-- ${pid}/status --\nNSpid:\t${pids}\n-- ${pid}/ns/pid --\npid:[${pid}]\n`;
  expect(infoOf(other(denied + process(6, '6\t1') + process(7, '7')))).toMatchObject({
    pidNamespace: 'pid:[7]',
  });
  expect(infoOf(other(denied))).toMatchObject({ pidNamespace: 'unknown', pidMax: undefined });
  const own = other('').replace('4711\t1', '4711');
  expect(infoOf(own)).toMatchObject({ pidNamespace: 'pid:[2]', pidMax: 99_999 });
});
