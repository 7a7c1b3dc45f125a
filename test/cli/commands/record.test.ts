import { execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { decode } from '../../../src/trace/format/codec.ts';
import { LineSplitter } from '../../../src/trace/read/line-splitter.ts';
import { createTempDir } from '../../support/harness/temp-dir.ts';
import { createFakeProc } from '../../support/fakes/fake-proc.ts';
import { program } from '../../support/harness/pty.ts';
import {
  decodeTrace,
  type RunningChurntop,
  readIfExists,
  sourcesOf,
  startChurntop,
  waitFor,
  waitForText,
} from '../../support/harness/recording.ts';

const folder = createTempDir();
const running: RunningChurntop[] = [];
let own = '';
let proc: ReturnType<typeof createFakeProc>;
let file = '';

beforeEach(() => {
  own = mkdtempSync(join(folder.path, 't-'));
  proc = createFakeProc(own);
  file = join(own, 'trace.ndjson');
});
afterAll(() => {
  for (const { process } of running) process.kill('SIGKILL');
  folder.remove();
});

const record = (args: readonly string[] = [], wrap: readonly string[] = [], path = file): RunningChurntop => {
  const started = startChurntop(['record', path, '--proc', proc.root, '--interval', '2ms', ...args], wrap);
  running.push(started);
  return started;
};

const begun = (path = file) => waitForText(path, /trace\.header[\s\S]*"init".*\n/);

const finish = async ({ process, exit }: RunningChurntop, signal: NodeJS.Signals = 'SIGINT') => {
  process.kill(signal);
  return (await exit).code;
};

/** Why a test that needs more than an ordinary user cannot run here; undefined where it can. */
const cannotMount = (): string | undefined => {
  const at = mkdtempSync(join(folder.path, 'm-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'none', at], { stdio: 'pipe' });
    execFileSync('umount', [at]);
    return undefined;
  } catch (error) {
    return String((error as { stderr?: Buffer }).stderr ?? error).trim();
  }
};
const noMount = cannotMount();
const mounted = (reason: string | undefined) => (reason ? ` (skipped: ${reason})` : '');

const mountTmpfs = (size: string) => {
  const at = join(own, 'small');
  mkdirSync(at);
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'none', at]);
  return { at, unmount: () => execFileSync('umount', ['-l', at]) };
};

describe('an end', () => {
  test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
    'asked for by %s is orderly, within a second [fault:signal]',
    async (signal) => {
      const recorder = record();
      await begun();
      const [pid] = proc.spawn(1);
      await waitForText(file, `"guest_pid":${pid},`);
      const asked = performance.now();
      expect(await finish(recorder, signal)).toBe(0);
      expect(performance.now() - asked).toBeLessThan(1000);
      const told = decodeTrace(readIfExists(file));
      expect(told.map(({ seq }) => seq)).toEqual(told.map((_line, index) => index));
      // On a busy machine the sampler may have stalled, and says so.
      const kinds = told.map(({ record: { probe_source } }) => probe_source);
      expect(kinds.filter((kind) => kind !== 'trace.gap')).toEqual([
        'trace.header',
        'process.spawned',
        'process.spawned',
        'trace.end',
      ]);
      expect(statSync(file).mode & 0o777).toBe(0o600);
      expect(recorder.stderr()).toBe('');
    },
  );

  test('comes by itself after --for', async () => {
    const { exit } = record(['--for', '600ms']);
    expect((await exit).code).toBe(0);
    expect(sourcesOf(readIfExists(file)).at(-1)).toBe('trace.end');
  });

  test('after SIGSTOP and SIGCONT has all that happened since', async () => {
    const recorder = record();
    await begun();
    recorder.process.kill('SIGSTOP');
    const [pid] = proc.spawn(1);
    await waitFor('stopped', () =>
      / T /.test(readFileSync(`/proc/${recorder.process.pid}/stat`, 'utf8')) ? true : undefined,
    );
    recorder.process.kill('SIGCONT');
    await waitForText(file, `"guest_pid":${pid},`);
    expect(await finish(recorder)).toBe(0);
    const at = decodeTrace(readIfExists(file)).flatMap(({ record: found }) =>
      'guest_monotonic_ns' in found ? [found.guest_monotonic_ns] : [],
    );
    expect(at).toEqual(at.toSorted((a, b) => Number(a - b)));
  });
});

