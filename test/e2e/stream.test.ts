import { execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmdirSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { execa, type Options } from 'execa';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { decode } from '../../src/trace/format/decode.ts';
import { LineSplitter } from '../../src/trace/read/line-splitter.ts';
import { createFakeProc } from '../support/fakes/fake-proc.ts';
import { spawnNamed } from '../support/harness/named-process.ts';
import { isExecutable, program } from '../support/harness/pty.ts';
import { waitFor } from '../support/harness/recording.ts';
import { createTempDir, memoryDir } from '../support/harness/temp-dir.ts';
import { describeSources } from '../support/installed/sources.ts';
import { systemNode } from '../support/installed/system-node.ts';

const folder = createTempDir();
const procFolder = createTempDir(memoryDir);
afterAll(() => {
  folder.remove();
  procFolder.remove();
});

const run = (args: string[], options: Options = {}) =>
  execa(process.execPath, [program, ...args], { ...options, reject: false, stdin: 'ignore' });

/** Starts churntop and reads its lines one by one. */
const stream = (args: string[], node = process.execPath) => {
  const process = spawn(node, [program, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const lines = createInterface({ input: process.stdout })[Symbol.asyncIterator]();
  const next = async () => (await lines.next()).value as string;
  return {
    process,
    next,
    /** Reads lines until one matches, and returns it. */
    until: async (pattern: RegExp): Promise<string> => {
      for (let line = await next(); line !== undefined; line = await next())
        if (pattern.test(line)) return line;
      throw new Error(`end of output without ${pattern}`);
    },
    exit: new Promise<number | null>((done) => process.once('exit', done)),
  };
};

/** Where cgroups are created: in the hierarchy of systemd, or else in the unified one. */
const cgroupRoot = ['/sys/fs/cgroup/systemd', '/sys/fs/cgroup'].find((path) =>
  existsSync(join(path, 'cgroup.procs')),
);

/** Creates a slice with two cgroups; undefined if this user may not, or if there is no cgroup file system. */
const createCgroups = (names: readonly string[]) => {
  if (cgroupRoot === undefined) return undefined;
  const slice = join(cgroupRoot, `churntop-${process.pid}.slice`);
  try {
    for (const name of names) mkdirSync(join(slice, name), { recursive: true });
  } catch {
    return undefined;
  }
  /** Removes the cgroups. Returns whether they are gone: a cgroup is busy until its last process has exited. */
  const remove = (): boolean => {
    try {
      for (const folder of [...names.map((name) => join(slice, name)), slice])
        if (existsSync(folder)) rmdirSync(folder);
      return true;
    } catch {
      return false;
    }
  };
  return { fileOf: (name: string) => join(slice, name, 'cgroup.procs'), remove };
};

const containerId = '4f5e6a7b8c9d'.padEnd(64, '0');
const unitNames = ['churntop-test.service', `docker-${containerId}.scope`];
const cgroups = createCgroups(unitNames);
afterAll(() => waitFor('the removal of the cgroups', () => cgroups?.remove() ?? true));

describe('two cgroups (needs a writable cgroup file system)', () => {
  test.skipIf(!cgroups)('are units in a report by unit, and one is a container', async () => {
    const churns = unitNames.map((name) =>
      spawn('sh', ['-c', 'echo $$ > "$0" && while /bin/sleep 0.05; do :; done', cgroups?.fileOf(name) ?? '']),
    );
    try {
      const keysOf = async (grouping: string) => {
        const { stdout } = await run(['report', '--for', '1s', '--by', grouping, '--json']);
        const { rows } = JSON.parse(String(stdout)).by[grouping];
        return rows
          .filter(({ spawns }: { spawns: number }) => spawns >= 5)
          .map(({ key }: { key: string }) => key);
      };
      // Until they have churned enough within a second, which takes longer on a busy machine.
      await vi.waitFor(
        async () => expect(await keysOf('unit')).toEqual(expect.arrayContaining(unitNames)),
        50_000,
      );
      await vi.waitFor(
        async () => expect(await keysOf('container')).toContain('docker:4f5e6a7b8c9d'),
        50_000,
      );
    } finally {
      for (const churn of churns) churn.kill();
      await Promise.all(churns.map((churn) => new Promise((done) => churn.once('exit', done))));
    }
  });
});

describeSources('the stream', (source) => {
  test('starts with a header, follows a child, and ends with trace.end', async () => {
    const { process, next, until, exit } = stream(['--ndjson', '--source', source]);
    const header = decode(await next())?.record;
    expect(header).toMatchObject({
      probe_source: 'trace.header',
      epistemic_status: 'DECLARED',
      recorder: expect.stringMatching(/^[0-9a-f]{8}$/),
      capture_mode: source === 'kernel' ? 'kernel' : expect.stringMatching(/^(cursor|walk)$/),
    });
    await until(/"initial":true/);
    const { name, pid, end } = await spawnNamed(folder.path);
    const spawned = decode(await until(new RegExp(`spawned","guest_pid":${pid},`)));
    expect(spawned?.record).toMatchObject({ guest_ppid: globalThis.process.pid });
    // Events of the kernel have exact times.
    const isExact = source === 'kernel';
    expect(Object.hasOwn(spawned?.record ?? {}, 'window_ns')).toBe(!isExact);
    await end();
    const exited = await until(new RegExp(`exited","guest_pid":${pid},`));
    expect(exited).toContain(`"guest_comm":"${name}"`);
    if (isExact) expect(exited).toContain('"exit_signal":9');
    process.kill('SIGINT');
    expect(await until(/trace\.end/)).toBeTruthy();
    expect(await exit).toBe(0);
  });
});

describe('the stream', () => {
  test('numbers its records without holes', async () => {
    const { process, next, exit } = stream(['--ndjson']);
    for (let seq = 0; seq < 20; seq++) expect(decode(await next())?.seq).toBe(seq);
    process.kill('SIGTERM');
    expect(await exit).toBe(0);
  });

  test('has four keys with --strict, and initial records only with --initial', async () => {
    const strict = stream(['--strict']);
    const all = stream(['--strict', '--initial']);
    const keys = ['probe_source', 'guest_pid', 'guest_comm', 'guest_monotonic_ns'];
    expect(Object.keys(JSON.parse(await all.next()))).toEqual(keys);
    await all.until(new RegExp(`"guest_pid":${globalThis.process.pid},`));

    // Without initial records the first line is the first spawn after the start.
    const churn = spawn('sh', ['-c', 'while :; do sleep 0.05; done'], { stdio: 'ignore' });
    const first = await strict.next();
    churn.kill('SIGKILL');
    expect(Object.keys(JSON.parse(first))).toEqual(keys);
    expect(first).not.toContain(`"guest_pid":${globalThis.process.pid},`);

    const { pid, end } = await spawnNamed(folder.path);
    await strict.until(new RegExp(`spawned","guest_pid":${pid},`));
    await end();
    await strict.until(new RegExp(`exited","guest_pid":${pid},`));
    await all.until(new RegExp(`exited","guest_pid":${pid},`));
    for (const { process, exit } of [strict, all]) {
      process.kill('SIGINT');
      expect(await exit).toBe(0);
    }
  });

  test('has only matching records with --filter', async () => {
    const wanted = await spawnNamed(folder.path, 'ct-keep');
    const { process, until, exit } = stream(['--ndjson', '--filter', 'ct-keep']);
    // Gaps match every filter.
    const next = () => until(/^(?!.*trace\.gap)/);
    expect(await next()).toContain('"filter":"ct-keep"');
    expect(await next()).toContain(`"guest_pid":${wanted.pid},`);
    await wanted.end();
    expect(await next()).toMatch(/zombie|exited/);
    process.kill('SIGINT');
    expect(await exit).toBe(0);
  });

  test('has cgroups only with --record-cgroups or a filter by cgroup', async () => {
    const wanted = await spawnNamed(folder.path, 'ct-group');
    const recordOf = async (args: string[]) => {
      const { process, until, exit } = stream(['--ndjson', ...args]);
      const line = await until(new RegExp(`"guest_pid":${wanted.pid},`));
      process.kill('SIGINT');
      await exit;
      return decode(line)?.record;
    };
    expect(await recordOf([])).not.toHaveProperty('cgroup');
    for (const args of [['--record-cgroups'], ['--filter', 'cgroup~/ comm~ct-group']])
      expect(await recordOf(args)).toMatchObject({ cgroup: expect.stringMatching(/^\//) });
    await wanted.end();
  });

  test('exits with 0 and no message when its reader exits [fault:reader-exits]', () => {
    const script = `set -o pipefail; "${process.execPath}" "${program}" | head -3`;
    const output = execFileSync('bash', ['-c', script], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    expect(output.trimEnd().split('\n')).toHaveLength(3);
  });

  test('drops records and reports how many when the reader stops for a while', {
    timeout: 120_000,
  }, async () => {
    const proc = createFakeProc(procFolder.path);
    const args = ['--ndjson', '--proc', proc.root, '--interval', '20ms', '--no-alerts', '--record-args'];
    const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
    const lines: string[] = [];
    const splitter = new LineSplitter({
      onLines: (text) => lines.push(...text.split('\n')),
      onTooLong: () => {},
    });
    child.stdout.on('data', (bytes) => splitter.push(bytes));
    await waitFor('the start', () => lines.length > 0 || undefined);
    child.stdout.pause();
    // The queue for the reader is limited to 4 MiB.
    for (let round = 0; round < 24; round++) {
      proc.spawn(300, 'worker', ['x'.repeat(1000)]);
      await new Promise((resolve) => setTimeout(resolve, 40));
      proc.clear();
    }
    child.stdout.resume();
    await waitFor('the gap', () => {
      proc.spawn(1);
      return lines.some((line) => line.includes('"reason":"dropped"')) || undefined;
    });
    child.kill('SIGTERM');
    await new Promise((resolve) => child.once('close', resolve));
    const records = lines.map((line) => decode(line));
    const dropped = records.reduce((sum, decoded) => {
      const record = decoded?.record;
      return sum + (record?.probe_source === 'trace.gap' ? (record.events ?? 0) : 0);
    }, 0);
    expect(dropped).toBeGreaterThan(500);
    expect(records.map((decoded) => decoded?.seq)).toEqual(records.map((_line, index) => index));
  });

  test('exits with an error message when the disk is full', async () => {
    const full = openSync('/dev/full', 'w');
    const { status, stderr } = spawnSync(process.execPath, [program, '--ndjson'], {
      stdio: ['ignore', full, 'pipe'],
      encoding: 'utf8',
    });
    closeSync(full);
    expect(stderr).toContain('no space left on the device (ENOSPC)');
    expect(status).toBe(1);
  });
});

test.each([[[]], [['--ndjson']]])('churntop %j appears as churntop in lists of processes', async (args) => {
  const { process: child, next, exit } = stream(args);
  await next();
  expect(readFileSync(`/proc/${child.pid}/comm`, 'utf8')).toBe('churntop\n');
  child.kill('SIGINT');
  await exit;
});

describe('exit codes', () => {
  test.each([
    [['--interval', 'abc'], 2, '--interval: invalid duration "abc"'],
    [['--interval', '0'], 2, '--interval: out of range "0"'],
    [['--interval'], 2, '--interval: missing value'],
    [['--filter', '/(/'], 2, '--filter: regular expression: missing closing )'],
    [['--interval=1s', '-i', '2s'], 2, '--interval: can only be set once'],
    [['--constructor'], 2, '--constructor: unknown flag'],
    [['--frobnicate'], 2, '--frobnicate: unknown flag'],
    [['-x'], 2, '-x: unknown flag'],
    [['frobnicate'], 2, 'unknown command "frobnicate"'],
    [['reprot'], 2, 'unknown command "reprot" (did you mean report?)'],
    [['--proc', '/proc/nonexistent'], 3, '/proc/nonexistent: cannot list: no such file or directory'],
    [['--proc', folder.path], 3, 'no process listed'],
  ])('%j exits with %i and a message', async (args, code, message) => {
    const { exitCode, stderr, stdout } = await run(args as string[]);
    expect(stderr).toContain(message);
    expect(stderr).toMatch(/^churntop: .+$/);
    expect(stdout).toBe('');
    expect(exitCode).toBe(code);
  });

  test('--help and -V print to stdout and exit with 0', async () => {
    const help = await run(['--help']);
    expect(help.stdout).toContain('Usage: churntop');
    expect(help.exitCode).toBe(0);
    expect((await run(['-V'])).stdout).toMatch(/^\d+\.\d+\.\d+$/);
  });

  /** Returns a command without the capabilities that let root read any file. */
  const withoutOverrides = (command: string[]): [string, string[]] => {
    const isRoot = process.getuid?.() === 0;
    const [file, ...args] = isRoot
      ? ['setpriv', '--bounding-set=-dac_override,-dac_read_search', ...command]
      : command;
    return [file as string, args];
  };

  test('the configuration is ignored when HOME is not accessible, and an error when only the file is', async () => {
    const home = join(folder.path, 'home');
    const config = join(home, '.config', 'churntop', 'config');
    mkdirSync(join(home, '.config', 'churntop'), { recursive: true });
    writeFileSync(config, 'no-such-flag\n', { mode: 0o000 });
    const [file, args] = withoutOverrides([
      'bash',
      '--norc',
      '-c',
      `"$0" "$@" | head -1`,
      process.execPath,
      program,
      '--ndjson',
    ]);
    const run = () => execa(file, args, { env: { HOME: home, XDG_CONFIG_HOME: '' }, reject: false });
    expect(await run()).toMatchObject({
      stdout: '',
      stderr: `churntop: ${config}: permission denied (EACCES)`,
    });
    chmodSync(home, 0o000);
    expect(await run()).toMatchObject({ stderr: '', stdout: expect.stringContaining('trace.header') });
    chmodSync(home, 0o700);
  });

  test.skipIf(isExecutable)('churntop exits with 3 when the system is not Linux', async () => {
    const loader = `data:text/javascript,Object.defineProperty(process,'platform',{value:'sunos'})`;
    const { exitCode, stderr } = await execa(process.execPath, ['--import', loader, program], {
      reject: false,
    });
    expect(stderr).toContain('sunos');
    expect(exitCode).toBe(3);
  });

  test('churntop reads a proc root of regular files', async () => {
    const root = join(folder.path, 'proc');
    mkdirSync(join(root, '1'), { recursive: true });
    const stat = `1 (init) S 0 ${'0 '.repeat(17)}42 ${'0 '.repeat(29)}0`;
    writeFileSync(join(root, '1', 'stat'), stat);
    const { process, until, exit } = stream(['--ndjson', '--proc', root]);
    expect(decode(await until(/"guest_pid":1,/))?.record).toMatchObject({
      guest_comm: 'init',
      initial: true,
    });
    process.kill('SIGINT');
    expect(await exit).toBe(0);
  });
});

describeSources('on the Node of the system', (source) => {
  test.skipIf(isExecutable || !systemNode())('churntop streams', async () => {
    const { process, next, until, exit } = stream(['--ndjson', '--source', source], systemNode());
    expect(await next()).toContain('trace.header');
    await until(/"initial":true/);
    const { pid, end } = await spawnNamed(folder.path);
    await until(new RegExp(`spawned","guest_pid":${pid},`));
    await end();
    await until(new RegExp(`exited","guest_pid":${pid},`));
    process.kill('SIGINT');
    expect(await exit).toBe(0);
  });
});
