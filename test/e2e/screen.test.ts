import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { decode } from '../../src/trace/format/decode.ts';
import { dumpFileNames } from '../../src/trace/write/dump.ts';
import { spawnNamed, startLine } from '../support/harness/named-process.ts';
import { loadPty, openChurntop, openPty, program } from '../support/harness/pty.ts';
import { killSessionsAfterEach } from '../support/harness/sessions.ts';
import { createTempDir } from '../support/harness/temp-dir.ts';
import { describeSources } from '../support/installed/sources.ts';

/** The processes that this test starts. Others run at the same time. */
const own = `under=${process.pid}`;
const ownChildren = `${own} ct-`;

const pty = await loadPty();
const folder = createTempDir();
const track = killSessionsAfterEach();
const children: { end: () => Promise<void> }[] = [];

const open = (args: string[] = [], options: Parameters<typeof openChurntop>[2] = {}) => {
  return track(openChurntop(pty as NonNullable<typeof pty>, args, { cwd: folder.path, ...options }));
};
const child = async (prefix?: string) => {
  const started = await spawnNamed(folder.path, prefix);
  children.push(started);
  return started;
};

afterEach(async () => {
  await Promise.all(children.splice(0).map(({ end }) => end()));
});
afterAll(() => folder.remove());

/** Returns whether a process exists, zombies included. */
const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

describeSources('the screen', (source) => {
  test.skipIf(!pty)('shows a child when it spawns and exits', async () => {
    const session = open(['--filter', ownChildren, '--source', source]);
    await session.see('● LIVE');
    session.type('?');
    await session.see(source === 'kernel' ? 'kernel events · cpu' : 'sampling every');
    session.type('?');
    await session.see('● LIVE');
    const { name, pid, end } = await child();
    await session.see(startLine(name, pid));
    await session.see(new RegExp(`${pid} +\\S+ +[A-Z]? .* ${name}`));
    await end();
    await session.see(new RegExp(`[-×] +${pid} +${name} +(?:by \\S+ +)?\\d`));
    session.type('q');
    expect(await session.exit).toEqual({ code: 0, signal: 0 });
    expect(session.alternate()).toBe(false);
  });
});

