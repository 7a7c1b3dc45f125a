import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { createFakeProc } from '../support/fakes/fake-proc.ts';
import { syntheticEvents, syntheticTrace } from '../support/fixtures/synthetic-trace.ts';
import { isExecutable, loadPty, openPty, program, type Session } from '../support/harness/pty.ts';
import { readIfExists, sourcesOf, startChurntop, waitForText } from '../support/harness/recording.ts';
import { killSessionsAfterEach } from '../support/harness/sessions.ts';
import { createTempDir } from '../support/harness/temp-dir.ts';
import { sourceObstacle } from '../support/installed/sources.ts';
import { systemNode } from '../support/installed/system-node.ts';

const pty = await loadPty();
const folder = createTempDir();
const trace = join(folder.path, 'trace.ndjson');
writeFileSync(trace, [...syntheticTrace(syntheticEvents(500))].join(''));
const track = killSessionsAfterEach();

const open = (file: string, args: readonly string[]): Session => {
  return track(openPty(pty as NonNullable<typeof pty>, file, [...args], { cwd: folder.path }));
};

afterAll(() => folder.remove());

/** Sequences that end the alternate screen, mouse reporting and bracketed paste, and show the cursor. */
const restored = ['\x1b[?1049l', '\x1b[?1000l', '\x1b[?1006l', '\x1b[?2004l', '\x1b[?25h'];
const expectRestored = (session: Session, from: number) => {
  const tail = session.output().slice(from);
  expect(restored.filter((sequence) => !tail.includes(sequence))).toEqual([]);
};

describe.skipIf(!pty)('the screen', () => {
  test.each(['SIGQUIT', 'SIGUSR2', 'SIGABRT', 'SIGALRM'])(
    'restores the terminal and exits with 0 on %s [fault:other-signals]',
    async (signal) => {
      const session = open(process.execPath, [program, 'view', trace]);
      await session.see('REPLAY');
      const from = session.output().length;
      session.kill(signal);
      expect(await session.exit).toEqual({ code: 0, signal: 0 });
      expectRestored(session, from);
    },
  );

  test.skipIf(isExecutable)('restores the terminal, then shows why, on an uncaught exception', async () => {
    const fault = `data:text/javascript,process.on('SIGWINCH',()=>{throw new Error('thrown by a test')})`;
    const session = open(process.execPath, ['--import', fault, program, 'view', trace]);
    await session.see('REPLAY');
    const from = session.output().length;
    session.resize(90, 30);
    expect(await session.exit).toEqual({ code: 1, signal: 0 });
    expectRestored(session, from);
    expect(session.alternate()).toBe(false);
    expect(session.screen()).toContain('thrown by a test');
  });

  test('continues on SIGUSR1 and SIGXFSZ, without a debugger [fault:sigusr1]', async () => {
    const session = open(process.execPath, [program, 'view', trace]);
    await session.see('REPLAY');
    session.kill('SIGUSR1');
    session.kill('SIGXFSZ');
    for (const [key, view] of [
      ['2', 'NOW/S'],
      ['3', 'PROCESS TREE'],
    ] as const) {
      session.type(key);
      await session.see(view);
    }
    expect(session.screen()).not.toContain('Debugger');
    session.type('q');
    expect(await session.exit).toEqual({ code: 0, signal: 0 });
  });
});

