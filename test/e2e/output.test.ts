import { execFileSync, spawnSync } from 'node:child_process';
import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, describe, expect, test } from 'vitest';
import { syntheticEvents, syntheticTrace } from '../support/fixtures/synthetic-trace.ts';
import { program } from '../support/harness/pty.ts';
import { waitFor } from '../support/harness/recording.ts';
import { createTempDir } from '../support/harness/temp-dir.ts';

const folder = createTempDir();
afterAll(() => folder.remove());
const trace = join(folder.path, 'trace.ndjson');
writeFileSync(trace, [...syntheticTrace(syntheticEvents(5000))].join(''));

const commands = [
  ['report', trace],
  ['report', '--json', trace],
  ['export', '--to', 'ecs', trace],
  ['export', '--to', 'perfetto', trace],
  ['check'],
  ['--help'],
  ['report', '--help'],
  ['--version'],
];

test.each([['report'], ['export', '--to', 'ecs']])(
  '%s of a FIFO without a writer exits on SIGTERM',
  async (...args) => {
    const fifo = join(folder.path, args[0] as string);
    execFileSync('mkfifo', [fifo]);
    const churntop = execa(process.execPath, [program, ...args, fifo], { reject: false });
    await waitForOpen(churntop.pid as number, fifo);
    churntop.kill('SIGTERM');
    expect(await churntop).toMatchObject({
      exitCode: 1,
      stderr: `churntop: ${fifo}: no trace record`,
    });
  },
);

describe('an export that cannot read all files', () => {
  const exporting = (to: string, ...files: string[]) =>
    execa(process.execPath, [program, 'export', '--to', to, ...files], { reject: false });

  test('writes a complete Perfetto trace with the reason', async () => {
    const { exitCode, stdout, stderr } = await exporting('perfetto', trace, folder.path);
    expect(stderr).toBe(`churntop: ${folder.path}: is a directory (EISDIR)`);
    expect(exitCode).toBe(1);
    const { traceEvents } = JSON.parse(stdout);
    expect(traceEvents.length).toBeGreaterThan(1000);
    expect(traceEvents.at(-1).name).toBe(`cut short: ${folder.path}: is a directory (EISDIR)`);
  });

  test.each(['ecs', 'otlp'])('writes complete lines of %s', async (to) => {
    const { exitCode, stdout } = await exporting(to, trace, folder.path);
    expect(exitCode).toBe(1);
    const lines = stdout.split('\n');
    for (const line of lines) expect(JSON.parse(line)).toBeTruthy();
    expect(lines.length).toBeGreaterThan(10);
  });

  test('writes a complete Perfetto trace when interrupted', async () => {
    const churntop = exporting('perfetto', '-');
    churntop.stdin.write(readFileSync(trace));
    await new Promise((done) => churntop.stdout.once('data', done));
    churntop.kill('SIGINT');
    const { exitCode, stdout } = await churntop;
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout).traceEvents.at(-1).name).toBe('cut short: interrupted');
  });

  test.each(['perfetto', 'ecs'])('writes no %s when there is no record', async (to) => {
    const { exitCode, stdout, stderr } = await exporting(to, program);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toBe(`churntop: ${program}: no trace record (line 1: not JSON)`);
  });
});

test('report reads a FIFO when a writer opens it', async () => {
  const fifo = join(folder.path, 'late');
  execFileSync('mkfifo', [fifo]);
  const report = execa(process.execPath, [program, 'report', fifo]);
  await waitForOpen(report.pid as number, fifo);
  await execa('cp', [trace, fifo]);
  expect((await report).stdout).toContain('made');
});

/** Waits until a process has a file open. */
const waitForOpen = (pid: number, path: string) =>
  waitFor(`${path} to be open`, () =>
    readdirSync(`/proc/${pid}/fd`).some((fd) => {
      try {
        return readlinkSync(`/proc/${pid}/fd/${fd}`) === path;
      } catch {
        // Closed after it was listed.
        return false;
      }
    }),
  );

