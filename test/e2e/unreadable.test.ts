import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { compile, compilerObstacle, unshareObstacle } from '../support/harness/c-programs.ts';
import { spawnNamed } from '../support/harness/named-process.ts';
import { loadPty, openPty, program } from '../support/harness/pty.ts';
import { createTempDir } from '../support/harness/temp-dir.ts';
import { describeSources } from '../support/installed/sources.ts';

type Line = {
  probe_source: string;
  guest_pid?: number;
  guest_ppid?: number;
  guest_comm?: string;
  comm_hex?: string;
  args?: string[];
  args_cut?: true;
  args_nuls?: number;
  unread?: string[];
  guest_monotonic_ns?: number;
  lifetime_ns?: number;
  zombie_ns?: number;
  boot_offset_ns?: number;
};

const pty = await loadPty();
const folder = createTempDir();
const children: ChildProcess[] = [];

afterEach(async () => {
  for (const child of children.splice(0)) {
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  }
});
afterAll(() => folder.remove());

const start = (file: string, args: readonly string[], input: 'ignore' | 'pipe' = 'ignore') => {
  const child = spawn(file, args, { stdio: [input, 'pipe', 'inherit'] });
  children.push(child);
  return child;
};

/** Starts a stream with a shell command that runs before it in a mount namespace of its own. */
const stream = (flags: string, before = '') => {
  const command = `${before}exec ${process.execPath} ${program} --ndjson ${flags}`;
  const child = before === '' ? start('sh', ['-c', command]) : start('unshare', ['-m', 'sh', '-c', command]);
  const lines = createInterface({ input: child.stdout as Readable })[Symbol.asyncIterator]();
  const clockSteps: Line[] = [];
  return {
    child,
    /** The lines with a new clock offset so far. */
    clockSteps,
    /** Reads lines until one matches, and returns it. */
    until: async (matches: (line: Line) => boolean): Promise<Line> => {
      for (let next = await lines.next(); !next.done; next = await lines.next()) {
        const line = JSON.parse(next.value) as Line;
        if (line.probe_source === 'trace.clock' && line.boot_offset_ns !== undefined) clockSteps.push(line);
        if (matches(line)) return line;
      }
      throw new Error('the stream ended before the line that was expected');
    },
  };
};

const isOf =
  (pid: number, source = 'process.spawned') =>
  (line: Line) =>
    line.guest_pid === pid && line.probe_source === source;

/** Ends a stream by SIGINT. Returns its exit code and signal. */
const interrupt = async ({ child, until }: ReturnType<typeof stream>) => {
  const exit = once(child, 'exit');
  child.kill('SIGINT');
  await until(({ probe_source }) => probe_source === 'trace.end');
  return exit;
};

const fifoOver = (path: string) =>
  `mkfifo -m 666 ${folder.path}/$$ && mount --bind ${folder.path}/$$ ${path} && `;

/** Makes each open of a file wait forever, or exits with 77 where FUSE is not permitted. */
const hangOver = (path: string) => {
  const hang = compile('hang', folder.path);
  const answer = `${hang}.${path.replaceAll('/', '.')}`;
  return `mkfifo ${answer}; ${hang} ${path} > ${answer} & read state < ${answer}; [ "$state" = ready ] || exit 77; `;
};

describeSources('a file of a process that cannot be read', (source) => {
  const from = `--source ${source}`;

  test.for(['cmdline', 'cgroup'])(
    'a FIFO over %s: the record names it, capture continues and stops immediately [fault:fifo-over-file]',
    async (file, context) => {
      const obstacle = unshareObstacle('-m');
      if (obstacle) context.skip(obstacle);
      const victim = await spawnNamed(folder.path);
      const capture = stream(
        `${from} --record-args --record-cgroups`,
        fifoOver(`/proc/${victim.pid}/${file}`),
      );
      const found = await capture.until(isOf(victim.pid));
      expect(found.unread).toEqual([file === 'cmdline' ? 'args' : 'cgroup']);
      const other = await spawnNamed(folder.path);
      const next = await capture.until((line) => line.guest_comm === other.name);
      expect(next.guest_pid).toBe(other.pid);
      expect(await interrupt(capture)).toEqual([0, null]);
      await Promise.all([victim.end(), other.end()]);
    },
  );

  test('an open that never returns: the record names it, capture continues and ends [fault:open-hangs]', async (context) => {
    const obstacle = compilerObstacle ?? unshareObstacle('-m');
    if (obstacle) context.skip(obstacle);
    const victim = await spawnNamed(folder.path);
    const capture = stream(`${from} --record-args`, hangOver(`/proc/${victim.pid}/cmdline`));
    const found = await Promise.race([
      capture.until(isOf(victim.pid)),
      once(capture.child, 'exit').then(() => undefined),
    ]);
    if (found === undefined) context.skip('FUSE is not permitted');
    expect(found?.unread).toEqual(['args']);
    // Until the next reader has started, which takes seconds on a busy machine, arguments are unread.
    const others: Awaited<ReturnType<typeof spawnNamed>>[] = [];
    const execOfAnother = async () => {
      const other = await spawnNamed(folder.path);
      others.push(other);
      return capture.until(({ guest_comm }) => guest_comm === other.name);
    };
    let exec = await execOfAnother();
    // While much spawns, arguments are not read at all.
    for (; exec.args === undefined; exec = await execOfAnother())
      expect(exec.unread ?? ['args']).toEqual(['args']);
    expect(exec.args[1]).toBe('600');
    // Records that wait do not shift the clocks.
    expect(capture.clockSteps).toEqual([]);
    const [code, signal] = await interrupt(capture);
    // Node before 22.15 cannot replace the process, so a signal ends it.
    expect([code, signal]).toEqual('execve' in process ? [0, null] : [null, 'SIGTERM']);
    await Promise.all([victim, ...others].map(({ end }) => end()));
  });
});

