import { execFileSync, spawnSync } from 'node:child_process';
import { closeSync, openSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, describe, expect, test } from 'vitest';
import { createTempDir } from '../support/harness/temp-dir.ts';
import { syntheticEvents, syntheticTrace } from '../support/fixtures/synthetic-trace.ts';
import { program } from '../support/harness/pty.ts';
import { waitFor } from '../support/harness/recording.ts';

const folder = createTempDir();
afterAll(() => folder.remove());
const trace = join(folder.path, 'trace.ndjson');
writeFileSync(trace, [...syntheticTrace(syntheticEvents(20_000))].join(''));

const calls = [
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
  '%s of a FIFO that nobody writes to ends when asked',
  async (...args) => {
    const fifo = join(folder.path, args[0] as string);
    execFileSync('mkfifo', [fifo]);
    const churntop = execa(process.execPath, [program, ...args, fifo], { reject: false });
    await opened(churntop.pid as number, fifo);
    churntop.kill('SIGTERM');
    expect(await churntop).toMatchObject({
      exitCode: 1,
      stderr: `churntop: ${fifo}: no trace record in it`,
    });
  },
);

describe('an export that cannot go on', () => {
  const exporting = (to: string, ...files: string[]) =>
    execa(process.execPath, [program, 'export', '--to', to, ...files], { reject: false });

  test('is a whole Perfetto trace that says so', async () => {
    const { exitCode, stdout, stderr } = await exporting('perfetto', trace, folder.path);
    expect(stderr).toBe(`churntop: ${folder.path}: is a directory (EISDIR)`);
    expect(exitCode).toBe(1);
    const { traceEvents } = JSON.parse(stdout);
    expect(traceEvents.length).toBeGreaterThan(1000);
    expect(traceEvents.at(-1).name).toBe(`cut short: ${folder.path}: is a directory (EISDIR)`);
  });

  test.each(['ecs', 'otlp'])('is whole lines of %s', async (to) => {
    const { exitCode, stdout } = await exporting(to, trace, folder.path);
    expect(exitCode).toBe(1);
    const lines = stdout.split('\n');
    for (const line of lines) expect(JSON.parse(line)).toBeTruthy();
    expect(lines.length).toBeGreaterThan(10);
  });

  test('as it was interrupted is whole, too', async () => {
    const churntop = exporting('perfetto', '-');
    churntop.stdin.write(readFileSync(trace));
    await new Promise((done) => churntop.stdout.once('data', done));
    churntop.kill('SIGINT');
    const { exitCode, stdout } = await churntop;
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout).traceEvents.at(-1).name).toBe('cut short: interrupted');
  });

  test.each(['perfetto', 'ecs'])('for want of a record writes no %s at all', async (to) => {
    const { exitCode, stdout, stderr } = await exporting(to, program);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toBe(`churntop: ${program}: no trace record in it`);
  });
});

test('report reads a FIFO once somebody writes to it', async () => {
  const fifo = join(folder.path, 'late');
  execFileSync('mkfifo', [fifo]);
  const report = execa(process.execPath, [program, 'report', fifo]);
  await opened(report.pid as number, fifo);
  await execa('cp', [trace, fifo]);
  expect((await report).stdout).toContain('made');
});

/** Until a process has a file open. */
const opened = (pid: number, path: string) =>
  waitFor(`${path} opened`, () =>
    readdirSync(`/proc/${pid}/fd`).some((fd) => {
      try {
        return readlinkSync(`/proc/${pid}/fd/${fd}`) === path;
      } catch {
        // Closed since it was listed.
        return false;
      }
    }),
  );

describe.each(calls)('%s %s %s', (...args) => {
  test('onto a full disk fails with one sentence', () => {
    const full = openSync('/dev/full', 'w');
    const { status, stderr } = spawnSync(process.execPath, [program, ...args], {
      stdio: ['ignore', full, 'pipe'],
      encoding: 'utf8',
    });
    closeSync(full);
    expect(stderr).toBe('churntop: cannot write: no space left on the device (ENOSPC)\n');
    expect(status).toBe(1);
  });

  test('to a reader that has left is a quiet end', async () => {
    const script = '"$@" | true; echo $PIPESTATUS';
    const command = ['-c', script, 'bash', process.execPath, program, ...args];
    const { stdout, stderr } = await execa('bash', command, { reject: false, stdin: 'ignore' });
    expect([stdout, stderr]).toEqual(['0', '']);
  });
});
