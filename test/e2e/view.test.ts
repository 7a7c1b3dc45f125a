import { execFileSync, spawn } from 'node:child_process';
import { openSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { syntheticEvents, syntheticTrace } from '../support/fixtures/synthetic-trace.ts';
import { spawnNamed, startLine } from '../support/harness/named-process.ts';
import { loadPty, openChurntop, openPty, program } from '../support/harness/pty.ts';
import { killSessionsAfterEach } from '../support/harness/sessions.ts';
import { createTempDir } from '../support/harness/temp-dir.ts';

const pty = await loadPty();
const folder = createTempDir();
const path = join(folder.path, 'trace.ndjson');
const track = killSessionsAfterEach();
const names: string[] = [];

/** Records this guest while two children spawn and exit. */
const record = async (): Promise<void> => {
  const recorder = spawn(process.execPath, [program, '--ndjson'], {
    stdio: ['ignore', openSync(path, 'wx'), 'inherit'],
  });
  const exited = new Promise((done) => recorder.once('exit', done));
  const waitForText = (text: string) =>
    vi.waitFor(() => expect(readFileSync(path, 'utf8')).toContain(text), { timeout: 20_000, interval: 50 });
  try {
    await waitForText('initial');
    for (const prefix of ['ct-one', 'ct-two']) {
      const { name, pid, end } = await spawnNamed(folder.path, prefix);
      await waitForText(`"guest_pid":${pid},"guest_comm":"${name}"`);
      await end();
      await waitForText(`"process.exited","guest_pid":${pid},`);
      names.push(name);
    }
  } finally {
    recorder.kill('SIGINT');
    await exited;
  }
};

const open = (args: string[]) => {
  return track(openChurntop(pty as NonNullable<typeof pty>, ['view', ...args], { cwd: folder.path }));
};

beforeAll(record, 60_000);
afterAll(() => folder.remove());

describe.skipIf(!pty)('view', () => {
  test('plays, pauses, steps, seeks and quits', async () => {
    const session = open([path, '--filter', 'ct-']);
    await session.see('REPLAY ‖ 1x');
    await session.see(/^failures /m);
    session.type('p');
    await session.see('REPLAY ▶ 1x');
    session.type('p');
    await session.see('REPLAY ‖ 1x');
    // 100% is the end of the trace only after indexing.
    await session.unsee('indexing');
    session.type('0');
    await session.unsee(names[0] as string);
    session.type('/\x15\r');
    session.type('9');
    await session.unsee('indexing');
    session.type('t');
    await session.see('to time:');
    session.type('100%\r');
    await session.see('■ end');
    session.type('/ct-\r');
    await session.see(new RegExp(`[-×] +\\d+ +${names[1]} +(?:by \\S+ +)?\\d`));
    session.type('\t');
    session.type('N');
    await session.see(startLine(names[1] as string));
    session.type('q');
    expect(await session.exit).toEqual({ code: 0, signal: 0 });
    expect(session.alternate()).toBe(false);
  });

  test('reads a compressed file and a torn file as one trace', async () => {
    const lines = readFileSync(path, 'utf8').split('\n');
    const cut = Math.floor(lines.length / 2);
    writeFileSync(join(folder.path, 'part.1.gz'), gzipSync(`${lines.slice(0, cut).join('\n')}\n`));
    writeFileSync(join(folder.path, 'part'), lines.slice(cut).join('\n').slice(0, -5));
    const session = open(['part.1.gz', 'part', '--filter', 'ct-']);
    await session.see('REPLAY');
    session.type('wt100%\r');
    await session.see('■ end');
    await session.see(new RegExp(`[-×] +\\d+ +${names[1]} +(?:by \\S+ +)?\\d`));
  });

  test('reports a damaged file, and a file that is truncated while viewed [fault:damaged-trace]', async () => {
    const text = [...syntheticTrace(syntheticEvents(20_000))].join('');
    const packed = gzipSync(text);
    packed.fill(0xff, packed.length - 6000, packed.length - 5000);
    writeFileSync(join(folder.path, 'damaged.gz'), packed);
    const damaged = open(['damaged.gz']);
    await damaged.see('damaged gzip data: damaged.gz');
    await damaged.see('incomplete');
    damaged.type('q');
    expect(await damaged.exit).toEqual({ code: 0, signal: 0 });

    const file = join(folder.path, 'shrinking');
    writeFileSync(file, text);
    const session = open([file, '--filter', 'nothing']);
    await session.see('REPLAY ‖');
    truncateSync(file, 1_000_000);
    session.type('t100%\r');
    await session.see('truncated while viewed');
    await session.see('incomplete');
    // No key was echoed into the first frame, which would scroll the screen.
    expect(session.rows()[0]).toContain('1 live');
  });

  test('shows a hostile trace safely, and counts lines that cannot be read [fault:hostile-trace]', async () => {
    const lines = [...syntheticTrace(syntheticEvents(50))];
    const spawnedLine = (comm: unknown, ns: unknown, seq: unknown) =>
      `${JSON.stringify({ probe_source: 'process.spawned', guest_pid: 7, guest_comm: comm, guest_monotonic_ns: 0, seq })}\n`.replace(
        '"guest_monotonic_ns":0',
        `"guest_monotonic_ns":${ns}`,
      );
    const evil = '\x1b]0;owned\x07\x1b[2J\u202e';
    const hostile = [
      spawnedLine(evil, '93418000123456', 3),
      spawnedLine('late', '9223372036854775807', 2),
      spawnedLine(5, '1', 4),
      spawnedLine('far', '99999999999999999999999', 5),
      '{"probe_source":"process.spa\n',
      `${'x'.repeat(2_000_000)}\n`,
      '\0\0\0\n',
      '{"probe_source":"trace.header","format":9}\n',
      spawnedLine('under format 9', '93418000123456', 6),
    ];
    const file = join(folder.path, 'hostile');
    writeFileSync(file, [...lines, ...hostile, '{"probe_source":"proc'].join(''));
    const session = open([file]);
    await session.see('REPLAY');
    session.type('wt100%\r');
    await session.see('␛]0;owned');
    await session.see(/[78] invalid lines/);
    expect(session.output()).not.toContain('owned\x07');
    expect(session.output()).not.toContain('\u202e');
    expect(session.screen()).not.toContain('under format 9');
    session.type('q');
    expect(await session.exit).toEqual({ code: 0, signal: 0 });
  });

  test('follows a pipe with -, and reads keys from the terminal', async () => {
    const shell = openPty(pty as NonNullable<typeof pty>, 'bash', [
      '-c',
      `(cat "${path}"; sleep 30) | "${process.execPath}" "${program}" view - --filter ct-`,
    ]);
    track(shell);
    await shell.see('following standard input');
    await shell.see('p pause');
    expect(shell.screen()).not.toContain('R record');
    await shell.see(new RegExp(`[-×] +\\d+ +${names[1]} +(?:by \\S+ +)?\\d`));
    shell.type('p');
    await shell.see('PAUSED');
    shell.type('q');
    await shell.unsee('PAUSED');
    expect(shell.alternate()).toBe(false);
  });
});

describe('view exits with an error message for', () => {
  test.each([
    [['view'], 2, 'view: missing operand (expected FILE'],
    [['view', 'a', '-'], 2, '-: cannot be combined with files'],
    [['view', path], 1, 'not a terminal (view needs one'],
  ])('%j', async (args, code, message) => {
    const { exitCode, stderr } = await execa(process.execPath, [program, ...args], { reject: false });
    expect(stderr).toContain(message);
    expect(exitCode).toBe(code);
  });

  const at = (name: string) => join(folder.path, name);
  beforeAll(() => {
    execFileSync('mkfifo', [at('fifo')]);
    writeFileSync(at('empty'), '');
    writeFileSync(at('letter'), 'Hello,\nno.\n');
    writeFileSync(at('letter.gz'), gzipSync('Hello,\nno.\n'));
    writeFileSync(at('newer'), '{"probe_source":"trace.header","format":9}\n');
  });

  test.skipIf(!pty).each([
    [['/proc/nonexistent'], 'no such file or directory'],
    [['/'], 'is a directory'],
    [['fifo'], 'is a FIFO'],
    [[path, 'fifo'], 'is a FIFO'],
    [['/dev/null'], 'is a device'],
    [['socket'], 'is a socket'],
    [['empty'], 'empty: is empty'],
    [['letter'], 'letter: no trace record (line 1: not JSON)'],
    [['letter.gz', 'empty'], 'letter.gz, empty: no trace record (line 1: not JSON)'],
    [['newer'], 'newer: no trace record (line 1: format 9, this version reads 1)'],
  ])('%j', async (files, message) => {
    const socket = createServer().listen(at('socket'));
    onTestFinished(() => void socket.close());
    const session = open(files);
    await session.see(message);
    expect(await session.exit).toEqual({ code: 1, signal: 0 });
    expect(session.output()).not.toContain('\x1b[?1049h');
  });
});

test('the program has no separate file for the index thread', () => {
  expect(execFileSync('ls', ['dist'], { encoding: 'utf8' })).not.toContain('worker');
});
