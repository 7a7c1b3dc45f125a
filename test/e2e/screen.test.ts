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
import { decode } from '../../src/trace/format/codec.ts';
import { dumpFileNames } from '../../src/trace/write/dump.ts';
import { createTempDir, spawnNamed } from '../support/harness/temp-dir.ts';
import { loadPty, openChurntop, openPty, program, type Session } from '../support/harness/pty.ts';

const pty = await loadPty();
const folder = createTempDir();
const sessions: Session[] = [];
const children: { end: () => Promise<void> }[] = [];

const open = (args: string[] = [], options: Parameters<typeof openChurntop>[2] = {}) => {
  const session = openChurntop(pty as NonNullable<typeof pty>, args, { cwd: folder.path, ...options });
  sessions.push(session);
  return session;
};
const child = async (prefix?: string) => {
  const made = await spawnNamed(folder.path, prefix);
  children.push(made);
  return made;
};

afterEach(async () => {
  await Promise.all(children.splice(0).map(({ end }) => end()));
  for (const session of sessions.splice(0)) {
    session.kill('SIGKILL');
    await session.exit;
  }
});
afterAll(() => folder.remove());

describe.skipIf(!pty)('in a real terminal', () => {
  test('a child is seen to come and go', async () => {
    const session = open(['--filter', 'ct-']);
    await session.see('● LIVE');
    const { name, pid, end } = await child();
    await session.see(new RegExp(`\\+ +${pid} +${name}`));
    await session.see(new RegExp(`${pid} +\\d+ \\S+ +[A-Z]? +\\S+ ${name}`));
    await end();
    await session.see(new RegExp(`- +${pid} +${name} +lived`));
    session.type('q');
    expect(await session.exit).toEqual({ code: 0, signal: 0 });
    expect(session.alternate()).toBe(false);
  });

  test('details tell the command line and the parents of a process', async () => {
    const session = open(['--filter', 'ct-']);
    await session.see('● LIVE');
    const { name, pid } = await child();
    await session.see(new RegExp(`${pid} +\\d+ \\S+ +[A-Z]? +\\S+ ${name}`));
    session.type('j');
    session.type('\r');
    await session.see(new RegExp(`${name} +PID ${pid}`));
    await session.see(new RegExp(`command .*${name}`));
    await session.see(new RegExp(`spawned by .* ${process.pid}`));
    session.type('\x1b');
    await session.see('p pause');
  });

  test('the timeline draws a life as a bar', async () => {
    const session = open(['--filter', 'ct-']);
    await session.see('● LIVE');
    session.type('4');
    await session.see(/-30s.*now/);
    const { name, pid, end } = await child();
    await session.see(new RegExp(`${name} +1 +${pid} .*\\+`));
    await end();
    await session.see(new RegExp(`${name} +1 +${pid} .*[-x1]$`, 'm'));
  });

  test('pause holds the picture and counts; resume catches up', async () => {
    const session = open(['--filter', 'ct-']);
    await session.see('● LIVE');
    session.type('p');
    await session.see('PAUSED');
    const { name } = await child();
    await session.see(/PAUSED \+\d+/);
    expect(session.screen()).not.toContain(name);
    session.type(' ');
    await session.see(name);
  });

  test('a filter leaves only what matches, in table, log and dump', async () => {
    const session = open();
    await session.see('● LIVE');
    const wanted = await child('ct-want');
    const other = await child('ct-else');
    await session.see(other.name);
    session.type('/');
    session.type('ct-want');
    await session.unsee(other.name);
    session.type('\r');
    await session.see('p pause');
    await wanted.end();
    await session.see(new RegExp(`- +${wanted.pid} +${wanted.name}`));
    session.type('d');
    await session.see(/\d+ events? dumped to churntop-.*\.ndjson/);
    session.type('q');
    await session.exit;

    const [file] = readdirSync(folder.path).filter((entry) => entry.endsWith('.ndjson'));
    const path = join(folder.path, file as string);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const records = readFileSync(path, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => decode(line)?.record);
    expect(records[0]).toMatchObject({ probe_source: 'trace.header', format: 1, filter: 'ct-want' });
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

  test('y sends the PID of the chosen row to the clipboard, and nothing else changes', async () => {
    const { name, pid } = await child();
    const session = open(['--filter', `comm=${name}`]);
    await session.see(new RegExp(` ${pid} .*${name}`));
    session.type('jy');
    await session.see(`PID ${pid} sent to the clipboard`);
    expect(session.output()).toContain(`\x1b]52;c;${Buffer.from(String(pid)).toString('base64')}\x07`);
    await session.see(new RegExp(` ${pid} .*${name}`));
  });

  test('the mouse chooses, scrolls and sorts, and is given back at the end', async () => {
    const { name, pid } = await child();
    const session = open(['--filter', `comm=${name}`]);
    await session.see(new RegExp(` ${pid} .*${name}`));
    expect(session.output()).toContain('\x1b[?1006h');
    // A press on the first row, then Enter tells of it.
    session.type('\x1b[<0;20;5M\x1b[<0;20;5m');
    session.type('\r');
    await session.see(`PID ${pid}`);
    session.type('q');
    expect(await session.exit).toEqual({ code: 0, signal: 0 });
    expect(session.output().lastIndexOf('\x1b[?1006l')).toBeGreaterThan(
      session.output().lastIndexOf('\x1b[?1006h'),
    );
  });

  test('a configuration says how it looks; what is typed comes before it; its mistakes have lines', async () => {
    const config = join(folder.path, 'config');
    writeFileSync(config, '# mine\nascii\nno-mouse\ntheme true-colour\nbind x=p\n');
    const session = open(['--config', config, '--no-ascii']);
    await session.see('● LIVE');
    expect(session.output()).not.toContain('\x1b[?1006h');
    expect(session.output()).toContain('\x1b[38;2;126;198;153m');
    session.type('x');
    await session.see('PAUSED');
    writeFileSync(config, 'ascii\ncolor red\n');
    const refused = open(['--config', config]);
    expect(await refused.exit).toEqual({ code: 2, signal: 0 });
    expect(refused.output()).toContain(`${config}:2: unknown flag color`);
    expect(refused.alternate()).toBe(false);
  });

  test('it follows the size of the terminal', async () => {
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

  test.each(['SIGTERM', 'SIGINT', 'SIGHUP'])('%s restores the terminal and ends with 0', async (signal) => {
    const session = open();
    await session.see('● LIVE');
    session.kill(signal);
    expect(await session.exit).toEqual({ code: 0, signal: 0 });
    expect(session.alternate()).toBe(false);
    expect(session.output()).toContain('\x1b[?25h');
  });

  test('Ctrl-C quits', async () => {
    const session = open();
    await session.see('● LIVE');
    session.type('\x03');
    expect(await session.exit).toEqual({ code: 0, signal: 0 });
  });

  test('Ctrl-Z gives the shell its prompt, fg brings the screen back', async () => {
    const shell = openPty(pty as NonNullable<typeof pty>, 'bash', ['--norc', '--noprofile'], {
      env: { PS1: 'ready> ' },
    });
    sessions.push(shell);
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

  test('a stalled terminal neither stops signals nor grows: it ends when asked [fault:stalled-terminal]', async () => {
    const session = open();
    await session.see('● LIVE');
    session.stall();
    // Keys that redraw the whole screen fill whatever the kernel holds for a terminal that nobody reads.
    for (let index = 0; index < 400; index++) session.type('\x0c');
    process.kill(session.pid, 'SIGTERM');
    const ended = new Promise<void>((done) => {
      const look = () => {
        try {
          process.kill(session.pid, 0);
          setTimeout(look, 50);
        } catch {
          done();
        }
      };
      look();
    });
    await ended;
    session.unstall();
    await session.exit;
  });

  test('a dropped line ends it; no orphan stays behind [fault:hangup]', async () => {
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

  test('an unwritable dump directory is said, before the screen or on it', async () => {
    const session = open(['--out', '/dev/null']);
    await session.see('churntop: --out /dev/null: not a directory');
    expect(await session.exit).toEqual({ code: 1, signal: 0 });

    const gone = join(folder.path, 'gone');
    mkdirSync(gone);
    const later = open(['--out', gone]);
    await later.see('● LIVE');
    rmdirSync(gone);
    later.type('d');
    await later.see(/nothing dumped to .*no such file or directory/);
  });

  test('hostile names reach the screen inert [fault:hostile-name]', async () => {
    const session = open(['--filter', 'ct']);
    await session.see('● LIVE');
    const { name } = await child('ct\x1b]0;x\x07');
    await session.see(name.replaceAll('\x1b', '␛').replaceAll('\x07', '␇'));
    expect(session.output()).not.toContain('\x1b]0;x');
  });

  test('NO_COLOR leaves out colours, not meaning', async () => {
    const session = open(['--filter', 'ct-'], { env: { NO_COLOR: '1' } });
    await session.see('● LIVE');
    const { name } = await child();
    await session.see(new RegExp(`\\+ +\\d+ +${name}`));
    expect(session.output()).not.toMatch(/\x1b\[(?:\d+;)*3[0-7]m/);
  });

  test.each<[string, Record<string, string>]>([
    ['a terminal that cannot go back', { TERM: 'dumb' }],
    ['a screen reader', { INK_SCREEN_READER: 'true' }],
  ])('%s gets the log as lines [fault:dumb-terminal]', async (_, env) => {
    const session = open(['--filter', 'ct-'], { env, columns: 100 });
    await session.see(/ = spawn .*, alive \d+/);
    const { name, pid, end } = await child();
    await session.see(new RegExp(`\\+ +${pid} ${name} +by `));
    await end();
    await session.see(new RegExp(`- +${pid} ${name} +lived `));
    session.kill('SIGTERM');
    expect(await session.exit).toEqual({ code: 0, signal: 0 });
    expect(session.alternate()).toBe(false);
    expect(session.output()).not.toMatch(env.TERM === 'dumb' ? /\x1b/ : /\x1b\[[^m]*[A-Za-ln-z]/);
    expect(session.screen().match(new RegExp(`- +${pid} ${name}`, 'g'))).toHaveLength(1);
  });
});

describe.skipIf(!pty)('R', () => {
  test('where the name of this second is taken takes the next one', async () => {
    const own = mkdtempSync(join(folder.path, 'taken-'));
    const session = open(['--out', own], { columns: 120 });
    await session.see('● LIVE');
    // By hand it takes luck to be quick enough: so all of the next minute's names are taken.
    for (let second = 0; second < 60; second++) {
      const at = BigInt(Date.now() + second * 1000) * 1_000_000n;
      writeFileSync(join(own, dumpFileNames(hostname(), at)[0] as string), 'mine');
    }
    session.type('R');
    await session.see(/recording to \S*Z-2\.ndjson/);
    session.type('R');
    await session.see(/recorded to/);
    session.type('q');
    expect(await session.exit).toEqual({ code: 0, signal: 0 });
    const [second, ...others] = readdirSync(own).filter((name) => name.endsWith('-2.ndjson'));
    expect(others).toEqual([]);
    expect(readFileSync(join(own, second as string), 'utf8')).toContain('trace.end');
    expect(readFileSync(join(own, (second as string).replace('-2.', '.')), 'utf8')).toBe('mine');
  });

  test('records from now on, says so in the header, and ends with a whole trace', async () => {
    const session = open(['--filter', 'ct-'], { columns: 120 });
    await session.see('● LIVE');
    session.type('R');
    await session.see(/recording to churntop-.*\.ndjson/);
    await session.see(/● REC \d/);
    const path = join(folder.path, /recording to (\S+)/.exec(session.screen())?.[1] as string);
    const { pid, end } = await child();
    await session.see(String(pid));
    await end();
    await session.see(new RegExp(`- +${pid}`));
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