describe.skipIf(!pty)('the screen in a real terminal', () => {
  test('shows the command line and the parents of a process in details', async () => {
    const session = open(['--filter', ownChildren]);
    await session.see('● LIVE');
    const { name, pid } = await child();
    await session.see(new RegExp(`${pid} +\\S+ +[A-Z]? .* ${name}`));
    session.type('j');
    session.type('\r');
    await session.see(new RegExp(`${name} +PID ${pid}`));
    await session.see(new RegExp(`command .*${name}`));
    await session.see(new RegExp(`spawned by .* ${process.pid}`));
    session.type('\x1b');
    await session.see('p pause');
  });

  test('draws a lifetime as a bar in the timeline', async () => {
    const session = open(['--filter', ownChildren]);
    await session.see('● LIVE');
    session.type('4');
    await session.see(/-30s.*now/);
    const { name, pid, end } = await child();
    await session.see(new RegExp(`${name} 600 +1 +${pid} .*\\+`));
    await end();
    await session.see(new RegExp(`${name} 600 +1 +${pid} .*[-×1]$`, 'm'));
  });

  test('stops updating and counts when paused, and catches up when resumed', async () => {
    const session = open(['--filter', ownChildren]);
    await session.see('● LIVE');
    session.type('p');
    await session.see('PAUSED');
    const { name } = await child();
    await session.see(/PAUSED \+\d+/);
    expect(session.screen()).not.toContain(name);
    session.type(' ');
    await session.see(name);
  });

  test('shows and dumps only matching processes when there is a filter', async () => {
    const session = open(['--filter', own]);
    await session.see('● LIVE');
    const wanted = await child('ct-want');
    const other = await child('ct-else');
    await session.see(other.name);
    session.type('/');
    session.type(' ct-want');
    await session.unsee(other.name);
    session.type('\r');
    await session.see('p pause');
    await wanted.end();
    await session.see(new RegExp(`[-×] +${wanted.pid} +${wanted.name}`));
    session.type('d');
    await session.see(/\d+ events? dumped to churntop-/);
    session.type('q');
    await session.exit;

    const [file] = readdirSync(folder.path).filter((entry) => entry.endsWith('.ndjson'));
    const path = join(folder.path, file as string);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const records = readFileSync(path, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => decode(line)?.record);
    expect(records[0]).toMatchObject({ probe_source: 'trace.header', format: 1, filter: `${own} ct-want` });
    expect(records.at(-1)).toMatchObject({ probe_source: 'trace.end' });
    const seen = records.slice(1, -1);
    expect(seen).toContainEqual(
      expect.objectContaining({ probe_source: 'process.spawned', guest_pid: wanted.pid }),
    );
    expect(seen).toContainEqual(
      expect.objectContaining({ probe_source: 'process.exited', guest_comm: wanted.name }),
    );
    for (const record of seen)
      expect(JSON.stringify(record, (_key, value) => String(value))).not.toContain('ct-else');
  });

  test('y copies the PID of the selected row and changes nothing on the screen', async () => {
    const { name, pid } = await child();
    const session = open(['--filter', `comm=${name}`]);
    await session.see(new RegExp(` ${pid} .*${name}`));
    session.type('jy');
    await session.see(`PID ${pid} sent to the clipboard`);
    expect(session.output()).toContain(`\x1b]52;c;${Buffer.from(String(pid)).toString('base64')}\x07`);
    await session.see(new RegExp(` ${pid} .*${name}`));
  });

  test('enables the mouse to select rows, and disables it at exit', async () => {
    const { name, pid } = await child();
    const session = open(['--filter', `comm=${name}`]);
    await session.see(new RegExp(` ${pid} .*${name}`));
    expect(session.output()).toContain('\x1b[?1006h');
    // A press on the first row, then Enter opens its details.
    session.type('\x1b[<0;20;5M\x1b[<0;20;5m');
    session.type('\r');
    await session.see(`PID ${pid}`);
    session.type('q');
    expect(await session.exit).toEqual({ code: 0, signal: 0 });
    expect(session.output().lastIndexOf('\x1b[?1006l')).toBeGreaterThan(
      session.output().lastIndexOf('\x1b[?1006h'),
    );
  });

  test('reads a configuration file, which flags override, and reports its errors with the line', async () => {
    const config = join(folder.path, 'config');
    writeFileSync(config, '# mine\nascii\nno-mouse\ntheme true-color\nbind x=p\n');
    const session = open(['--config', config, '--no-ascii']);
    await session.see('● LIVE');
    expect(session.output()).not.toContain('\x1b[?1006h');
    expect(session.output()).toContain('\x1b[38;2;126;198;153m');
    session.type('x');
    await session.see('PAUSED');
    writeFileSync(config, 'ascii\ncolor red\n');
    const invalid = open(['--config', config]);
    expect(await invalid.exit).toEqual({ code: 2, signal: 0 });
    expect(invalid.output()).toContain(`${config}:2: color: unknown flag`);
    expect(invalid.alternate()).toBe(false);
  });

  test('follows the size of the terminal', async () => {
    const session = open();
    await session.see('● LIVE');
    session.resize(200, 50);
    await session.see(/COMM.*│.*EVENTS/);
    session.resize(60, 15);
    await session.unsee('│');
    await session.see(/^. EVENTS/m);
    session.resize(30, 5);
    await session.see('needs 40x10, has 30x5');
    session.resize(80, 24);
    await session.see('p pause');
    expect(session.rows()[0]).toMatch(/^churntop .* LIVE$/);
    expect(session.rows()[23]).toMatch(/^p pause/);
  });

  test.each(['SIGTERM', 'SIGINT', 'SIGHUP'])(
    'restores the terminal and exits with 0 on %s',
    async (signal) => {
      const session = open();
      await session.see('● LIVE');
      session.kill(signal);
      expect(await session.exit).toEqual({ code: 0, signal: 0 });
      expect(session.alternate()).toBe(false);
      expect(session.output()).toContain('\x1b[?25h');
    },
  );

  test('quits on Ctrl-C', async () => {
    const session = open();
    await session.see('● LIVE');
    session.type('\x03');
    expect(await session.exit).toEqual({ code: 0, signal: 0 });
  });

  test('returns to the shell on Ctrl-Z, and restores the screen on fg', async () => {
    const shell = openPty(pty as NonNullable<typeof pty>, 'bash', ['--norc', '--noprofile'], {
      env: { PS1: 'ready> ' },
    });
    track(shell);
    await shell.see('ready>');
    shell.type(`${process.execPath} ${program}\r`);
    await shell.see('● LIVE');
    shell.type('\x1a');
    await shell.see('Stopped');
    expect(shell.alternate()).toBe(false);
    shell.type('fg\r');
    await shell.see('● LIVE');
    shell.type('q');
    await shell.see(/ready>\s*$/);
    shell.type('exit\r');
    await shell.exit;
  });

  test('exits on SIGTERM when the terminal is stalled [fault:stalled-terminal]', async () => {
    const session = open();
    await session.see('● LIVE');
    session.stall();
    // Redrawing the whole screen fills the buffer of the kernel.
    for (let index = 0; index < 400; index++) session.type('\x0c');
    process.kill(session.pid, 'SIGTERM');
    await expect.poll(() => isAlive(session.pid), { timeout: 25_000 }).toBe(false);
    session.unstall();
    await session.exit;
  });

  test('exits when the terminal hangs up [fault:hangup]', async () => {
    const session = open();
    await session.see('● LIVE');
    session.hangUp();
    await expect
      .poll(() => {
        try {
          return readFileSync(`/proc/${session.pid}/stat`, 'utf8').split(') ')[1]?.[0];
        } catch {
          return 'gone';
        }
      })
      .toMatch(/^(Z|gone)$/);
  });

  test('reports a dump directory that is not writable, at the start or on the screen', async () => {
    const session = open(['--dump-dir', '/dev/null']);
    await session.see('churntop: --dump-dir: /dev/null: not a directory');
    expect(await session.exit).toEqual({ code: 1, signal: 0 });

    const gone = join(folder.path, 'gone');
    mkdirSync(gone);
    const later = open(['--dump-dir', gone]);
    await later.see('● LIVE');
    rmdirSync(gone);
    later.type('d');
    await later.see(/dump to .* failed: no such file or directory/);
  });

  test('shows names with control sequences safely [fault:hostile-name]', async () => {
    const session = open(['--filter', 'ct']);
    await session.see('● LIVE');
    const { name } = await child('ct\x1b]0;x\x07');
    await session.see(name.replaceAll('\x1b', '␛').replaceAll('\x07', '␇'));
    expect(session.output()).not.toContain('\x1b]0;x');
  });

  test('draws without colors when NO_COLOR is set', async () => {
    const session = open(['--filter', ownChildren], { env: { NO_COLOR: '1' } });
    await session.see('● LIVE');
    const { name } = await child();
    await session.see(startLine(name));
    expect(session.output()).not.toMatch(/\x1b\[(?:\d+;)*3[0-7]m/);
  });

  test.each<[string, Record<string, string>]>([
    ['a terminal without cursor control', { TERM: 'dumb' }],
    ['a screen reader', { INK_SCREEN_READER: 'true' }],
  ])('prints the log as lines for %s [fault:dumb-terminal]', async (_, env) => {
    const session = open(['--filter', ownChildren], { env, columns: 100 });
    await session.see(/ = spawn .*, alive \d+/);
    const { name, pid, end } = await child();
    // A busy machine executes it so late that the exec has a line of its own.
    await session.see(new RegExp(`\\+ +${pid} ${name} 600 +by |> +${pid} ${name} 600 +was `));
    await end();
    await session.see(new RegExp(`[-×] +${pid} ${name} 600 +(?:by \\S+ +)?\\d`));
    session.kill('SIGTERM');
    expect(await session.exit).toEqual({ code: 0, signal: 0 });
    expect(session.alternate()).toBe(false);
    expect(session.output()).not.toMatch(env.TERM === 'dumb' ? /\x1b/ : /\x1b\[[^m]*[A-Za-ln-z]/);
    expect(session.screen().match(new RegExp(`[-×] +${pid} ${name}`, 'g'))).toHaveLength(1);
  });
});

describe.skipIf(!pty)('key R', () => {
  test('uses the next file name when the default one exists', async () => {
    const directory = mkdtempSync(join(folder.path, 'existing-'));
    const session = open(['--dump-dir', directory], { columns: 120 });
    await session.see('● LIVE');
    // The default name contains the time in seconds. Creates the names of the next minute.
    for (let second = 0; second < 60; second++) {
      const at = BigInt(Date.now() + second * 1000) * 1_000_000n;
      writeFileSync(join(directory, dumpFileNames(hostname(), at)[0] as string), 'mine');
    }
    session.type('R');
    await session.see(/recording to \S*Z-2\.ndjson/);
    session.type('R');
    await session.see(/recorded to/);
    session.type('q');
    expect(await session.exit).toEqual({ code: 0, signal: 0 });
    const [second, ...others] = readdirSync(directory).filter((name) => name.endsWith('-2.ndjson'));
    expect(others).toEqual([]);
    expect(readFileSync(join(directory, second as string), 'utf8')).toContain('trace.end');
    expect(readFileSync(join(directory, (second as string).replace('-2.', '.')), 'utf8')).toBe('mine');
  });

  test('starts a recording, shows it in the header, and stops it with a complete trace', async () => {
    const session = open(['--filter', ownChildren], { columns: 120 });
    await session.see('● LIVE');
    session.type('R');
    await session.see(/recording to churntop-.*\.ndjson/);
    await session.see(/● REC \d/);
    const path = join(folder.path, /recording to (\S+)/.exec(session.screen())?.[1] as string);
    const { pid, end } = await child();
    await session.see(String(pid));
    await end();
    await session.see(new RegExp(`[-×] +${pid}`));
    session.type('R');
    await session.see(/recorded to churntop-/);
    session.type('q');
    await session.exit;
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
    expect(lines[0]).toContain('trace.header');
    expect(lines.at(-1)).toContain('trace.end');
    for (const kind of ['spawned', 'exited']) {
      expect(lines.some((line) => line.includes(`process.${kind}","guest_pid":${pid},`))).toBe(true);
    }
  });
});
