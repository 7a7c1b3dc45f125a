import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import fc from 'fast-check';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ChurnRecord } from '../../../src/domain/events/event.ts';
import { decode } from '../../../src/trace/format/decode.ts';
import type { IndexProgress } from '../../../src/trace/replay/index/protocol.ts';
import { type DumpOptions, dumpFileNames, writeDump } from '../../../src/trace/write/dump.ts';
import { formatRfc3339 } from '../../../src/util/time.ts';
import { alert, exited, gap, note, seconds, sourceInfo, spawned } from '../../support/fixtures/events.ts';
import { collectIndexMessages, memoryFile } from '../../support/harness/replay.ts';
import { createTempDir } from '../../support/harness/temp-dir.ts';

describe('dumpFileNames', () => {
  const at = 1_795_381_345_123_456_789n;

  test.each([
    ['guest', 'churntop-guest-20261122T210225Z.ndjson'],
    ['db-1.example.org', 'churntop-db-1.example.org-20261122T210225Z.ndjson'],
    ['../../etc/cron.d/x', 'churntop-x-20261122T210225Z.ndjson'],
    ['/', 'churntop-host-20261122T210225Z.ndjson'],
    ['', 'churntop-host-20261122T210225Z.ndjson'],
    ['..', 'churntop-..-20261122T210225Z.ndjson'],
    ['a b\n\0\x1b[2J;é', 'churntop-a_b____2J__-20261122T210225Z.ndjson'],
  ])('returns the name for host %j: %s', (host, name) => {
    expect(dumpFileNames(host, at)[0]).toBe(name);
  });

  test('returns valid names without path separators or quoting for any host', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400, size: 'max' }), (host) => {
        const names = dumpFileNames(host, at);
        expect(names[0]).toMatch(/^churntop-[\w.-]+-20261122T210225Z\.ndjson$/);
        expect(names[1]).toBe(names[0]?.replace('.ndjson', '-2.ndjson'));
        for (const name of names) expect(name.length).toBeLessThanOrEqual(255);
      }),
    );
  });
});

let folder: ReturnType<typeof createTempDir>;
beforeEach(() => {
  folder = createTempDir();
});
afterEach(() => folder.remove());

const optionsFor = (directory: string, more: Partial<DumpOptions> = {}): DumpOptions => ({
  directory,
  info: sourceInfo,
  tool: 'churntop test',
  records: [spawned(5, 'x', 1), exited(5, 'x', 2)],
  dropped: 0,
  nowNs: seconds(3),
  ...more,
});
const dump = (more: Partial<DumpOptions> = {}) => writeDump(optionsFor(folder.path, more));
const nameNow = dumpFileNames(sourceInfo.host, seconds(3) + sourceInfo.wallOffsetNs)[0] as string;
const recordsIn = (path: string) =>
  readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => decode(line)?.record);

describe('writeDump', () => {
  test('writes one complete trace with mode 0600', () => {
    const { path, events } = dump();
    expect(path).toBe(join(folder.path, nameNow));
    expect(events).toBe(2);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(recordsIn(path)).toMatchObject([
      { probe_source: 'trace.header', host: 'guest' },
      spawned(5, 'x', 1),
      exited(5, 'x', 2),
      { probe_source: 'trace.end', monotonic_ns: seconds(3) },
    ]);
  });

  test('starts the timeline of the trace with the first record', async () => {
    const { path } = dump();
    expect(recordsIn(path)[0]).toMatchObject({
      clock: { monotonic_ns: seconds(1), realtime: formatRfc3339(seconds(1) + sourceInfo.wallOffsetNs) },
    });
    const file = memoryFile(readFileSync(path));
    const { progress } = (await collectIndexMessages([file])).findLast(({ type }) => type === 'progress') as {
      progress: IndexProgress;
    };
    expect(progress.density.fromNs).toBe(seconds(1) + sourceInfo.wallOffsetNs);
    expect(progress.toNs - progress.density.fromNs).toBe(seconds(2));
  });

  test('writes a trace without records', () => {
    const { path, events } = dump({ records: [] });
    expect(events).toBe(0);
    expect(recordsIn(path)).toMatchObject([{ probe_source: 'trace.header' }, { probe_source: 'trace.end' }]);
  });

  test.each<[string, ChurnRecord, bigint]>([
    ['an event', spawned(5, 'x', 1), seconds(1)],
    ['a gap', gap('unseen'), seconds(1)],
    ['a note', note('deployed', 1), seconds(1)],
    ['an alert', alert('zombies(parent)>20', 1), seconds(1)],
  ])('writes a gap for the records dropped before %s', (_, first, to) => {
    expect(recordsIn(dump({ records: [first], dropped: 12 }).path)[1]).toEqual(
      gap('dropped', { events: 12, from_monotonic_ns: 0n, to_monotonic_ns: to }),
    );
  });

  test('writes all lines and names when the dump is longer than one chunk', () => {
    const records = Array.from({ length: 3000 }, (_, pid) => spawned(pid, '漢字👍é', 1));
    expect(recordsIn(dump({ records }).path).slice(1, -1)).toEqual(records);
  });
});