describe('arguments', () => {
  const secret = ['login', '--password=hunter2', '\u001b[2J'];
  const recorded = async (args: readonly string[]): Promise<string> => {
    const recorder = record(args);
    await begun();
    const [pid] = proc.spawn(1, 'login', secret);
    await waitForText(file, `"guest_pid":${pid},`);
    expect(await finish(recorder)).toBe(0);
    return readIfExists(file);
  };

  test('are written nowhere', async () => {
    expect(await recorded([])).not.toContain('hunter2');
  });

  test('stand on births with --args, exact and harmless', async () => {
    const text = await recorded(['--args']);
    expect(text).not.toContain('\u001b');
    const born = decodeTrace(text).find(
      ({ record: found }) => 'guest_comm' in found && found.guest_comm === 'login',
    );
    expect(born?.record).toMatchObject({ args: secret });
  });
});

describe('a path that is', () => {
  const refusal = async (args: readonly string[] = [], wrap: readonly string[] = []) => {
    const { exit, stderr } = record(args, wrap);
    const { code } = await exit;
    return `${code} ${stderr().trim()}`;
  };

  test('a file is not touched [fault:trace-exists]', async () => {
    writeFileSync(file, 'precious');
    expect(await refusal()).toBe(`1 churntop: ${file}: exists already; --append goes on behind a trace`);
    expect(readIfExists(file)).toBe('precious');
  });

  test('no trace is not appended to', async () => {
    writeFileSync(file, 'precious');
    expect(await refusal(['--append'])).toMatch(/^1 .*is not a trace, so nothing is appended to it$/);
    expect(readIfExists(file)).toBe('precious');
  });

  test.each([[[]], [['--append']]])(
    'a link, a FIFO, a directory, a socket is refused %j [fault:not-a-file]',
    async (args) => {
      const target = join(own, 'target');
      writeFileSync(target, '');
      symlinkSync(target, file);
      expect(await refusal(args)).toMatch(/^1 .*is a symbolic link, which is not followed$/);
      expect(readIfExists(target)).toBe('');
      unlinkSync(file);
      execFileSync('mkfifo', [file]);
      expect(await refusal(args)).toMatch(/^1 .*is a FIFO; a trace is recorded to a file/);
      unlinkSync(file);
      mkdirSync(file);
      expect(await refusal(args)).toMatch(/^1 .*is a directory$/);
      rmSync(file, { recursive: true });
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(file, resolve));
      expect(await refusal(args)).toMatch(/^1 .*is a socket/);
      await new Promise((resolve) => server.close(resolve));
    },
  );

  test('a device, or in a folder that is not there, is refused', async () => {
    file = '/dev/full';
    expect(await refusal(['--append'])).toMatch(/^1 .*\/dev\/full: is a device/);
    file = join(own, 'nowhere', 'trace.ndjson');
    expect(await refusal()).toMatch(/^1 .*no such file or directory \(ENOENT\)$/);
  });

  test.skipIf(noMount)(`on a read-only file system is refused${mounted(noMount)}`, async () => {
    const { at, unmount } = mountTmpfs('64k');
    try {
      execFileSync('mount', ['-o', 'remount,ro', at]);
      file = join(at, 'trace.ndjson');
      expect(await refusal()).toMatch(/^1 .*read-only file system \(EROFS\)$/);
    } finally {
      unmount();
    }
  });

  test('in a folder that may not be written is refused [fault:no-write-permission]', async () => {
    const closed = join(own, 'closed');
    mkdirSync(closed, { mode: 0o555 });
    file = join(closed, 'trace.ndjson');
    // Root may write anywhere, unless it gives that up.
    const isRoot = process.getuid?.() === 0;
    const wrap = isRoot ? ['setpriv', '--bounding-set=-dac_override,-dac_read_search'] : [];
    expect(await refusal([], wrap)).toMatch(/^1 .*permission denied \(EACCES\)$/);
  });

  test('being recorded is refused, whatever way leads there, and free again after kill -9 [fault:second-recorder]', async () => {
    const first = record();
    await begun();
    const other = join(own, 'other-way');
    symlinkSync(own, other);
    const there = file;
    file = join(other, 'trace.ndjson');
    expect(await refusal(['--append'])).toBe(
      `1 churntop: ${file}: is being recorded by another churntop, process ${first.process.pid}`,
    );
    file = there;
    expect(await finish(first, 'SIGKILL')).toBeNull();
    const second = record(['--append']);
    await waitForText(file, /trace\.header[\s\S]*trace\.header/);
    expect(await finish(second)).toBe(0);
  });
});

