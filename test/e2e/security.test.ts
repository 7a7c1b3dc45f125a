import { spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import { checkKernelEvents } from '../../src/capture/kernel-check.ts';
import { program } from '../support/harness/pty.ts';
import { createTempDir } from '../support/harness/temp-dir.ts';

const folder = createTempDir();
afterAll(() => folder.remove());

const accessModes = 0o3;

/** Returns the open files of a process, and whether they are open for writing (proc_pid_fdinfo(5)). */
const openFiles = (pid: number) =>
  readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
    try {
      const flags = /^flags:\s*(\d+)$/m.exec(readFileSync(`/proc/${pid}/fdinfo/${fd}`, 'utf8'))?.[1] ?? '0';
      const writes = (Number.parseInt(flags, 8) & accessModes) !== 0;
      return [{ path: readlinkSync(`/proc/${pid}/fd/${fd}`), writes }];
    } catch {
      // Closed after it was listed.
      return [];
    }
  });

/** Returns whether a file is internal to the process: a pipe, an event or epoll descriptor, /dev/null. */
const isInternal = (path: string) => /^(anon_inode|pipe):|^\/dev\/null$/.test(path);

const netlinkConnector = '11';

/** Returns the inodes of the sockets of the process connector, as `socket:[4242]` (`/proc/net/netlink`). */
const connectorSockets = () =>
  readFileSync('/proc/net/netlink', 'utf8')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, protocol]) => protocol === netlinkConnector)
    .map((fields) => `socket:[${fields.at(-1)}]`);

test.each([
  ['auto', 'only the socket of kernel events, if there are any'],
  ['proc', 'no socket'],
])('with --source %s, churntop opens %s, writes only its output, and leaves no file', async (source) => {
  const sockets = source === 'auto' && (await checkKernelEvents('/proc')).available ? 1 : 0;
  const cwd = mkdtempSync(join(folder.path, 'cwd-'));
  const home = mkdtempSync(join(folder.path, 'home-'));
  const temporary = mkdtempSync(join(folder.path, 'tmp-'));
  const out = join(folder.path, `${source}.ndjson`);
  const stdout = openSync(out, 'wx');
  const running = spawn(process.execPath, [program, '--source', source, '--ndjson'], {
    cwd,
    env: { PATH: process.env.PATH, HOME: home, TMPDIR: temporary },
    stdio: ['ignore', stdout, 'ignore'],
  });
  closeSync(stdout);
  const exited = new Promise((done) => running.once('exit', done));
  try {
    await vi.waitFor(() => expect(readFileSync(out, 'utf8')).toContain('process.spawned'), 20_000);
    const open = openFiles(running.pid as number);
    expect(open.length).toBeGreaterThan(3);
    const opened = open.filter(({ path }) => path.startsWith('socket:')).map(({ path }) => path);
    expect(opened).toHaveLength(sockets);
    expect(connectorSockets()).toEqual(expect.arrayContaining(opened));
    const files = open.filter(({ path }) => !opened.includes(path) && !isInternal(path));
    const written = files.filter(({ writes }) => writes).map(({ path }) => path);
    expect(written).toEqual([out]);
  } finally {
    running.kill('SIGTERM');
    await exited;
  }
  expect([cwd, home, temporary].flatMap((path) => readdirSync(path))).toEqual([]);
});