describe('details of a process that cannot be read', () => {
  test.skipIf(!pty)(
    'details of a process whose command line cannot be read show why [fault:details-unread]',
    async (context) => {
      const obstacle = unshareObstacle('-m');
      if (obstacle) context.skip(obstacle);
      const victim = await spawnNamed(folder.path);
      const command = `${fifoOver(`/proc/${victim.pid}/cmdline`)}exec ${process.execPath} ${program} --filter pid=${victim.pid}`;
      const session = openPty(pty as NonNullable<typeof pty>, 'unshare', ['-m', 'sh', '-c', command]);
      await session.see(victim.name);
      session.type('j\r');
      await session.see(/command +cannot be read: not a file of/);
      session.type('\x1bq');
      expect(await session.exit).toEqual({ code: 0, signal: 0 });
      await victim.end();
    },
  );

  test.skipIf(!pty)(
    'details of a process whose files never open show why, and the screen keeps working [fault:details-hang]',
    async (context) => {
      const obstacle = compilerObstacle ?? unshareObstacle('-m');
      if (obstacle) context.skip(obstacle);
      const victim = await spawnNamed(folder.path);
      const command = `${hangOver(`/proc/${victim.pid}/cmdline`)}exec ${process.execPath} ${program} --filter pid=${victim.pid}`;
      const session = openPty(pty as NonNullable<typeof pty>, 'unshare', ['-m', 'sh', '-c', command]);
      const isStarted = await Promise.race([
        session.see(victim.name).then(() => true),
        session.exit.then(() => false),
      ]);
      if (!isStarted) context.skip('FUSE is not permitted');
      session.type('j\r');
      // The arguments may have been read for the table before.
      await session.see(/command +cannot be read: (no answer within 1 s|an earlier read has not returned)/);
      session.type('\x1b');
      await session.unsee('cannot be read');
      session.type('q');
      const { code, signal } = await session.exit;
      expect([code, signal]).toEqual('execve' in process ? [0, 0] : [0, 15]);
      expect(session.alternate()).toBe(false);
      await victim.end();
    },
  );
});

describeSources('records of a hostile process', (source) => {
  const from = `--source ${source}`;

  test('empty arguments at the end are kept [fault:empty-arguments-real]', async (context) => {
    if (compilerObstacle) context.skip(compilerObstacle);
    const capture = stream(`${from} --record-args`);
    await capture.until((line) => line.probe_source === 'process.spawned');
    const run = () => {
      const { pid } = start(compile('odd-arguments', folder.path), [], 'pipe');
      return capture.until((line) => line.guest_pid === pid && line.guest_comm === 'exe');
    };
    let found = await run();
    // The kernel changes the name of a process a moment before its arguments.
    for (let attempt = 0; attempt < 20 && found.args?.[0] !== 'argvx'; attempt++) found = await run();
    expect(found.args).toEqual(['argvx', 'a', '', 'b', '', '']);
    expect(found).not.toHaveProperty('args_nuls');
    expect(await interrupt(capture)).toEqual([0, null]);
  });

  test('names that differ by a newline at the end stay distinct [fault:newline-name-real]', async (context) => {
    if (compilerObstacle) context.skip(compilerObstacle);
    const parent = start(compile('odd-names', folder.path), [], 'pipe');
    const capture = stream(from);
    const isChild = ({ guest_ppid, guest_comm }: Line) => guest_ppid === parent.pid && guest_comm === 'x';
    const hex = [await capture.until(isChild), await capture.until(isChild)].map(({ comm_hex }) => comm_hex);
    expect(hex.toSorted()).toEqual(['780a', undefined]);
    expect(await interrupt(capture)).toEqual([0, null]);
  });

  test('a zombie: the time that it ran and the time that it waited are separate [fault:zombie-lifetime-real]', async () => {
    const capture = stream(from);
    await capture.until((line) => line.probe_source === 'process.spawned');
    // The shell becomes a sleep, which reaps nothing.
    const parent = start('sh', ['-c', 'sleep 0.05 & exec sleep 1.5']);
    const isChild = (line: Line) => line.probe_source === 'process.spawned' && line.guest_ppid === parent.pid;
    const child = await capture.until(isChild);
    const pid = child.guest_pid as number;
    const exit = await capture.until(isOf(pid, 'process.exited'));
    const [ran, waited] = [exit.lifetime_ns as number, exit.zombie_ns as number];
    expect(ran).toBeLessThan(waited);
    const total = (exit.guest_monotonic_ns as number) - (child.guest_monotonic_ns as number);
    expect(ran + waited).toBe(total);
    expect(await interrupt(capture)).toEqual([0, null]);
  });
});