describe('appending', () => {
  test('cuts off a torn last line first, says so, and begins a new recorder', async () => {
    expect(await finish(await recorded())).toBe(0);
    const whole = readIfExists(file);
    writeFileSync(file, `${whole}{"probe_source":"process.spa`);
    const second = record(['--append']);
    await waitFor('second header', () => readIfExists(file).length > whole.length + 100);
    expect(await finish(second)).toBe(0);
    expect(second.stderr()).toContain('cut off a torn last line of 28 bytes');
    expect(readIfExists(file).startsWith(whole)).toBe(true);
    const headers = decodeTrace(readIfExists(file)).filter(
      ({ record: found }) => found.probe_source === 'trace.header',
    );
    expect(headers.map(({ seq }) => seq)).toEqual([0, 0]);
    expect(new Set(headers.map(({ record: found }) => (found as { recorder?: string }).recorder)).size).toBe(
      2,
    );
  });

  const recorded = async () => {
    const recorder = record();
    await begun();
    return recorder;
  };

  test('after kill -9 at any moment: no whole line is lost, at most one is torn [fault:kill-during-write]', async () => {
    let whole = '';
    for (let round = 0; round < 16; round++) {
      const { process, exit } = record(['--append', '--fsync', 'off']);
      const size = whole.length;
      // Churn goes on until the kill, which comes with the growth of the file, not with a clock.
      const wanted = size + 2000 + Math.random() * 30_000;
      await waitFor('growth', () => {
        proc.spawn(60);
        if (readIfExists(file).length >= wanted) return true;
        proc.clear();
        return undefined;
      });
      process.kill('SIGKILL');
      await exit;
      const text = readIfExists(file);
      expect(text.startsWith(whole)).toBe(true);
      const seqs = decodeTrace(text.slice(whole.length)).map(({ seq }) => seq);
      expect(seqs).toEqual(seqs.map((_seq, index) => index));
      whole = text.slice(0, text.lastIndexOf('\n') + 1);
      proc.clear();
    }
  });
});

describe('a disk that takes nothing', () => {
  /** The gap tells exactly what is missing; the numbers have no hole. */
  const expectAllTold = (text: string, spawned: number) => {
    const read = decodeTrace(text);
    expect(read.map(({ seq }) => seq)).toEqual(read.map((_line, index) => index));
    const seen = new Set(
      read.flatMap(({ record: found }) =>
        'guest_pid' in found && found.guest_pid > 1 ? [found.guest_pid] : [],
      ),
    );
    const lost = read.reduce((sum, { record: found }) => sum + (('events' in found && found.events) || 0), 0);
    expect(seen.size + lost).toBeGreaterThanOrEqual(spawned);
  };

  test.skipIf(noMount)(`is waited out, and nothing is lost${mounted(noMount)} [fault:enospc]`, async () => {
    const { at, unmount } = mountTmpfs('64k');
    try {
      const path = join(at, 'trace.ndjson');
      const ballast = join(at, 'ballast');
      writeFileSync(ballast, Buffer.alloc(40_000));
      const recorder = record([], [], path);
      await begun(path);
      proc.spawn(250);
      await waitFor('the news', () => recorder.stderr().includes('no space left') || undefined);
      // At another try a short write stands there for a moment, until it is cut back.
      const full = await waitFor('whole lines', () => {
        const text = readIfExists(path);
        return text.endsWith('\n') ? text : undefined;
      });
      expect(decodeTrace(full).length).toBeGreaterThan(20);
      unlinkSync(ballast);
      await waitFor('all', () => sourcesOf(readIfExists(path)).length >= 252 || undefined);
      await waitFor('the good news', () => recorder.stderr().endsWith(': recording\n') || undefined);
      expect(await finish(recorder)).toBe(0);
      expect(recorder.stderr()).toMatch(
        /cannot write: no space left on the device \(ENOSPC\); trying again\n.*: recording\n$/,
      );
      expectAllTold(readIfExists(path), 250);
    } finally {
      unmount();
    }
  });

  test.skipIf(noMount)(
    `at the end too, is told with what was lost${mounted(noMount)} [fault:enospc-at-end]`,
    async () => {
      const { at, unmount } = mountTmpfs('16k');
      try {
        const path = join(at, 'trace.ndjson');
        const recorder = record([], [], path);
        await begun(path);
        proc.spawn(400);
        await waitFor('the news', () => recorder.stderr().includes('no space left') || undefined);
        const asked = performance.now();
        expect(await finish(recorder, 'SIGTERM')).toBe(1);
        expect(performance.now() - asked).toBeLessThan(1000);
        expect(recorder.stderr()).toMatch(
          /\d+ records could not be written: no space left on the device \(ENOSPC\)\n$/,
        );
        expect(readIfExists(path).endsWith('\n')).toBe(true);
      } finally {
        unmount();
      }
    },
  );

  test('more of than a file may be large, is a wait as well [fault:efbig]', async () => {
    // 16 KiB: sh counts in blocks of 512 bytes, bash in those of 1024.
    const recorder = record([], ['bash', '-c', 'ulimit -f 16; exec "$@"', 'bash']);
    await begun();
    proc.spawn(200);
    await waitFor('the news', () => recorder.stderr().includes('file size limit') || undefined);
    expect(readIfExists(file).length).toBeLessThanOrEqual(16_384);
    expect(readIfExists(file).endsWith('\n')).toBe(true);
    // Room again: the file is put aside, as logrotate does.
    renameSync(file, `${file}.1`);
    await waitFor('all', () => {
      proc.spawn(1);
      return readIfExists(file).includes('"seq"') || undefined;
    });
    expect(await finish(recorder)).toBeLessThanOrEqual(1);
    decodeTrace(readIfExists(file));
  });
});

