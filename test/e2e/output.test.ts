import { execFileSync, spawnSync } from 'node:child_process';
import { closeSync, openSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
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
writeFileSync(trace, [...syntheticTrace(syntheticEvents(20_000))].join(''));

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
      stderr: `churntop: ${fifo}: contains no trace record`,
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
    expect(stderr).toBe(`churntop: ${program}: contains no trace record`);
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