/** Returns the TCP sockets of a process. Its pipes and the lock of a recording are other sockets. */
const tcpSocketsOf = (pid: number): string[] => {
  const inodes = ['tcp', 'tcp6'].flatMap((table) => readIfExists(`/proc/${pid}/net/${table}`).split(/\s+/));
  return readdirSync(`/proc/${pid}/fd`).filter((fd) => {
    try {
      const [, inode] = /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`)) ?? [];
      return inode !== undefined && inodes.includes(inode);
    } catch {
      // Closed after it was listed.
      return false;
    }
  });
};

const nodes = [
  { name: 'Node of npm', node: process.execPath },
  { name: 'Node of the system', node: isExecutable ? undefined : systemNode() },
];

describe.each(nodes)('on the $name', ({ node }) => {
  const proc = (name: string) => {
    const directory = join(folder.path, `${name}-${nodes.findIndex((each) => each.node === node)}`);
    mkdirSync(directory);
    return { ...createFakeProc(directory), file: join(directory, 'out.ndjson') };
  };

  test.skipIf(!node)('SIGUSR1 opens no socket [fault:sigusr1]', async () => {
    const { root, spawn: addProcesses, file } = proc('usr1');
    const recorder = startChurntop(
      ['record', file, '--proc', root, '--interval', '2ms'],
      [],
      undefined,
      node,
    );
    await waitForText(file, '"init"');
    recorder.process.kill('SIGUSR1');
    const [pid] = addProcesses(1);
    await waitForText(file, `"guest_pid":${pid},`);
    expect(tcpSocketsOf(recorder.process.pid as number)).toEqual([]);
    recorder.process.kill('SIGTERM');
    expect(await recorder.exit).toEqual({ code: 0, signal: null });
    expect(recorder.stderr()).toBe('');
  });

  test.skipIf(!node)(
    'two signals at the same time end a recording cleanly [fault:second-signal]',
    async () => {
      const { root, file } = proc('two');
      const recorder = startChurntop(
        ['record', file, '--proc', root, '--interval', '2ms'],
        [],
        undefined,
        node,
      );
      await waitForText(file, '"init"');
      for (const signal of ['SIGTERM', 'SIGINT', 'SIGCONT', 'SIGTERM'] as const)
        recorder.process.kill(signal);
      expect(await recorder.exit).toEqual({ code: 0, signal: null });
      expect(sourcesOf(readIfExists(file)).at(-1)).toBe('trace.end');
    },
  );

  test.skipIf(!node).for([
    ['SIGTERM', 'kernel'],
    ['SIGINT', 'kernel'],
    ['SIGTERM', 'proc'],
    ['SIGQUIT', 'proc'],
  ] as const)(
    'trace.end is the last record of a stream that %s ends while processes spawn, --source %s [fault:stop-while-busy]',
    async ([signal, source], context) => {
      const obstacle = sourceObstacle(source);
      if (obstacle) context.skip(obstacle);
      const forks = spawn('sh', ['-c', 'while :; do /bin/true; done'], { stdio: 'ignore' });
      const args = [program, '--ndjson', '--source', source];
      const stream = spawn(node as string, args, { stdio: ['ignore', 'pipe', 'ignore'] });
      let text = '';
      const exit = new Promise((resolve) => stream.once('close', resolve));
      await new Promise<void>((resolve) => {
        stream.stdout.on('data', (data) => {
          text += data;
          if (text.split('process.exited').length > 20) resolve();
        });
      });
      stream.kill(signal);
      expect(await exit).toBe(0);
      forks.kill('SIGKILL');
      const sources = sourcesOf(text);
      expect(sources.indexOf('trace.end')).toBe(sources.length - 1);
    },
  );

  /** Scripts that run a command and pass SIGHUP on to it or not. */
  const shells = {
    'without SIGHUP': 'trap "" HUP; "$@"; status=$?',
    'with SIGHUP':
      '"$@" </dev/tty & pid=$!; trap "kill -HUP $pid" HUP; while wait "$pid"; status=$?; [ $status = 129 ]; do :; done',
  };

  test.skipIf(!pty || !node).each([
    { args: [], sighup: 'without SIGHUP' },
    { args: ['view', trace], sighup: 'without SIGHUP' },
    { args: ['--ndjson'], sighup: 'without SIGHUP' },
    { args: ['record', 'hangup.ndjson', '--append'], sighup: 'with SIGHUP' },
  ] as const)(
    'churntop $args exits with 0 when its terminal is closed $sighup [fault:terminal-gone]',
    async ({ args, sighup }) => {
      const status = join(mkdtempSync(join(folder.path, 'hangup-')), 'status');
      const script = `file=$1; shift; ${shells[sighup]}; echo "$status" > "$file"`;
      const session = open('sh', ['-c', script, 'sh', status, node as string, program, ...args]);
      await session.see(/REPLAY|LIVE|process\.spawned|recording/);
      session.hangUp();
      await waitForText(status, /\d/);
      expect(readFileSync(status, 'utf8')).toBe('0\n');
    },
  );
});