describe('a file that others', () => {
  test('rename is followed by a new one with its own header [fault:trace-renamed]', async () => {
    const recorder = record();
    await begun();
    renameSync(file, `${file}.1`);
    await begun();
    const [pid] = proc.spawn(1);
    await waitForText(file, `"guest_pid":${pid},`);
    expect(await finish(recorder)).toBe(0);
    expect(sourcesOf(readIfExists(`${file}.1`)).at(-1)).toBe('trace.end');
    const all = decodeTrace(readIfExists(`${file}.1`) + readIfExists(file)).map(({ seq }) => seq);
    expect(all).toEqual(all.map((_seq, index) => index));
    expect(recorder.stderr()).toContain('moved away, begun anew');
  });

  const noLogrotate = spawnSync('logrotate', ['--version']).error !== undefined;
  test.skipIf(noLogrotate)(
    `rotate by logrotate is followed, part by part${noLogrotate ? ' (skipped: no logrotate here)' : ''} [fault:logrotate]`,
    async () => {
      const recorder = record();
      await begun();
      const rules = join(own, 'rules');
      writeFileSync(
        rules,
        `${file} {\n  rotate 5\n  create 0600 ${userInfo().username}\n  su ${userInfo().username} root\n}\n`,
        { mode: 0o600 },
      );
      const pids: number[] = [];
      for (let round = 0; round < 2; round++) {
        const [pid = 0] = proc.spawn(1);
        pids.push(pid);
        await waitForText(file, `"guest_pid":${pid},`);
        execFileSync('logrotate', ['--force', '--state', join(own, 'state'), rules], { stdio: 'pipe' });
        await begun();
      }
      expect(await finish(recorder)).toBe(0);
      const all = [`${file}.2`, `${file}.1`, file].map(readIfExists);
      expect(all.map((text) => sourcesOf(text).at(-1))).toEqual(all.map(() => 'trace.end'));
      const numbers = decodeTrace(all.join('')).map(({ seq }) => seq);
      expect(numbers).toEqual(numbers.map((_seq, index) => index));
      for (const [index, pid] of pids.entries()) expect(all[index]).toContain(`"guest_pid":${pid},`);
    },
  );

  test('delete is begun anew; a new file that lies there already is taken if it is empty [fault:trace-deleted]', async () => {
    const recorder = record();
    await begun();
    unlinkSync(file);
    await begun();
    renameSync(file, `${file}.1`);
    writeFileSync(file, '');
    await begun();
    expect(await finish(recorder)).toBe(0);
    expect(recorder.stderr()).toContain('deleted, begun anew');
  });

  test('put in its place is not written to', async () => {
    const recorder = record();
    await begun();
    writeFileSync(join(own, 'foreign'), 'precious');
    renameSync(file, `${file}.1`);
    renameSync(join(own, 'foreign'), file);
    await waitFor('the news', () => recorder.stderr().includes('exists') || undefined);
    const [pid] = proc.spawn(1);
    await waitForText(`${file}.1`, `"guest_pid":${pid},`);
    expect(await finish(recorder)).toBe(0);
    expect(readIfExists(file)).toBe('precious');
  });
});