describe('writeDump fails and changes nothing when the path is [fault:dump-exists]', () => {
  test.each([
    ['a link to a file', (path: string) => symlinkSync(join(folder.path, 'target'), path)],
    ['a dangling link', (path: string) => symlinkSync(join(folder.path, 'nowhere'), path)],
    ['a directory', (path: string) => mkdirSync(path)],
    ['a FIFO', (path: string) => void execFileSync('mkfifo', [path])],
  ])('%s', (_, make) => {
    writeFileSync(join(folder.path, 'target'), 'mine');
    make(join(folder.path, nameNow));
    const before = readdirSync(folder.path);
    expect(() => dump()).toThrow(expect.objectContaining({ code: 'EEXIST' }));
    expect(readdirSync(folder.path)).toEqual(before);
    expect(readFileSync(join(folder.path, 'target'), 'utf8')).toBe('mine');
  });
});

describe('writeDump, when the file exists,', () => {
  test('writes a second dump of the same second to another file', () => {
    const first = dump();
    const before = readFileSync(first.path, 'utf8');
    const second = dump({ records: [spawned(7, 'other', 1)] });
    expect(basename(second.path)).toBe(nameNow.replace('.ndjson', '-2.ndjson'));
    expect(readFileSync(first.path, 'utf8')).toBe(before);
    expect(recordsIn(second.path)).toContainEqual(spawned(7, 'other', 1));
    expect(basename(dump().path)).toBe(nameNow.replace('.ndjson', '-3.ndjson'));
  });

  test('does not change the existing file', () => {
    writeFileSync(join(folder.path, nameNow), 'mine');
    expect(basename(dump().path)).toBe(nameNow.replace('.ndjson', '-2.ndjson'));
    expect(readFileSync(join(folder.path, nameNow), 'utf8')).toBe('mine');
  });

  test('fails after a hundred names', () => {
    for (let nth = 0; nth < 100; nth++) dump();
    expect(() => dump()).toThrow(expect.objectContaining({ code: 'EEXIST' }));
  });
});

test.each([
  ['is missing', 'none', 'ENOENT'],
  ['is a file', 'file', 'ENOTDIR'],
])('writeDump fails when the directory %s', (_, name, code) => {
  writeFileSync(join(folder.path, 'file'), '');
  expect(() => writeDump(optionsFor(join(folder.path, name)))).toThrow(expect.objectContaining({ code }));
});

describe('writeDump, when it fails halfway,', () => {
  const failing = function* (before: () => void = () => {}): Generator<ChurnRecord> {
    for (let pid = 0; pid < 2000; pid++) yield spawned(pid, 'x', 1);
    before();
    throw new Error('halfway');
  };
  const openFiles = () => readdirSync('/proc/self/fd').length;

  test('removes the file and closes the descriptor', () => {
    const before = openFiles();
    expect(() => dump({ records: failing() })).toThrow('halfway');
    expect(readdirSync(folder.path)).toEqual([]);
    expect(openFiles()).toBe(before);
  });

  test('throws the first error, even if the file was removed', () => {
    const records = failing(() => rmSync(join(folder.path, nameNow)));
    expect(() => dump({ records })).toThrow('halfway');
  });
});

describe('writeDump on a full disk', () => {
  const disk = createTempDir();
  /** The error of mounting a tmpfs, which needs privileges; undefined if it is mounted. */
  const mountFailure = (() => {
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k,mode=700', 'tmpfs', disk.path], {
        stdio: 'pipe',
      });
      return undefined;
    } catch (error) {
      return String((error as { stderr?: Buffer }).stderr ?? error).trim();
    }
  })();
  afterAll(() => {
    if (mountFailure === undefined) execFileSync('umount', [disk.path]);
    disk.remove();
  });

  test('throws ENOSPC and removes the file', (context) => {
    context.skip(mountFailure !== undefined, `no tmpfs here: ${mountFailure}`);
    const records = Array.from({ length: 5000 }, (_, pid) => spawned(pid, 'x', 1));
    expect(() => writeDump(optionsFor(disk.path, { records }))).toThrow(
      expect.objectContaining({ code: 'ENOSPC' }),
    );
    expect(readdirSync(disk.path)).toEqual([]);
    // A small dump still fits afterwards.
    expect(existsSync(writeDump(optionsFor(disk.path)).path)).toBe(true);
  });
});

test('a dump has arguments and cgroups only when they may be written', () => {
  const records = [spawned(5, 'x', 1, { args: ['x', 'secret'], cgroup: '/user.slice' })];
  const info = { ...sourceInfo, cgroups: true };
  const textOf = (recorded: DumpOptions['recorded']) =>
    readFileSync(dump({ records, info, recorded }).path, 'utf8');
  expect(textOf({ args: false, cgroup: false })).not.toMatch(/secret|cgroup/);
  expect(textOf({ args: true, cgroup: false })).toMatch(/secret/);
  expect(textOf({ args: false, cgroup: true })).toMatch(/"cgroups":true.*user.slice/s);
  expect(textOf(undefined)).toMatch(/secret.*user.slice/s);
});
