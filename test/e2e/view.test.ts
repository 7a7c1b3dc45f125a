import { execFileSync, spawn } from 'node:child_process';
import { openSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { execa } from 'execa';
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { createTempDir, spawnNamed } from '../support/harness/temp-dir.ts';
import { syntheticEvents, syntheticTrace } from '../support/fixtures/synthetic-trace.ts';
import { loadPty, openChurntop, openPty, program, type Session } from '../support/harness/pty.ts';

const pty = await loadPty();
const folder = createTempDir();
const path = join(folder.path, 'trace.ndjson');
const sessions: Session[] = [];
const names: string[] = [];

/** What really happens here while two children come and go. */
const record = async (): Promise<void> => {
  const recorder = spawn(process.execPath, [program, '--ndjson'], {
    stdio: ['ignore', openSync(path, 'wx'), 'inherit'],
  });
  const ended = new Promise((done) => recorder.once('exit', done));
  const holds = (text: string) =>
    vi.waitFor(() => expect(readFileSync(path, 'utf8')).toContain(text), { timeout: 20_000, interval: 50 });
  try {
    await holds('initial');
    for (const prefix of ['ct-one', 'ct-two']) {
      const { name, pid, end } = await spawnNamed(folder.path, prefix);
      await holds(`"guest_pid":${pid},"guest_comm":"${name}"`);
      await end();
      await holds(`"process.exited","guest_pid":${pid},`);
      names.push(name);
    }
  } finally {
    recorder.kill('SIGINT');
    await ended;
  }
};

const open = (args: string[]) => {
  const session = openChurntop(pty as NonNullable<typeof pty>, ['view', ...args], { cwd: folder.path });
  sessions.push(session);
  return session;
};

beforeAll(record, 60_000);
afterEach(async () => {
  for (const session of sessions.splice(0)) {
    session.kill('SIGKILL');
    await session.exit;
  }
});
afterAll(() => folder.remove());

describe.skipIf(!pty)('a trace of this guest, seen again', () => {
  test('play, pause, step, jump, quit', async () => {
    const session = open([path, '--filter', 'ct-']);
    await session.see('REPLAY ▶ 1x');
    session.type('p');
    await session.see('REPLAY ‖ 1x');
    // Until then 100% is the end of what is known.
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
    await session.see(new RegExp(`- +\\d+ +${names[1]} +lived`));
    session.type('\t');
    session.type('N');
    await session.see(new RegExp(`\\+ +\\d+ +${names[1]}`));
    session.type('q');
    expect(await session.exit).toEqual({ code: 0, signal: 0 });
    expect(session.alternate()).toBe(false);
  });

  test('a compressed part and a torn one are one trace', async () => {
    const lines = readFileSync(path, 'utf8').split('\n');
    const cut = Math.floor(lines.length / 2);
    writeFileSync(join(folder.path, 'part.1.gz'), gzipSync(`${lines.slice(0, cut).join('\n')}\n`));
    writeFileSync(join(folder.path, 'part'), lines.slice(cut).join('\n').slice(0, -5));
    const session = open(['part.1.gz', 'part', '--filter', 'ct-']);
    await session.see('REPLAY');
    session.type('t100%\r');
    await session.see('■ end');
    await session.see(new RegExp(`- +\\d+ +${names[1]} +lived`));
  });

  test('a part that is damaged, and a file that is cut short meanwhile, are told [fault:damaged-trace]', async () => {
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
    await session.see('REPLAY ▶');
    session.type('p');
    await session.see('REPLAY ‖');
    truncateSync(file, 1_000_000);
    session.type('t100%\r');
    await session.see('cut short while viewed');
    await session.see('incomplete');
    // Nor has a key pressed behind the first frame been echoed into it: that scrolls the screen.
    expect(session.rows()[0]).toContain('churntop');
  });

  test('a hostile trace is inert on the screen, and what could not be read is counted [fault:hostile-trace]', async () => {
    const lines = [...syntheticTrace(syntheticEvents(50))];
    const born = (comm: unknown, ns: unknown, seq: unknown) =>
      `${JSON.stringify({ probe_source: 'process.spawned', guest_pid: 7, guest_comm: comm, guest_monotonic_ns: 0, seq })}\n`.replace(
        '"guest_monotonic_ns":0',
        `"guest_monotonic_ns":${ns}`,
      );
    const evil = '\x1b]0;owned\x07\x1b[2J\u202e';
    const hostile = [
      born(evil, '93418000123456', 3),
      born('late', '9223372036854775807', 2),
      born(5, '1', 4),
      born('far', '99999999999999999999999', 5),
      '{"probe_source":"process.spa\n',
      `${'x'.repeat(2_000_000)}\n`,
      '\0\0\0\n',
      '{"probe_source":"trace.header","format":9}\n',
      born('under format 9', '93418000123456', 6),
    ];
    const file = join(folder.path, 'hostile');
    writeFileSync(file, [...lines, ...hostile, '{"probe_source":"proc'].join(''));
    const session = open([file]);
    await session.see('REPLAY');
    session.type('t100%\r');
    await session.see('␛]0;owned');
    await session.see(/[78] bad lines/);
    expect(session.output()).not.toContain('owned\x07');
    expect(session.output()).not.toContain('\u202e');
    expect(session.screen()).not.toContain('under format 9');
    session.type('q');
    expect(await session.exit).toEqual({ code: 0, signal: 0 });
  });

  test('view - follows a pipe, with keys from the terminal', async () => {
    const shell = openPty(pty as NonNullable<typeof pty>, 'bash', [
      '-c',
      `(cat "${path}"; sleep 30) | "${process.execPath}" "${program}" view - --filter ct-`,
    ]);
    sessions.push(shell);
    await shell.see('following standard input');
    await shell.see('p pause');
    expect(shell.screen()).not.toContain('R record');
    await shell.see(new RegExp(`- +\\d+ +${names[1]} +lived`));
    shell.type('p');
    await shell.see('PAUSED');
    shell.type('q');
    await shell.unsee('PAUSED');
    expect(shell.alternate()).toBe(false);
  });
});

describe('what cannot be viewed is one clear line', () => {
  test.each([
    [['view'], 2, 'view needs a FILE'],
    [['view', 'a', '-'], 2, 'standard input alone'],
    [['view', path], 1, 'view needs a terminal'],
  ])('%j', async (args, code, words) => {
    const { exitCode, stderr } = await execa(process.execPath, [program, ...args], { reject: false });
    expect(stderr).toContain(words);
    expect(exitCode).toBe(code);
  });

  const at = (name: string) => join(folder.path, name);
  beforeAll(() => {
    execFileSync('mkfifo', [at('fifo')]);
    writeFileSync(at('empty'), '');
    writeFileSync(at('letter'), 'Dear Sir,\nno.\n');
    writeFileSync(at('letter.gz'), gzipSync('Dear Sir,\nno.\n'));
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
    [['letter'], 'letter: no trace record in it (line 1: not JSON)'],
    [['letter.gz', 'empty'], 'letter.gz, empty: no trace record in it (line 1: not JSON)'],
    [['newer'], 'newer: no trace record in it (line 1: format 9, this version reads 1)'],
  ])('%j', async (files, words) => {
    const socket = createServer().listen(at('socket'));
    onTestFinished(() => void socket.close());
    const session = open(files);
    await session.see(words);
    expect(await session.exit).toEqual({ code: 1, signal: 0 });
    expect(session.output()).not.toContain('\x1b[?1049h');
  });
});

test('the index thread needs no file beside the program', () => {
  expect(execFileSync('ls', ['dist'], { encoding: 'utf8' })).not.toContain('worker');
});
