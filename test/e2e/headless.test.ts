import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { chmodSync, closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { execa, type Options } from 'execa';
import { afterAll, describe, expect, test } from 'vitest';
import { decode } from '../../src/trace/format/codec.ts';
import { createTempDir, spawnNamed } from '../support/harness/temp-dir.ts';
import { isExecutable, program } from '../support/harness/pty.ts';

const folder = createTempDir();
afterAll(() => folder.remove());

const run = (args: string[], options: Options = {}) =>
  execa(process.execPath, [program, ...args], { ...options, reject: false, stdin: 'ignore' });

/** Lines of a running churntop, one by one. */
const stream = (args: string[], node = process.execPath) => {
  const process = spawn(node, [program, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const lines = createInterface({ input: process.stdout })[Symbol.asyncIterator]();
  const next = async () => (await lines.next()).value as string;
  return {
    process,
    next,
    /** Read on until a line holds it. */
    until: async (what: RegExp): Promise<string> => {
      for (let line = await next(); line !== undefined; line = await next()) if (what.test(line)) return line;
      throw new Error(`ended without ${what}`);
    },
    exit: new Promise<number | null>((done) => process.once('exit', done)),
  };
};

describe('the stream', () => {
  test('begins with a header, follows a child, and ends with trace.end', async () => {
    const { process, next, until, exit } = stream(['--ndjson']);
    expect(decode(await next())?.record).toMatchObject({
      probe_source: 'trace.header',
      epistemic_status: 'DECLARED',
    });
    await until(/"initial":true/);
    const { name, pid, end } = await spawnNamed(folder.path);
    const spawned = decode(await until(new RegExp(`spawned","guest_pid":${pid},`)));
    expect(spawned?.record).toMatchObject({
      guest_ppid: globalThis.process.pid,
      window_ns: expect.any(BigInt),
    });
    await end();
    expect(await until(new RegExp(`exited","guest_pid":${pid},`))).toContain(`"guest_comm":"${name}"`);
    process.kill('SIGINT');
    expect(await until(/trace\.end/)).toBeTruthy();
    expect(await exit).toBe(0);
  });

  test('numbers its records without a hole', async () => {
    const { process, next, exit } = stream(['--ndjson']);
    for (let seq = 0; seq < 20; seq++) expect(decode(await next())?.seq).toBe(seq);
    process.kill('SIGTERM');
    expect(await exit).toBe(0);
  });

  test('--strict has four keys, and the first poll only with --initial', async () => {
    const strict = stream(['--strict']);
    const all = stream(['--strict', '--initial']);
    const keys = ['probe_source', 'guest_pid', 'guest_comm', 'guest_monotonic_ns'];
    expect(Object.keys(JSON.parse(await all.next()))).toEqual(keys);
    await all.until(new RegExp(`"guest_pid":${globalThis.process.pid},`));

    // Without discovery the first line is the first churn after the start, so something must keep churning.
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

  test('--filter keeps one comm', async () => {
    const wanted = await spawnNamed(folder.path, 'ct-keep');
    const { process, until, exit } = stream(['--ndjson', '--filter', 'ct-keep']);
    // Gaps pass every filter.
    const next = () => until(/^(?!.*trace\.gap)/);
    expect(await next()).toContain('"filter":"ct-keep"');
    expect(await next()).toContain(`"guest_pid":${wanted.pid},`);
    await wanted.end();
    expect(await next()).toMatch(/zombie|exited/);
    process.kill('SIGINT');
    expect(await exit).toBe(0);
  });

  test('control groups are told only where they are asked for', async () => {
    const wanted = await spawnNamed(folder.path, 'ct-group');
    const told = async (args: string[]) => {
      const { process, until, exit } = stream(['--ndjson', ...args]);
      const line = await until(new RegExp(`"guest_pid":${wanted.pid},`));
      process.kill('SIGINT');
      await exit;
      return decode(line)?.record;
    };
    expect(await told([])).not.toHaveProperty('cgroup');
    for (const asked of [['--cgroups'], ['--filter', 'cgroup~/ comm~ct-group']])
      expect(await told(asked)).toMatchObject({ cgroup: expect.stringMatching(/^\//) });
    await wanted.end();
  });

  test('a reader that leaves ends it quietly with 0 [fault:reader-exits]', () => {
    const script = `set -o pipefail; "${process.execPath}" "${program}" | head -3`;
    const output = execFileSync('bash', ['-c', script], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    expect(output.trimEnd().split('\n')).toHaveLength(3);
  });

  test('a full disk is one clear line', async () => {
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

test.each([[[]], [['--ndjson']]])('%j goes by its own name in lists of processes', async (args) => {
  const { process: child, next, exit } = stream(args);
  await next();
  expect(readFileSync(`/proc/${child.pid}/comm`, 'utf8')).toBe('churntop\n');
  child.kill('SIGINT');
  await exit;
});

describe('words and exit codes', () => {
  test.each([
    [['--interval', 'abc'], 2, 'not a time: abc'],
    [['--interval', '0'], 2, 'out of range'],
    [['--interval'], 2, '--interval needs a value'],
    [['--filter', '/(/'], 2, 'Unterminated group'],
    [['--interval=1s', '-i', '2s'], 2, 'flag --interval can only be set once'],
    [['--constructor'], 2, 'unknown flag --constructor'],
    [['--frobnicate'], 2, 'unknown flag --frobnicate'],
    [['-x'], 2, 'unknown flag -x'],
    [['frobnicate'], 2, 'unknown argument frobnicate'],
    [['--proc', '/proc/nonexistent'], 3, '/proc/nonexistent: cannot list: no such file or directory'],
    [['--proc', folder.path], 3, 'no process listed'],
  ])('%j ends with %i', async (args, code, words) => {
    const { exitCode, stderr, stdout } = await run(args as string[]);
    expect(stderr).toContain(words);
    expect(stderr).toMatch(/^churntop: .+$/);
    expect(stdout).toBe('');
    expect(exitCode).toBe(code);
  });

  test('--help and --version', async () => {
    const help = await run(['--help']);
    expect(help.stdout).toContain('Usage: churntop');
    expect(help.exitCode).toBe(0);
    expect((await run(['-V'])).stdout).toMatch(/^\d+\.\d+\.\d+$/);
  });

  /** As an ordinary user finds it: root may read anything, unless it gives that up. */
  const asOrdinary = (command: string[]): [string, string[]] => {
    const isRoot = process.getuid?.() === 0;
    const [file, ...args] = isRoot
      ? ['setpriv', '--bounding-set=-dac_override,-dac_read_search', ...command]
      : command;
    return [file as string, args];
  };

  test("a home of somebody else's has no configuration; one of one's own must be readable", async () => {
    const home = join(folder.path, 'home');
    const config = join(home, '.config', 'churntop', 'config');
    mkdirSync(join(home, '.config', 'churntop'), { recursive: true });
    writeFileSync(config, 'no-such-flag\n', { mode: 0o000 });
    const [file, args] = asOrdinary([
      'bash',
      '--norc',
      '-c',
      `"$0" "$@" | head -1`,
      process.execPath,
      program,
      '--ndjson',
    ]);
    const begun = () => execa(file, args, { env: { HOME: home, XDG_CONFIG_HOME: '' }, reject: false });
    expect(await begun()).toMatchObject({
      stdout: '',
      stderr: `churntop: ${config}: permission denied (EACCES)`,
    });
    chmodSync(home, 0o000);
    expect(await begun()).toMatchObject({ stderr: '', stdout: expect.stringContaining('trace.header') });
    chmodSync(home, 0o700);
  });

  test.skipIf(isExecutable)('another system than Linux is refused', async () => {
    const loader = `data:text/javascript,Object.defineProperty(process,'platform',{value:'sunos'})`;
    const { exitCode, stderr } = await execa(process.execPath, ['--import', loader, program], {
      reject: false,
    });
    expect(stderr).toContain('sunos');
    expect(exitCode).toBe(3);
  });

  test('a proc root of text files is a proc root', async () => {
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

const otherNode = () => {
  const path = (process.env.PATH ?? '').split(':').filter((entry) => !entry.includes('node_modules'));
  try {
    const node = execFileSync('sh', ['-c', 'command -v node'], {
      env: { PATH: path.join(':') },
      encoding: 'utf8',
    }).trim();
    return Number(execFileSync(node, ['-p', 'process.versions.node.split(".")[0]'], { encoding: 'utf8' })) >=
      20
      ? node
      : undefined;
  } catch {
    return undefined;
  }
};

describe.skipIf(isExecutable || !otherNode())("on the machine's own Node", () => {
  test('it streams', async () => {
    const { process, next, exit } = stream(['--ndjson'], otherNode());
    expect(await next()).toContain('trace.header');
    process.kill('SIGINT');
    expect(await exit).toBe(0);
  });
});