test('rotation keeps the newest parts, compressed, each with its own header and end', async () => {
  const recorder = record(['--rotate', '64KiB', '--keep', '2', '--gzip']);
  await begun();
  const part = (number: number) => `trace.00000${number}.ndjson.gz`;
  await waitFor('four parts', () => {
    proc.spawn(150);
    proc.clear();
    return readdirSync(own).includes(part(4)) || undefined;
  });
  expect(await finish(recorder)).toBe(0);
  const names = readdirSync(own).filter((name) => name.startsWith('trace.'));
  expect(names.filter((name) => name.includes('.00000')).length).toBe(2);
  expect(names).not.toContain(part(1));
  const numbers: number[] = [];
  for (const name of names.toSorted()) {
    const bytes = readFileSync(join(own, name));
    const text = name.endsWith('.gz') ? gunzipSync(bytes).toString() : bytes.toString();
    const kinds = sourcesOf(text);
    expect(kinds[0]).toBe('trace.header');
    expect(kinds.at(-1)).toBe('trace.end');
    numbers.push(...decodeTrace(text).map(({ seq }) => seq));
    expect(statSync(join(own, name)).mode & 0o777).toBe(0o600);
  }
  expect(numbers).toEqual(numbers.map((_seq, index) => index + (numbers[0] as number)));
});

describe('beside a stream', () => {
  const args = () => ['--ndjson', '--record', file, '--proc', proc.root, '--interval', '2ms'];

  test('whose reader leaves, the trace has its end [fault:reader-exits-recording]', async () => {
    const pipe = spawn(
      'bash',
      ['-c', 'set -o pipefail; "$@" | head -1', 'bash', process.execPath, program, ...args()],
      { stdio: ['ignore', 'ignore', 'inherit'] },
    );
    const exit = new Promise((resolve) => pipe.once('exit', resolve));
    await begun();
    const going = setInterval(() => proc.spawn(5), 20);
    expect(await exit).toBe(0);
    clearInterval(going);
    expect(sourcesOf(readIfExists(file)).at(-1)).toBe('trace.end');
  });

  test('whose reader does not read, recording goes on [fault:slow-reader-recording]', async () => {
    // Nobody reads the pipe, which holds 64 KiB.
    const child = spawn(process.execPath, [program, ...args()], { stdio: ['ignore', 'pipe', 'inherit'] });
    const exit = new Promise((resolve) => child.once('exit', resolve));
    await begun();
    for (let round = 0; round < 5; round++) {
      const pids = proc.spawn(200);
      await waitForText(file, `"guest_pid":${pids.at(-1)},`);
    }
    child.kill('SIGTERM');
    expect(await exit).toBe(0);
    expect(sourcesOf(readIfExists(file)).at(-1)).toBe('trace.end');
    child.stdout.destroy();
  });
});

describe('a stream whose reader stops for a while', () => {
  test('drops what it may not hold and says how much', { timeout: 120_000 }, async () => {
    const args = ['--ndjson', '--proc', proc.root, '--interval', '20ms', '--no-alerts', '--args'];
    const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
    const read = new LineSplitter({
      onLines: (lines) => text.push(...lines.split('\n')),
      onTooLong: () => {},
    });
    const text: string[] = [];
    child.stdout.on('data', (bytes) => read.push(bytes));
    await waitFor('the start', () => text.length > 0 || undefined);
    child.stdout.pause();
    // What it holds for a reader is 4 MiB.
    for (let round = 0; round < 24; round++) {
      proc.spawn(300, 'worker', ['x'.repeat(1000)]);
      await new Promise((resolve) => setTimeout(resolve, 40));
      proc.clear();
    }
    child.stdout.resume();
    await waitFor('the gap', () => {
      proc.spawn(1);
      return text.some((line) => line.includes('"reason":"dropped"')) || undefined;
    });
    child.kill('SIGTERM');
    await new Promise((resolve) => child.once('close', resolve));
    const records = text.map((line) => decode(line));
    const dropped = records.reduce((sum, decoded) => {
      const record = decoded?.record;
      return sum + (record?.probe_source === 'trace.gap' ? (record.events ?? 0) : 0);
    }, 0);
    expect(dropped).toBeGreaterThan(500);
    expect(records.map((decoded) => decoded?.seq)).toEqual(records.map((_line, index) => index));
  });
});

test.each([
  [['record'], 'which FILE?'],
  [['record', 'a', 'b'], 'unknown argument b'],
  [['record', 'a', '--strict'], '--strict is no flag of churntop record FILE'],
  [['record', 'a', '--rotate', '64'], 'not a size: 64'],
  [['record', 'a', '--rotate', '1KiB'], 'out of range: 1KiB'],
  [['record', 'a', '--keep', '0'], 'out of range: 0'],
  [['record', 'a', '--for', '5'], 'not a time: 5'],
  [['--for', '5s'], '--for is no flag of churntop'],
])('%j is a wrong call', async (args, words) => {
  const { exit, stderr } = startChurntop(args);
  expect((await exit).code).toBe(2);
  expect(stderr()).toContain(words);
});
