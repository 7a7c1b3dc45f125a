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

describe('the name', () => {
  const at = 1_795_381_345_123_456_789n;

  test.each([
    ['guest', 'churntop-guest-20261122T210225Z.ndjson'],
    ['db-1.example.org', 'churntop-db-1.example.org-20261122T210225Z.ndjson'],
    ['../../etc/cron.d/x', 'churntop-x-20261122T210225Z.ndjson'],
    ['/', 'churntop-host-20261122T210225Z.ndjson'],
    ['', 'churntop-host-20261122T210225Z.ndjson'],
    ['..', 'churntop-..-20261122T210225Z.ndjson'],
    ['a b\n\0\x1b[2J;é', 'churntop-a_b____2J__-20261122T210225Z.ndjson'],
  ])('of host %j is %s', (host, name) => {
    expect(dumpFileNames(host, at)[0]).toBe(name);
  });

  test('stays in its directory, fits a file system and needs no quoting, whatever the host is called', () => {
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

describe('a dump', () => {
  test('is one complete trace, its owner’s alone', () => {
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

  test('begins, on both clocks, with its first record: a replay of it has that length', async () => {
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

  test('of nothing is a trace, too', () => {
    const { path, events } = dump({ records: [] });
    expect(events).toBe(0);
    expect(recordsIn(path)).toMatchObject([{ probe_source: 'trace.header' }, { probe_source: 'trace.end' }]);
  });

  test.each<[string, ChurnRecord, bigint]>([
    ['an event', spawned(5, 'x', 1), seconds(1)],
    ['a gap', gap('unseen'), seconds(1)],
    ['a note', note('deployed', 1), seconds(1)],
    ['an alert', alert('zombies(parent)>20', 1), seconds(1)],
  ])('says what fell off before %s', (_, first, to) => {
    expect(recordsIn(dump({ records: [first], dropped: 12 }).path)[1]).toEqual(
      gap('dropped', { events: 12, from_monotonic_ns: 0n, to_monotonic_ns: to }),
    );
  });

  test('longer than one piece loses no line and no byte of a name', () => {
    const records = Array.from({ length: 3000 }, (_, pid) => spawned(pid, '漢字👍é', 1));
    expect(recordsIn(dump({ records }).path).slice(1, -1)).toEqual(records);
  });
});

describe('what stands at the name already is refused and left as it is [fault:dump-exists]', () => {
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

describe('behind a file of the same name', () => {
  test('a dump of the same second has a name of its own, and both are whole', () => {
    const first = dump();
    const before = readFileSync(first.path, 'utf8');
    const second = dump({ records: [spawned(7, 'other', 1)] });
    expect(basename(second.path)).toBe(nameNow.replace('.ndjson', '-2.ndjson'));
    expect(readFileSync(first.path, 'utf8')).toBe(before);
    expect(recordsIn(second.path)).toContainEqual(spawned(7, 'other', 1));
    expect(basename(dump().path)).toBe(nameNow.replace('.ndjson', '-3.ndjson'));
  });

  test('what is not ours is left as it is', () => {
    writeFileSync(join(folder.path, nameNow), 'mine');
    expect(basename(dump().path)).toBe(nameNow.replace('.ndjson', '-2.ndjson'));
    expect(readFileSync(join(folder.path, nameNow), 'utf8')).toBe('mine');
  });

  test('after a hundred it gives up', () => {
    for (let nth = 0; nth < 100; nth++) dump();
    expect(() => dump()).toThrow(expect.objectContaining({ code: 'EEXIST' }));
  });
});

test.each([
  ['is missing', 'none', 'ENOENT'],
  ['is a file', 'file', 'ENOTDIR'],
])('a directory that %s is refused', (_, name, code) => {
  writeFileSync(join(folder.path, 'file'), '');
  expect(() => writeDump(optionsFor(join(folder.path, name)))).toThrow(expect.objectContaining({ code }));
});

describe('one that fails half-way', () => {
  const failing = function* (before: () => void = () => {}): Generator<ChurnRecord> {
    for (let pid = 0; pid < 2000; pid++) yield spawned(pid, 'x', 1);
    before();
    throw new Error('half-way');
  };
  const openFiles = () => readdirSync('/proc/self/fd').length;

  test('leaves neither a file nor a descriptor', () => {
    const before = openFiles();
    expect(() => dump({ records: failing() })).toThrow('half-way');
    expect(readdirSync(folder.path)).toEqual([]);
    expect(openFiles()).toBe(before);
  });

  test('and whose file someone has removed says what failed, not that', () => {
    const records = failing(() => rmSync(join(folder.path, nameNow)));
    expect(() => dump({ records })).toThrow('half-way');
  });
});

describe('on a full disk', () => {
  const disk = createTempDir();
  /** Mounting needs rights that a test may lack; then the mount says so and the test is skipped. */
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

  test('it says so and leaves nothing half-written', (context) => {
    context.skip(mountFailure !== undefined, `no tmpfs here: ${mountFailure}`);
    const records = Array.from({ length: 5000 }, (_, pid) => spawned(pid, 'x', 1));
    expect(() => writeDump(optionsFor(disk.path, { records }))).toThrow(
      expect.objectContaining({ code: 'ENOSPC' }),
    );
    expect(readdirSync(disk.path)).toEqual([]);
    // There is room for a small one afterwards.
    expect(existsSync(writeDump(optionsFor(disk.path)).path)).toBe(true);
  });
});