describe.each(commands)('%s %s %s', (...args) => {
  test('exits with one error message when the disk is full', () => {
    const full = openSync('/dev/full', 'w');
    const { status, stderr } = spawnSync(process.execPath, [program, ...args], {
      stdio: ['ignore', full, 'pipe'],
      encoding: 'utf8',
    });
    closeSync(full);
    expect(stderr).toBe('churntop: cannot write: no space left on the device (ENOSPC)\n');
    expect(status).toBe(1);
  });

  test('exits with 0 and no message when the reader has exited', async () => {
    const script = '"$@" | true; echo $PIPESTATUS';
    const command = ['-c', script, 'bash', process.execPath, program, ...args];
    const { stdout, stderr } = await execa('bash', command, { reject: false, stdin: 'ignore' });
    expect([stdout, stderr]).toEqual(['0', '']);
  });
});

describe('[fault:hostile-message] a message cannot control the terminal', () => {
  const hostile = '\x1b[31m\x9b2J\x07\r\u202e';
  const path = join(folder.path, hostile);
  const files = {
    empty: join(folder.path, `empty${hostile}`),
    torn: join(folder.path, `torn${hostile}.ndjson`),
    gzip: join(folder.path, `${hostile}.gz`),
    config: join(folder.path, `config${hostile}`),
    folder: join(folder.path, `folder${hostile}`),
  };
  writeFileSync(files.empty, '');
  writeFileSync(
    files.torn,
    `${[...syntheticTrace(syntheticEvents(5))].join('')}${hostile}\n{"x":"${hostile}`,
  );
  writeFileSync(files.gzip, Buffer.from([0x1f, 0x8b, 8, 0xff, 1, 2, 3, 0x0a]));
  writeFileSync(files.config, `bell\n${hostile}\n`);
  mkdirSync(files.folder);
  const configDirectory = join(folder.path, `xdg${hostile}`);
  mkdirSync(join(configDirectory, 'churntop'), { recursive: true });
  writeFileSync(join(configDirectory, 'churntop', 'config'), `theme = ${hostile}\n`);

  test.each<[string, string[], Record<string, string>?]>([
    ['a file to report', ['report', path]],
    ['an empty file', ['report', files.empty]],
    ['a folder', ['report', files.folder]],
    ['a trace with torn lines', ['report', files.torn]],
    ['a trace to export', ['export', '--to', 'ecs', files.torn]],
    ['a damaged gzip file', ['export', '--to', 'otlp', files.gzip]],
    ['a file to record', ['record', path.concat('/x')]],
    ['an existing file to record', ['record', files.torn]],
    ['a configuration file', ['--config', path]],
    ['a line of a configuration file', ['--config', files.config]],
    ['a file of the environment', ['--lines'], { XDG_CONFIG_HOME: configDirectory }],
    ['a proc root', ['--proc', path]],
    ['a proc root without processes', ['check', '--proc', files.folder]],
    ['a filter', ['--filter', `(${hostile}`]],
    ['a filter that is a regular expression', ['report', '--filter', `/${hostile}[/`, trace]],
    ['a user name in a filter', ['report', '--filter', `user=${hostile}x`, trace]],
    ['a value', ['--interval', hostile]],
    ['a choice', ['export', '--to', hostile, trace]],
    ['an alert', ['--alert', hostile]],
    ['key bindings', ['--bind', `${hostile}=p`, '--lines']],
    ['a flag', [`--${hostile}`]],
    ['a short flag', [`-${hostile}`]],
    ['a switch with a value', [`--json${hostile}=x`]],
    ['a command', [hostile]],
    ['an operand', ['record', 'a', hostile]],
    ['a folder for dumps', ['--dump-dir', path, '--lines']],
  ])('%s', async (_, args, env = {}) => {
    const running = execa(process.execPath, [program, ...args], {
      reject: false,
      env: { XDG_CONFIG_HOME: '/nonexistent', ...env },
      stdin: 'ignore',
      stripFinalNewline: false,
    });
    const isStream = args.includes('--lines') || args.includes('--dump-dir');
    if (isStream) running.stdout?.once('data', () => running.kill('SIGINT'));
    const { stdout, stderr } = await running;
    // Exports and streams have the bytes as JSON escapes.
    for (const line of `${stdout}${stderr}`.split('\n')) expect(line).not.toMatch(/[\p{Cc}\u202e]/u);
    expect(stderr + stdout).not.toBe('');
  });

  test('only two functions write to standard error', () => {
    const sources = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((file) =>
      /\.tsx?$/.test(file),
    );
    const writers = sources.filter((file) =>
      /stderr\.write\(|console\.\w+\(/.test(readFileSync(join('src', file), 'utf8')),
    );
    expect(writers).toEqual(['cli/support/output.ts']);
  });
});
